//! Metrics of the workers on changes and jobs.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};
use std::time::Duration;

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use souk_search::OpOutcome;
use souk_store::{JobState, Lane, OutboxRow};
use souk_telemetry::SECONDS;

use super::CounterBy;
use crate::IndexerError;
use crate::relay::Tick;

/// Upper bounds of buckets for how many rows a batch has.
const ROWS: [f64; 8] = [1.0, 5.0, 20.0, 100.0, 250.0, 500.0, 1_000.0, 5_000.0];
/// Upper bounds of buckets for how long a change waits, in seconds: a promise is kept within one.
const DELAY: [f64; 12] = [
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1_800.0, 7_200.0,
];

/// Counts of the workers on changes and jobs since the process started. Clones share their counts.
#[derive(Debug, Clone)]
pub struct WorkMetrics {
    settled: Counter,
    batch_rows: Histogram,
    batch_seconds: Histogram,
    delay_seconds: Histogram,
    documents: CounterBy,
    parked: Counter,
    expired: Counter,
    failures: CounterBy,
    paused: Gauge,
    /// Lanes that wait after a failure: edits 1, background 2.
    paused_lanes: Arc<AtomicU8>,
    jobs_ended: CounterBy,
    embedded: Counter,
}

impl Default for WorkMetrics {
    fn default() -> Self {
        let metrics = Self {
            settled: Counter::default(),
            batch_rows: Histogram::new(ROWS),
            batch_seconds: Histogram::new(SECONDS),
            delay_seconds: Histogram::new(DELAY),
            documents: CounterBy::default(),
            parked: Counter::default(),
            expired: Counter::default(),
            failures: CounterBy::default(),
            paused: Gauge::default(),
            paused_lanes: Arc::default(),
            jobs_ended: CounterBy::default(),
            embedded: Counter::default(),
        };
        // What has not happened yet is 0, not absent: only so does its first time show as a rise.
        for outcome in ["applied", "stale", "refused"] {
            metrics
                .documents
                .get_or_create_owned(&[("outcome", outcome)]);
        }
        for part in ["database", "index"] {
            metrics.failures.get_or_create_owned(&[("part", part)]);
        }
        for state in [JobState::Done, JobState::Failed, JobState::Cancelled] {
            metrics.job_ended_by(state);
        }
        metrics
    }
}

impl WorkMetrics {
    /// Has them told.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("indexer");
        registry.register(
            "rows_acknowledged",
            "Rows of the outbox that were settled: applied, found stale, expanded, put off or parked",
            self.settled.clone(),
        );
        registry.register(
            "batch_rows",
            "Rows that were claimed at once",
            self.batch_rows.clone(),
        );
        registry.register(
            "batch_duration_seconds",
            "How long a batch took from its claim until it was settled",
            self.batch_seconds.clone(),
        );
        registry.register(
            "change_delay_seconds",
            "How long a change waited from its commit until the index had taken it",
            self.delay_seconds.clone(),
        );
        registry.register(
            "documents",
            "Documents that were written to the index, by what became of them",
            self.documents.clone(),
        );
        registry.register(
            "dead_letters",
            "Rows that became dead letters",
            self.parked.clone(),
        );
        registry.register(
            "leases_expired",
            "Batches that were dropped because their lease ran out or was lost",
            self.expired.clone(),
        );
        registry.register(
            "failures",
            "Batches that database or index did not let through; they are tried again",
            self.failures.clone(),
        );
        registry.register(
            "paused",
            "Whether the last batch failed and the indexer waits before the next",
            self.paused.clone(),
        );
        registry.register(
            "jobs_ended",
            "Jobs on indexes that this process brought to an end, by how they ended",
            self.jobs_ended.clone(),
        );
        registry.register(
            "texts_embedded",
            "Texts of products that a vector was made of",
            self.embedded.clone(),
        );
    }

    pub(crate) fn claimed(&self, rows: usize) {
        self.batch_rows.observe(rows as f64);
    }

    pub(crate) fn written(&self, outcomes: &[OpOutcome]) {
        for outcome in outcomes {
            let outcome = match outcome {
                OpOutcome::Applied => "applied",
                OpOutcome::Stale => "stale",
                OpOutcome::Rejected(_) => "refused",
            };
            self.documents.get_or_create(&[("outcome", outcome)]).inc();
        }
    }

    /// A batch is through: of these rows, the index has taken what they stand for.
    pub(crate) fn settled<'a>(
        &self,
        rows: usize,
        taken: impl Iterator<Item = &'a OutboxRow>,
        now_ms: i64,
        took: Duration,
    ) {
        self.settled.inc_by(rows as u64);
        self.batch_seconds.observe(took.as_secs_f64());
        for row in taken {
            // The clocks of database and process may differ a little.
            let waited = now_ms.saturating_sub(row.created_at_ms).max(0);
            self.delay_seconds.observe(waited as f64 / 1_000.0);
        }
    }

    pub(crate) fn parked(&self, rows: usize) {
        self.parked.inc_by(rows as u64);
    }

    /// Records whether the drain of a lane waits after a failure.
    pub(crate) fn paused(&self, lane: Lane, is_paused: bool) {
        let bit = match lane {
            Lane::Background => 2,
            Lane::Edits | Lane::All => 1,
        };
        let others = if is_paused {
            self.paused_lanes.fetch_or(bit, Ordering::SeqCst)
        } else {
            self.paused_lanes.fetch_and(!bit, Ordering::SeqCst)
        } & !bit;
        self.paused.set(i64::from(is_paused || others != 0));
    }

    /// Records the outcome of a worker's turn.
    pub(crate) fn turned(&self, turn: &Result<Tick, IndexerError>) {
        match turn {
            Ok(Tick::Expired) => {
                self.expired.inc();
            }
            Ok(_) => {}
            Err(error) => {
                let part = match error {
                    IndexerError::Store(_) | IndexerError::Projection(_) => "database",
                    IndexerError::Index(_) => "index",
                };
                self.failures.get_or_create(&[("part", part)]).inc();
            }
        }
    }

    pub(crate) fn job_ended(&self, state: JobState) {
        self.job_ended_by(state).inc();
    }

    pub(crate) fn embedded(&self, texts: usize) {
        self.embedded.inc_by(texts as u64);
    }

    fn job_ended_by(&self, state: JobState) -> Counter {
        self.jobs_ended
            .get_or_create_owned(&[("state", state.as_str())])
    }
}
