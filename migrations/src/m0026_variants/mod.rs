//! Adds to what PostgreSQL searches of a product its highest price and the number of its variants. SQLite searches the
//! table of products, which has both.

use crate::scripts::{Script, Scripts};

/// Columns `price_max` and `variant_count` of table `search_products`.
pub(crate) const VARIANTS: Scripts = Scripts {
    name: "m20261129_000029_variants",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script::NONE,
};
