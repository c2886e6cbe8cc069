//! Products of a search on SQLite.

use super::{conditions, scoring};
use crate::engines::sql::{
    listed::LISTED,
    place::Place,
    query::{
        filters::Clause, search::Search, text_match::TextMatch, variant_conditions::write_on_one,
    },
    statement::Sql,
};

/// Appends the condition that product `p` matches the text and some filters.
pub(crate) fn write_set(sql: &mut Sql, search: &Search<'_>, clauses: &[&Clause<'_>]) {
    sql.push("p.tenant_id = ")
        .bind(search.plan.tenant.0)
        .push(" AND ")
        .push(LISTED);
    if let Some(text) = &search.text {
        sql.push(" AND p.id IN (");
        text.write_ids(sql, search.plan);
        if !search.merchandising.pins.is_empty() {
            sql.push(" UNION ALL SELECT id FROM products WHERE id")
                .in_ids(&search.merchandising.pinned());
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

/// Appends products `p` with their ranks, and the condition that they match.
pub(crate) fn write_ranked(sql: &mut Sql, search: &Search<'_>, text: &TextMatch) {
    let clauses: Vec<_> = search.clauses.iter().collect();
    sql.push(" FROM products p");
    scoring::write_joins(sql, text);
    sql.push(" WHERE ");
    write_set(sql, search, &clauses);
}

/// Appends products `p` with their ranks, and the condition that they match or share a category or fandom.
pub(crate) fn write_related(
    sql: &mut Sql,
    search: &Search<'_>,
    text: &TextMatch,
    (category, fandom): (Option<i64>, Option<i64>),
) {
    let tenant = search.plan.tenant.0;
    sql.push(" FROM products p");
    scoring::write_joins(sql, text);
    sql.push(&format!(" WHERE {LISTED} AND p.tenant_id = "))
        .bind(tenant)
        .push(" AND p.id IN (");
    text.write_ids(sql, search.plan);
    for (place, id) in [(Place::Category, category), (Place::Fandom, fandom)] {
        if let Some(id) = id {
            sql.push(" UNION ALL SELECT id FROM products WHERE tenant_id = ")
                .bind(tenant)
                .push(&format!(" AND {} = ", place.column()))
                .bind(id)
                .push(" UNION ALL ");
            conditions::write_further(sql, search.plan.tenant, place, &[id]);
        }
    }
    sql.push(")");
}
