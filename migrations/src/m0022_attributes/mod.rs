//! Adds definitions of attributes, and has the SQL engine's tables leave internal and unsearched ones out.

use crate::scripts::{Script, Scripts};

/// Table `attribute_definitions`, and what follows from it.
pub(crate) const ATTRIBUTES: Scripts = Scripts {
    name: "m20261129_000025_attributes",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
