//! Has PostgreSQL tell when tenants, keys, search configurations or definitions of attributes change.

use crate::scripts::{Script, Scripts};

/// Triggers that send notices. SQLite sends none.
pub(crate) const NOTICES: Scripts = Scripts {
    name: "m20261130_000034_notices",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script::NONE,
};
