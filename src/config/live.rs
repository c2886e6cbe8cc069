//! Options of live updates.

use souk_config::Config;

use crate::live::LiveOptions;

/// Conversions of the section `live`.
pub trait LiveSection {
    /// Returns the limits of live updates.
    fn live(&self) -> LiveOptions;
}

impl LiveSection for Config {
    fn live(&self) -> LiveOptions {
        LiveOptions {
            max_connections: self.live.max_connections,
            max_client_connections: self.live.max_client_connections,
            low_stock: self.live.low_stock.into(),
            ..LiveOptions::default()
        }
    }
}
