//! Ranges of attributes as the values that lie in them: the database has texts, and the definition says which numbers
//! they stand for.

use std::borrow::Cow;

use sea_orm::ConnectionTrait;

use super::spellings::{Spellings, values_of};
use crate::facets::ranges;
use crate::{SearchError, SearchPlan};

/// Returns a plan that filters by values in place of ranges.
pub(crate) async fn resolved<'p, C: ConnectionTrait>(
    connection: &C,
    plan: &'p SearchPlan,
    spellings: &Spellings,
) -> Result<Cow<'p, SearchPlan>, SearchError> {
    if plan.filters.ranges.is_empty() {
        return Ok(Cow::Borrowed(plan));
    }
    let mut resolved = plan.clone();
    for name in plan.filters.ranges.keys() {
        let is_accepted = ranges::accepted(plan, name);
        let values = values_of(connection, plan.tenant, &spellings.of(name)).await?;
        let accepted = values.into_iter().filter(|value| is_accepted(value));
        resolved
            .filters
            .attributes
            .insert(name.clone(), accepted.collect());
    }
    Ok(Cow::Owned(resolved))
}
