//! Keeps the sessions of accounts.

use crate::scripts::{Script, Scripts};

/// Table `account_sessions`.
pub(crate) const ACCOUNT_SESSIONS: Scripts = Scripts {
    name: "m20261130_000040_account_sessions",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
