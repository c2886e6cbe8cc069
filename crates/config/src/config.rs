//! All sections together.

use serde::{Deserialize, Serialize};

use crate::sections::{
    AdminConfig, CacheConfig, CdnConfig, CorsConfig, DataConfig, DatabaseConfig, DemoConfig,
    ElasticsearchConfig, IndexerConfig, LogConfig, MetricsConfig, ProxyConfig, RateLimitConfig,
    SearchConfig, SecurityConfig, ServerConfig,
};

/// All settings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// HTTP server.
    pub server: ServerConfig,
    /// Trusted reverse proxies.
    pub proxy: ProxyConfig,
    /// Rate limits.
    pub rate_limit: RateLimitConfig,
    /// Cross-origin requests.
    pub cors: CorsConfig,
    /// Security response headers.
    pub security: SecurityConfig,
    /// Data folder.
    pub data: DataConfig,
    /// Database.
    pub database: DatabaseConfig,
    /// Search.
    pub search: SearchConfig,
    /// Elasticsearch cluster.
    pub elasticsearch: ElasticsearchConfig,
    /// Indexer.
    pub indexer: IndexerConfig,
    /// Response cache and Redis.
    pub cache: CacheConfig,
    /// CDN.
    pub cdn: CdnConfig,
    /// Admin API.
    pub admin: AdminConfig,
    /// Demo catalogue.
    pub demo: DemoConfig,
    /// Logging.
    pub log: LogConfig,
    /// Prometheus metrics.
    pub metrics: MetricsConfig,
}
