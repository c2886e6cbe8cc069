//! Keys of programs that call the admin API.

use crate::scripts::{Script, Scripts};

/// Table `api_keys`; on PostgreSQL a notice tells of what ends one.
pub(crate) const API_KEYS: Scripts = Scripts {
    name: "m20261130_000037_api_keys",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: "DROP TABLE api_keys;",
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: "DROP TABLE api_keys;",
    },
};
