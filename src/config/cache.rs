//! Options of the cache and of Redis.

use souk_cache::CacheOptions;
use souk_config::CacheConfig;
use souk_redis::{InvalidRedisOptions, RedisOptions};

/// Conversions of the `cache` section.
pub trait CacheSection {
    /// Returns the cache's options.
    fn options(&self) -> CacheOptions;

    /// Returns the connection's options; `None` without a URL.
    ///
    /// # Errors
    /// If the URL or the prefix is invalid.
    fn redis(&self) -> Result<Option<RedisOptions>, InvalidRedisOptions>;
}

impl CacheSection for CacheConfig {
    fn options(&self) -> CacheOptions {
        CacheOptions {
            enabled: self.enabled,
            process_bytes: self.process_mb << 20,
        }
    }

    fn redis(&self) -> Result<Option<RedisOptions>, InvalidRedisOptions> {
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
