//! Lets sellers and categories close: their products leave search, listings and pages, and come back unharmed.

use crate::scripts::{Script, Scripts};

/// Columns `closed_at` of sellers and categories, and `products.is_hidden`, which follows them.
pub(crate) const CLOSING: Scripts = Scripts {
    name: "m20261129_000022_closing",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
