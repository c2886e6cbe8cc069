//! The search engine.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `search.timeout_ms` | `SOUK_SEARCH_TIMEOUT_MS` | `1500` |
//! | `search.elasticsearch_url` | `ELASTICSEARCH_URL` | unset: the embedded index |

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Secret;

/// The search engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SearchConfig {
    /// How long the engine may take before the database answers in its place.
    pub timeout_ms: u64,
    /// Address of an Elasticsearch cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elasticsearch_url: Option<Secret>,
}

impl Default for SearchConfig {
    fn default() -> Self {
        Self {
            timeout_ms: 1_500,
            elasticsearch_url: None,
        }
    }
}

impl SearchConfig {
    /// How long the engine may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}
