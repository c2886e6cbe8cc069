//! Response cache, Redis and CDN.

use crate::alternative::REDIS_HOST;
use crate::declare::settings;
use crate::secret::Secret;

settings! {
    /// Response cache and Redis.
    cache: CacheConfig {
        /// URL of a Redis server, such as `redis://user:password@host:6379/0`; `rediss://` for TLS. Unset: no shared cache.
        redis_url: Option<Secret> = None, "REDIS_URL", or &[REDIS_HOST], flag "--redis-url";
        /// Prefix of Redis keys.
        redis_prefix: String = "souk:".to_owned(), "REDIS_PREFIX", flag "--redis-prefix";
        /// Caching of public responses.
        enabled: bool = true, "SOUK_CACHE";
        /// Memory of the cache in each process.
        process_mb: u64 = 128, "SOUK_CACHE_MB", at_least 1;
        /// Hot responses loaded at startup and after a reindex; 0 disables warming.
        warm: usize = 200, "SOUK_CACHE_WARM";
    }

    /// CDN; see docs/CDN.md.
    cdn: CdnConfig {
        /// Base URL of images with a relative URL. Empty: relative URLs are returned as they are.
        url: String = String::new(), "CDN_URL";
        /// Response header for cache tags: `cache-tag` or `surrogate-key`. Empty: none.
        tag_header: String = String::new(), "CDN_TAG_HEADER";
        /// URL for purge requests. Unset: nothing is purged.
        purge_url: Option<Secret> = None, "CDN_PURGE_URL", flag "--cdn-purge-url";
        /// Bearer token of purge requests.
        purge_token: Option<Secret> = None, "CDN_PURGE_TOKEN", flag "--cdn-purge-token";
    }
}
