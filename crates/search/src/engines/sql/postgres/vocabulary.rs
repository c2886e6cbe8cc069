//! Vocabulary of a tenant on PostgreSQL.

use souk_domain::TenantId;

use crate::engines::sql::{query::word_range::WordRange, statement::Sql};

/// Appends a query for the words of a tenant that are in one of some ranges.
pub(crate) fn write_words(sql: &mut Sql, tenant: TenantId, conditions: &[&WordRange]) {
    sql.push("SELECT DISTINCT word FROM search_words WHERE tenant_id = ")
        .bind(tenant.0)
        .push(" AND (false");
    for condition in conditions {
        sql.push(" OR ");
        condition.write(sql, "word");
    }
    sql.push(")");
}
