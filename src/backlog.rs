//! Outbox as the source of the cache's freshness check.

use std::{error::Error, time::Duration};

use futures_util::future::BoxFuture;
use souk_cache::Backlog;
use souk_store::Store;

/// The outbox, as the cache sees it.
pub struct OutboxBacklog(pub Store);

impl Backlog for OutboxBacklog {
    fn oldest(&self) -> BoxFuture<'_, Result<Duration, Box<dyn Error + Send + Sync>>> {
        Box::pin(async { Ok(self.0.pending_invalidations().oldest_untold().await?) })
    }
}
