//! Adds clicks to suggested queries, so that clicked queries can correct misspelt ones.

use crate::scripts::{Script, Scripts};

/// Column of clicks of suggested queries.
pub(crate) const PROVEN_QUERIES: Scripts = Scripts {
    name: "m20261127_000013_proven_queries",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
