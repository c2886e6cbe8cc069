//! Full-text rank on SQLite.

use crate::{
    SearchPlan,
    engines::sql::{
        dialect::Dialect,
        query::text_match::{RankedWords, TextMatch},
        statement::Sql,
    },
};

/// Appends the table of ranks. FTS5 ranks a row only while it reads its own result, so it is materialized.
pub(crate) fn write_tables(sql: &mut Sql, text: &TextMatch) {
    let words = text.ranked_words(Dialect::Sqlite);
    let Some((first, others)) = words.split_first() else {
        return;
    };
    if others.is_empty() {
        sql.push("scores AS MATERIALIZED (");
        write_table(sql, first);
        sql.push("), ");
        return;
    }
    for (place, words) in words.iter().enumerate() {
        sql.push(&format!("scores_{place} AS MATERIALIZED ("));
        write_table(sql, words);
        sql.push("), ");
    }
    sql.push("scores AS MATERIALIZED (SELECT id, sum(score) AS score FROM (");
    for place in 0..words.len() {
        sql.push(if place > 0 { " UNION ALL " } else { "" });
        sql.push(&format!("SELECT id, score FROM scores_{place}"));
    }
    sql.push(") AS each_score GROUP BY id), ");
}

/// Appends a query for the ranks of products by words of one quality.
fn write_table(sql: &mut Sql, words: &RankedWords) {
    let quality = f64::from(words.quality);
    sql.push(&format!(
        "SELECT rowid AS id, -bm25(search_products, 8.0, 4.0, 2.0, 1.0) * {quality} AS score \
         FROM search_products WHERE search_products MATCH "
    ))
    .bind_text(&words.query);
}

/// Appends the join with the table of ranks.
pub(crate) fn write_joins(sql: &mut Sql, text: &TextMatch) {
    if !text.ranked_words(Dialect::Sqlite).is_empty() {
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
