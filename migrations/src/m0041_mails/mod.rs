//! Keeps mails until they are sent.

use crate::scripts::{Script, Scripts};

/// Table `mails`.
pub(crate) const MAILS: Scripts = Scripts {
    name: "m20261130_000041_mails",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
