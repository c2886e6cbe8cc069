//! Queries that may be what others meant.

use crate::scripts::{Script, Scripts};

/// The column of clicks that past queries led to.
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
