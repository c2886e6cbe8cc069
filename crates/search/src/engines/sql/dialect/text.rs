//! Scores and conditions of a text, by dialect.

use super::Dialect;
use crate::{
    SearchPlan,
    engines::sql::{postgres, query::text_match::TextMatch, sqlite, statement::Sql},
};

/// Appends the common table expressions that a score needs, each followed by a comma.
pub(crate) fn write_score_tables(sql: &mut Sql, text: &TextMatch) {
    if sql.dialect() == Dialect::Sqlite {
        sqlite::scoring::write_tables(sql, text);
    }
}

/// Appends the full-text rank of product `p` as a further summand; nothing where no word of the catalogue matches.
pub(crate) fn write_score(sql: &mut Sql, text: &TextMatch) {
    let words = text.ranked_words(sql.dialect());
    if words.is_empty() {
        return;
    }
    match sql.dialect() {
        Dialect::Postgres => postgres::scoring::write_rank(sql, &words),
        Dialect::Sqlite => sqlite::scoring::write_rank(sql),
    }
}

/// Appends the condition that product `p` has every word.
pub(crate) fn write_every_word(sql: &mut Sql, plan: &SearchPlan, text: &TextMatch) {
    match sql.dialect() {
        Dialect::Postgres => postgres::scoring::write_every_word(sql, text),
        Dialect::Sqlite => sqlite::scoring::write_every_word(sql, plan, text),
    }
}
