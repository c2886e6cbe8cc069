//! Adds the table of daily salts that visitor ids are hashed with.

use crate::scripts::{Script, Scripts};

/// Table `session_secrets`, which [`crate::m0013_visitor_salts`] renames.
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
