//! Full-text rank on SQLite.

use crate::{
    SearchPlan,
    engines::sql::{dialect::Dialect, query::text_match::TextMatch, statement::Sql},
};

/// Appends the table of ranks. FTS5 ranks a row only while it reads its own result, so it is materialized.
pub(crate) fn write_tables(sql: &mut Sql, text: &TextMatch) {
    let query = text.any_query(Dialect::Sqlite);
    if query.is_empty() {
        return;
    }
    sql.push(
        "scores AS MATERIALIZED (SELECT rowid AS id, \
         -bm25(search_products, 8.0, 4.0, 2.0, 1.0) AS score \
         FROM search_products WHERE search_products MATCH ",
    )
    .bind(query)
    .push("), ");
}

/// Appends the join with the table of ranks.
pub(crate) fn write_joins(sql: &mut Sql, text: &TextMatch) {
    if !text.any_query(Dialect::Sqlite).is_empty() {
        sql.push(" LEFT JOIN scores s ON s.id = p.id");
    }
}

/// Appends the rank of product `p`, as a further summand.
pub(crate) fn write_rank(sql: &mut Sql) {
    sql.push(" + coalesce(s.score, 0)");
}

/// Appends the condition that product `p` has every word.
pub(crate) fn write_every_word(sql: &mut Sql, plan: &SearchPlan, text: &TextMatch) {
    sql.push("p.id IN (");
    text.write_ids_of_every_word(sql, plan);
    sql.push(")");
}
