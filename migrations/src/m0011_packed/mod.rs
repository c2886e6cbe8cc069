//! Adds one column with all facet values of a product.

use crate::scripts::{Script, Scripts};

/// The column, on PostgreSQL. SQLite counts by itself.
pub(crate) const PACKED: Scripts = Scripts {
    name: "m20261127_000014_packed",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script::NONE,
};
