//! From a plan to a page: relaxing the words until enough is found.

use souk_domain::{Facet, FacetName, SearchPage, Start};

use crate::{SearchEngine, SearchError, SearchPlan, relaxation::relaxed};

/// Answers a plan at the strictest stage that finds something, so that an honest typo or one word too many does not end
/// on an empty page. Where few products have all of several words, those that have some follow.
///
/// # Errors
/// As the engine.
pub async fn search(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
) -> Result<SearchPage, SearchError> {
    let page = engine.search_relaxed(plan).await?;
    debug_assert!(
        matches!(plan.page.start, Start::After(_)) || page.hits.len() as u64 <= page.total
    );
    Ok(page)
}

/// Searches a facet's values for what [`search`] would answer, so that both show the same counts.
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
    let mut counting = plan.counting();
    counting.facets.clear();
    let taken_as = match plan.text {
        Some(_) => relaxed(engine, &counting).await?.0.into_owned(),
        None => counting,
    };
    let plan = SearchPlan {
        page: plan.page.clone(),
        facets: plan.facets.clone(),
        ..taken_as
    };
    engine
        .facet_values(&plan, facet, attribute, needle, limit)
        .await
}
