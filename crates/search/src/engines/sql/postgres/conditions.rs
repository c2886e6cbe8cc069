//! Conditions that PostgreSQL writes otherwise than SQLite.

use std::collections::BTreeSet;

use crate::engines::sql::{place::Place, postgres::tsquery, statement::Sql};

/// Appends the condition that the name of row `t` of a table matches a tsquery.
pub(crate) fn write_name(sql: &mut Sql, table: &str, query: &str) {
    let kind = match table {
        "categories" => "category",
        "fandoms" => "fandom",
        _ => "seller",
    };
    sql.push(&format!(
        "t.id IN (SELECT entity_id FROM search_names WHERE kind = '{kind}' AND words @@ "
    ))
    .tsquery(query)
    .push(")");
}

/// Appends the condition that product `p` has one of some categories or fandoms.
pub(crate) fn write_in_places(sql: &mut Sql, place: Place, ids: &[i64]) {
    let further: Vec<_> = ids.iter().map(|id| further_id(place, *id)).collect();
    sql.push(&format!("(p.{}", place.column()))
        .in_ids(ids)
        .push(" OR p.further && ")
        .array(&further)
        .push(")");
}

/// Id of a further place, as the migration of `search_products` defines it.
fn further_id(place: Place, id: i64) -> i64 {
    match place {
        Place::Category => id,
        Place::Fandom => -id,
    }
}

/// Added to the ids of further sellers in `further`, which are negated then: no fandom has an id as high.
pub(crate) const SELLER_MARK: i64 = 1 << 48;

/// Appends the condition that one of some sellers offers product `p`.
pub(crate) fn write_sellers(sql: &mut Sql, ids: &[i64]) {
    let further: Vec<_> = ids.iter().map(|id| -(SELLER_MARK + id)).collect();
    sql.push("(p.seller_id")
        .in_ids(ids)
        .push(" OR p.further && ")
        .array(&further)
        .push(")");
}

/// Appends what the index of brands holds besides the condition on the brand of product `p`.
pub(crate) fn write_brand_hash(sql: &mut Sql, brands: &BTreeSet<String>) {
    sql.push(" AND md5(p.brand)").in_hashes(brands);
}

/// Codes above which they are hashed: PostgreSQL compares each element of one array with each of the other.
const MANY_CODES: usize = 64;

/// Appends the condition that product `p` has one of some attribute codes.
pub(crate) fn write_attribute(sql: &mut Sql, codes: &[i64]) {
    if codes.len() <= MANY_CODES {
        sql.push("p.attributes && ").array(codes);
        return;
    }
    sql.push(
        "EXISTS (SELECT FROM unnest(p.attributes) AS own (code) WHERE own.code IN (SELECT unnest(",
    )
    .array(codes)
    .push(")))");
}

/// Values above which those of a product are held against all at once, by their codes, which have to be hashed.
const MANY_VALUES: usize = 8;

/// Appends the option of an attribute that a variant has, as text.
pub(crate) fn write_option(sql: &mut Sql, variant: &str, name: &str) {
    sql.push(&format!("({variant}.options ->> CAST("))
        .bind_text(name)
        .push(" AS text))");
}

/// Appends the condition that product `p` has one of some values, each with its codes, and no variant has it as an option.
pub(crate) fn write_common_value(sql: &mut Sql, name: &str, values: &[(&String, Vec<i64>)]) {
    if values.len() > MANY_VALUES {
        let codes: Vec<i64> = values
            .iter()
            .flat_map(|(_, codes)| codes)
            .copied()
            .collect();
        return write_common_code(sql, name, &codes);
    }
    sql.push("(false");
    for (value, codes) in values {
        sql.push(" OR p.attributes && ")
            .array(codes)
            .push(" AND NOT EXISTS (SELECT FROM variants w WHERE w.product_id = p.id AND ");
        write_option(sql, "w", name);
        sql.push(" = ").bind_text(value).push(")");
    }
    sql.push(")");
}

/// Appends the condition that product `p` has one of some attribute codes, and no variant an option of that code.
fn write_common_code(sql: &mut Sql, name: &str, codes: &[i64]) {
    sql.push(
        "EXISTS (SELECT FROM unnest(p.attributes) AS own (code) WHERE own.code IN (SELECT unnest(",
    )
    .array(codes)
    .push(")) AND NOT EXISTS (SELECT FROM variants w WHERE w.product_id = p.id AND souk_attribute(CAST(")
    .bind_text(name)
    .push(" AS text), ");
    write_option(sql, "w", name);
    sql.push(") = (own.code & -2)))");
}

/// Appends the condition that product `p` has a code, whole or as a prefix.
pub(crate) fn write_has_code(sql: &mut Sql, code: &str, prefix: bool) {
    let query = if prefix {
        tsquery::code_prefix(code)
    } else {
        tsquery::code(code)
    };
    sql.push("p.words @@ ").tsquery(&query);
}
