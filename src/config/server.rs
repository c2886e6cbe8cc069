//! How the API is served.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `server.listen` | `SOUK_LISTEN` | `127.0.0.1:3000` |
//! | `server.request_timeout_ms` | `SOUK_REQUEST_TIMEOUT_MS` | `30000` |
//! | `server.drain_timeout_ms` | `SOUK_DRAIN_TIMEOUT_MS` | `10000` |
//! | `server.compression` | `ENABLE_COMPRESSION` | `true` |

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// How the API is served.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Address and port to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// How long one request may take before it is answered with 503.
    pub request_timeout_ms: u64,
    /// How long requests in flight may still take once the process was told to stop.
    pub drain_timeout_ms: u64,
    /// Whether answers are packed for clients that take it.
    pub compression: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            request_timeout_ms: 30_000,
            drain_timeout_ms: 10_000,
            compression: true,
        }
    }
}

impl ServerConfig {
    /// How long one request may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    /// How long requests in flight may take at the end.
    pub fn drain_timeout(&self) -> Duration {
        Duration::from_millis(self.drain_timeout_ms)
    }
}
