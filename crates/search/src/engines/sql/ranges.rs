//! Ranges of attributes as the values that lie in them: the database has texts, and the definition says which numbers
//! they stand for.

use std::borrow::Cow;

use sea_orm::ConnectionTrait;

use super::statement::Sql;
use crate::facets::ranges;
use crate::{SearchError, SearchPlan};

/// Returns a plan that filters by values in place of ranges.
pub(crate) async fn resolved<'p, C: ConnectionTrait>(
    connection: &C,
    plan: &'p SearchPlan,
) -> Result<Cow<'p, SearchPlan>, SearchError> {
    if plan.filters.ranges.is_empty() {
        return Ok(Cow::Borrowed(plan));
    }
    let mut resolved = plan.clone();
    for name in plan.filters.ranges.keys() {
        let is_accepted = ranges::accepted(plan, name);
        let values = values_of(connection, plan, name).await?.into_iter();
        let accepted = values.filter(|value| is_accepted(value));
        resolved
            .filters
            .attributes
            .insert(name.clone(), accepted.collect());
    }
    Ok(Cow::Owned(resolved))
}

/// Returns the values that an attribute has in any product of the tenant.
async fn values_of<C: ConnectionTrait>(
    connection: &C,
    plan: &SearchPlan,
    name: &str,
) -> Result<Vec<String>, SearchError> {
    let mut sql = Sql::for_database(connection);
    let table = sql.syntax().attribute_values;
    sql.push(&format!(
        "SELECT DISTINCT value FROM {table} WHERE tenant_id = "
    ))
    .bind(plan.tenant.0)
    .push(" AND name = ")
    .bind_text(name);
    let rows = sql.rows(connection).await?;
    rows.iter()
        .map(|row| Ok(row.try_get_by_index(0)?))
        .collect()
}
