//! Keeps every price that was charged, and gives variants a weight and measures.

use crate::scripts::{Script, Scripts};

/// Prices charged over time, and weight and measures of variants.
pub(crate) const DETAILS: Scripts = Scripts {
    name: "m20261129_000027_details",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
