//! Full-text rank on PostgreSQL.

use super::tsquery;
use crate::engines::sql::{
    query::text_match::{TextMatch, WordMatch},
    statement::Sql,
};

/// Appends the rank of product `p` by a tsquery, as a further summand.
pub(crate) fn write_rank(sql: &mut Sql, query: &str) {
    sql.push(" + 40 * ts_rank('{0.1, 0.2, 0.4, 1.0}', p.words, ")
        .tsquery(query)
        .push(")");
}

/// Appends the condition that product `p` has every word.
pub(crate) fn write_every_word(sql: &mut Sql, text: &TextMatch) {
    let words = text.words.iter().map(WordMatch::tsquery);
    sql.push("p.words @@ ").tsquery(&tsquery::every(words));
}
