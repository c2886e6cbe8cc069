//! Lets several sellers offer one variant.

use crate::scripts::{Script, Scripts};

/// Table `offers` of further sellers' offers, view `open_offers`, and totals that count them.
pub(crate) const FURTHER_OFFERS: Scripts = Scripts {
    name: "m20261130_000035_further_offers",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
