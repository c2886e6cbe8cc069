//! Query relaxation: tries looser match stages until enough is found, and backfills with partial matches.

use std::borrow::Cow;

use crate::query::SearchPlan;

/// Most short words of a text that are looked up, each with a count, to learn whether they may have a typo.
const MOST_SHORT_WORDS: usize = 4;

/// Executes a plan stage by stage: an engine, or a part of one that can do so in one pass.
pub(crate) trait Stages: Sync {
    /// Result of one stage.
    type Results: Send;
    type Error: Send;

    /// Answers exactly the stage that the plan asks for.
    fn find(
        &self,
        plan: &SearchPlan,
    ) -> impl Future<Output = Result<Self::Results, Self::Error>> + Send;

    /// Returns the number of products found.
    fn total(found: &Self::Results) -> u64;
}

/// Returns the result of the strictest stage that finds something, and the plan that was executed for it.
pub(crate) async fn relaxed<'p, S: Stages + ?Sized>(
    stages: &S,
    plan: &'p SearchPlan,
) -> Result<(Cow<'p, SearchPlan>, S::Results), S::Error> {
    let strictest = stages.find(plan).await?;
    let matching = matching(stages, plan, S::total(&strictest)).await?;
    if is_backfilled(stages, plan, matching).await? {
        let plan = plan.backfilled();
        let found = stages.find(&plan).await?;
        return Ok((Cow::Owned(plan), found));
    }
    let mut is_found = matching > 0;
    let mut answer = (Cow::Borrowed(plan), strictest);
    if is_found {
        return Ok(answer);
    }
    if let Some(within) = plan.within_codes() {
        let found = stages.find(&within).await?;
        if self::matching(stages, &within, S::total(&found)).await? > 0 {
            return Ok((Cow::Owned(within), found));
        }
    }
    let forgiving = forgiving_short_words(stages, plan).await?;
    for stage in forgiving.stages().into_iter().skip(1) {
        if is_found {
            break;
        }
        let plan = forgiving.at(stage);
        let found = stages.find(&plan).await?;
        is_found = self::matching(stages, &plan, S::total(&found)).await? > 0;
        answer = (Cow::Owned(plan), found);
    }
    Ok(answer)
}

/// Returns the plan in which each short word that no product has may have a typo.
async fn forgiving_short_words<'p, S: Stages + ?Sized>(
    stages: &S,
    plan: &'p SearchPlan,
) -> Result<Cow<'p, SearchPlan>, S::Error> {
    let mut forgiving = Cow::Borrowed(plan);
    let words = plan.text.iter().flat_map(|text| text.words.iter());
    let short = words.enumerate().filter(|(_, word)| word.is_short());
    if !plan.settings.relaxation.typos {
        return Ok(forgiving);
    }
    for (place, word) in short.take(MOST_SHORT_WORDS) {
        let found = stages.find(&plan.counting_word(word)).await?;
        if S::total(&found) > 0 {
            continue;
        }
        let text = &mut forgiving.to_mut().text;
        if let Some(word) = text.iter_mut().find_map(|text| text.words.get_mut(place)) {
            word.typos = 1;
        }
    }
    Ok(forgiving)
}

/// Returns the number of found products that match the words. Pinned products are found regardless, and must not
/// prevent relaxation. The count is only as exact as that needs.
async fn matching<S: Stages + ?Sized>(
    stages: &S,
    plan: &SearchPlan,
    found: u64,
) -> Result<u64, S::Error> {
    let pins = plan.merchandising.pins().count() as u64;
    let enough = if plan.can_be_backfilled() {
        plan.settings.relaxation.enough.max(1)
    } else {
        1
    };
    if plan.text.is_none() || pins == 0 || found >= pins + enough {
        return Ok(found);
    }
    let counted = stages.find(&plan.counting_words()).await?;
    Ok(S::total(&counted))
}

/// Returns true if too few products have all words. Filters are ignored: a value that a facet counts must find
/// products when it is selected.
async fn is_backfilled<S: Stages + ?Sized>(
    stages: &S,
    plan: &SearchPlan,
    matching: u64,
) -> Result<bool, S::Error> {
    if matching >= plan.settings.relaxation.enough || !plan.can_be_backfilled() {
        return Ok(false);
    }
    let matching = if plan.filters == Default::default() {
        matching
    } else {
        let counted = stages.find(&plan.counting_unfiltered()).await?;
        S::total(&counted)
    };
    Ok(plan.is_backfilled(matching))
}
