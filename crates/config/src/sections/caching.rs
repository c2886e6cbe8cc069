//! Response cache, Redis, CDN and feeds.

use crate::alternative::REDIS_HOST;
use crate::declare::settings;
use crate::secret::Secret;

/// Longest lifetime of a cached response, in seconds.
const LONGEST: u64 = 86_400;

settings! {
    /// Response cache and Redis.
    cache: CacheConfig {
        /// URL of a Redis server, such as `redis://user:password@host:6379/0`; `rediss://` for TLS. Unset: no shared cache.
        redis_url: Option<Secret> = None, "REDIS_URL", or &[REDIS_HOST], flag "--redis-url";
        /// Prefix of Redis keys.
        redis_prefix: String = "souk:".to_owned(), "REDIS_PREFIX", flag "--redis-prefix";
        /// Idle time after which the connection to Redis is probed; 0: as the operating system does.
        redis_keepalive_secs: u64 = 60, "REDIS_KEEPALIVE_SECS", range 0..=32_767, flag "--redis-keepalive-secs";
        /// Caching of public responses.
        enabled: bool = true, "SOUK_CACHE";
        /// Memory of the cache in each process.
        process_mb: u64 = 128, "SOUK_CACHE_MB", range 1..=1_048_576;
        /// Longest age of a response that is served, and of tenants' API keys that are accepted, while the database is away; 0 serves none.
        stale_if_error_secs: u64 = 3_600, "SOUK_CACHE_STALE_IF_ERROR_SECS", range 0..=604_800;
        /// Hot responses loaded at startup and after a reindex; 0 disables warming.
        warm: usize = 200, "SOUK_CACHE_WARM", range 0..=100_000, unit "responses";
        /// Lifetime of product details; changes invalidate them earlier. Once more as long they are served while renewed.
        product_ttl_secs: u64 = 300, "SOUK_CACHE_PRODUCT_TTL_SECS", range 1..=LONGEST;
        /// Lifetime of product lists.
        listing_ttl_secs: u64 = 60, "SOUK_CACHE_LISTING_TTL_SECS", range 1..=LONGEST;
        /// Lifetime of search results.
        search_ttl_secs: u64 = 60, "SOUK_CACHE_SEARCH_TTL_SECS", range 1..=LONGEST;
        /// Lifetime of the values of a facet.
        facets_ttl_secs: u64 = 60, "SOUK_CACHE_FACETS_TTL_SECS", range 1..=LONGEST;
        /// Lifetime of search suggestions.
        suggestions_ttl_secs: u64 = 120, "SOUK_CACHE_SUGGESTIONS_TTL_SECS", range 1..=LONGEST;
        /// Lifetime of the category tree and the list of fandoms.
        categories_ttl_secs: u64 = 300, "SOUK_CACHE_CATEGORIES_TTL_SECS", range 1..=LONGEST;
        /// Lifetime of sellers.
        seller_ttl_secs: u64 = 300, "SOUK_CACHE_SELLER_TTL_SECS", range 1..=LONGEST;
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

    /// Product feeds; see docs/IMPORTING.md.
    feed: FeedConfig {
        /// Public URL of the shop that `/feeds/google.xml` links to, such as `https://shop.example` or `https://{tenant}.shop.example/p/{slug}`. Empty: no feed.
        google_url: String = String::new(), "SOUK_FEED_GOOGLE_URL";
        /// Public URL of the shop that `/feeds/openai.jsonl` links to, in the same form. Empty: no feed.
        openai_url: String = String::new(), "SOUK_FEED_OPENAI_URL";
        /// Country of the shop by two letters, such as `DE`; the feed for OpenAI needs it.
        openai_store_country: String = String::new(), "SOUK_FEED_OPENAI_STORE_COUNTRY";
        /// Countries that the shop sells to, separated by commas. Empty: its own.
        openai_target_countries: String = String::new(), "SOUK_FEED_OPENAI_TARGET_COUNTRIES";
        /// URL of the shop's return policy, for the feed for OpenAI. Empty: none is named.
        openai_return_policy: String = String::new(), "SOUK_FEED_OPENAI_RETURN_POLICY";
    }
}
