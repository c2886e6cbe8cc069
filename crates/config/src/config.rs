//! All sections together.

use crate::error::LoadError;
use crate::given::Values;
use crate::sections::{
    AccountsConfig, AdminConfig, AgentsConfig, CacheConfig, CdnConfig, CorsConfig, DataConfig,
    DatabaseConfig, DemoConfig, ElasticsearchConfig, FeedConfig, ImportConfig, IndexerConfig,
    LiveConfig, LogConfig, MailConfig, MetricsConfig, ProxyConfig, RateLimitConfig, SearchConfig,
    SecurityConfig, SellingConfig, ServerConfig, WebhooksConfig,
};

macro_rules! config {
    ($($(#[doc = $about:literal])+ $section:ident: $type:ident,)+) => {
        /// All settings.
        #[derive(Debug, Clone, Default)]
        pub struct Config {
            $($(#[doc = $about])+ pub $section: $type,)+
        }

        impl Config {
            /// Reads all sections from checked values.
            pub(crate) fn read(values: &Values) -> Result<Self, LoadError> {
                Ok(Self { $($section: $type::read(values)?,)+ })
            }
        }
    };
}

config! {
    /// HTTP server.
    server: ServerConfig,
    /// Trusted reverse proxies.
    proxy: ProxyConfig,
    /// Rate limits.
    rate_limit: RateLimitConfig,
    /// Cross-origin requests.
    cors: CorsConfig,
    /// Security response headers.
    security: SecurityConfig,
    /// Data folder.
    data: DataConfig,
    /// Imports over the admin API.
    import: ImportConfig,
    /// Database.
    database: DatabaseConfig,
    /// Search.
    search: SearchConfig,
    /// Elasticsearch cluster.
    elasticsearch: ElasticsearchConfig,
    /// Indexer.
    indexer: IndexerConfig,
    /// Response cache and Redis.
    cache: CacheConfig,
    /// CDN.
    cdn: CdnConfig,
    /// Product feeds.
    feed: FeedConfig,
    /// Agents.
    agents: AgentsConfig,
    /// Accounts of people.
    accounts: AccountsConfig,
    /// Selling.
    selling: SellingConfig,
    /// Webhooks.
    webhooks: WebhooksConfig,
    /// Live updates.
    live: LiveConfig,
    /// Mails to people.
    mail: MailConfig,
    /// Admin API.
    admin: AdminConfig,
    /// Demo catalogue.
    demo: DemoConfig,
    /// Logging.
    log: LogConfig,
    /// Prometheus metrics.
    metrics: MetricsConfig,
}

impl Config {
    /// Checks the rules that span several values.
    pub(crate) fn check(&self, values: &Values) -> Result<(), LoadError> {
        let database = &self.database;
        if database.min_connections > database.max_connections {
            return Err(LoadError::Invalid {
                name: values.name("database.min_connections"),
                must: format!(
                    "be at most {}, the value of database.max_connections",
                    database.max_connections
                ),
            });
        }
        Ok(())
    }
}
