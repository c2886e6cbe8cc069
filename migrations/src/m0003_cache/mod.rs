//! What caches were not told.

use crate::scripts::{Script, Scripts};

/// The table of what caches were not told.
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
