//! Popularity of products and queries to suggest, computed from shoppers' events.

use async_trait::async_trait;
use souk_config::Cron;
use souk_search::{
    QueryText,
    merchandising::config::{BlockList, SuggestionPolicy},
};
use souk_store::{
    PopularityOptions, Store, SuggestedQuery, SuggestionDecision, SuggestionOptions, Tenant,
};
use tracing::{info, warn};

use super::task::{ScheduledTask, TaskContext, for_each_tenant};
use crate::{IndexerConfig, IndexerError};

/// Queries that are suggested at most; every process holds them in memory.
const MAX_SUGGESTED: u32 = 10_000;
/// Of so many, since some of them are no words.
const CANDIDATES: u32 = 2 * MAX_SUGGESTED;

/// Writes down what a tenant's shoppers did by `now_ms`, for its search to go by.
///
/// # Errors
/// If the database failed.
pub async fn learn(
    store: &Store,
    tenant: &Tenant,
    config: &IndexerConfig,
    now_ms: i64,
) -> Result<(), IndexerError> {
    let feedback = store.scope(tenant.id).search_feedback();
    let popularity = PopularityOptions {
        half_life_days: config.analytics_half_life_days,
        min_networks: config.popularity_min_networks,
        max_changes: config.popularity_max_changes,
    };
    let products = feedback.earn_popularity(&popularity, now_ms).await?;
    if products > 0 {
        info!(tenant = tenant.slug, products, "popularity has changed");
    }
    let frequent = SuggestionOptions {
        half_life_days: config.analytics_half_life_days,
        min_sessions: config.suggestions_min_visitors,
        min_networks: config.suggestions_min_networks,
        limit: CANDIDATES,
    };
    let mut queries = feedback.frequent_queries(&frequent, now_ms).await?;
    queries.retain(|query| QueryText::is_worth_suggesting(&query.text));
    queries.truncate(MAX_SUGGESTED as usize);
    let waiting = decide(store, tenant, &mut queries).await?;
    feedback.propose(&waiting).await?;
    if queries != feedback.suggested().await? {
        feedback.suggest(&queries).await?;
        let queries = queries.len();
        info!(tenant = tenant.slug, queries, "other queries are suggested");
    }
    Ok(())
}

/// Leaves of some queries those that may be suggested, and returns those that wait for approval.
async fn decide(
    store: &Store,
    tenant: &Tenant,
    queries: &mut Vec<SuggestedQuery>,
) -> Result<Vec<SuggestedQuery>, IndexerError> {
    let scope = store.scope(tenant.id);
    let live = scope.search_configs().active_versions().await?.live;
    let Ok(policy) = SuggestionPolicy::of_document(&live.document) else {
        warn!(
            tenant = tenant.slug,
            "search configuration is not understood; nothing is suggested"
        );
        queries.clear();
        return Ok(Vec::new());
    };
    let decisions = scope.suggestion_decisions().all().await?;
    let blocked = BlockList::new(&policy);
    let mut waiting = Vec::new();
    queries.retain(|query| {
        if blocked.blocks(&query.text) {
            return false;
        }
        match decisions.get(query) {
            Some(SuggestionDecision::Approved) => true,
            Some(SuggestionDecision::Refused) => false,
            _ if policy.approve_first => {
                waiting.push(query.clone());
                false
            }
            _ => true,
        }
    });
    Ok(waiting)
}

/// Updates popularity and suggestions from shoppers' events.
pub(super) struct Popularity;

#[async_trait]
impl ScheduledTask for Popularity {
    fn name(&self) -> &'static str {
        "learn"
    }

    fn schedule<'a>(&self, config: &'a IndexerConfig) -> &'a Cron {
        &config.popularity_schedule
    }

    async fn run(&self, context: &TaskContext) -> Result<(), IndexerError> {
        let analytics = context.store.search_analytics();
        analytics.forget_events(context.now_ms).await?;
        for_each_tenant(self, context).await
    }

    async fn run_for(&self, context: &TaskContext, tenant: &Tenant) -> Result<(), IndexerError> {
        learn(&context.store, tenant, &context.config, context.now_ms).await
    }
}
