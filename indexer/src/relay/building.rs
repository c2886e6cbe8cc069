//! Writing to the indexes that are being built, besides the one that is served.

use souk_search::{Generation, IndexError, IndexOp, OpOutcome, Refresh};
use souk_store::{IndexJob, JobId};

use super::stage::{Batch, Claim, Stage};
use super::tick::Tick;
use super::worker::Worker;
use crate::IndexerError;

impl Worker {
    /// Writes what concerns a job's tenant to the index that the job builds.
    pub(super) async fn apply_to_building(
        &mut self,
        claim: Claim,
        batch: Batch,
        mut outcomes: Vec<OpOutcome>,
        built: usize,
        job: &IndexJob,
    ) -> Result<Option<Tick>, IndexerError> {
        if self.has_expired(&claim) {
            return Ok(Some(Tick::Expired));
        }
        let places: Vec<usize> = (0..batch.ops.len())
            .filter(|&place| batch.ops[place].tenant() == job.tenant)
            .collect();
        let ops: Vec<IndexOp> = places
            .iter()
            .map(|&place| batch.ops[place].clone())
            .collect();
        let applied = self.write_to_building(job, ops).await;
        let built_outcomes = self.or_release(&claim, applied).await?;
        let mut refused = Vec::new();
        for (place, outcome) in places.into_iter().zip(built_outcomes) {
            if let OpOutcome::Rejected(reason) = &outcome {
                // Each counts once, however often it is tried again.
                if batch.tasks[place].attempts == 0 {
                    refused.push(reason.clone());
                }
                outcomes[place] = outcome;
            }
        }
        let noted = self.note_refused(job.id, &refused).await;
        self.or_release(&claim, noted).await?;
        self.stage = Stage::Applied(claim, batch, outcomes, built + 1);
        Ok(None)
    }

    async fn write_to_building(
        &self,
        job: &IndexJob,
        ops: Vec<IndexOp>,
    ) -> Result<Vec<OpOutcome>, IndexerError> {
        if ops.is_empty() {
            return Ok(Vec::new());
        }
        let (generation, count) = (Generation(job.generation), ops.len());
        let applied = self
            .writer
            .apply_to(job.tenant, generation, ops, Refresh::Later);
        match applied.await {
            // The job was given up meanwhile. If it was not, it will notice itself.
            Err(IndexError::Missing(_)) => Ok(vec![OpOutcome::Stale; count]),
            applied => Ok(applied?),
        }
    }

    async fn note_refused(&self, job: JobId, reasons: &[String]) -> Result<(), IndexerError> {
        let Some(sample) = reasons.first() else {
            return Ok(());
        };
        let jobs = self.store.job_queue();
        Ok(jobs.note_refused(job, reasons.len() as u64, sample).await?)
    }
}
