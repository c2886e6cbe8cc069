//! The database.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `database.url` | `DATABASE_URL` | unset: a SQLite file in the data folder |
//! | `database.max_connections` | `SOUK_DATABASE_MAX_CONNECTIONS` | `16` |

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
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: None,
            max_connections: 16,
        }
    }
}
