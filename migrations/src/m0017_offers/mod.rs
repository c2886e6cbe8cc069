//! Gives variants list prices, sales with dates and stock policies, and products tags and the status `unlisted`.

use crate::scripts::{Script, Scripts};

/// Terms of sale.
pub(crate) const OFFERS: Scripts = Scripts {
    name: "m20261129_000020_offers",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
