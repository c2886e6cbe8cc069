//! From a plan to a page: relaxing the words until enough is found.

use souk_domain::{Facet, FacetName, SearchPage, Start};

use crate::{SearchEngine, SearchError, SearchPlan};

/// Answers a plan at the strictest stage that finds something, so that an honest typo or one word too many does not end
/// on an empty page. Where few products have all of several words, those that have some follow.
///
/// # Errors
/// As the engine.
pub async fn search(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
) -> Result<SearchPage, SearchError> {
    let (_, page) = answer(engine, plan).await?;
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
        Some(_) => answer(engine, &counting).await?.0,
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

/// The page, and the plan as it was taken in the end.
async fn answer(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
) -> Result<(SearchPlan, SearchPage), SearchError> {
    let page = engine.search(plan).await?;
    if is_filled_up(engine, plan, &page).await? {
        let plan = plan.filled_up();
        let page = engine.search(&plan).await?;
        return Ok((plan, page));
    }
    let mut answer = (plan.clone(), page);
    for stage in plan.stages().into_iter().skip(1) {
        if answer.1.total > 0 {
            break;
        }
        let plan = plan.at(stage);
        let page = engine.search(&plan).await?;
        answer = (plan, page);
    }
    Ok(answer)
}

/// Whether too few products have all words. Filters are looked past: what a facet counts has to be there when its value
/// is selected.
async fn is_filled_up(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
    page: &SearchPage,
) -> Result<bool, SearchError> {
    if page.total >= plan.settings.relaxing.enough || !plan.can_be_filled_up() {
        return Ok(false);
    }
    let matching = if plan.filters == Default::default() {
        page.total
    } else {
        let counted = engine.search(&plan.counting_unfiltered()).await?;
        counted.total
    };
    Ok(plan.is_filled_up(matching))
}
