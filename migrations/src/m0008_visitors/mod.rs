//! Counts a visitor once per search, whatever version of the configuration was used.

use crate::scripts::{Script, Scripts};

/// New primary key of `search_visitors`.
pub(crate) const VISITORS: Scripts = Scripts {
    name: "m20261127_000011_visitors",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
