//! Gives products further categories and fandoms beside their main ones.

use crate::scripts::{Script, Scripts};

/// Further places of products.
pub(crate) const PLACES: Scripts = Scripts {
    name: "m20261129_000023_places",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
