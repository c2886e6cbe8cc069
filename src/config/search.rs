//! The search engine.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `search.timeout_ms` | `SOUK_SEARCH_TIMEOUT_MS` | `1500` |
//! | `search.pause_ms` | `SOUK_SEARCH_BREAKER_COOLDOWN_MS` | `1000` |
//! | `search.places` | `SOUK_SEARCH_MAX_CONCURRENCY` | `512` |
//! | `search.engine_places` | `SOUK_SEARCH_ENGINE_MAX_CONCURRENCY` | `64` |
//! | `search.fallback_places` | `SOUK_SEARCH_FALLBACK_MAX_CONCURRENCY` | `4` |
//! | `search.patience_ms` | `SOUK_SEARCH_QUEUE_TIMEOUT_MS` | `10000` |
//! | `search.understanding_products` | `SOUK_QUERY_UNDERSTANDING_PRODUCTS` | `50000` |
//! | `search.understanding_refresh_secs` | `SOUK_QUERY_UNDERSTANDING_REFRESH_SECS` | `3600` |
//! | `search.slow_ms` | `SOUK_SLOW_SEARCH_MS` | `1000` |

use std::time::Duration;

use serde::{Deserialize, Serialize};
use souk_search_service::{GatewayOptions, QueryUnderstandingOptions};

/// The search engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SearchConfig {
    /// Milliseconds that the engine may take before the SQL engine executes the search.
    pub timeout_ms: u64,
    /// Milliseconds that the circuit breaker stays open after a failure.
    pub pause_ms: u64,
    /// Searches at a time; further ones are rejected with 503.
    pub places: usize,
    /// Searches at a time in the engine; others wait. More than it can execute within its time
    /// would make it fail.
    pub engine_places: usize,
    /// Searches at a time in the SQL engine, while the index is away; others wait. Twice the cores
    /// that the database has to spare is a good number: more at a time make each slower and none faster.
    pub fallback_places: usize,
    /// Milliseconds that a search waits for a permit; then 503.
    pub patience_ms: u64,
    /// From how many products of each marketplace it is learnt what texts mean; with 0, texts mean their words.
    pub understanding_products: u64,
    /// Longest time until that is learnt again.
    pub understanding_refresh_secs: u64,
    /// A search that takes as long is told to the log, with its plan; 0 for none.
    pub slow_ms: u64,
}

impl Default for SearchConfig {
    fn default() -> Self {
        Self {
            timeout_ms: 1_500,
            pause_ms: 1_000,
            places: 512,
            engine_places: 64,
            fallback_places: 4,
            patience_ms: 10_000,
            understanding_products: 50_000,
            understanding_refresh_secs: 3_600,
            slow_ms: 1_000,
        }
    }
}

impl SearchConfig {
    /// From when on a search is slow, if that is of interest.
    pub fn slow(&self) -> Option<Duration> {
        (self.slow_ms > 0).then(|| Duration::from_millis(self.slow_ms))
    }

    /// As the gateway takes it.
    pub fn gateway(&self) -> GatewayOptions {
        GatewayOptions {
            timeout: Duration::from_millis(self.timeout_ms),
            breaker_cooldown: Duration::from_millis(self.pause_ms),
            max_concurrency: self.places,
            engine_max_concurrency: self.engine_places,
            fallback_max_concurrency: self.fallback_places,
            queue_timeout: Duration::from_millis(self.patience_ms),
        }
    }

    /// As learning takes it.
    pub fn understanding(&self) -> QueryUnderstandingOptions {
        QueryUnderstandingOptions {
            products: self.understanding_products,
            refresh: Duration::from_secs(self.understanding_refresh_secs),
        }
    }
}
