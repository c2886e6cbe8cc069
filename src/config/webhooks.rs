//! Options of webhooks.

use souk_config::Config;
use souk_webhooks::Networks;

/// Conversions of the section `webhooks`.
pub trait WebhooksSection {
    /// Returns the networks that deliveries may reach.
    fn webhook_networks(&self) -> Networks;
}

impl WebhooksSection for Config {
    fn webhook_networks(&self) -> Networks {
        match self.webhooks.private_networks {
            true => Networks::Any,
            false => Networks::Public,
        }
    }
}
