//! Adds the tables of search configurations and their versions.

use crate::scripts::{Script, Scripts};

/// The tables of search configurations.
pub(crate) const SEARCH_CONFIGS: Scripts = Scripts {
    name: "m20261127_000004_search_configs",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
