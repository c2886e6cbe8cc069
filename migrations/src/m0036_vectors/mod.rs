//! Keeps a vector of each product's text for search by meaning.

use crate::scripts::{Script, Scripts};

/// Table `product_vectors`.
pub(crate) const VECTORS: Scripts = Scripts {
    name: "m20261130_000036_vectors",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: "DROP TABLE product_vectors",
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: "DROP TABLE product_vectors",
    },
};
