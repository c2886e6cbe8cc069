//! Reading all products into a new index, as far ahead as is being written.

use std::collections::VecDeque;

use futures_util::future::try_join_all;
use souk_domain::ProductId;
use souk_search::{Generation, IndexOp, OpOutcome, Refresh};
use souk_store::{Entity, IndexJob, JobState};
use tokio::join;

use super::context::Context;
use crate::IndexerError;

/// Chunks that are written at a time, while as many are read: one alone would leave the index waiting for the next.
const AT_ONCE: usize = 2;

/// Progress of a backfill, beyond what the job itself records.
#[derive(Default)]
pub(super) struct Backfill {
    /// Version that was assigned and not yet read for.
    assigned: Option<Assigned>,
    /// Products that were read and not yet written.
    read: VecDeque<Chunk>,
    /// The last product that was read.
    after: Option<ProductId>,
    exhausted: bool,
}

/// Outcome of a step of a backfill.
pub(super) enum Filled {
    /// There is more to do.
    More,
    /// A chunk was written, and the job saved.
    Saved(IndexJob),
    /// Every product is in the index.
    All,
    /// The job is no longer ours.
    Lost,
}

#[derive(Clone, Copy)]
struct Assigned {
    version: u64,
    at_ms: i64,
}

/// Products of rising ids as they were when they were read.
struct Chunk {
    assigned: Assigned,
    /// Every id there was; some may have had no document any more.
    ids: Vec<ProductId>,
    ops: Vec<IndexOp>,
}

impl Backfill {
    /// Goes on after what the job has saved.
    pub(super) fn of(job: &IndexJob) -> Self {
        Self {
            after: job.after,
            ..Self::default()
        }
    }

    /// Advances by one stage: draws, reads or writes. Kept apart so that a test can stop between any two.
    pub(super) async fn step(
        &mut self,
        context: &Context,
        job: &IndexJob,
    ) -> Result<Filled, IndexerError> {
        if let Some(assigned) = self.assigned.take() {
            let chunk = read(context, job, assigned, self.after).await?;
            self.take_in(chunk, context);
            return Ok(Filled::More);
        }
        if !self.exhausted && self.read.len() < AT_ONCE {
            self.assigned = Some(assign_version(context).await?);
            return Ok(Filled::More);
        }
        match self.read.pop_front() {
            Some(chunk) => self.write(context, job, vec![chunk]).await,
            None => Ok(Filled::All),
        }
    }

    /// Writes what was read while the next is read.
    pub(super) async fn tick(
        &mut self,
        context: &Context,
        job: &IndexJob,
    ) -> Result<Filled, IndexerError> {
        let chunks: Vec<Chunk> = self.read.drain(..).collect();
        let (after, exhausted) = (self.after, self.exhausted);
        let reading = async {
            match exhausted {
                true => Ok(Vec::new()),
                false => fetch(context, job, after).await,
            }
        };
        if chunks.is_empty() {
            let read = reading.await?;
            self.take_in_all(read, context);
            return Ok(match self.read.is_empty() {
                true => Filled::All,
                false => Filled::More,
            });
        }
        let (written, read) = join!(self.write(context, job, chunks), reading);
        let written = written?;
        // Nothing if what was written turned out too old, and reading begins again before it.
        if self.after == after {
            self.take_in_all(read?, context);
        }
        Ok(written)
    }

    fn take_in_all(&mut self, chunks: Vec<Chunk>, context: &Context) {
        for chunk in chunks {
            self.take_in(chunk, context);
        }
    }

    fn take_in(&mut self, chunk: Chunk, context: &Context) {
        self.exhausted = chunk.ids.len() < context.chunk as usize;
        if let Some(&last) = chunk.ids.last() {
            self.after = Some(last);
            self.read.push_back(chunk);
        }
    }

    async fn write(
        &mut self,
        context: &Context,
        job: &IndexJob,
        chunks: Vec<Chunk>,
    ) -> Result<Filled, IndexerError> {
        let now = context.clock.now_ms();
        if (chunks.iter()).any(|chunk| now - chunk.assigned.at_ms >= context.lease_ms) {
            // The index may have forgotten what was deleted since.
            *self = Self::of(job);
            return Ok(Filled::More);
        }
        let saved = IndexJob {
            after: chunks.iter().flat_map(|chunk| &chunk.ids).last().copied(),
            done: job.done
                + chunks
                    .iter()
                    .map(|chunk| chunk.ids.len() as u64)
                    .sum::<u64>(),
            ..job.clone()
        };
        try_join_all(
            chunks
                .into_iter()
                .map(|chunk| write(context, job, chunk.ops)),
        )
        .await?;
        Ok(match context.save(&saved, JobState::Backfilling).await? {
            Some(job) => Filled::Saved(job),
            None => Filled::Lost,
        })
    }
}

/// The next chunks, as many as are written at a time.
async fn fetch(
    context: &Context,
    job: &IndexJob,
    mut after: Option<ProductId>,
) -> Result<Vec<Chunk>, IndexerError> {
    let mut chunks = Vec::with_capacity(AT_ONCE);
    while chunks.len() < AT_ONCE {
        // The order matters: see the description of `jobs`.
        let assigned = assign_version(context).await?;
        let chunk = read(context, job, assigned, after).await?;
        let is_last = chunk.ids.len() < context.chunk as usize;
        after = chunk.ids.last().copied();
        chunks.push(chunk);
        if is_last {
            break;
        }
    }
    Ok(chunks)
}

async fn assign_version(context: &Context) -> Result<Assigned, IndexerError> {
    let at_ms = context.clock.now_ms();
    let version = context.store.outbox().next_version().await?;
    Ok(Assigned { version, at_ms })
}

async fn read(
    context: &Context,
    job: &IndexJob,
    assigned: Assigned,
    after: Option<ProductId>,
) -> Result<Chunk, IndexerError> {
    let scope = context.store.scope(job.tenant);
    let ids = scope.document_ids(after, context.chunk).await?;
    let documents = scope.documents(&ids).await?;
    let ops = documents.into_iter().map(|document| IndexOp::Upsert {
        version: assigned.version,
        document: Box::new(document),
    });
    Ok(Chunk {
        assigned,
        ops: ops.collect(),
        ids,
    })
}

/// Writes to the new index. What it refuses is enqueued, and so goes the way of every refused document.
async fn write(context: &Context, job: &IndexJob, ops: Vec<IndexOp>) -> Result<(), IndexerError> {
    let ids: Vec<_> = ops.iter().map(|op| op.id().0).collect();
    let generation = Generation(job.generation);
    let outcomes = context
        .index
        .apply_to(job.tenant, generation, ops, Refresh::Later)
        .await?;
    let refused: Vec<_> = ids
        .into_iter()
        .zip(outcomes)
        .filter_map(|(id, outcome)| matches!(outcome, OpOutcome::Rejected(_)).then_some(id))
        .collect();
    if !refused.is_empty() {
        let outbox = context.store.outbox();
        outbox
            .enqueue(job.tenant, Entity::Product, &refused)
            .await?;
    }
    Ok(())
}
