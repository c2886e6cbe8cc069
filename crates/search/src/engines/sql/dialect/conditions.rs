//! Conditions on single rows, by dialect.

use std::collections::BTreeSet;

use souk_domain::{Filters, TenantId};

use super::Dialect;
use crate::engines::sql::{place::Place, postgres, spellings::Spellings, sqlite, statement::Sql};

/// Appends the rest of a query for rows `t` of a table whose names match, up to further conditions.
pub(crate) fn write_named(sql: &mut Sql, table: &str, query: &str) {
    match sql.dialect() {
        Dialect::Postgres => {
            sql.push(" WHERE ");
            postgres::conditions::write_name(sql, table, query);
        }
        Dialect::Sqlite => {
            sql.push(&format!(
                " JOIN search_{table} s ON s.rowid = t.id WHERE s.search_{table} MATCH "
            ))
            .bind_text(query);
        }
    }
}

/// Appends the further condition that the name of row `t` matches.
pub(crate) fn write_and_named(sql: &mut Sql, table: &str, query: &str) {
    match sql.dialect() {
        Dialect::Postgres => {
            sql.push(" AND ");
            postgres::conditions::write_name(sql, table, query);
        }
        Dialect::Sqlite => {
            sql.push(&format!(
                " AND t.id IN (SELECT rowid FROM search_{table} WHERE search_{table} MATCH "
            ))
            .bind_text(query)
            .push(")");
        }
    }
}

/// Appends the condition that product `p` has one of some categories or fandoms, as its main or a further one.
pub(crate) fn write_in_places(sql: &mut Sql, tenant: TenantId, place: Place, ids: &[i64]) {
    match sql.dialect() {
        Dialect::Postgres => postgres::conditions::write_in_places(sql, place, ids),
        Dialect::Sqlite => sqlite::conditions::write_in_places(sql, tenant, place, ids),
    }
}

/// Appends the condition that product `p` is of one of some brands.
pub(crate) fn write_brand(sql: &mut Sql, brands: &BTreeSet<String>) {
    sql.push("p.brand").in_texts(brands);
    if sql.dialect() == Dialect::Postgres {
        postgres::conditions::write_brand_hash(sql, brands);
    }
}

/// Appends the condition that one of some sellers offers product `p`. Without `shares_products`, each product has one seller.
pub(crate) fn write_sellers(sql: &mut Sql, tenant: TenantId, ids: &[i64], shares_products: bool) {
    match sql.dialect() {
        _ if !shares_products => drop(sql.push("p.seller_id").in_ids(ids)),
        Dialect::Postgres => postgres::conditions::write_sellers(sql, ids),
        Dialect::Sqlite => sqlite::conditions::write_sellers(sql, tenant, ids),
    }
}

/// Appends the condition that product `p` has one of some values of an attribute of these names, which have these codes.
pub(crate) fn write_attribute(
    sql: &mut Sql,
    tenant: TenantId,
    (names, values): (&BTreeSet<String>, Option<&BTreeSet<String>>),
    codes: &[i64],
) {
    match sql.dialect() {
        Dialect::Postgres => postgres::conditions::write_attribute(sql, codes),
        Dialect::Sqlite => sqlite::conditions::write_attribute(sql, tenant, names, values),
    }
}

/// Appends the option of an attribute that variant `v` has, as text.
pub(crate) fn write_option(sql: &mut Sql, name: &str) {
    match sql.dialect() {
        Dialect::Postgres => postgres::conditions::write_option(sql, "v", name),
        Dialect::Sqlite => sqlite::conditions::write_option(sql, "v", name),
    }
}

/// Appends the condition that product `p` has one of some values of an attribute, each with its codes, and that no variant
/// has it as an option.
pub(crate) fn write_common_value(sql: &mut Sql, name: &str, values: &[(&String, Vec<i64>)]) {
    match sql.dialect() {
        Dialect::Postgres => postgres::conditions::write_common_value(sql, name, values),
        Dialect::Sqlite => {
            let values = values.iter().map(|(value, _)| *value);
            sqlite::conditions::write_common_value(sql, name, values);
        }
    }
}

/// Appends the condition that product `p` has a code, whole or as a prefix.
pub(crate) fn write_has_code(sql: &mut Sql, tenant: TenantId, code: &str, prefix: bool) {
    match sql.dialect() {
        Dialect::Postgres => postgres::conditions::write_has_code(sql, code, prefix),
        Dialect::Sqlite => sqlite::conditions::write_has_code(sql, tenant, code, prefix),
    }
}

/// Appends the settings that only one dialect looks up, for some filters.
pub(crate) fn write_settings<'a>(
    sql: &mut Sql,
    filters: impl Iterator<Item = &'a Filters>,
    spellings: &Spellings,
) {
    if sql.dialect() == Dialect::Postgres {
        postgres::settings::write_table_size(sql);
        postgres::settings::write_attributes(sql, filters, spellings);
    }
}
