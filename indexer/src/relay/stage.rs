//! Stages of a batch of changes between the outbox and the index.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use souk_search::{IndexOp, OpOutcome};
use souk_store::{IndexJob, OutboxRow};
use souk_telemetry::traces;
use tracing::{Span, info_span};

use super::batch::Task;
use super::lease::Lease;

/// Requests that one batch is linked with, at most: traces are cut off at as many.
const MOST_LINKS: usize = 128;

/// Stage of a batch. Kept apart so that a test can stop a worker between any two.
pub(super) enum Stage {
    Idle,
    Claimed(Claim),
    TargetsResolved(Claim, Vec<IndexJob>),
    Versioned(Claim, Vec<IndexJob>, u64),
    Loaded(Claim, Batch),
    /// Written to the live index and to this number of indexes being built.
    Applied(Claim, Batch, Vec<OpOutcome>, usize),
}

impl Stage {
    /// Lease on the batch, if there is one.
    pub(super) fn lease(&self) -> Option<Arc<Lease>> {
        self.claim().map(|claim| claim.lease.clone())
    }

    /// Span of the work on the batch.
    pub(super) fn span(&self) -> Span {
        self.claim()
            .map_or_else(Span::none, |claim| claim.span.clone())
    }

    fn claim(&self) -> Option<&Claim> {
        match self {
            Self::Idle => None,
            Self::Claimed(claim)
            | Self::TargetsResolved(claim, _)
            | Self::Versioned(claim, ..)
            | Self::Loaded(claim, _)
            | Self::Applied(claim, ..) => Some(claim),
        }
    }
}

/// Claimed rows with their targets.
pub(super) struct Batch {
    pub(super) tasks: Vec<Task>,
    /// Targets, one per task; none for indexes that are not being built.
    pub(super) ops: Vec<IndexOp>,
    pub(super) building: Vec<IndexJob>,
}

/// Rows that are this worker's for a while.
pub(super) struct Claim {
    pub(super) rows: Vec<OutboxRow>,
    /// True if the outbox held no more rows than these.
    pub(super) whole: bool,
    pub(super) lease: Arc<Lease>,
    pub(super) began: Instant,
    /// Span of the work on the claim.
    pub(super) span: Span,
}

/// Returns the span of a batch, linked with the requests that made its changes.
pub(super) fn batch_span(rows: &[OutboxRow]) -> Span {
    let span = info_span!("batch", rows = rows.len());
    let requests: BTreeSet<_> = rows.iter().filter_map(|row| row.trace.as_deref()).collect();
    for request in requests.into_iter().take(MOST_LINKS) {
        traces::link(&span, request);
    }
    span
}
