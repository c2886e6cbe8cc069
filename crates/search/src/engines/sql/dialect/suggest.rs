//! Full-text conditions of suggestions, by dialect.

use souk_domain::TenantId;

use super::{Dialect, conditions};
use crate::engines::sql::{postgres, query::prefixes::Prefixes, sqlite, statement::Sql};

/// Field of a product that suggestions match in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Field {
    /// Names of what the product belongs to, its brand among them.
    Names,
    Title,
}

/// Appends the further condition that the name of row `t` of a table has words with these prefixes.
pub(crate) fn write_named(sql: &mut Sql, table: &str, prefixes: &[Prefixes]) {
    let query = Prefixes::every(prefixes, sql.dialect(), "");
    conditions::write_and_named(sql, table, &query);
}

/// Appends a query for the products that have words with these prefixes in one field.
pub(crate) fn write_in_field(sql: &mut Sql, tenant: TenantId, prefixes: &[Prefixes], field: Field) {
    match (sql.dialect(), field) {
        (Dialect::Postgres, Field::Names) => postgres::suggest::write(sql, tenant, prefixes, "B"),
        (Dialect::Postgres, Field::Title) => postgres::suggest::write(sql, tenant, prefixes, "A"),
        (Dialect::Sqlite, Field::Names) => sqlite::suggest::write(sql, prefixes, "names"),
        (Dialect::Sqlite, Field::Title) => sqlite::suggest::write(sql, prefixes, "title"),
    }
}
