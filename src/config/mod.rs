//! Configuration: defaults, under `souk.toml`, under the environment, under the command line.
//!
//! One module and structure a concern; each documents its variables. [`settings()`] is the list of all
//! of them, and what `souk config` prints.

mod admin;
mod cache;
mod cdn;
mod cors;
mod data;
mod database;
mod demo;
mod elasticsearch;
mod indexer;
mod log;
mod metrics;
mod proxy;
mod rate_limit;
mod search;
mod secret;
mod security;
mod server;
mod settings;

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use souk_indexer::BadSchedule;
use souk_redis::InvalidRedisOptions;
use souk_search::engines::elasticsearch::OptionsError;

use crate::http::{BadCors, BadNetwork};

pub use admin::AdminConfig;
pub use cache::CacheConfig;
pub use cdn::{BadCdn, CdnConfig};
pub use cors::CorsConfig;
pub use data::DataConfig;
pub use database::DatabaseConfig;
pub use demo::DemoConfig;
pub use elasticsearch::ElasticsearchConfig;
pub use indexer::{InProcess, IndexerConfig};
pub use log::{LogConfig, LogFormat};
pub use metrics::MetricsConfig;
pub use proxy::ProxyConfig;
pub use rate_limit::{BadQuota, RateLimitConfig};
pub use search::SearchConfig;
pub use secret::Secret;
pub use security::SecurityConfig;
pub use server::ServerConfig;
pub use settings::{Given, Setting, settings};

/// The file that is read from the working folder if none is named.
const DEFAULT_FILE: &str = "souk.toml";

/// All that can be configured.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// HTTP server.
    pub server: ServerConfig,
    /// The proxies in front.
    pub proxy: ProxyConfig,
    /// Quotas per client.
    pub rate_limit: RateLimitConfig,
    /// CORS.
    pub cors: CorsConfig,
    /// Security headers.
    pub security: SecurityConfig,
    /// Data folder.
    pub data: DataConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// The search engine.
    pub search: SearchConfig,
    /// The Elasticsearch cluster.
    pub elasticsearch: ElasticsearchConfig,
    /// The indexer inside `souk serve`.
    pub indexer: IndexerConfig,
    /// The cache.
    pub cache: CacheConfig,
    /// The CDN in front.
    pub cdn: CdnConfig,
    /// The admin API.
    pub admin: AdminConfig,
    /// The demo marketplace.
    pub demo: DemoConfig,
    /// Logging.
    pub log: LogConfig,
    /// Metrics.
    pub metrics: MetricsConfig,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is missing, unknown or of the wrong kind.
    #[error("the configuration cannot be read: {0}\n`souk config --help` lists every setting")]
    Unreadable(#[from] Box<figment::Error>),
    /// The file named on the command line is not there.
    #[error("there is no configuration file {}", .0.display())]
    NoSuchFile(PathBuf),
    /// The Elasticsearch cluster cannot be used as described.
    #[error("ELASTICSEARCH_URL or one of its companions cannot be used: {0}")]
    Elasticsearch(#[from] OptionsError),
    /// Redis cannot be used as described.
    #[error("REDIS_URL or REDIS_PREFIX cannot be used: {0}")]
    Redis(#[from] InvalidRedisOptions),
    /// The proxies in front are not described by networks.
    #[error("TRUSTED_PROXIES: {0}")]
    Proxies(#[from] BadNetwork),
    /// A number of requests that cannot be counted.
    #[error(transparent)]
    RateLimit(#[from] BadQuota),
    /// Cross-origin requests cannot be allowed like this.
    #[error(transparent)]
    Cors(#[from] BadCors),
    /// The CDN in front cannot be used as described.
    #[error(transparent)]
    Cdn(#[from] BadCdn),
    /// A schedule that cannot be understood.
    #[error(transparent)]
    Schedule(#[from] BadSchedule),
    /// A value outside what makes sense.
    #[error("{key} {reason}")]
    OutOfRange {
        /// The setting.
        key: &'static str,
        /// Rule that the value must follow.
        reason: &'static str,
    },
}

/// Line of `souk config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveConfig {
    /// The setting's key.
    pub key: &'static str,
    /// Value as shown: secrets are hidden.
    pub value: String,
    /// Origin of the value.
    pub source: String,
}

/// The configuration in force, and where each value came from.
pub struct Loaded {
    /// The values.
    pub config: Config,
    figment: Figment,
}

impl Loaded {
    /// The file to read if none is named, if it is there.
    pub fn default_file() -> Option<&'static Path> {
        Some(Path::new(DEFAULT_FILE)).filter(|file| file.is_file())
    }

    /// Puts the defaults, the file if there is one, and what was given on top of each other, and checks the result.
    ///
    /// # Errors
    /// If a value cannot be understood, honoured or found.
    pub fn load(file: Option<&Path>, given: Vec<Given>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigError::NoSuchFile(path.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        for value in given {
            figment = figment.merge(value);
        }
        // Lossy: the environment and the command line know no numbers, only texts.
        let config: Config = figment.extract_lossy().map_err(Box::new)?;
        config.check()?;
        Ok(Self { config, figment })
    }

    /// Every setting with its value and origin.
    pub fn active_config(&self) -> Vec<ActiveConfig> {
        settings()
            .map(|setting| {
                let value = self.figment.find_value(setting.key).ok();
                ActiveConfig {
                    key: setting.key,
                    value: match &value {
                        None => "(unset)".to_owned(),
                        Some(_) if setting.secret => "(hidden)".to_owned(),
                        Some(value) => settings::shown(value),
                    },
                    source: value
                        .and_then(|value| self.figment.get_metadata(value.tag()))
                        .map_or_else(|| "default".to_owned(), settings::origin),
                }
            })
            .collect()
    }
}

impl Config {
    fn check(&self) -> Result<(), ConfigError> {
        self.elasticsearch.options(self.search.gateway().timeout)?;
        self.cache.redis()?;
        let positive = [
            ("server.request_timeout_ms", self.server.request_timeout_ms),
            ("server.header_timeout_ms", self.server.header_timeout_ms),
            ("server.body_timeout_ms", self.server.body_timeout_ms),
            ("server.idle_timeout_ms", self.server.idle_timeout_ms),
            ("server.max_connections", self.server.max_connections as u64),
            ("cache.process_mb", self.cache.process_mb),
            ("search.timeout_ms", self.search.timeout_ms),
            ("elasticsearch.shards", u64::from(self.elasticsearch.shards)),
            ("search.pause_ms", self.search.pause_ms),
            ("search.places", self.search.places as u64),
            ("search.engine_places", self.search.engine_places as u64),
            ("search.fallback_places", self.search.fallback_places as u64),
            (
                "search.understanding_refresh_secs",
                self.search.understanding_refresh_secs,
            ),
            ("indexer.batch", u64::from(self.indexer.batch)),
            ("indexer.workers", u64::from(self.indexer.workers)),
            ("indexer.lease_secs", u64::from(self.indexer.lease_secs)),
            ("indexer.poll_ms", u64::from(self.indexer.poll_ms)),
            ("indexer.max_attempts", u64::from(self.indexer.max_attempts)),
            (
                "indexer.verify_sample",
                u64::from(self.indexer.verify_sample),
            ),
            (
                "indexer.analytics_half_life_days",
                u64::from(self.indexer.analytics_half_life_days),
            ),
            (
                "indexer.suggestions_min_sessions",
                u64::from(self.indexer.suggestions_min_sessions),
            ),
            (
                "indexer.analytics_keep_days",
                u64::from(self.indexer.analytics_keep_days),
            ),
            (
                "database.max_connections",
                u64::from(self.database.max_connections),
            ),
        ];
        for (key, value) in positive {
            if value == 0 {
                return Err(ConfigError::OutOfRange {
                    key,
                    reason: "is at least 1",
                });
            }
        }
        self.indexer.options().check()?;
        self.proxy.trusted()?;
        self.rate_limit.options()?;
        self.cors.cors()?;
        self.cdn.media()?;
        self.cdn.tag_header()?;
        self.cdn.purging()?;
        self.check_server()?;
        if self.metrics.address().is_err() {
            return Err(ConfigError::OutOfRange {
                key: "metrics.listen (SOUK_METRICS_LISTEN)",
                reason: "is an address with a port, such as 127.0.0.1:9464; empty for no metrics",
            });
        }
        let key = self.admin.key.as_ref().map(Secret::expose);
        if key.is_some_and(|key| key.len() < 16) {
            return Err(ConfigError::OutOfRange {
                key: "admin.key (SOUK_ADMIN_KEY)",
                reason: "has at least 16 characters; unset it to have one made",
            });
        }
        Ok(())
    }

    /// Addresses and headers of an everyday request have to fit.
    fn check_server(&self) -> Result<(), ConfigError> {
        for (key, value) in [
            ("server.max_url_bytes", self.server.max_url_bytes),
            ("server.max_header_bytes", self.server.max_header_bytes),
        ] {
            if !(1_024..=1_048_576).contains(&value) {
                return Err(ConfigError::OutOfRange {
                    key,
                    reason: "is between 1024 and 1048576",
                });
            }
        }
        Ok(())
    }
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

    fn line(loaded: &Loaded, key: &str) -> (String, String) {
        let line = loaded
            .active_config()
            .into_iter()
            .find(|line| line.key == key)
            .unwrap();
        (line.value, line.source)
    }

    #[test]
    fn every_setting_exists_and_every_value_has_a_setting() {
        let figment = Figment::from(Serialized::defaults(Config::default()));
        let sections: figment::value::Dict = figment.extract().unwrap();
        for (section, values) in &sections {
            for name in values.clone().into_dict().unwrap().keys() {
                let key = format!("{section}.{name}");
                assert!(settings().any(|setting| setting.key == key), "{key}");
            }
        }
        for setting in settings() {
            let loaded = Loaded::load(None, vec![]).unwrap();
            assert!(setting.secret || line(&loaded, setting.key).0 != "(unset)");
        }
    }

    #[test]
    fn each_layer_wins_over_the_one_below_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("souk.toml");
        std::fs::write(
            &file,
            "[server]\nlisten = \"127.0.0.1:1\"\nrequest_timeout_ms = 5\n",
        )
        .unwrap();
        let mut values = given(&[("SOUK_LISTEN", "127.0.0.1:2"), ("SOUK_DEMO", "false")]);
        values.push(Given::flag("data.dir", "--data-dir", "/tmp/x"));

        let loaded = Loaded::load(Some(&file), values).unwrap();

        assert_eq!(loaded.config.server.listen.port(), 2);
        assert_eq!(loaded.config.server.request_timeout_ms, 5);
        assert!(!loaded.config.demo.enabled);
        assert_eq!(line(&loaded, "server.listen").1, "SOUK_LISTEN");
        assert!(
            line(&loaded, "server.request_timeout_ms")
                .1
                .ends_with("souk.toml")
        );
        assert_eq!(
            line(&loaded, "data.dir"),
            ("/tmp/x".to_owned(), "--data-dir".to_owned())
        );
        assert_eq!(line(&loaded, "log.format").1, "default");
    }

    #[test]
    fn secrets_are_never_shown() {
        let loaded = Loaded::load(
            None,
            given(&[("SOUK_ADMIN_KEY", "0123456789abcdef0123456789abcdef")]),
        )
        .unwrap();
        assert_eq!(line(&loaded, "admin.key").0, "(hidden)");
        assert!(!format!("{:?}", loaded.config).contains("0123456789"));
    }

    #[test]
    fn invalid_setting_is_rejected_by_name() {
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
            let error = Loaded::load(None, given(&[(variable, value)]))
                .err()
                .unwrap();
            assert!(error.to_string().contains(told), "{error}");
        }
    }

    #[test]
    fn a_misspelt_key_in_the_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("souk.toml");
        std::fs::write(&file, "[server]\nlistn = \"127.0.0.1:1\"\n").unwrap();
        let error = Loaded::load(Some(&file), vec![]).err().unwrap();
        assert!(error.to_string().contains("listn"), "{error}");
    }
}
