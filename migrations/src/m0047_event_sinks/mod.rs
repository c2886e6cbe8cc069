//! Makes the table of sinks of events.

use crate::scripts::{Script, Scripts};

/// Table `event_sinks`.
pub(crate) const EVENT_SINKS: Scripts = Scripts {
    name: "m20261201_000047_event_sinks",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
