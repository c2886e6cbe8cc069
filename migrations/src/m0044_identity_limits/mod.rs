//! Indexes for what ends by itself, and for the number of mails to one recipient.

use crate::scripts::{Script, Scripts};

/// Indexes on accounts, sessions and mails.
pub(crate) const IDENTITY_LIMITS: Scripts = Scripts {
    name: "m20261130_000044_identity_limits",
    postgres: Script {
        up: &[include_str!("up.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("up.sql")],
        down: include_str!("down.sql"),
    },
};
