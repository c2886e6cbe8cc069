//! Adds indexes by age for pruning.

use crate::scripts::{Script, Scripts};

/// Indexes of ages.
pub(crate) const PRUNING: Scripts = Scripts {
    name: "m20261127_000012_pruning",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
