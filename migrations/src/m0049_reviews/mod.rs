//! Gives reviews authors, states, answers and votes; the rating of a product counts published ones alone.

use crate::scripts::{Script, Scripts};

/// Columns of `reviews`, `review_votes`, `review_settings`, and triggers that know states.
pub(crate) const REVIEWS: Scripts = Scripts {
    name: "m20261201_000049_reviews",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
