//! Proves that database and index agree: the same products, each with the same content.
//!
//! A change on its way looks like drift. So what differs is only suspected at first, and looked at again when the
//! outbox has nothing of it any more: see [`Suspects`].

mod compare;
mod suspects;

use std::time::Duration;

use rand::RngExt;
use serde::Serialize;
use souk_domain::{ProductId, TenantId};
use souk_search::{Generation, IndexEntry, IndexGenerations};
use souk_store::{Entity, Store};
use tokio::time::{Instant, sleep};

use crate::IndexerError;
use compare::compare;
pub(crate) use compare::compare_these as recheck;
pub use suspects::Suspects;

/// Products compared at a time.
const CHUNK: usize = 1_000;
/// Interval between two polls for pending changes.
const POLL: Duration = Duration::from_millis(100);

/// Differences between database and index.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Drift {
    /// Products that both should hold.
    pub compared: u64,
    /// For sale, but not in the index.
    pub missing: Vec<ProductId>,
    /// In the index with other content.
    pub outdated: Vec<ProductId>,
    /// In the index, but not for sale.
    pub surplus: Vec<ProductId>,
    /// Names of documents in the index that Souk did not write; some of them, if they are many.
    pub foreign: Vec<String>,
    /// Products that differ, but whose change is still on its way.
    pub waiting: u64,
}

impl Drift {
    /// Reports whether both agree, except for pending changes.
    pub fn is_none(&self) -> bool {
        self.products().is_empty() && self.foreign.is_empty()
    }

    /// The products that differ, by id.
    pub fn products(&self) -> Vec<ProductId> {
        let mut products: Vec<_> = [&self.missing, &self.outdated, &self.surplus]
            .into_iter()
            .flatten()
            .copied()
            .collect();
        products.sort_unstable();
        products
    }
}

/// An index of a tenant, to be compared with the database.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The database.
    pub store: &'a Store,
    /// Index to compare.
    pub index: &'a dyn IndexGenerations,
    /// Tenant of the index.
    pub tenant: TenantId,
    /// Generation to compare; the live one if `None`.
    pub generation: Option<Generation>,
}

impl<'a> Subject<'a> {
    /// The tenant's index that is served.
    pub fn served(store: &'a Store, index: &'a dyn IndexGenerations, tenant: TenantId) -> Self {
        Self {
            store,
            index,
            tenant,
            generation: None,
        }
    }

    /// Documents of others in the index that is served. Nobody else knows one that is being built.
    async fn foreign(&self) -> Result<Vec<String>, IndexerError> {
        match self.generation {
            None => Ok(self.index.foreign_documents(self.tenant).await?),
            Some(_) => Ok(Vec::new()),
        }
    }

    async fn entries(
        &self,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexerError> {
        Ok(match self.generation {
            None => self.index.entries(self.tenant, after, limit).await?,
            Some(generation) => {
                self.index
                    .entries_of(self.tenant, generation, after, limit)
                    .await?
            }
        })
    }
}

/// Compares all of a tenant's products with its index, both in order of ids, holding one chunk of each. What is on its
/// way differs.
///
/// # Errors
/// If database or index failed.
pub async fn verify(subject: Subject<'_>) -> Result<Drift, IndexerError> {
    let mut drift = compare(subject, None, None).await?;
    drift.foreign = subject.foreign().await?;
    Ok(drift)
}

/// As [`verify`], of at most `products` of them that follow one another, from a random one on.
///
/// # Errors
/// If database or index failed.
pub async fn sample(subject: Subject<'_>, products: usize) -> Result<Drift, IndexerError> {
    let scope = subject.store.scope(subject.tenant);
    let foreign = subject.foreign().await?;
    let Some(last) = scope.last_document_id().await? else {
        let mut drift = compare(subject, None, Some(products)).await?;
        drift.foreign = foreign;
        return Ok(drift);
    };
    let start = rand::rng().random_range(0..=last.0);
    let mut drift = compare(subject, Some(ProductId(start)), Some(products)).await?;
    drift.foreign = foreign;
    let missed = products.saturating_sub(usize::try_from(drift.compared).unwrap_or(products));
    if missed > 0 {
        // Past the end: the rest is taken from the beginning.
        let begin = compare(subject, None, Some(missed)).await?;
        drift.compared += begin.compared;
        for (all, some) in [
            (&mut drift.missing, begin.missing),
            (&mut drift.outdated, begin.outdated),
            (&mut drift.surplus, begin.surplus),
        ] {
            all.extend(some);
            all.sort_unstable();
            all.dedup();
        }
    }
    Ok(drift)
}

/// Leaves of what was found to differ only what still does when no change of it is on its way any more. What has not
/// arrived after `patience` is counted as waiting.
///
/// # Errors
/// If database or index failed.
pub async fn settle(
    subject: Subject<'_>,
    found: Drift,
    patience: Duration,
) -> Result<Drift, IndexerError> {
    let deadline = Instant::now() + patience;
    let mut suspects = Suspects::of(found, true);
    while !suspects.look_again(subject).await? && Instant::now() < deadline {
        sleep(POLL).await;
    }
    Ok(suspects.drift())
}

/// Deletes foreign documents and has the differing products looked at again; the drain then mends them. Answers how
/// many products.
///
/// # Errors
/// If database or index failed.
pub async fn repair(subject: Subject<'_>, drift: &Drift) -> Result<u64, IndexerError> {
    let (store, tenant) = (subject.store, subject.tenant);
    // First: a product that has lost its place to one of them is then written again.
    let mut foreign = drift.foreign.clone();
    while !foreign.is_empty() {
        subject.index.delete_foreign(tenant, &foreign).await?;
        let left = subject.foreign().await?;
        if left == foreign {
            break;
        }
        foreign = left;
    }
    let ids: Vec<i64> = drift.products().into_iter().map(|id| id.0).collect();
    let mut enqueued = 0;
    for chunk in ids.chunks(CHUNK) {
        enqueued += store
            .outbox()
            .enqueue(tenant, Entity::Product, chunk)
            .await?;
    }
    Ok(enqueued)
}
