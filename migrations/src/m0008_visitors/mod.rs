//! A session is one session, whatever settings answer it.

use crate::scripts::{Script, Scripts};

/// The key of sessions that were counted.
pub(crate) const VISITORS: Scripts = Scripts {
    name: "m20261127_000011_visitors",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
