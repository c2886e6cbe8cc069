//! Counts of attribute values, as part of the statement that counts everything.

use super::variants;
use crate::engines::sql::{
    facets::{
        count::{ATTRIBUTE, RANGE},
        query::FacetQuery,
    },
    query::excluded_filters::bit,
    statement::Sql,
};
use crate::facets::listing::has_values;
use crate::query::{ATTRIBUTE_FACETS, FACET_VALUES};

/// Rows for each attribute or value that is listed: it may have several spellings, which are added up by whoever reads
/// the rows.
const SPELLINGS: usize = 4;

/// Appends the table of values of each attribute, or of one. `n` products have the value, and in `firsts` of them it is
/// the first of the attribute.
pub(crate) fn write_values(sql: &mut Sql, query: &FacetQuery<'_>, only: Option<&str>) {
    if query.counts_by_variant() {
        return variants::write_values(sql, query, only);
    }
    sql.push(
        ", attribute_values AS MATERIALIZED (SELECT a.name, a.value, count(*) AS n, \
         CAST(sum(CASE WHEN a.place = 0 THEN 1 ELSE 0 END) AS bigint) AS firsts \
         FROM matched m JOIN search_attributes a ON a.product_id = m.id WHERE (m.failed = 0",
    );
    for (place, name) in query.excluded.attributes() {
        sql.push(&format!(
            " OR (m.failed = {bit} AND a.name",
            bit = bit(place)
        ))
        .in_texts(&query.search.settings.names(name))
        .push(")");
    }
    sql.push(")");
    if let Some(name) = only {
        sql.push(" AND a.name")
            .in_texts(&query.search.settings.names(name));
    }
    sql.push(" GROUP BY a.name, a.value)");
}

/// Appends the tables of attributes that are worth listing, and of the rank of each value. An attribute that
/// distinguishes nearly every product, such as a serial number, is left out.
pub(crate) fn write_ranks(sql: &mut Sql, query: &FacetQuery<'_>) {
    let plan = query.search.plan;
    let is_facet = |name: &str| has_values(&plan.definitions, name);
    let (mut defined, others): (Vec<_>, Vec<_>) = plan
        .definitions
        .iter()
        .partition(|definition| is_facet(&definition.name));
    defined.sort_by_key(|definition| definition.position);
    let defined: Vec<&String> = defined.iter().map(|definition| &definition.name).collect();
    let settings = query.search.settings;
    let spelled: Vec<String> = defined
        .iter()
        .flat_map(|name| settings.names(name))
        .collect();
    let selected = settings.names_of_all(plan.filters.attributes.keys());
    let others = settings.names_of_all(others.iter().map(|definition| &definition.name));
    sql.push(
        ", attribute_names AS (SELECT name, count(*) AS distinct_values, \
         CAST(sum(firsts) AS bigint) AS products FROM attribute_values WHERE NOT (name",
    )
    .in_texts(&others)
    .push(") GROUP BY name HAVING count(*) <= 50 OR count(*) * 2 <= sum(firsts) OR name")
    .in_texts(selected.iter().chain(&spelled))
    .push(
        "), ranked_names AS (SELECT name, distinct_values, products, \
         row_number() OVER (ORDER BY (SELECT key FROM json_each(",
    )
    .bind_list(&spelled)
    .push(
        ") AS defined WHERE defined.value = name) NULLS LAST, \
         CASE WHEN distinct_values > 1 THEN 0 ELSE 1 END, products DESC, name) AS place \
         FROM attribute_names), \
         ranked_values AS (SELECT name, value, n, \
         row_number() OVER (PARTITION BY name ORDER BY n DESC, value) AS place \
         FROM attribute_values)",
    );
}

/// Appends the values of the attributes that matter most.
pub(crate) fn write_ranked_rows(sql: &mut Sql, query: &FacetQuery<'_>) {
    let attributes = &query.search.plan.filters.attributes;
    sql.push(&format!(
        " UNION ALL SELECT '{ATTRIBUTE}', v.value, v.name, CAST(0 AS bigint), v.n, n.distinct_values, \
         n.products FROM ranked_values v JOIN ranked_names n ON n.name = v.name \
         WHERE (n.place <= {} OR n.name",
        ATTRIBUTE_FACETS * SPELLINGS
    ))
    .in_texts(&query.search.settings.names_of_all(attributes.keys()))
    .push(&format!(
        ") AND (v.place <= {} OR v.value",
        FACET_VALUES * SPELLINGS
    ))
    .in_texts(attributes.values().flatten())
    .push(")");
}

/// Appends all values of the attributes that are filtered by a range: their bounds are those of the numbers among them.
pub(crate) fn write_range_rows(sql: &mut Sql, query: &FacetQuery<'_>) {
    let ranges = query.search.plan.definitions.ranges();
    let names = ranges.map(|definition| &definition.name);
    let names = query.search.settings.names_of_all(names);
    if names.is_empty() {
        return;
    }
    sql.push(&format!(
        " UNION ALL SELECT '{RANGE}', value, name, CAST(0 AS bigint), n, CAST(0 AS bigint), \
         CAST(0 AS bigint) FROM attribute_values WHERE name"
    ))
    .in_texts(&names);
}

/// Appends all values of the one attribute.
pub(crate) fn write_all_rows(sql: &mut Sql) {
    sql.push(&format!(
        " SELECT '{ATTRIBUTE}', value, name, CAST(0 AS bigint), n, CAST(0 AS bigint), \
         CAST(0 AS bigint) FROM attribute_values"
    ));
}
