//! Makes the tables of webhooks: endpoints, their secrets, deliveries.

use crate::scripts::{Script, Scripts};

/// Tables from `webhook_endpoints` to `webhook_deliveries`.
pub(crate) const WEBHOOKS: Scripts = Scripts {
    name: "m20261201_000048_webhooks",
    postgres: Script {
        up: &[include_str!("postgres.sql")],
        down: include_str!("postgres_down.sql"),
    },
    sqlite: Script {
        up: &[include_str!("sqlite.sql")],
        down: include_str!("sqlite_down.sql"),
    },
};
