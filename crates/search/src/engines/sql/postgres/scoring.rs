//! Full-text rank on PostgreSQL.

use super::tsquery;
use crate::engines::sql::{
    query::text_match::{RankedWords, TextMatch, WordMatch},
    statement::Sql,
};

/// Appends the rank of product `p` by words of each quality, as further summands.
///
/// `ts_rank` divides by the number of words in its query. The factor undoes that between the queries, so that a word
/// with typos counts its quality's share of a word as typed.
pub(crate) fn write_rank(sql: &mut Sql, words: &[RankedWords]) {
    let Some(first) = words.first() else { return };
    for words in words {
        let share = words.alternatives as f32 / first.alternatives as f32;
        let share = f64::from(40.0 * words.quality * share);
        sql.push(&format!(
            " + {share} * ts_rank('{{0.1, 0.2, 0.4, 1.0}}', p.words, "
        ))
        .tsquery(&words.query)
        .push(")");
    }
}

/// Appends the condition that product `p` matches a word or phrase.
pub(crate) fn write_has(sql: &mut Sql, word: &WordMatch) {
    sql.push("(p.words @@ ").tsquery(&word.tsquery()).push(")");
}

/// Appends the condition that product `p` has every word.
pub(crate) fn write_every_word(sql: &mut Sql, text: &TextMatch) {
    let words = text.words.iter().map(WordMatch::tsquery);
    sql.push("p.words @@ ").tsquery(&tsquery::every(words));
}
