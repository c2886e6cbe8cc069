//! Makes the tables of sellers' profiles and payouts.

use crate::scripts::{Script, Scripts};

/// Tables `seller_profiles` and `payouts`.
pub(crate) const SELLERS: Scripts = Scripts {
    name: "m20261201_000052_sellers",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
