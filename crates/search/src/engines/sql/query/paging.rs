//! Sort keys, and the page that is cut out of products by them.

use souk_domain::{Cursor, Sort, SortKey, Start};

use super::{scoring::SCORE_UNITS, search::Search, variant_conditions::write_lowest_price};
use crate::{
    SearchPlan,
    engines::sql::{floats, statement::Sql},
    merchandising::{Pin, browsing_score},
};

/// Returns the direction of a sort, as SQL.
pub(crate) fn falling(sort: Sort) -> &'static str {
    if sort == Sort::PriceAsc { "" } else { " DESC" }
}

/// Closes a table of ids and sort keys, and appends the cut of the page, with one hit more.
pub(crate) fn write_cut(sql: &mut Sql, plan: &SearchPlan) {
    sql.push(") AS matched");
    if let Start::After(cursor) = &plan.page.start {
        write_after(sql, plan, cursor);
    }
    let falling = falling(plan.sort);
    sql.push(&format!(" ORDER BY sort_key{falling}, id LIMIT "))
        .bind(i64::from(plan.page.limit) + 1)
        .push(" OFFSET ")
        .bind(i64::from(plan.page.offset()));
}

/// Appends the sort key of a product in table `from`.
pub(crate) fn write_key(sql: &mut Sql, search: &Search<'_>, from: &str) {
    match (search.plan.sort, &search.text) {
        (Sort::PriceAsc | Sort::PriceDesc, _) if !search.is_key_a_column() => {
            write_lowest_price(sql, &search.of_variants());
            sql
        }
        (Sort::PriceAsc | Sort::PriceDesc, _) => sql.push(&format!("{from}.price_min")),
        (Sort::Newest, _) => sql.push(&format!("{from}.created_at")),
        (Sort::Rating, _) => sql.push(&format!(
            "CAST(coalesce({from}.rating, 0.0) AS double precision)"
        )),
        (Sort::Relevance, Some(text)) => {
            let units = |pin: &Pin| ((pin.score() * SCORE_UNITS) as i64).into();
            search
                .merchandising
                .write_pinned_or(sql, units, "bigint", |sql| {
                    sql.push("CAST(");
                    text.write_score(sql, search);
                    sql.push(&format!(" * {SCORE_UNITS:.1} AS bigint)"));
                });
            sql
        }
        (Sort::Popular, None) if search.plan.is_browse_steered() => {
            search.merchandising.write_browsing_score(sql);
            sql
        }
        (Sort::Relevance | Sort::Popular, _) => sql.push(&format!("{from}.popularity")),
    };
}

/// Appends the condition for hits after a cursor.
fn write_after(sql: &mut Sql, plan: &SearchPlan, cursor: &Cursor) {
    let beyond = if plan.sort == Sort::PriceAsc {
        ">"
    } else {
        "<"
    };
    // The first condition alone is one that an index in this order can start at.
    let (first, last): (sea_orm::Value, sea_orm::Value) = match cursor.key {
        key if plan.is_browse_steered() => {
            let score = browsing_score(key);
            (score.into(), score.into())
        }
        SortKey::Rating(rating) => {
            let (low, high) = floats::rounding_to(rating);
            (high.into(), low.into())
        }
        SortKey::Integer(key) => (key.into(), key.into()),
        SortKey::Score(score) => {
            let key = (score * SCORE_UNITS) as i64;
            (key.into(), key.into())
        }
    };
    sql.push(&format!(" WHERE sort_key {beyond}= "))
        .bind(first)
        .push(&format!(" AND (sort_key {beyond} "))
        .bind(last)
        .push(" OR id > ")
        .bind(cursor.id.0)
        .push(")");
}
