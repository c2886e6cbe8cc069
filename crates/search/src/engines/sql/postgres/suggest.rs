//! Suggestions by words of one weight.

use souk_domain::TenantId;

use super::tsquery;
use crate::engines::sql::{
    dialect::Dialect, query::prefixes::Prefixes, sampling::SampleRate, statement::Sql,
};

/// Appends a query for a tenant's products that have words with these prefixes among those of a weight.
pub(crate) fn write(sql: &mut Sql, tenant: TenantId, prefixes: &[Prefixes], weight: &str) {
    let query = [
        Prefixes::every(prefixes, Dialect::Postgres, weight),
        tsquery::sample(SampleRate::ALL, tenant),
    ];
    sql.push("SELECT id FROM search_products WHERE words @@ ")
        .tsquery(&tsquery::every(query));
}
