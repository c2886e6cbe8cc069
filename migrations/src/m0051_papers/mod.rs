//! Lets mails go to guests, and makes the tables of invoices, credit notes and sums of sales.

use crate::scripts::{Script, Scripts};

/// Tables from `invoices` to `sales_products`.
pub(crate) const PAPERS: Scripts = Scripts {
    name: "m20261201_000051_papers",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
