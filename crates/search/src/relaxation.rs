//! Query relaxation: tries looser match stages until enough is found, and backfills with partial matches.

use std::borrow::Cow;

use crate::query::SearchPlan;

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
