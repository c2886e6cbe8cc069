//! Which products are put in order while a wide catalogue is browsed and some are boosted or pinned.

use souk_domain::Start;

use super::{
    Search, extent::Extent, filters::Clause, hits, merchandising::Products, statement::Sql,
};
use crate::merchandising::browsing_score;

/// So many of the most popular products are put in order, and of those that a boost lifts.
const CANDIDATES: u32 = 3_000;

/// Appends the condition that product `p` may be on the page, where there are too many to put all in order: that it is
/// pinned, among the most popular, or among the most popular of what a boost lifts. PostgreSQL only.
pub(super) fn write_candidates(
    sql: &mut Sql,
    search: &Search<'_>,
    extent: &Extent,
    clauses: &[&Clause<'_>],
) {
    if !matches!(extent, Extent::Wide(_)) {
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
    let lifted = boosts.iter().filter(|(_, factor)| *factor > 1.0);
    let lifted = lifted.map(|(products, factor)| (Some(products), *factor));
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
    hits::write_walk(sql, search, clauses, products.is_some());
    if let Some(products) = products {
        sql.push(" AND ");
        products.write_marked(sql);
    }
}

/// What follows a hit is not more popular than the hit's score says, by the least that its popularity is multiplied by;
/// and if it is as popular, its id is higher.
fn write_after(sql: &mut Sql, search: &Search<'_>, least_factor: f32) {
    let Start::After(cursor) = &search.plan.page.start else {
        return;
    };
    let most = browsing_score(cursor.key) / f64::from(least_factor);
    let most = most.ceil() as i64;
    sql.push(" AND o.popularity <= ")
        .bind(most)
        .push(" AND (o.popularity < ")
        .bind(most)
        .push(" OR o.id > ")
        .bind(cursor.id.0)
        .push(")");
}
