//! Application state shared by all handlers and middleware.

use std::{ops::Deref, sync::Arc};

use souk_accounts::AccountService;
use souk_cache::{Cache, HotKeys};
use souk_commerce::CommerceService;
use souk_redis::Redis;
use souk_search::IndexGenerations;
use souk_search_service::{Analytics, SearchService, TenantDirectory, VisitorHasher};
use souk_store::Store;
use tokio_util::sync::CancellationToken;

use crate::{
    admin_key::AdminKey,
    agents::Agents,
    api_keys::{ApiKeyDirectory, RefusedKeys},
    cdn::Cdn,
    error::ApiError,
    feeds::Feeds,
    imports::ImportService,
    live::Live,
    readiness::Readings,
    search_keys::SearchKeyQuotas,
    webhooks::WebhookService,
};

/// State of the application; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// Parts of an [`AppState`].
pub struct Parts {
    /// Database.
    pub store: Store,
    /// Search use cases.
    pub search: SearchService,
    /// Cache of public responses.
    pub cache: Cache<ApiError>,
    /// Most requested cache keys; `None` where the cache is not warmed.
    pub hot_keys: Option<Arc<HotKeys>>,
    /// CDN settings and purger.
    pub cdn: Cdn,
    /// Feeds for Google; `None` where they are off.
    pub google_feeds: Option<Feeds>,
    /// Feeds for OpenAI; `None` where they are off.
    pub openai_feeds: Option<Feeds>,
    /// Access of agents.
    pub agents: Agents,
    /// Enables response compression.
    pub compression: bool,
    /// Redis, where several processes share state.
    pub redis: Option<Redis>,
    /// Tenants of this installation.
    pub tenant_directory: TenantDirectory,
    /// Search analytics.
    pub analytics: Analytics,
    /// Hashes of visitor ids.
    pub visitor_hasher: VisitorHasher,
    /// Accounts and sessions.
    pub accounts: AccountService,
    /// Carts, checkout and orders.
    pub commerce: CommerceService,
    /// Endpoints of webhooks.
    pub webhooks: WebhookService,
    /// Admin key of this process.
    pub admin_key: AdminKey,
    /// API keys of this installation.
    pub api_keys: ApiKeyDirectory,
    /// Quotas of search keys.
    pub search_key_quotas: SearchKeyQuotas,
    /// Keys that were refused.
    pub refused_keys: RefusedKeys,
    /// What this process can answer, as it was last found out.
    pub readiness: Readings,
    /// Imports over the admin API.
    pub imports: ImportService,
    /// Live updates.
    pub live: Live,
    /// Index generations.
    pub index: Arc<dyn IndexGenerations>,
    /// Token cancelled when the service stops; ends streaming responses.
    pub shutdown: CancellationToken,
}

impl AppState {
    /// Creates the state from its parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
