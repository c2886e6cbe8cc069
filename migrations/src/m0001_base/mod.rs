//! The base schema: tenants, the catalogue, the outbox and the triggers that fill it.

use crate::scripts::{Script, Scripts};

/// The base schema.
pub(crate) const BASE: Scripts = Scripts {
    name: "m20261121_000001_base",
    postgres: Script {
        up: &[
            include_str!("postgres_tables.sql"),
            include_str!("postgres_triggers.sql"),
        ],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[
            include_str!("sqlite_tables.sql"),
            include_str!("sqlite_triggers.sql"),
        ],
        down: include_str!("sqlite_down.sql"),
    },
};
