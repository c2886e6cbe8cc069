//! Counts of prices: a product counts in each step of the price ladder that one of its variants stands on.

use souk_domain::{FacetName, price_ladder};

use crate::engines::sql::{
    facets::{count::BUCKET, query::FacetQuery},
    offered::offers,
    query::variant_conditions::PRICE,
    statement::Sql,
};

/// Appends the lowest and the highest price, as columns of the sums of table `matched`.
pub(crate) fn write_bounds(sql: &mut Sql, query: &FacetQuery<'_>) {
    let counts = query.counts_in(FacetName::Price);
    let offers = query.offers_in(FacetName::Price);
    for (bound, aggregate, of_product) in
        [("low", "min", "price_min"), ("high", "max", "price_max")]
    {
        sql.push(&if query.counts_by_variant() {
            format!(", (SELECT {aggregate}(price) FROM passing_offers WHERE {offers}) AS {bound}")
        } else {
            format!(", {aggregate}({of_product}) FILTER (WHERE {counts}) AS {bound}")
        });
    }
}

/// Appends the rows of the steps.
pub(crate) fn write_steps(sql: &mut Sql, query: &FacetQuery<'_>) {
    let ladder = price_ladder(query.search.settings.price_scale);
    let counts = query.counts_in(FacetName::Price);
    let counted = query.offers_in(FacetName::Price);
    let step = |price: &str| step(&ladder, price);
    let rows = if query.counts_by_variant() {
        format!(
            "SELECT step, count(DISTINCT id) AS n FROM (SELECT id, {} AS step FROM passing_offers WHERE {counted}) GROUP BY step",
            step("price")
        )
    } else {
        // Few products have prices on several steps.
        let (lowest, highest) = (step("price_min"), step("price_max"));
        let variants = offers(query.search.plan.shares_products);
        format!(
            "SELECT step, sum(n) AS n FROM (\
             SELECT {lowest} AS step, count(*) AS n FROM matched WHERE {counts} GROUP BY 1 \
             UNION ALL SELECT step, count(*) FROM (\
             SELECT DISTINCT id, step FROM (\
             SELECT m.id, m.lowest, {} AS step FROM (\
             SELECT m.id, {lowest} AS lowest, {PRICE} AS charged \
             FROM matched m JOIN {variants} v ON v.product_id = m.id \
             WHERE {counts} AND m.price_min < m.price_max AND {lowest} <> {highest}) AS m) \
             WHERE step <> lowest) GROUP BY step) GROUP BY step",
            step("m.charged")
        )
    };
    sql.push(&format!(
        " UNION ALL SELECT '{BUCKET}', '', '', step, CAST(n AS bigint), CAST(0 AS bigint), CAST(0 AS bigint) FROM ({rows})"
    ));
}

/// Returns the expression for the step of a price in the ladder.
fn step(ladder: &[i64], price: &str) -> String {
    let steps = ladder.iter().enumerate().skip(1);
    let cases: String = steps
        .map(|(place, limit)| format!(" WHEN {price} < {limit} THEN {}", place - 1))
        .collect();
    format!("CAST(CASE{cases} ELSE {} END AS bigint)", ladder.len() - 1)
}
