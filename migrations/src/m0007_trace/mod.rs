//! Adds the trace of the request to outbox rows.

use crate::scripts::{Script, Scripts};

/// The outbox's column of traces.
pub(crate) const TRACE: Scripts = Scripts {
    name: "m20261127_000010_trace",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("down.sql"),
    },
};
