//! Conditions that SQLite writes otherwise than PostgreSQL.

use std::collections::BTreeSet;

use souk_domain::TenantId;

use crate::{
    engines::sql::{place::Place, statement::Sql},
    query::CodeMatch,
};

/// Greater than every letter of a code.
const LAST: char = '\u{10ffff}';

/// Appends the condition that product `p` has one of some categories or fandoms.
pub(crate) fn write_in_places(sql: &mut Sql, tenant: TenantId, place: Place, ids: &[i64]) {
    sql.push(&format!("(p.{}", place.column()))
        .in_ids(ids)
        .push(" OR p.id IN (");
    write_further(sql, tenant, place, ids);
    sql.push("))");
}

/// Appends a query for the products that have one of some categories or fandoms as a further one.
pub(crate) fn write_further(sql: &mut Sql, tenant: TenantId, place: Place, ids: &[i64]) {
    sql.push(&format!(
        "SELECT product_id AS id FROM {} WHERE tenant_id = ",
        place.table()
    ))
    .bind(tenant.0)
    .push(&format!(" AND {}", place.column()))
    .in_ids(ids);
}

/// Appends the condition that one of some sellers offers product `p`.
pub(crate) fn write_sellers(sql: &mut Sql, tenant: TenantId, ids: &[i64]) {
    sql.push("((p.seller_id").in_ids(ids).push(
        " AND (p.offer_count IS NULL OR EXISTS (\
         SELECT 1 FROM sellers m WHERE m.id = p.seller_id AND m.closed_at IS NULL))) OR p.id IN (\
         SELECT f.product_id FROM offers f JOIN sellers m ON m.id = f.seller_id AND m.closed_at IS NULL \
         WHERE f.tenant_id = ",
    )
    .bind(tenant.0)
    .push(" AND f.seller_id")
    .in_ids(ids)
    .push("))");
}

/// Appends the condition that product `p` has one of some values of an attribute of these names.
pub(crate) fn write_attribute(
    sql: &mut Sql,
    tenant: TenantId,
    names: &BTreeSet<String>,
    values: Option<&BTreeSet<String>>,
) {
    sql.push("p.id IN (SELECT product_id FROM search_attributes WHERE tenant_id = ")
        .bind(tenant.0)
        .push(" AND name")
        .in_texts(names)
        .push(" AND value")
        .in_texts(values.into_iter().flatten())
        .push(")");
}

/// Text of an option in a row `o` of `json_each`, as `search_attributes` has it.
pub(crate) const OPTION: &str =
    "CASE WHEN o.type IN ('true', 'false') THEN o.type ELSE CAST(o.value AS TEXT) END";

/// Condition on a row `o` of `json_each` that it is an option with a text.
pub(crate) const IS_OPTION: &str = "o.type NOT IN ('object', 'array', 'null')";

/// Appends the option of an attribute that a variant has, as text.
pub(crate) fn write_option(sql: &mut Sql, variant: &str, name: &str) {
    sql.push(&format!(
        "(SELECT {OPTION} FROM json_each({variant}.options) AS o WHERE {IS_OPTION} AND o.key = "
    ))
    .bind_text(name)
    .push(")");
}

/// Appends the condition that product `p` has one of some values of an attribute, and no variant has it as an option.
pub(crate) fn write_common_value<'a>(
    sql: &mut Sql,
    name: &str,
    values: impl Iterator<Item = &'a String>,
) {
    sql.push("EXISTS (SELECT 1 FROM search_attributes a WHERE a.product_id = p.id AND a.name = ")
        .bind_text(name)
        .push(" AND a.value")
        .in_texts(values)
        .push(" AND NOT EXISTS (SELECT 1 FROM variants w WHERE w.product_id = p.id AND ");
    write_option(sql, "w", name);
    sql.push(" = a.value))");
}

/// Appends the condition that product `p` has a code, whole or as a prefix.
pub(crate) fn write_has_code(sql: &mut Sql, tenant: TenantId, code: &str, prefix: bool) {
    sql.push("p.id IN (");
    if prefix {
        write_code(sql, tenant, code);
    } else {
        write_whole_code(sql, tenant, code);
    }
    sql.push(")");
}

/// Mark before rests of codes, of which no code has a letter.
pub(crate) const INNER: char = '~';

/// Appends a query for the products with a code that a word may be part of, possibly several times each.
pub(crate) fn write_part_of_code(sql: &mut Sql, tenant: TenantId, code: &str, farthest: CodeMatch) {
    if farthest == CodeMatch::Whole {
        write_whole_code(sql, tenant, code);
        return;
    }
    write_code(sql, tenant, code);
    if farthest == CodeMatch::Within {
        sql.push(" UNION ALL ");
        write_code(sql, tenant, &format!("{INNER}{code}"));
    }
}

fn write_whole_code(sql: &mut Sql, tenant: TenantId, code: &str) {
    sql.push("SELECT product_id AS id FROM search_codes WHERE tenant_id = ")
        .bind(tenant.0)
        .push(" AND code = ")
        .bind_text(code);
}

/// Appends a query for the products with a code of this prefix.
pub(crate) fn write_code(sql: &mut Sql, tenant: TenantId, code: &str) {
    sql.push("SELECT product_id AS id FROM search_codes WHERE tenant_id = ")
        .bind(tenant.0)
        .push(" AND code >= ")
        .bind_text(code)
        .push(" AND code <= ")
        .bind_text(&format!("{code}{LAST}"));
}
