//! Keeps people: accounts, their roles, links by mail, and failed sign-ins.

use crate::scripts::{Script, Scripts};

/// Tables `accounts`, `memberships`, `account_links` and `sign_in_failures`.
pub(crate) const ACCOUNTS: Scripts = Scripts {
    name: "m20261130_000039_accounts",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
