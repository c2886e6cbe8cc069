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
    let matching = matching(engine, plan, &page).await?;
    if is_filled_up(engine, plan, matching).await? {
        let plan = plan.filled_up();
        let page = engine.search(&plan).await?;
        return Ok((plan, page));
    }
    let mut found = matching > 0;
    let mut answer = (plan.clone(), page);
    for stage in plan.stages().into_iter().skip(1) {
        if found {
            break;
        }
        let plan = plan.at(stage);
        let page = engine.search(&plan).await?;
        found = self::matching(engine, &plan, &page).await? > 0;
        answer = (plan, page);
    }
    Ok(answer)
}

/// How many products the words match. What is pinned is found whatever they say, and must not keep them from being
/// relaxed; the count is then only as right as that needs.
async fn matching(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
    page: &SearchPage,
) -> Result<u64, SearchError> {
    let pins = plan.steering.pins().count() as u64;
    let enough = if plan.can_be_filled_up() {
        plan.settings.relaxing.enough.max(1)
    } else {
        1
    };
    if plan.text.is_none() || pins == 0 || page.total >= pins + enough {
        return Ok(page.total);
    }
    Ok(engine.search(&plan.counting_words()).await?.total)
}

/// Whether too few products have all words. Filters are looked past: what a facet counts has to be there when its value
/// is selected.
async fn is_filled_up(
    engine: &dyn SearchEngine,
    plan: &SearchPlan,
    matching: u64,
) -> Result<bool, SearchError> {
    if matching >= plan.settings.relaxing.enough || !plan.can_be_filled_up() {
        return Ok(false);
    }
    let matching = if plan.filters == Default::default() {
        matching
    } else {
        let counted = engine.search(&plan.counting_unfiltered()).await?;
        counted.total
    };
    Ok(plan.is_filled_up(matching))
}
