//! Options of the search gateway and of query understanding.

use std::time::Duration;

use souk_config::SearchConfig;
use souk_search_service::{GatewayOptions, QueryUnderstandingOptions};

/// Conversions of the `search` section.
pub trait SearchSection {
    /// Returns the gateway's options.
    fn gateway(&self) -> GatewayOptions;

    /// Returns the trainer's options.
    fn understanding(&self) -> QueryUnderstandingOptions;
}

impl SearchSection for SearchConfig {
    fn gateway(&self) -> GatewayOptions {
        GatewayOptions {
            timeout: Duration::from_millis(self.timeout_ms),
            breaker_cooldown: Duration::from_millis(self.breaker_cooldown_ms),
            max_concurrency: self.max_concurrency,
            engine_max_concurrency: self.engine_max_concurrency,
            fallback_max_concurrency: self.fallback_max_concurrency,
            queue_timeout: Duration::from_millis(self.queue_timeout_ms),
        }
    }

    fn understanding(&self) -> QueryUnderstandingOptions {
        QueryUnderstandingOptions {
            products: self.query_understanding_products,
            refresh: Duration::from_secs(self.query_understanding_refresh_secs),
        }
    }
}
