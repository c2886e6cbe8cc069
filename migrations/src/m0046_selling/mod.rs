//! Makes the tables of selling: terms, carts, purchases, orders, payments, ledger, events.

use crate::scripts::{Script, Scripts};

/// Tables from `addresses` to `events`.
pub(crate) const SELLING: Scripts = Scripts {
    name: "m20261201_000046_selling",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
