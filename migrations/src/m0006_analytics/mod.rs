//! Adds the tables of search analytics: searches, clicks and purchases by day.

use crate::scripts::{Script, Scripts};

/// The tables of search analytics.
pub(crate) const ANALYTICS: Scripts = Scripts {
    name: "m20261127_000005_analytics",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
