//! Variants of the products that count, as tables of the statement that counts everything.
//!
//! Each variant bears the mask of the filters that it fails, those of its product among them. A product counts where one
//! of its variants does: `passes` has the bits of the filters that a facet has to exclude for it, and for a hit all bits.

use souk_domain::FacetName;

use super::conditions::{IS_OPTION, OPTION};
use crate::engines::sql::{
    facets::query::FacetQuery,
    offered::offers,
    query::{
        excluded_filters::{ALWAYS, bit},
        filters::FilterTarget,
        variant_conditions::{AVAILABLE, PRICE, of_variants, write_each},
    },
    statement::Sql,
};

/// Table of the products that may count, before their variants are looked at.
pub(crate) const CANDIDATES: &str = "candidates";

/// Appends the tables `passing_offers`, of the variants that pass all filters but perhaps one, and `matched`, of their products.
pub(crate) fn write_tables(sql: &mut Sql, query: &FacetQuery<'_>) {
    let clauses = &query.excluded.clauses;
    let merchandising = &query.search.merchandising;
    let shares_products = query.search.plan.shares_products;
    let seller = match shares_products {
        true => "v.seller_id",
        false => "p.seller_id",
    };
    let variants = offers(shares_products);
    sql.push(&format!(
        ", all_offers AS MATERIALIZED (SELECT p.id, v.id AS variant_id, {PRICE} AS price, {AVAILABLE} AS available, \
         v.options, {seller} AS seller_id, p.failed"
    ));
    for (place, clause) in clauses.iter().enumerate() {
        if clause.is_of_variants() {
            sql.push(" | CASE WHEN ");
            clause.write_of_variant(sql);
            sql.push(&format!(" THEN 0 ELSE {} END", bit(place)));
        }
    }
    let always = query.excluded.always.iter().copied();
    let always = of_variants(always.chain(&merchandising.only));
    if !always.is_empty() {
        sql.push(" | CASE WHEN true");
        write_each(sql, &always);
        sql.push(&format!(" THEN 0 ELSE {ALWAYS} END"));
    }
    let bits: Vec<_> = (0..clauses.len())
        .map(|place| bit(place).to_string())
        .collect();
    let single = [vec!["0".to_owned()], bits.clone()].concat().join(", ");
    let passes = bits
        .iter()
        .map(|bit| format!(" | max(failed = {bit}) * {bit}"));
    let passes: String = passes.collect();
    sql.push(&format!(
        " AS failed FROM {CANDIDATES} p JOIN {variants} v ON v.product_id = p.id), \
         passing_offers AS MATERIALIZED (SELECT * FROM all_offers WHERE failed IN ({single})), \
         matched AS MATERIALIZED (SELECT c.id, c.category_id, c.fandom_id, c.brand, c.seller_id, c.rating, o.passes, \
         CASE WHEN o.passes = -1 THEN 0 ELSE 1 END AS failed FROM (\
         SELECT id, max(failed = 0) * -1{passes} AS passes FROM passing_offers GROUP BY id) AS o \
         JOIN {CANDIDATES} c ON c.id = o.id)"
    ));
}

/// Appends the table of values of each attribute, or of one, by variants. `n` products have the value, and `firsts` add up
/// to the number of those that have the attribute.
pub(crate) fn write_values(sql: &mut Sql, query: &FacetQuery<'_>, only: Option<&str>) {
    sql.push(&format!(
        ", all_options AS MATERIALIZED (SELECT DISTINCT v.id, o.key AS name, {OPTION} AS value \
         FROM all_offers v, json_each(v.options) AS o WHERE {IS_OPTION}), \
         counted_values AS (SELECT v.id, o.key AS name, {OPTION} AS value, v.failed \
         FROM passing_offers v, json_each(v.options) AS o JOIN search_attributes a \
         ON a.product_id = v.id AND a.name = o.key AND a.value = {OPTION} WHERE {IS_OPTION} \
         UNION SELECT m.id, a.name, a.value, CASE WHEN m.passes = -1 THEN 0 ELSE -m.passes END \
         FROM matched m JOIN search_attributes a ON a.product_id = m.id \
         LEFT JOIN all_options o ON o.id = m.id AND o.name = a.name AND o.value = a.value WHERE o.id IS NULL), \
         product_values AS MATERIALIZED (SELECT DISTINCT id, name, value FROM counted_values WHERE (failed = 0"
    ));
    for (place, name) in query.excluded.attributes() {
        let bit = bit(place);
        sql.push(&format!(
            " OR ((failed = {bit} OR (failed < 0 AND -failed & {bit} <> 0)) AND name"
        ))
        .in_texts(&query.search.settings.names(name))
        .push(")");
    }
    sql.push(")");
    if let Some(name) = only {
        sql.push(" AND name")
            .in_texts(&query.search.settings.names(name));
    }
    sql.push(
        "), attribute_values AS MATERIALIZED (SELECT name, value, count(*) AS n, \
         CAST(sum(is_first) AS bigint) AS firsts FROM (SELECT name, value, \
         row_number() OVER (PARTITION BY id, name ORDER BY value) = 1 AS is_first FROM product_values) \
         GROUP BY name, value)",
    );
}

impl FacetQuery<'_> {
    /// Returns the condition for a variant to count in a facet.
    pub(super) fn offers_in(&self, facet: FacetName) -> String {
        match self.excluded.place(&FilterTarget::Facet(facet)) {
            Some(place) => format!("failed IN (0, {})", bit(place)),
            None => "failed = 0".to_owned(),
        }
    }
}
