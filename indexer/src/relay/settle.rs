//! Settles a batch's rows after the index has responded, or has not.

use std::collections::HashSet;

use souk_domain::OutboxId;
use souk_search::OpOutcome;
use tracing::{debug, warn};

use super::backoff;
use super::batch::Task;
use super::stage::Claim;
use super::tick::Tick;
use super::worker::Worker;
use crate::IndexerError;

impl Worker {
    /// Acknowledges the rows of what the index took; what it refused is tried again later, or parked.
    pub(super) async fn settle(
        &mut self,
        claim: Claim,
        tasks: Vec<Task>,
        outcomes: Vec<OpOutcome>,
    ) -> Result<Option<Tick>, IndexerError> {
        // What was written has a version, so whoever has the rows now may write it again.
        if self.has_expired(&claim) {
            return Ok(Some(Tick::Expired));
        }
        // Before the rows are gone, whatever the index says of them: pages come from the database, too.
        let delivered = self.deliver(&tasks, &claim).await;
        self.or_release(&claim, delivered).await?;
        let now = self.clock.now_ms();
        self.metrics.written(&outcomes);
        let (mut done, mut again, mut parked) = (Vec::new(), Vec::new(), Vec::new());
        for (task, outcome) in tasks.into_iter().zip(outcomes) {
            let OpOutcome::Rejected(reason) = outcome else {
                done.extend(task.rows);
                continue;
            };
            let failures = task.attempts + 1;
            warn!(product = %task.product, failures, reason, "the index refused a document");
            if failures >= self.options.max_attempts {
                parked.extend(task.rows.into_iter().map(|row| (row, reason.clone())));
            } else {
                let wait = backoff::delay(failures, &mut self.rng).as_millis() as i64;
                again.extend(
                    task.rows
                        .into_iter()
                        .map(|row| (row, reason.clone(), now + wait)),
                );
            }
        }
        let outbox = self.store.outbox();
        let acknowledged = outbox.acknowledge(&self.name, &done, now).await?;
        if acknowledged == 0 && !done.is_empty() && self.has_expired(&claim) {
            return Ok(Some(Tick::Expired));
        }
        if !again.is_empty() {
            outbox.retry(&self.name, &again).await?;
        }
        if !parked.is_empty() {
            outbox.park(&self.name, &parked).await?;
            self.metrics.parked(parked.len());
        }
        let failed = again.iter().map(|(row, ..)| row);
        let failed: HashSet<_> = failed.chain(parked.iter().map(|(row, _)| row)).collect();
        let taken = claim.rows.iter().filter(|row| !failed.contains(&row.id));
        self.metrics
            .settled(claim.rows.len(), taken, now, claim.began.elapsed());
        Ok(Some(Tick::Settled(claim.rows.len())))
    }

    /// Passes the batch to every sink in turn, and stops at the first that fails.
    async fn deliver(&mut self, tasks: &[Task], claim: &Claim) -> Result<(), IndexerError> {
        for sink in &mut self.sinks {
            sink.products_changed(tasks, &claim.rows).await?;
        }
        Ok(())
    }

    /// On an error gives the rows back, so that nobody has to wait for the lease; that it may fail too is
    /// why there is a lease.
    pub(super) async fn or_release<T>(
        &self,
        claim: &Claim,
        result: Result<T, IndexerError>,
    ) -> Result<T, IndexerError> {
        if result.is_err() {
            let rows: Vec<OutboxId> = claim.rows.iter().map(|row| row.id).collect();
            if let Err(error) = self.store.outbox().release(&self.name, &rows).await {
                debug!(%error, "rows stay claimed until the lease ends");
            }
        }
        result
    }
}
