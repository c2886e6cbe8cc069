//! Configuration of `souk`: settings of [`souk_config`], converted into the options of other crates.

mod accounts;
mod agents;
mod cache;
mod cdn;
mod feed;
mod live;
mod search;
mod selling;
mod serving;
mod webhooks;

use souk_cache::InvalidPurgeOptions;
use souk_indexer::connections;
use souk_mail::BadMailSetting;
use souk_redis::InvalidRedisOptions;
use souk_search::engines::elasticsearch::OptionsError;

use crate::http::{BadCors, BadNetwork};

pub use accounts::AccountsSection;
pub use agents::{AgentsSection, BadAgentSetting};
pub use cache::CacheSection;
pub use cdn::{BadCdn, CdnSection};
pub use feed::{BadFeed, FeedSection};
pub use live::LiveSection;
pub use search::SearchSection;
pub use selling::{SellingSection, UnknownProvider};
pub use serving::{BadQuota, CorsSection, ProxySection, RateLimitSection, ServerSection};
pub use souk_config::{
    Config, DataConfig, Given, InProcess, LoadError, Loaded, LogConfig, LogFormat, Secret, settings,
};
pub use webhooks::WebhooksSection;

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
    /// An invalid setting of product feeds.
    #[error(transparent)]
    Feed(#[from] BadFeed),
    /// An invalid setting of agents.
    #[error(transparent)]
    Agents(#[from] BadAgentSetting),
    /// An invalid setting of mails.
    #[error(transparent)]
    Mail(#[from] BadMailSetting),
    /// An invalid purge URL.
    #[error("CDN_PURGE_URL {0}")]
    Purge(#[from] InvalidPurgeOptions),
}

/// Checks that every conversion succeeds.
///
/// # Errors
/// If a value cannot be converted.
pub fn check(config: &Config) -> Result<(), ConfigError> {
    connections::elasticsearch(config)?;
    connections::redis(&config.cache)?;
    connections::purging(&config.cdn)?;
    config.proxy.trusted()?;
    config.rate_limit.options()?;
    config.cors.cors()?;
    config.cdn.media()?;
    config.cdn.tag_header()?;
    config.google_feeds()?;
    config.openai_feeds()?;
    config.agents()?;
    config.mail_transport()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use souk_config::Environment;

    use super::*;

    fn checked(pairs: &[(&str, &str)]) -> Result<(), ConfigError> {
        let environment: Environment = pairs.iter().copied().collect();
        let loaded = Loaded::load(None, &environment, vec![])?;
        check(&loaded.config)
    }

    #[test]
    fn check_of_unusable_value_names_the_setting() {
        for (variable, value) in [
            ("ELASTICSEARCH_URL", "localhost"),
            ("REDIS_URL", "localhost:6379"),
            ("TRUSTED_PROXIES", "everyone"),
            ("RATE_LIMIT_MAX_REQUESTS", "1000000000"),
            ("CDN_URL", "cdn.example"),
            ("CDN_TAG_HEADER", "x-tags"),
            ("SOUK_FEED_GOOGLE_URL", "shop.example"),
            ("SOUK_FEED_OPENAI_URL", "shop.example"),
            ("SOUK_FEED_OPENAI_URL", "https://shop.example"),
            ("SOUK_AGENTS_URL", "https://shop.example/{slug}"),
            ("SOUK_AGENTS_EXTENSION", "souk"),
            ("CDN_PURGE_URL", "mailto:cdn"),
            ("SOUK_SMTP_URL", "mail.example"),
            ("SOUK_MAIL_FROM", "shop"),
            ("CORS_ALLOWED_ORIGINS", "shop.example"),
        ] {
            let error = checked(&[(variable, value)]).err().unwrap();
            assert!(error.to_string().contains(variable), "{error}");
        }
        checked(&[]).unwrap();
    }

    #[test]
    fn check_of_malformed_url_hides_its_password() {
        for (variable, scheme) in [
            ("ELASTICSEARCH_URL", "http"),
            ("REDIS_URL", "redis"),
            ("CDN_PURGE_URL", "mailto"),
            ("SOUK_SMTP_URL", "smtps"),
        ] {
            let url = format!("{scheme}://souk:hunter2@host:port/0");
            let error = checked(&[(variable, &url)]).err().unwrap();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
        let parts = [("REDIS_HOST", "r r"), ("REDIS_PASSWORD", "hunter2")];
        let error = checked(&parts).err().unwrap();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}
