//! The cache.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `cache.redis_url` | `REDIS_URL` | unset: everything stays in this process |

use serde::{Deserialize, Serialize};

use super::Secret;

/// The cache.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheConfig {
    /// Address of a Redis server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redis_url: Option<Secret>,
}
