//! Shares of the catalogue by one mark each.

use crate::scripts::{Script, Scripts};

/// The marks, on PostgreSQL. SQLite counts everything.
pub(crate) const SHARES: Scripts = Scripts {
    name: "m20261127_000015_shares",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script::NONE,
};
