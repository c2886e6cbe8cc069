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
}

impl WordRange {
    /// Appends the condition that a column is in the range.
    pub(crate) fn write(&self, sql: &mut Sql, column: &str) {
        match self {
            // Least in bytes, because one letter may be folded to two, such as `æ`, and then is of two bytes.
            Self::Long(least, most) => sql
                .push(&format!("(octet_length({column}) >= "))
                .bind(*least)
                .push(&format!(" AND length({column}) <= "))
                .bind(*most)
                .push(")"),
            Self::Prefix(prefix) => sql
                .push(&format!("({column} >= "))
                .bind_text(prefix)
                .push(&format!(" AND {column} <= "))
                .bind_text(&format!("{prefix}{LAST}"))
                .push(")"),
        };
    }
}
