//! Finds the spellings of brands, and notes down what can be taken back and what waits for approval.

use crate::scripts::{Script, Scripts};

/// Index `products_brand`, tables `search_network_sums` and `suggestion_decisions`.
pub(crate) const VALUES: Scripts = Scripts {
    name: "m20261130_000032_values",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
