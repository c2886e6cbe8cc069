//! Lanes of the outbox, so that single edits do not wait behind a bulk load.

/// Rows of one statement or transaction that still count as single edits, at most. The triggers of PostgreSQL say the
/// same.
pub(crate) const FEW: i64 = 100;
/// Priority of products that follow from others.
pub(super) const FOLLOWING: i64 = 2;

/// Part of the outbox that a worker claims from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Single edits.
    Edits,
    /// Changes of bulk loads, and products that follow from others.
    Background,
    /// Both, edits first.
    All,
}

impl Lane {
    /// Returns the condition and the order of the lane's rows.
    pub(super) fn sql(self) -> (&'static str, &'static str) {
        match self {
            Self::Edits => ("priority = 0", "priority, id"),
            // By age alone, so that none of its kinds waits for the end of another.
            Self::Background => ("priority > 0", "id"),
            Self::All => ("priority >= 0", "priority, id"),
        }
    }
}
