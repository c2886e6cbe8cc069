//! Adds sample tags, by which facet counts read part of the catalogue.

use crate::scripts::{Script, Scripts};

/// Sample tags, on PostgreSQL only. SQLite counts all rows.
pub(crate) const SHARES: Scripts = Scripts {
    name: "m20261127_000015_shares",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script::NONE,
};
