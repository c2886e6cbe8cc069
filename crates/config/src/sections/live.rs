//! Live updates by server-sent events.

use crate::declare::settings;

settings! {
    /// Live updates; see docs/LIVE.md.
    live: LiveConfig {
        /// Maximum of simultaneous live connections of a process; 503 above it. `SOUK_MAX_CONNECTIONS` counts them, too.
        max_connections: usize = 10_000, "SOUK_LIVE_MAX_CONNECTIONS", range 1..=1_000_000, unit "connections";
        /// Maximum of simultaneous live connections of one IP address (IPv6: of one /64 network); 429 above it. Requests with a tenant's key are not counted by address.
        max_client_connections: usize = 20, "SOUK_LIVE_MAX_CLIENT_CONNECTIONS", range 1..=1_000_000, unit "connections";
        /// Units of a variant from which on staff is told that its stock is low, once some were sold.
        low_stock: u32 = 5, "SOUK_LIVE_LOW_STOCK", range 0..=1_000_000, unit "units";
    }
}
