//! Metrics for Prometheus, of which `souk-indexer run` takes the same variable.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `metrics.listen` | `SOUK_METRICS_LISTEN` | none: they are not served |

use std::net::{AddrParseError, SocketAddr};

use serde::{Deserialize, Serialize};

/// Metrics. They tell about the whole installation, so they have a listener of their own, and none by default.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// Address and port of `/metrics`, such as `127.0.0.1:9464`; empty for none.
    pub listen: String,
}

impl MetricsConfig {
    /// Address of the metrics; empty to serve none.
    ///
    /// # Errors
    /// If it is no address with a port.
    pub fn address(&self) -> Result<Option<SocketAddr>, AddrParseError> {
        if self.listen.is_empty() {
            return Ok(None);
        }
        self.listen.parse().map(Some)
    }
}
