//! Settings of the HTTP server.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `server.listen` | `SOUK_LISTEN` | `127.0.0.1:3000` |
//! | `server.request_timeout_ms` | `SOUK_REQUEST_TIMEOUT_MS` | `30000` |
//! | `server.header_timeout_ms` | `SOUK_HEADER_TIMEOUT_MS` | `10000` |
//! | `server.body_timeout_ms` | `SOUK_BODY_TIMEOUT_MS` | `20000` |
//! | `server.idle_timeout_ms` | `SOUK_IDLE_TIMEOUT_MS` | `75000` |
//! | `server.drain_timeout_ms` | `SOUK_DRAIN_TIMEOUT_MS` | `10000` |
//! | `server.max_connections` | `SOUK_MAX_CONNECTIONS` | `8192` |
//! | `server.max_url_bytes` | `SOUK_MAX_URL_BYTES` | `8192` |
//! | `server.max_header_bytes` | `SOUK_MAX_HEADER_BYTES` | `16384` |
//! | `server.compression` | `ENABLE_COMPRESSION` | `true` |

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::http::{ConnectionLimits, RequestLimits};

/// Settings of the HTTP server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Address and port to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Milliseconds that a request may take before it gets 503.
    pub request_timeout_ms: u64,
    /// Milliseconds that a client may take to send a request's headers before its connection is closed.
    pub header_timeout_ms: u64,
    /// Milliseconds that a client may take to send a request's body before it gets 408.
    pub body_timeout_ms: u64,
    /// Milliseconds that a connection may stay open without a request. Longer than that of a proxy in front, which else would
    /// send a request into a connection that is being closed.
    pub idle_timeout_ms: u64,
    /// Milliseconds for requests in flight at shutdown.
    pub drain_timeout_ms: u64,
    /// At most so many connections at a time; more wait.
    pub max_connections: usize,
    /// Longest address of a request; a longer one is answered with 414.
    pub max_url_bytes: usize,
    /// All headers of a request together; more is answered with 431.
    pub max_header_bytes: usize,
    /// True to compress responses for clients that accept it.
    pub compression: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            request_timeout_ms: 30_000,
            header_timeout_ms: 10_000,
            body_timeout_ms: 20_000,
            idle_timeout_ms: 75_000,
            drain_timeout_ms: 10_000,
            max_connections: 8_192,
            max_url_bytes: 8 * 1024,
            max_header_bytes: 16 * 1024,
            compression: true,
        }
    }
}

impl ServerConfig {
    /// The bounds of a connection.
    pub fn connections(&self) -> ConnectionLimits {
        ConnectionLimits {
            max_connections: self.max_connections,
            header_timeout: Duration::from_millis(self.header_timeout_ms),
            idle_timeout: Duration::from_millis(self.idle_timeout_ms),
            max_head_bytes: self.max_url_bytes + self.max_header_bytes,
            drain_timeout: Duration::from_millis(self.drain_timeout_ms),
        }
    }

    /// The bounds of a request.
    pub fn requests(&self) -> RequestLimits {
        RequestLimits {
            timeout: Duration::from_millis(self.request_timeout_ms),
            body_timeout: Duration::from_millis(self.body_timeout_ms),
            max_url_bytes: self.max_url_bytes,
            max_header_bytes: self.max_header_bytes,
        }
    }
}
