//! Queries of others that are offered while someone types, and to who mistypes them: in memory, and reloaded from
//! time to time.

use std::{collections::HashMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use souk_domain::{Language, ProductId, TenantId};
use souk_search::{
    ClickedQueries, PopularQueries,
    merchandising::config::{BlockList, SuggestionPolicy},
    suggestions::Completion,
};
use souk_store::{Scope, Store, StoreError, SuggestedQuery, SuggestionDecision};
use tokio_util::sync::CancellationToken;

use souk_telemetry::chain;

/// Refresh interval of suggested queries.
const REFRESH_EVERY: Duration = Duration::from_secs(30);

/// The queries that each marketplace offers. Cheap to clone.
#[derive(Clone)]
pub struct SuggestedQueries {
    store: Store,
    offered: Arc<ArcSwap<HashMap<TenantId, Arc<Offered>>>>,
}

struct Offered {
    /// As they were read.
    from: Vec<SuggestedQuery>,
    queries: PopularQueries,
    proven: ClickedQueries,
}

impl SuggestedQueries {
    /// Creates an empty set; [`Self::refresh`] reads it from the store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            offered: Arc::default(),
        }
    }

    /// Returns at most `limit` popular queries that complete a text.
    pub fn complete(&self, tenant: TenantId, typed: &str, limit: usize) -> Vec<Completion> {
        match self.offered.load().get(&tenant) {
            Some(offered) => offered.queries.complete(typed, limit),
            None => Vec::new(),
        }
    }

    /// Returns true if a text is a query that led to clicks.
    pub fn is_proven(&self, tenant: TenantId, text: &str) -> bool {
        let offered = self.offered.load();
        offered.get(&tenant).is_some_and(|it| it.proven.has(text))
    }

    /// Queries that led to clicks and that a text may have been meant to be, the best ones first.
    pub fn spelt_like(&self, tenant: TenantId, text: &str) -> Vec<String> {
        let offered = self.offered.load();
        let alike = offered
            .get(&tenant)
            .map(|it| it.proven.spelt_like(text))
            .into_iter()
            .flatten();
        alike.map(str::to_owned).collect()
    }

    /// Returns the ids of products by their slugs.
    pub(crate) async fn ids_of(
        &self,
        tenant: TenantId,
        slugs: &[String],
    ) -> Result<HashMap<String, ProductId>, StoreError> {
        self.store.scope(tenant).products().ids_of(slugs).await
    }

    /// Reloads the queries periodically until shutdown. While that fails, the last ones are offered.
    pub async fn run(self, shutdown: CancellationToken) {
        let refreshing = async {
            loop {
                if let Err(error) = self.refresh().await {
                    tracing::debug!(error = chain(&error), "suggested queries cannot be read");
                }
                tokio::time::sleep(REFRESH_EVERY).await;
            }
        };
        shutdown.run_until_cancelled(refreshing).await;
    }

    /// Reloads the queries.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let before = self.offered.load_full();
        let mut offered = HashMap::new();
        for tenant in self.store.tenants().list().await? {
            let scope = self.store.scope(tenant.id);
            let mut from = scope.search_feedback().suggested().await?;
            if !from.is_empty() {
                retain_allowed(&scope, &mut from).await?;
            }
            let same = before.get(&tenant.id).filter(|it| it.from == from);
            let of_tenant = match same {
                Some(same) => same.clone(),
                None => Arc::new(Offered::new(tenant.language, from)),
            };
            offered.insert(tenant.id, of_tenant);
        }
        self.offered.store(Arc::new(offered));
        Ok(())
    }
}

/// Removes what the tenant's policy or a decision keeps from being suggested, also while the next run of learning is to come.
async fn retain_allowed(
    scope: &Scope,
    queries: &mut Vec<SuggestedQuery>,
) -> Result<(), StoreError> {
    let live = scope.search_configs().active_versions().await?.live;
    // What a newer version has saved and this one does not understand may block anything.
    let Ok(policy) = SuggestionPolicy::of_document(&live.document) else {
        queries.clear();
        return Ok(());
    };
    let decisions = scope.suggestion_decisions().all().await?;
    let blocked = BlockList::new(&policy);
    queries.retain(|query| {
        let is_allowed = match decisions.get(query) {
            Some(SuggestionDecision::Approved) => true,
            Some(SuggestionDecision::Refused) => false,
            _ => !policy.approve_first,
        };
        is_allowed && !blocked.blocks(&query.text)
    });
    Ok(())
}

impl Offered {
    fn new(language: Language, from: Vec<SuggestedQuery>) -> Self {
        let weighed = from
            .iter()
            .map(|it| (it.text.clone(), it.weight.max(0).cast_unsigned()));
        let proven = from
            .iter()
            .filter(|it| it.clicked > 0)
            .map(|it| (it.text.clone(), it.clicked.cast_unsigned()));
        Self {
            queries: PopularQueries::new(weighed),
            proven: ClickedQueries::new(language, proven),
            from,
        }
    }
}
