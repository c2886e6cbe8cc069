//! Products that differ between database and index, until they are certain to.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::ProductId;

use super::{CHUNK, Drift, Subject, compare::compare_these};
use crate::IndexerError;

/// Passes in which a product must differ without a pending change, to be drift. Once is not enough: a change may be made
/// and carried over between reading the index and reading the database.
const CONFIRMATIONS: u32 = 2;

/// Products that differ, of which changes may be on their way.
#[derive(Debug)]
pub struct Suspects {
    /// Passes in which each product differed without a pending change.
    open: BTreeMap<ProductId, u32>,
    drift: Drift,
    failing_wait: bool,
}

impl Suspects {
    /// Findings of a pass over everything. With `failing_wait`, a change that the index has rejected and that will be
    /// tried again is on its way as well.
    pub fn of(found: Drift, failing_wait: bool) -> Self {
        Self {
            open: found.products().into_iter().map(|id| (id, 0)).collect(),
            drift: Drift {
                compared: found.compared,
                foreign: found.foreign.clone(),
                ..Drift::default()
            },
            failing_wait,
        }
    }

    /// Looks at those of which nothing waits. True if none is left to be looked at.
    ///
    /// # Errors
    /// If database or index failed.
    pub async fn look_again(&mut self, subject: Subject<'_>) -> Result<bool, IndexerError> {
        if self.open.is_empty() {
            return Ok(true);
        }
        let open: Vec<_> = self.open.keys().copied().collect();
        let waiting = self.waiting(subject, &open).await?;
        let quiet: Vec<_> = open
            .into_iter()
            .filter(|id| !waiting.contains(id))
            .collect();
        let still = compare_these(subject, &quiet).await?;
        // A change may have come in since.
        let waiting = self.waiting(subject, &quiet).await?;
        let differing: BTreeSet<_> = still.products().into_iter().collect();
        for id in quiet.iter().filter(|id| !differing.contains(id)) {
            self.open.remove(id);
        }
        for (found, drift) in [
            (still.missing, &mut self.drift.missing),
            (still.outdated, &mut self.drift.outdated),
            (still.surplus, &mut self.drift.surplus),
        ] {
            for id in found.into_iter().filter(|id| !waiting.contains(id)) {
                let times = self.open.entry(id).or_default();
                *times += 1;
                if *times >= CONFIRMATIONS {
                    self.open.remove(&id);
                    drift.push(id);
                }
            }
        }
        Ok(self.open.is_empty())
    }

    async fn waiting(
        &self,
        subject: Subject<'_>,
        products: &[ProductId],
    ) -> Result<BTreeSet<ProductId>, IndexerError> {
        let waiting = subject.store.scope(subject.tenant).outbox_backlog();
        let mut found = BTreeSet::new();
        for chunk in products.chunks(CHUNK) {
            found.extend(waiting.among(chunk, self.failing_wait).await?);
        }
        Ok(found)
    }

    /// Returns the certain differences, and the number of products still pending.
    pub fn drift(mut self) -> Drift {
        self.drift.waiting = self.open.len() as u64;
        for products in [
            &mut self.drift.missing,
            &mut self.drift.outdated,
            &mut self.drift.surplus,
        ] {
            products.sort_unstable();
        }
        self.drift
    }
}
