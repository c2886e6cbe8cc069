//! How many products have which value of which attribute, as part of the statement that counts everything.

use super::{
    counts::{ATTRIBUTE, Statement},
    soft::bit,
    sql::Sql,
};
use crate::plan::{ATTRIBUTE_FACETS, FACET_VALUES};

/// Appends the table of values of each attribute (or of one): `n` products have it, and for `firsts` of them it is the
/// first of several; both of a share that is to be multiplied by `scale`.
pub(super) fn write_values(sql: &mut Sql, statement: &Statement<'_>, only: Option<&str>) {
    if sql.is_postgres() {
        write_codes(sql, statement);
        write_values_of_codes(sql, statement, only);
    } else {
        write_joined_values(sql, statement, only);
    }
}

fn write_joined_values(sql: &mut Sql, statement: &Statement<'_>, only: Option<&str>) {
    sql.push(
        ", attribute_values AS MATERIALIZED (SELECT a.name, a.value, count(*) AS n, \
         CAST(sum(CASE WHEN a.place = 0 THEN 1 ELSE 0 END) AS bigint) AS firsts, 1 AS scale \
         FROM matched m JOIN search_attributes a ON a.product_id = m.id WHERE (m.failed = 0",
    );
    for (place, name) in statement.soft.attributes() {
        sql.push(&format!(
            " OR (m.failed = {bit} AND a.name = ",
            bit = bit(place)
        ))
        .bind_text(name)
        .push(")");
    }
    sql.push(")");
    if let Some(name) = only {
        sql.push(" AND a.name = ").bind_text(name);
    }
    sql.push(" GROUP BY a.name, a.value)");
}

/// Counts of codes: of the hits, and of what each attribute with an own filter counts.
fn write_codes(sql: &mut Sql, statement: &Statement<'_>) {
    let sets = statement.soft.attributes().map(|(place, _)| Some(place));
    let sets: Vec<_> = [None].into_iter().chain(sets).collect();
    sql.push(", attribute_codes AS (SELECT entry & -2 AS code");
    for own in &sets {
        let (set, counts) = (set_of(*own), statement.counts(*own));
        sql.push(&format!(
            ", count(*) FILTER (WHERE {counts}) AS n_{set}, count(*) FILTER (WHERE {counts} AND entry & 1 = 1) \
             AS firsts_{set}"
        ));
    }
    sql.push(" FROM matched m, unnest(m.attributes) AS entry WHERE m.failed IN (0");
    for place in sets.iter().flatten() {
        sql.push(&format!(", {}", bit(*place)));
    }
    sql.push(") GROUP BY entry & -2)");
}

fn set_of(own: Option<usize>) -> i64 {
    own.map_or(0, bit)
}

/// A value may be listed twice, if two writers were first to use it at once.
fn write_values_of_codes(sql: &mut Sql, statement: &Statement<'_>, only: Option<&str>) {
    sql.push(", attribute_values AS MATERIALIZED (SELECT * FROM (SELECT DISTINCT v.name, v.value");
    for column in ["n", "firsts"] {
        write_by_name(sql, statement, column, |own| {
            format!("c.{column}_{}", set_of(own))
        });
    }
    write_by_name(sql, statement, "scale", |own| {
        statement.share(own).scale().to_string()
    });
    sql.push(
        " FROM attribute_codes c JOIN search_values v ON v.code = c.code WHERE v.tenant_id = ",
    )
    .bind(statement.search.plan.tenant.0);
    if let Some(name) = only {
        sql.push(" AND v.name = ").bind_text(name);
    }
    sql.push(") AS counted WHERE n > 0)");
}

/// Appends a column that an attribute with an own filter has from its own set, and any other from the hits.
fn write_by_name(
    sql: &mut Sql,
    statement: &Statement<'_>,
    column: &str,
    value: impl Fn(Option<usize>) -> String,
) {
    sql.push(", CASE");
    for (place, name) in statement.soft.attributes() {
        sql.push(" WHEN v.name = ")
            .bind_text(name)
            .push(&format!(" THEN {}", value(Some(place))));
    }
    sql.push(&format!(" WHEN true THEN {} END AS {column}", value(None)));
}

/// Appends the tables of which attributes matter, and of the place of each value among its attribute's. An attribute
/// that tells nearly every product from every other, such as a serial number, is nothing to choose by.
pub(super) fn write_ranks(sql: &mut Sql, statement: &Statement<'_>) {
    let selected = || statement.search.plan.filters.attributes.keys();
    sql.push(
        ", attribute_names AS (SELECT name, count(*) AS distinct_values, \
         CAST(sum(firsts * scale) AS bigint) AS products FROM attribute_values GROUP BY name \
         HAVING (count(*) > 1 AND (count(*) <= 50 OR count(*) * 2 <= sum(firsts))) OR name",
    )
    .in_texts(selected())
    .push(
        "), ranked_names AS (SELECT name, distinct_values, products, \
         row_number() OVER (ORDER BY products DESC, name) AS place FROM attribute_names), \
         ranked_values AS (SELECT name, value, n * scale AS n, \
         row_number() OVER (PARTITION BY name ORDER BY n DESC, value) AS place \
         FROM attribute_values)",
    );
}

/// Appends the values of the attributes that matter most.
pub(super) fn write_ranked_rows(sql: &mut Sql, statement: &Statement<'_>) {
    let attributes = &statement.search.plan.filters.attributes;
    sql.push(&format!(
        " UNION ALL SELECT '{ATTRIBUTE}', v.value, v.name, CAST(0 AS bigint), v.n, n.distinct_values, \
         n.products FROM ranked_values v JOIN ranked_names n ON n.name = v.name \
         WHERE (n.place <= {ATTRIBUTE_FACETS} OR n.name"
    ))
    .in_texts(attributes.keys())
    .push(&format!(") AND (v.place <= {FACET_VALUES} OR v.value"))
    .in_texts(attributes.values().flatten())
    .push(")");
}

/// Appends all values of the one attribute.
pub(super) fn write_all_rows(sql: &mut Sql) {
    sql.push(&format!(
        " SELECT '{ATTRIBUTE}', value, name, CAST(0 AS bigint), n * scale, CAST(0 AS bigint), \
         CAST(0 AS bigint) FROM attribute_values"
    ));
}
