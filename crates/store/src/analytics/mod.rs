//! Search analytics: daily sums of searches, clicks and purchases, without personal data.

mod add_batch;
mod batch;
mod decisions;
mod events;
mod feedback;
mod networks;
mod origins;
mod popularity;
mod pruning;
mod reports;
mod suggestions;
mod sums;
mod transaction;
mod void;

use souk_domain::TenantId;

pub use batch::{
    AttributedBatch, Batch, EventCount, NetworkOrigins, NetworkSearches, NetworkTokens,
    SearchCount, SearchKey, Visitor,
};
pub use decisions::{DecidedTexts, SuggestionDecision, SuggestionDecisions, SuggestionRecord};
pub use feedback::SearchFeedback;
pub use popularity::PopularityOptions;
pub use reports::{
    DailyMetrics, Metrics, Period, QueryMetrics, QueryOrder, SearchReports, Summary, Trend, Trends,
    VersionMetrics,
};
pub use suggestions::{SuggestedQuery, SuggestionOptions};
pub use void::{VoidableAnalytics, Voided};

use crate::{Store, StoreError};

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Time within which a repeated event of one visitor, search, product and kind is ignored.
const SAME_EVENT_MS: i64 = 30 * 60 * 1000;
/// Time for which batch ids are kept, longer than any retry of a batch.
const BATCH_REMEMBERED_MS: i64 = 7 * DAY_MS;

/// Counters of searches, clicks and purchases of all tenants.
#[derive(Debug, Clone)]
pub struct SearchAnalytics {
    store: Store,
}

impl Store {
    /// Counters of searches, clicks and purchases of all tenants.
    pub fn search_analytics(&self) -> SearchAnalytics {
        SearchAnalytics::new(self.clone())
    }
}

impl SearchAnalytics {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Returns the pairs of tenant and query key that have been counted before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn known(
        &self,
        keys: &[(TenantId, i64)],
    ) -> Result<Vec<(TenantId, i64)>, StoreError> {
        events::known(self.store.connection(), self.store.backend(), keys).await
    }

    /// Adds a batch atomically, or nothing if it has been added before.
    ///
    /// # Errors
    /// If the database fails. The outcome is unknown then; adding the same batch again is safe.
    pub async fn add(&self, batch: &Batch, now_ms: i64) -> Result<(), StoreError> {
        add_batch::add(&self.store, batch, &NetworkOrigins::default(), now_ms).await
    }

    /// The same of a batch whose networks are known, so that what one of them did can be taken back.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub async fn add_attributed(
        &self,
        batch: &AttributedBatch,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        add_batch::add(&self.store, &batch.batch, &batch.origins, now_ms).await
    }

    /// Forgets which events were counted so long ago that the same would count again. Whoever tells of events has a row
    /// made for each, so it is worth doing often.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_events(&self, now_ms: i64) -> Result<u64, StoreError> {
        pruning::forget_events(&self.store, now_ms).await
    }

    /// Deletes sums older than `keep_days`, and visitors counted before today.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune(&self, keep_days: u32, now_ms: i64) -> Result<u64, StoreError> {
        pruning::prune(&self.store, keep_days, now_ms).await
    }
}

/// The day of a time, in days since 1970 UTC.
pub(crate) fn day_of(ms: i64) -> i64 {
    ms.div_euclid(DAY_MS)
}
