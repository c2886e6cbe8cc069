//! Adds an index by which variants are found by SKU alone.

use crate::scripts::{Script, Scripts};

/// Index of SKUs.
pub(crate) const VARIANT_SKU: Scripts = Scripts {
    name: "m20261129_000019_variant_sku",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
