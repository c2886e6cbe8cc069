//! Vocabulary look-ups, by dialect.

use souk_domain::TenantId;

use super::Dialect;
use crate::engines::sql::{postgres, query::word_range::WordRange, sqlite, statement::Sql};

/// Appends a query for the words that are in one of some ranges. On SQLite words of other tenants are among them, which
/// finds nothing of theirs: products are selected by tenant.
pub(crate) fn write_words(sql: &mut Sql, tenant: TenantId, ranges: &[&WordRange]) {
    match sql.dialect() {
        Dialect::Postgres => postgres::vocabulary::write_words(sql, tenant, ranges),
        Dialect::Sqlite => sqlite::vocabulary::write_words(sql, ranges),
    }
}
