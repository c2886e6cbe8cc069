//! Ranges of the vocabulary.

use crate::engines::sql::statement::Sql;

/// Greater than every letter that follows a prefix.
const LAST: char = '\u{10ffff}';

/// Range of the vocabulary.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WordRange {
    /// Words with this least and most number of letters when folded.
    Long(i64, i64),
    /// Words with this prefix.
    Prefix(String),
    /// Words of this stem.
    Stem(String),
}

impl WordRange {
    /// Appends the condition that a row of the vocabulary is in the range.
    pub(crate) fn write(&self, sql: &mut Sql) {
        match self {
            Self::Stem(stem) => sql.push("stem = ").bind_text(stem),
            Self::Long(least, most) => sql
                .push("(length(word) >= ")
                .bind(*least)
                .push(" AND length(word) <= ")
                .bind(*most)
                .push(")"),
            Self::Prefix(prefix) => sql
                .push("(word >= ")
                .bind_text(prefix)
                .push(" AND word <= ")
                .bind_text(&format!("{prefix}{LAST}"))
                .push(")"),
        };
    }
}
