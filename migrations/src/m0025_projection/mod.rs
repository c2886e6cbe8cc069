//! Leaves what the SQL engine searches of bulk loads to a projection, which follows.

use crate::scripts::{Script, Scripts};

/// Table `search_pending`.
pub(crate) const PROJECTION: Scripts = Scripts {
    name: "m20261129_000028_projection",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
