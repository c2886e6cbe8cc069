//! From a plan to a page: relaxing the words until something is found.

use souk_domain::{Facet, FacetName, SearchPage, Start};

use crate::{SearchEngine, SearchError, SearchPlan};

/// Answers a plan at the strictest stage that finds something, so that an honest typo or one word
/// too many does not end on an empty page.
///
/// # Errors
/// As the engine.
pub async fn search(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
) -> Result<SearchPage, SearchError> {
    let mut page = engine.search(plan).await?;
    for stage in plan.stages().into_iter().skip(1) {
        if page.total > 0 {
            break;
        }
        page = engine.search(&plan.at(stage)).await?;
    }
    debug_assert!(
        matches!(plan.page.start, Start::After(_)) || page.hits.len() as u64 <= page.total
    );
    Ok(page)
}

/// Searches a facet's values at the stage that [`search`] would answer from, so that both show the same counts.
///
/// # Errors
/// As the engine.
pub async fn facet_values(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
    facet: FacetName,
    attribute: Option<&str>,
    needle: &str,
    limit: usize,
) -> Result<Facet, SearchError> {
    let mut counting = plan.clone();
    counting.facets.clear();
    counting.page.limit = 0;
    counting.page.start = Start::Offset(0);
    let stage = match plan.text {
        Some(_) => search(engine, &counting).await?.stage,
        None => plan.stage,
    };
    engine
        .facet_values(&plan.at(stage), facet, attribute, needle, limit)
        .await
}
