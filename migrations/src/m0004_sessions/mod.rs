//! What the names of sessions are hashed with.

use crate::scripts::{Script, Scripts};

/// The table of the days' secrets.
pub(crate) const SESSIONS: Scripts = Scripts {
    name: "m20261127_000004_sessions",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
