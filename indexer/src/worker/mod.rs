//! One worker: claim, read, apply, acknowledge.
//!
//! # Why nothing is lost or overtaken
//!
//! A row leaves the outbox only after the index has durably taken what it stands for. A worker
//! that dies leaves its rows behind, and they are free again when its lease runs out.
//!
//! The version is drawn from a database counter after the claim has committed and before the rows'
//! products are read. If a row was visible when claimed, its change had committed; the number
//! follows that commit, and the read follows the number. So of all writes of one document, the one
//! with the highest number was read after every change whose row had been claimed, and the index
//! refuses the others as stale, in whatever order they arrive.
//!
//! The list of indexes that are being built is read after the claim, too, and every change is written to them as
//! well; [`crate::jobs`] tells why that is enough for a reindex to lose none.
//!
//! A worker whose lease has run out drops its batch unwritten, so that a write never comes later than
//! the index remembers deletions.

mod beside;
mod settling;
mod stage;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use rand::{SeedableRng, rngs::SmallRng};
use souk_cache::{Invalidator, Purger};
use souk_domain::{ProductDocument, ProductId, TenantId};
use souk_search::{IndexError, IndexGenerations, IndexOp, Refresh};
use souk_store::{IndexJob, Store, StoreError};
use tracing::{Instrument, debug, warn};

use self::stage::{Batch, Claim, Stage, batch_span};
use crate::batch::{Task, sort_out};
use crate::caches::Caches;
use crate::metrics::WorkMetrics;
use crate::{Clock, IndexerError, IndexerOptions, fill};

/// Takes changes from the outbox to the index. Several may run side by side, in any number of processes.
pub struct Worker {
    store: Store,
    writer: Arc<dyn IndexGenerations>,
    caches: Caches,
    metrics: WorkMetrics,
    clock: Arc<dyn Clock>,
    options: IndexerOptions,
    name: String,
    rng: SmallRng,
    ensured: HashSet<TenantId>,
    /// Of whom something was applied that searches may not see yet. None before the first look at an empty outbox:
    /// whoever was here before may have died with anyone's.
    unrefreshed: Option<HashSet<TenantId>>,
    stage: Stage,
}

/// What one [`Worker::tick`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// There was nothing to do.
    Idle,
    /// So many rows were settled: applied, found stale, expanded, or parked.
    Settled(usize),
    /// The lease ran out before the batch was written; its rows will be claimed again.
    Expired,
}

impl Worker {
    /// A worker of the given name, unique among all workers of the database.
    pub fn new(
        store: Store,
        writer: Arc<dyn IndexGenerations>,
        clock: Arc<dyn Clock>,
        options: IndexerOptions,
        name: impl Into<String>,
    ) -> Self {
        let name = name.into();
        let seed = name
            .bytes()
            .fold(0, |seed: u64, byte| seed.rotate_left(8) ^ u64::from(byte));
        Self {
            caches: Caches::new(store.clone()),
            metrics: WorkMetrics::default(),
            store,
            writer,
            clock,
            options,
            name,
            rng: SmallRng::seed_from_u64(seed),
            ensured: HashSet::new(),
            unrefreshed: None,
            stage: Stage::Idle,
        }
    }

    /// Tells caches of what has changed.
    #[must_use]
    pub fn invalidating(mut self, invalidator: Invalidator) -> Self {
        self.caches.tell_caches(invalidator);
        self
    }

    /// Tells a CDN of what has changed.
    #[must_use]
    pub fn purging(mut self, purger: Purger) -> Self {
        self.caches.tell_cdn(purger);
        self
    }

    /// Counts together with others.
    #[must_use]
    pub fn counting(mut self, metrics: WorkMetrics) -> Self {
        self.metrics = metrics;
        self
    }

    /// Takes one batch all the way.
    ///
    /// # Errors
    /// If database or index failed as a whole. The batch's rows are given back where that is
    /// possible, and are free after the lease in any case.
    pub async fn tick(&mut self) -> Result<Tick, IndexerError> {
        loop {
            if let Some(tick) = self.step().await? {
                return Ok(tick);
            }
        }
    }

    /// Takes the batch in hand one stage further, or claims one; answers what a tick did when it is through.
    ///
    /// # Errors
    /// As [`Worker::tick`]; the batch in hand is then dropped.
    pub async fn step(&mut self) -> Result<Option<Tick>, IndexerError> {
        let span = self.stage.span();
        self.advance().instrument(span).await
    }

    async fn advance(&mut self) -> Result<Option<Tick>, IndexerError> {
        match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Idle => self.claim().await,
            Stage::Claimed(claim) => self.aim(claim).await,
            Stage::Aimed(claim, building) => self.draw(claim, building).await,
            Stage::Versioned(claim, building, version) => self.load(claim, building, version).await,
            Stage::Loaded(claim, batch) => self.apply(claim, batch).await,
            Stage::Applied(claim, batch, outcomes, built) => {
                match batch.building.get(built).cloned() {
                    Some(job) => self.apply_beside(claim, batch, outcomes, built, &job).await,
                    None => self.settle(claim, batch.tasks, outcomes).await,
                }
            }
        }
    }

    async fn claim(&mut self) -> Result<Option<Tick>, IndexerError> {
        let began = Instant::now();
        let now = self.clock.now_ms();
        self.caches.settle(now).await?;
        let lease = i64::from(self.options.lease_secs) * 1000;
        let rows = self
            .store
            .outbox()
            .claim(&self.name, self.options.batch, lease, now)
            .await?;
        if rows.is_empty() {
            self.refresh(now).await?;
            return Ok(Some(Tick::Idle));
        }
        self.metrics.claimed(rows.len());
        let span = batch_span(&rows);
        let whole = rows.len() < self.options.batch as usize;
        self.stage = Stage::Claimed(Claim {
            rows,
            whole,
            expires_at_ms: now + lease,
            began,
            span,
        });
        Ok(None)
    }

    /// Makes visible what was left to the index's own pace.
    async fn refresh(&mut self, now_ms: i64) -> Result<(), IndexerError> {
        let tenants = match &self.unrefreshed {
            Some(tenants) => tenants.clone(),
            None => {
                let all = self.store.tenants().list().await?;
                all.into_iter().map(|tenant| tenant.id).collect()
            }
        };
        if !tenants.is_empty() {
            self.writer.refresh().await?;
        }
        for tenant in tenants {
            self.caches.drop_searches(tenant, now_ms).await?;
        }
        self.unrefreshed = Some(HashSet::new());
        Ok(())
    }

    // The order of the next three matters: see the module's description.

    async fn aim(&mut self, claim: Claim) -> Result<Option<Tick>, IndexerError> {
        let building = self.store.job_queue().building().await;
        let building = self
            .or_release(&claim, building.map_err(IndexerError::from))
            .await?;
        self.stage = Stage::Aimed(claim, building);
        Ok(None)
    }

    async fn draw(
        &mut self,
        claim: Claim,
        building: Vec<IndexJob>,
    ) -> Result<Option<Tick>, IndexerError> {
        let version = self.store.outbox().next_version().await;
        let version = self
            .or_release(&claim, version.map_err(IndexerError::from))
            .await?;
        self.stage = Stage::Versioned(claim, building, version);
        Ok(None)
    }

    async fn load(
        &mut self,
        claim: Claim,
        building: Vec<IndexJob>,
        version: u64,
    ) -> Result<Option<Tick>, IndexerError> {
        let loaded = self.read(&claim, version).await;
        let (tasks, ops) = self.or_release(&claim, loaded).await?;
        self.stage = Stage::Loaded(
            claim,
            Batch {
                tasks,
                ops,
                building,
            },
        );
        Ok(None)
    }

    async fn read(
        &mut self,
        claim: &Claim,
        version: u64,
    ) -> Result<(Vec<Task>, Vec<IndexOp>), IndexerError> {
        let (tasks, references) = sort_out(claim.rows.clone());
        for row in references {
            // The change has committed, and pages that show it come from the database; the row is gone after the next.
            self.caches.drop_reference(&row).await?;
            let products = self
                .store
                .outbox()
                .expand(&self.name, &row, self.clock.now_ms())
                .await?;
            debug!(entity = %row.entity, id = row.entity_id, products, "expanded");
        }
        let mut ops = Vec::with_capacity(tasks.len());
        for of_tenant in tasks.chunk_by(|one, next| one.tenant == next.tenant) {
            self.read_tenant(of_tenant, version, &mut ops).await?;
        }
        Ok((tasks, ops))
    }

    async fn read_tenant(
        &mut self,
        tasks: &[Task],
        version: u64,
        ops: &mut Vec<IndexOp>,
    ) -> Result<(), IndexerError> {
        let tenant = tasks[0].tenant;
        let exists = self.ensure(tenant).await?;
        let ids: Vec<_> = tasks.iter().map(|task| task.product).collect();
        let mut documents: HashMap<ProductId, ProductDocument> = if exists {
            let documents = self.store.scope(tenant).documents(&ids).await?;
            documents
                .into_iter()
                .map(|document| (document.id, document))
                .collect()
        } else {
            HashMap::new()
        };
        ops.extend(ids.into_iter().map(|id| match documents.remove(&id) {
            Some(document) => IndexOp::Upsert {
                version,
                document: Box::new(document),
            },
            None => IndexOp::Delete {
                version,
                tenant,
                id,
            },
        }));
        Ok(())
    }

    /// Makes sure that the tenant's index exists; false if the tenant itself is gone.
    async fn ensure(&mut self, tenant: TenantId) -> Result<bool, IndexerError> {
        let Some(found) = self.store.tenants().get(tenant).await? else {
            self.writer.remove(tenant).await?;
            self.ensured.remove(&tenant);
            return Ok(false);
        };
        if self.ensured.insert(tenant)
            && let Err(error) = fill::ensure(
                &self.store,
                self.writer.as_ref(),
                &found,
                self.options.sync_on_startup,
            )
            .await
        {
            self.ensured.remove(&tenant);
            return Err(error);
        }
        Ok(true)
    }

    async fn apply(
        &mut self,
        claim: Claim,
        mut batch: Batch,
    ) -> Result<Option<Tick>, IndexerError> {
        if self.has_expired(&claim) {
            return Ok(Some(Tick::Expired));
        }
        let refresh = if claim.whole {
            Refresh::Now
        } else {
            Refresh::Later
        };
        let ops = if batch.building.is_empty() {
            std::mem::take(&mut batch.ops)
        } else {
            batch.ops.clone()
        };
        let applied = self.writer.apply(ops, refresh).await;
        if matches!(applied, Err(IndexError::Missing(_))) {
            // Somebody has deleted it: the next try makes it again and asks for every product.
            self.ensured.clear();
        }
        let applied = applied.map_err(IndexerError::from);
        let outcomes = self.or_release(&claim, applied).await?;
        if refresh == Refresh::Later {
            let tenants = batch.tasks.iter().map(|task| task.tenant);
            if let Some(unrefreshed) = &mut self.unrefreshed {
                unrefreshed.extend(tenants);
            }
        }
        self.stage = Stage::Applied(claim, batch, outcomes, 0);
        Ok(None)
    }

    fn has_expired(&self, claim: &Claim) -> bool {
        let expired = self.clock.now_ms() >= claim.expires_at_ms;
        if expired {
            warn!(
                rows = claim.rows.len(),
                "the lease ran out before the batch was written; it will be claimed again"
            );
        }
        expired
    }
}

/// Whether waiting may mend an error, and nothing else has to be done.
pub(crate) fn is_passing(error: &IndexerError) -> bool {
    match error {
        IndexerError::Index(error) => matches!(error, IndexError::Unavailable(_)),
        IndexerError::Store(error) => matches!(error, StoreError::Unavailable(_)),
    }
}
