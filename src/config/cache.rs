//! The cache, and Redis, of which `souk-indexer` takes the same variables.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `cache.redis_url` | `REDIS_URL` | unset: everything stays in this process |
//! | `cache.redis_prefix` | `REDIS_PREFIX` | `souk:` |
//! | `cache.enabled` | `SOUK_CACHE` | `true` |
//! | `cache.process_mb` | `SOUK_CACHE_MB` | `128` |
//! | `cache.warm` | `SOUK_CACHE_WARM` | `200`; 0 remembers and loads nothing |

use serde::{Deserialize, Serialize};
use souk_cache::CacheOptions;
use souk_redis::{InvalidRedisOptions, RedisOptions};

use super::Secret;

/// The cache and Redis.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheConfig {
    /// Address of a Redis server, such as `redis://user:password@host:6379/0`; `rediss://` for TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redis_url: Option<Secret>,
    /// Prefix of all keys.
    pub redis_prefix: String,
    /// True to cache public responses.
    pub enabled: bool,
    /// Megabytes of them that each process keeps.
    pub process_mb: u64,
    /// Hot responses that are loaded at the start and after a reindex.
    pub warm: usize,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            redis_url: None,
            redis_prefix: RedisOptions::new("").prefix,
            enabled: true,
            process_mb: 128,
            warm: 200,
        }
    }
}

impl CacheConfig {
    /// As the cache takes it.
    pub fn options(&self) -> CacheOptions {
        CacheOptions {
            enabled: self.enabled,
            process_bytes: self.process_mb << 20,
        }
    }

    /// As the connection takes it; none without an address.
    ///
    /// # Errors
    /// If the address or the prefix is none.
    pub fn redis(&self) -> Result<Option<RedisOptions>, InvalidRedisOptions> {
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
