//! From a plan to a page: relaxing the words until enough is found.

use std::borrow::Cow;

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

/// What answers a plan stage by stage: an engine, or what an engine has at hand to do so in one go.
pub(crate) trait Stages: Sync {
    /// What is found at a stage.
    type Found: Send;
    type Error: Send;

    /// Answers exactly the stage that the plan asks for.
    fn find(
        &self,
        plan: &SearchPlan,
    ) -> impl Future<Output = Result<Self::Found, Self::Error>> + Send;

    /// How many products were found.
    fn total(found: &Self::Found) -> u64;
}

impl<E: SearchEngine + ?Sized> Stages for E {
    type Found = SearchPage;
    type Error = SearchError;

    async fn find(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        self.search(plan).await
    }

    fn total(found: &SearchPage) -> u64 {
        found.total
    }
}

/// What is found at the strictest stage that finds something, and the plan as it was taken for that.
pub(crate) async fn relaxed<'p, S: Stages + ?Sized>(
    stages: &S,
    plan: &'p SearchPlan,
) -> Result<(Cow<'p, SearchPlan>, S::Found), S::Error> {
    let strictest = stages.find(plan).await?;
    let matching = matching(stages, plan, S::total(&strictest)).await?;
    if is_filled_up(stages, plan, matching).await? {
        let plan = plan.filled_up();
        let found = stages.find(&plan).await?;
        return Ok((Cow::Owned(plan), found));
    }
    let mut is_found = matching > 0;
    let mut answer = (Cow::Borrowed(plan), strictest);
    for stage in plan.stages().into_iter().skip(1) {
        if is_found {
            break;
        }
        let plan = plan.at(stage);
        let found = stages.find(&plan).await?;
        is_found = self::matching(stages, &plan, S::total(&found)).await? > 0;
        answer = (Cow::Owned(plan), found);
    }
    Ok(answer)
}

/// How many of the products found the words match. What is pinned is found whatever they say, and must not keep them from
/// being relaxed; the count is then only as right as that needs.
async fn matching<S: Stages + ?Sized>(
    stages: &S,
    plan: &SearchPlan,
    found: u64,
) -> Result<u64, S::Error> {
    let pins = plan.merchandising.pins().count() as u64;
    let enough = if plan.can_be_filled_up() {
        plan.settings.relaxing.enough.max(1)
    } else {
        1
    };
    if plan.text.is_none() || pins == 0 || found >= pins + enough {
        return Ok(found);
    }
    let counted = stages.find(&plan.counting_words()).await?;
    Ok(S::total(&counted))
}

/// Whether too few products have all words. Filters are looked past: what a facet counts has to be there when its value
/// is selected.
async fn is_filled_up<S: Stages + ?Sized>(
    stages: &S,
    plan: &SearchPlan,
    matching: u64,
) -> Result<bool, S::Error> {
    if matching >= plan.settings.relaxing.enough || !plan.can_be_filled_up() {
        return Ok(false);
    }
    let matching = if plan.filters == Default::default() {
        matching
    } else {
        let counted = stages.find(&plan.counting_unfiltered()).await?;
        S::total(&counted)
    };
    Ok(plan.is_filled_up(matching))
}
