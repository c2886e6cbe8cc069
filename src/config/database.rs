//! The database.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `database.url` | `DATABASE_URL` | unset: a SQLite file in the data folder |
//! | `database.max_connections` | `SOUK_DATABASE_MAX_CONNECTIONS` | `16` |
//! | `database.slow_query_ms` | `SOUK_SLOW_QUERY_MS` | `1000` |

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Secret;

/// The database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// Address of a PostgreSQL database, such as `postgres://user:password@host/souk`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Secret>,
    /// At most so many connections.
    pub max_connections: u32,
    /// A statement that takes as long is told to the log, without its values; 0 for none.
    pub slow_query_ms: u64,
}

impl DatabaseConfig {
    /// From when on a statement is slow, if that is of interest.
    pub fn slow_query(&self) -> Option<Duration> {
        (self.slow_query_ms > 0).then(|| Duration::from_millis(self.slow_query_ms))
    }
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: None,
            max_connections: 16,
            slow_query_ms: 1_000,
        }
    }
}
