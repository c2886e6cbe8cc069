//! Search use cases, free of HTTP: gateway, active configuration, training, suggestions and search analytics.

pub mod analytics;
mod api_key;
mod day;
mod enforced;
mod gateway;
mod query_ids;
mod query_vectors;
mod search_configs;
mod service;
mod suggested;
mod tenant_directory;
mod training;
mod visitors;

pub use analytics::network_key;
pub use analytics::{Analytics, SearchFacts, TwoProportions};
pub use api_key::{IssuedKey, api_key_hash, issue_key};
pub use gateway::{
    BreakerState, EngineResponse, GatewayError, GatewayOptions, Pool, PoolUsage, SearchGateway,
    SearchMetrics,
};
pub use query_ids::QueryIdSigner;
pub use query_vectors::QueryVectors;
pub use search_configs::{
    ActiveConfig, CompiledVersion, DefinedAttributes, EditError, Edited, Experiment, SearchConfigs,
    SearchContext, edit, enforced_fingerprint, new_id, products_of, read,
};
pub use service::{SearchRequest, SearchResponse, SearchService};
pub use suggested::SuggestedQueries;
pub use tenant_directory::{ResolveError, Resolved, ResolvedBy, TenantDirectory};
pub use training::{LearningError, QueryUnderstandingOptions, QueryUnderstandings, learn};
pub use visitors::{VisitorHash, VisitorHasher};
