//! Declarations of all settings, by concern.

mod agents;
mod caching;
mod indexing;
mod live;
mod people;
mod running;
mod searching;
mod selling;
mod serving;
mod storing;
mod webhooks;

use crate::setting::Setting;

pub use agents::AgentsConfig;
pub use caching::{CacheConfig, CdnConfig, FeedConfig};
pub use indexing::IndexerConfig;
pub use live::LiveConfig;
pub use people::{AccountsConfig, MailConfig};
pub use running::{AdminConfig, DemoConfig, LogConfig, MetricsConfig};
pub use searching::{ElasticsearchConfig, SearchConfig};
pub use selling::SellingConfig;
pub use serving::{CorsConfig, ProxyConfig, RateLimitConfig, SecurityConfig, ServerConfig};
pub use storing::{DataConfig, DatabaseConfig, ImportConfig};
pub use webhooks::WebhooksConfig;

/// Returns all settings by concern, with the title of each.
pub(crate) fn all() -> [(&'static str, &'static [Setting]); 11] {
    [
        ("HTTP server", serving::SETTINGS),
        ("Data", storing::SETTINGS),
        ("Search", searching::SETTINGS),
        ("Indexer", indexing::SETTINGS),
        ("Cache, CDN and feeds", caching::SETTINGS),
        ("Agents", agents::SETTINGS),
        ("Accounts and mail", people::SETTINGS),
        ("Selling", selling::SETTINGS),
        ("Webhooks", webhooks::SETTINGS),
        ("Live updates", live::SETTINGS),
        ("Administration, logs and metrics", running::SETTINGS),
    ]
}

/// Returns all settings.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    all().into_iter().flat_map(|(_, settings)| settings)
}
