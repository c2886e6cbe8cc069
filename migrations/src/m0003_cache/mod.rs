//! Adds the table of pending cache invalidations.

use crate::scripts::{Script, Scripts};

/// Table `cache_debts`.
pub(crate) const CACHE: Scripts = Scripts {
    name: "m20261121_000003_cache",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
