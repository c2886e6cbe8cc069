//! Reading all products into a new index, a chunk ahead of what is being written.

use std::collections::VecDeque;

use souk_domain::ProductId;
use souk_search::{Generation, IndexOp, OpOutcome, Refresh};
use souk_store::{Entity, IndexJob, JobState};
use tokio::join;

use super::context::Context;
use crate::IndexerError;

/// Chunks that may be in memory at a time.
const AHEAD: usize = 2;

/// Where a backfill stands, beyond what the job itself tells.
#[derive(Default)]
pub(super) struct Backfill {
    /// A version that was drawn and not yet read for.
    drawn: Option<Drawn>,
    /// What was read and not yet written.
    read: VecDeque<Chunk>,
    /// The last product that was read.
    after: Option<ProductId>,
    exhausted: bool,
}

/// What a step of a backfill came to.
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
struct Drawn {
    version: u64,
    at_ms: i64,
}

/// Products of rising ids as they were when they were read.
struct Chunk {
    drawn: Drawn,
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

    /// One stage further: draws, reads or writes. Kept apart so that a test can stop between any two.
    pub(super) async fn step(
        &mut self,
        context: &Context,
        job: &IndexJob,
    ) -> Result<Filled, IndexerError> {
        if let Some(drawn) = self.drawn.take() {
            let chunk = read(context, job, drawn, self.after).await?;
            self.take_in(chunk, context);
            return Ok(Filled::More);
        }
        if !self.exhausted && self.read.len() < AHEAD {
            self.drawn = Some(draw(context).await?);
            return Ok(Filled::More);
        }
        match self.read.pop_front() {
            Some(chunk) => self.write(context, job, chunk).await,
            None => Ok(Filled::All),
        }
    }

    /// Writes a chunk while the next is read.
    pub(super) async fn tick(
        &mut self,
        context: &Context,
        job: &IndexJob,
    ) -> Result<Filled, IndexerError> {
        let Some(chunk) = self.read.pop_front() else {
            if self.exhausted {
                return Ok(Filled::All);
            }
            let chunk = fetch(context, job, self.after).await?;
            self.take_in(chunk, context);
            return Ok(Filled::More);
        };
        if self.exhausted || !self.read.is_empty() {
            return self.write(context, job, chunk).await;
        }
        let after = self.after;
        let (written, next) = join!(self.write(context, job, chunk), fetch(context, job, after));
        let written = written?;
        // Nothing if what was written turned out too old, and reading begins again before it.
        if self.after == after {
            self.take_in(next?, context);
        }
        Ok(written)
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
        chunk: Chunk,
    ) -> Result<Filled, IndexerError> {
        if context.clock.now_ms() - chunk.drawn.at_ms >= context.lease_ms {
            // The index may have forgotten what was deleted since.
            *self = Self::of(job);
            return Ok(Filled::More);
        }
        write(context, job, chunk.ops).await?;
        let saved = IndexJob {
            after: chunk.ids.last().copied(),
            done: job.done + chunk.ids.len() as u64,
            ..job.clone()
        };
        Ok(match context.save(&saved, JobState::Backfilling).await? {
            Some(job) => Filled::Saved(job),
            None => Filled::Lost,
        })
    }
}

async fn fetch(
    context: &Context,
    job: &IndexJob,
    after: Option<ProductId>,
) -> Result<Chunk, IndexerError> {
    // The order matters: see the description of `jobs`.
    let drawn = draw(context).await?;
    read(context, job, drawn, after).await
}

async fn draw(context: &Context) -> Result<Drawn, IndexerError> {
    let at_ms = context.clock.now_ms();
    let version = context.store.outbox().next_version().await?;
    Ok(Drawn { version, at_ms })
}

async fn read(
    context: &Context,
    job: &IndexJob,
    drawn: Drawn,
    after: Option<ProductId>,
) -> Result<Chunk, IndexerError> {
    let scope = context.store.scope(job.tenant);
    let ids = scope.document_ids(after, context.chunk).await?;
    let documents = scope.documents(&ids).await?;
    let ops = documents.into_iter().map(|document| IndexOp::Upsert {
        version: drawn.version,
        document: Box::new(document),
    });
    Ok(Chunk {
        drawn,
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
