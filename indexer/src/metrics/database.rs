//! Metrics of pending work and of database connections.

use std::{fmt, sync::Arc};

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use prometheus_client::{collector::Collector, encoding::DescriptorEncoder};
use souk_store::{JobState, Store};
use souk_telemetry::{Exporter, Refresh, Sheet, chain};
use tracing::debug;

use crate::{IndexerError, Status, SystemClock, status};

/// Metrics of pending work and of database connections, equal in whichever process collects them.
pub struct DatabaseMetrics {
    store: Store,
    /// None while the database does not answer: then nothing is told, rather than what once was.
    waiting: Mutex<Option<Waiting>>,
}

struct Waiting {
    status: Status,
    jobs: Jobs,
}

/// The jobs that have not ended, taken together.
#[derive(Default)]
struct Jobs {
    queued: u64,
    running: u64,
    products: u64,
    read: u64,
}

impl DatabaseMetrics {
    /// Has them told.
    pub fn register(store: Store, exporter: &mut Exporter) {
        let metrics = Arc::new(Self {
            store,
            waiting: Mutex::default(),
        });
        let told = Box::new(metrics.clone());
        exporter.registry().register_collector(told);
        exporter.refresh(metrics);
    }

    async fn ask(&self) -> Result<Waiting, IndexerError> {
        let status = status(&self.store, &SystemClock).await?;
        let mut jobs = Jobs::default();
        for job in self.store.job_queue().under_way().await? {
            match job.state {
                JobState::Queued => jobs.queued += 1,
                _ => jobs.running += 1,
            }
            jobs.products += job.total;
            jobs.read += job.done;
        }
        Ok(Waiting { status, jobs })
    }
}

impl Refresh for DatabaseMetrics {
    fn refresh(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let asked = self.ask().await;
            if let Err(error) = &asked {
                debug!(error = chain(error), "nothing is told of the outbox");
            }
            *self.waiting.lock() = asked.ok();
        })
    }

    fn forget(&self) {
        *self.waiting.lock() = None;
    }
}

impl Collector for DatabaseMetrics {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut sheet = Sheet::from(encoder);
        self.write_pools(&mut sheet)?;
        match &*self.waiting.lock() {
            Some(waiting) => waiting.write(&mut sheet),
            None => Ok(()),
        }
    }
}

impl DatabaseMetrics {
    fn write_pools(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let pools = self.store.pools();
        let labels: Vec<_> = pools
            .iter()
            .map(|pool| {
                let of = |state| [("pool", pool.pool), ("state", state)];
                (of("used"), of("idle"), [("pool", pool.pool)])
            })
            .collect();
        let connections = pools
            .iter()
            .zip(&labels)
            .flat_map(|(pool, (used, idle, _))| [(&used[..], pool.used), (&idle[..], pool.idle)]);
        sheet.gauges(
            "database_connections",
            "Open connections to the database, by whether someone uses them.",
            connections,
        )?;
        let most = pools
            .iter()
            .zip(&labels)
            .map(|(pool, (_, _, name))| (&name[..], pool.max));
        sheet.gauges(
            "database_connections_max",
            "Connections to the database that may be open.",
            most,
        )
    }
}

impl Waiting {
    fn write(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let Self { status, jobs } = self;
        sheet.gauge(
            "outbox_rows",
            "Changes that wait to be indexed, those that a worker has in hand included.",
            status.rows,
        )?;
        sheet.gauge(
            "outbox_lag_seconds",
            "How long the oldest of them has waited; 0 if none does.",
            status.lag_ms as f64 / 1_000.0,
        )?;
        sheet.gauge(
            "dead_letters",
            "Changes that were given up, for an admin to look at.",
            status.dead_letters,
        )?;
        sheet.gauges(
            "index_jobs",
            "Jobs on indexes that have not ended.",
            [
                (&[("state", "queued")][..], jobs.queued),
                (&[("state", "running")][..], jobs.running),
            ],
        )?;
        sheet.gauge(
            "reindex_products",
            "Products that these jobs have to read.",
            jobs.products,
        )?;
        sheet.gauge(
            "reindex_products_read",
            "Products that these jobs have read.",
            jobs.read,
        )
    }
}

impl fmt::Debug for DatabaseMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseMetrics").finish_non_exhaustive()
    }
}
