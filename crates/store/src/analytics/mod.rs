//! What people search, click and buy: sums of a day, kept without anything that tells who they were.

mod add_batch;
mod batch;
mod events;
mod feedback;
mod popularity;
mod pruning;
mod reports;
mod suggestions;
mod sums;
mod transaction;

use souk_domain::TenantId;

pub use batch::{Batch, EventCount, SearchCount, SearchKey, Visitor};
pub use feedback::SearchFeedback;
pub use popularity::PopularityOptions;
pub use reports::{
    DailyMetrics, Metrics, Period, QueryMetrics, QueryOrder, SearchReports, Summary, Trend, Trends,
    VersionMetrics,
};
pub use suggestions::{SuggestedQuery, SuggestionOptions};

use crate::{Store, StoreError};

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// An event is the same as one of the same session, search, product and kind that was counted so recently.
const SAME_EVENT_MS: i64 = 30 * 60 * 1000;
/// How long a batch is remembered: longer than anybody would try to add it again.
const BATCH_REMEMBERED_MS: i64 = 7 * DAY_MS;

/// What all tenants' shoppers do, as it is written down.
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

    /// Which of these searches have ever been counted: tenants and keys of texts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn known(
        &self,
        asked: &[(TenantId, i64)],
    ) -> Result<Vec<(TenantId, i64)>, StoreError> {
        events::known(self.store.connection(), self.store.backend(), asked).await
    }

    /// Adds up a batch, all of it or nothing; nothing if it has been added before.
    ///
    /// # Errors
    /// If the database fails. Then nobody knows whether it was added, and adding the same batch again settles it.
    pub async fn add(&self, batch: &Batch, now_ms: i64) -> Result<(), StoreError> {
        add_batch::add(&self.store, batch, now_ms).await
    }

    /// Forgets which events were counted so long ago that the same would count again. Whoever tells of events has a row
    /// made for each, so it is worth doing often.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_events(&self, now_ms: i64) -> Result<u64, StoreError> {
        pruning::forget_events(&self.store, now_ms).await
    }

    /// Forgets what is older than so many days, and which sessions were counted before today.
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
