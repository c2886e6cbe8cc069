//! Configuration of `souk`: settings of [`souk_config`], converted into the options of other crates.

mod cache;
mod cdn;
mod elasticsearch;
mod indexer;
mod search;
mod serving;

use std::path::Path;

use souk_indexer::BadSchedule;
use souk_redis::InvalidRedisOptions;
use souk_search::engines::elasticsearch::OptionsError;

use crate::http::{BadCors, BadNetwork};

pub use cache::CacheSection;
pub use cdn::{BadCdn, CdnSection};
pub use elasticsearch::ElasticsearchSection;
pub use indexer::IndexerSection;
pub use search::SearchSection;
pub use serving::{BadQuota, CorsSection, ProxySection, RateLimitSection, ServerSection};
pub use souk_config::{
    Config, DataConfig, Given, InProcess, LoadError, Loaded, LogConfig, LogFormat, Secret, settings,
};

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting is unknown or outside its range.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// An invalid setting of Elasticsearch.
    #[error("ELASTICSEARCH_URL or one of its companions cannot be used: {0}")]
    Elasticsearch(#[from] OptionsError),
    /// An invalid setting of Redis.
    #[error("REDIS_URL or REDIS_PREFIX cannot be used: {0}")]
    Redis(#[from] InvalidRedisOptions),
    /// An invalid network of trusted proxies.
    #[error("TRUSTED_PROXIES: {0}")]
    Proxies(#[from] BadNetwork),
    /// A quota out of range.
    #[error(transparent)]
    RateLimit(#[from] BadQuota),
    /// An invalid setting of cross-origin requests.
    #[error(transparent)]
    Cors(#[from] BadCors),
    /// An invalid setting of the CDN.
    #[error(transparent)]
    Cdn(#[from] BadCdn),
    /// An invalid schedule.
    #[error(transparent)]
    Schedule(#[from] BadSchedule),
}

/// Loads the configuration and checks that every conversion succeeds.
///
/// # Errors
/// If a value cannot be read or converted.
pub fn load(file: Option<&Path>, given: Vec<Given>) -> Result<Loaded, ConfigError> {
    let loaded = Loaded::load(file, given)?;
    let config = &loaded.config;
    config
        .elasticsearch
        .options(config.search.gateway().timeout)?;
    config.cache.redis()?;
    config.indexer.options().check()?;
    config.proxy.trusted()?;
    config.rate_limit.options()?;
    config.cors.cors()?;
    config.cdn.media()?;
    config.cdn.tag_header()?;
    config.cdn.purging()?;
    Ok(loaded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Vec<Given> {
        Given::from_environment(|variable| {
            pairs
                .iter()
                .find(|(name, _)| *name == variable)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn load_of_unusable_value_names_the_setting() {
        for (variable, value, told) in [
            ("ELASTICSEARCH_URL", "localhost", "ELASTICSEARCH_URL"),
            ("REDIS_URL", "localhost:6379", "REDIS_URL"),
            ("SOUK_LISTEN", "nowhere", "server.listen"),
            ("SOUK_METRICS_LISTEN", "9464", "SOUK_METRICS_LISTEN"),
            ("SOUK_SEARCH_TIMEOUT_MS", "0", "search.timeout_ms"),
            ("SOUK_ADMIN_KEY", "short", "SOUK_ADMIN_KEY"),
            ("SOUK_PRUNE_SCHEDULE", "nightly", "SOUK_PRUNE_SCHEDULE"),
            ("SOUK_MAX_URL_BYTES", "10", "server.max_url_bytes"),
            ("TRUSTED_PROXIES", "everyone", "TRUSTED_PROXIES"),
            ("SOUK_PROXY_HEADER", "via", "proxy.header"),
            ("RATE_LIMIT_MAX_REQUESTS", "0", "RATE_LIMIT_MAX_REQUESTS"),
            ("RATE_LIMIT_WINDOW_SECS", "0", "RATE_LIMIT_WINDOW_SECS"),
            ("CDN_URL", "cdn.example", "CDN_URL"),
            ("CDN_TAG_HEADER", "x-tags", "CDN_TAG_HEADER"),
            ("CDN_PURGE_URL", "mailto:cdn", "CDN_PURGE_URL"),
            (
                "CORS_ALLOWED_ORIGINS",
                "shop.example",
                "CORS_ALLOWED_ORIGINS",
            ),
            (
                "SYNC_PRODUCTS_ON_STARTUP",
                "maybe",
                "indexer.sync_on_startup",
            ),
        ] {
            let error = load(None, given(&[(variable, value)])).err().unwrap();
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}
