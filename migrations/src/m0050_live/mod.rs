//! Has PostgreSQL tell of events, and makes what live updates and watches of products read.

use crate::scripts::{Script, Scripts};

/// Notices of events, indexes of a day's revenue, and the table `product_watches`.
pub(crate) const LIVE: Scripts = Scripts {
    name: "m20261201_000050_live",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
