//! Makes changes of bulk loads background and tells listeners of new work, on PostgreSQL by triggers. On SQLite the
//! store does the former, and workers ask.

use crate::scripts::{Script, Scripts};

/// Priorities and notices of the outbox.
pub(crate) const BULK: Scripts = Scripts {
    name: "m20261129_000018_bulk",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: concat!(
            include_str!("postgres_down.sql"),
            include_str!("../m0001_base/postgres_triggers.sql")
        ),
    },
    sqlite: Script::NONE,
};
