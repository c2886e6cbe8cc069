//! The audit log: what was done by whom, chained by hashes.

use crate::scripts::{Script, Scripts};

/// Tables `audit_entries` and `audit_chains`, with triggers that refuse to change or delete entries.
pub(crate) const AUDIT: Scripts = Scripts {
    name: "m20261130_000038_audit",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
