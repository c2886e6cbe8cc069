//! States of a review.

use std::{fmt, str::FromStr};

/// State of a review. Shoppers see published ones alone, and the rating of a product counts no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReviewStatus {
    /// Waits for the marketplace to decide.
    Pending,
    /// Shown to everybody.
    Published,
    /// Refused by the marketplace; its author sees the reason.
    Rejected,
}

/// Text that is no state of a review.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is `pending`, `published` or `rejected`")]
pub struct UnknownReviewStatus;

impl ReviewStatus {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Published, Self::Rejected];

    /// Name in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Published => "published",
            Self::Rejected => "rejected",
        }
    }

    /// Returns the state of a new review.
    #[must_use]
    pub const fn first(is_moderated: bool) -> Self {
        match is_moderated {
            true => Self::Pending,
            false => Self::Published,
        }
    }

    /// Returns the state after its author changed it. What staff has to decide on, or has refused, is never published by an
    /// edit.
    #[must_use]
    pub const fn after_edit(self, is_moderated: bool) -> Self {
        match (self, is_moderated) {
            (Self::Published, false) => Self::Published,
            _ => Self::Pending,
        }
    }
}

impl fmt::Display for ReviewStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ReviewStatus {
    type Err = UnknownReviewStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.as_str() == text)
            .ok_or(UnknownReviewStatus)
    }
}
