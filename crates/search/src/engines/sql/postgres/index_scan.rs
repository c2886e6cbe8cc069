//! Index-ordered scans: products read in the order of an index until the page is full.

use souk_domain::Start;

use crate::engines::sql::{
    listed::LISTED,
    query::{
        filters::Clause, merchandising::Products, search::Search, variant_conditions::write_on_one,
    },
    sampling::CountStrategy,
    statement::Sql,
};
use crate::merchandising::browsing_score;

/// Most popular products that are sorted, of all and of those that each boost lifts.
const CANDIDATES: u32 = 3_000;

/// Appends the condition that product `p` may be on the page of a sampled result. Candidates are pins, the most popular
/// products, and the most popular of those that a boost lifts.
pub(crate) fn write_candidates(
    sql: &mut Sql,
    search: &Search<'_>,
    strategy: &CountStrategy,
    clauses: &[&Clause<'_>],
) {
    if !matches!(strategy, CountStrategy::Sampled(_)) {
        return;
    }
    let boosts = &search.merchandising.boosts;
    let page = &search.plan.page;
    // Without boosts, the page is of the next popular ones after the pins.
    let wanted = page.offset() + page.limit + 1 + search.merchandising.pins.len() as u32;
    let candidates = if boosts.is_empty() {
        wanted
    } else {
        wanted.max(CANDIDATES)
    };
    let lowest: f32 = boosts.iter().map(|(_, factor)| factor.min(1.0)).product();
    sql.push(" AND (p.id")
        .in_ids(&search.merchandising.pinned());
    let everything = [(None, 1.0)];
    let lifted = boosts
        .iter()
        .filter(|(_, factor)| *factor > 1.0)
        .map(|(products, factor)| (Some(products), *factor));
    for (products, factor) in everything.into_iter().chain(lifted) {
        sql.push(" OR p.id = ANY (ARRAY(SELECT o.id");
        write_popular(sql, search, clauses, products);
        write_after(sql, search, factor * lowest);
        sql.push(" ORDER BY o.popularity DESC, o.id LIMIT ")
            .bind(i64::from(candidates))
            .push("))");
    }
    sql.push(")");
}

fn write_popular(
    sql: &mut Sql,
    search: &Search<'_>,
    clauses: &[&Clause<'_>],
    products: Option<&Products<'_>>,
) {
    write(sql, search, clauses, products.is_some());
    if let Some(products) = products {
        sql.push(" AND ");
        products.write_indexed(sql);
    }
}

/// Appends the condition for candidates after a cursor. Their popularity is at most the cursor's score divided by the
/// least factor, and at equal popularity their id is higher.
fn write_after(sql: &mut Sql, search: &Search<'_>, least_factor: f32) {
    let Start::After(cursor) = &search.plan.page.start else {
        return;
    };
    let most = (browsing_score(cursor.key) / f64::from(least_factor)).ceil() as i64;
    sql.push(" AND o.popularity <= ")
        .bind(most)
        .push(" AND (o.popularity < ")
        .bind(most)
        .push(" OR o.id > ")
        .bind(cursor.id.0)
        .push(")");
}

/// Returns true if an index-ordered scan up to the page reads fewer products than sorting all hits.
pub(crate) fn is_shorter(search: &Search<'_>, strategy: &CountStrategy) -> bool {
    let CountStrategy::Sampled(estimates) = strategy else {
        return false;
    };
    let page = &search.plan.page;
    let wanted = u64::from(page.limit) + 1 + u64::from(page.offset());
    let gone_through = wanted * estimates.catalogue / estimates.hits.max(1);
    !estimates.is_ranked_whole() && gone_through < estimates.hits
}

/// Appends tables and conditions of an index-ordered scan of products `o`. Joins `p` if a condition or `and_more` needs
/// it. The match is a function call, so that the planner cannot choose the full-text index.
pub(crate) fn write(sql: &mut Sql, search: &Search<'_>, clauses: &[&Clause<'_>], and_more: bool) {
    sql.push(" FROM products o");
    let is_narrowed = search.text.is_some() || !clauses.is_empty() || search.narrows();
    if is_narrowed || and_more {
        sql.push(" JOIN search_products p ON p.id = o.id");
    }
    sql.push(&format!(" WHERE {LISTED} AND o.tenant_id = "))
        .bind(search.plan.tenant.0);
    if let Some(text) = &search.text {
        sql.push(" AND (ts_match_vq(p.words, ")
            .tsquery(&text.tsquery())
            .push(")");
        if !search.merchandising.pins.is_empty() {
            sql.push(" OR p.id").in_ids(&search.merchandising.pinned());
        }
        sql.push(")");
    }
    let clauses = || clauses.iter().copied().chain(&search.merchandising.only);
    for clause in clauses() {
        sql.push(" AND ");
        clause.write(sql);
    }
    write_on_one(sql, clauses());
    search.write_narrowing(sql);
}
