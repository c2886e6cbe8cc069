//! Webhooks.

use crate::declare::settings;

settings! {
    /// Webhooks; see docs/WEBHOOKS.md.
    webhooks: WebhooksConfig {
        /// Lets endpoints be in private networks and use `http`. Only for an installation whose staff may reach all that it reaches.
        private_networks: bool = false, "SOUK_WEBHOOKS_PRIVATE_NETWORKS";
    }
}
