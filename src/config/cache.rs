//! Redis. `souk-indexer` takes the same variables.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `cache.redis_url` | `REDIS_URL` | unset: everything stays in this process |
//! | `cache.redis_prefix` | `REDIS_PREFIX` | `souk:` |

use serde::{Deserialize, Serialize};
use souk_cache::{BadRedis, RedisOptions};

use super::Secret;

/// Redis.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheConfig {
    /// Address of a Redis server, such as `redis://user:password@host:6379/0`; `rediss://` for TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redis_url: Option<Secret>,
    /// What the names of all keys begin with.
    pub redis_prefix: String,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            redis_url: None,
            redis_prefix: RedisOptions::new("").prefix,
        }
    }
}

impl CacheConfig {
    /// As the connection takes it; none without an address.
    ///
    /// # Errors
    /// If the address or the prefix is none.
    pub fn redis(&self) -> Result<Option<RedisOptions>, BadRedis> {
        let Some(url) = &self.redis_url else {
            return Ok(None);
        };
        let options = RedisOptions {
            prefix: self.redis_prefix.clone(),
            ..RedisOptions::new(url.expose())
        };
        options.check()?;
        Ok(Some(options))
    }
}
