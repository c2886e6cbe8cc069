//! Worker that takes one batch at a time through its stages.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use rand::{SeedableRng, rngs::SmallRng};
use souk_cache::{Invalidator, Purger};
use souk_domain::{ProductDocument, ProductId, TenantId};
use souk_search::{IndexError, IndexGenerations, IndexOp, Refresh};
use souk_store::{IndexJob, Lane, OutboxRow, Store};
use tracing::{Instrument, debug, warn};

use super::batch::{Task, group_by_product};
use super::batch_limit::BatchLimit;
use super::lease::Lease;
use super::stage::{Batch, Claim, Stage, batch_span};
use super::tick::Tick;
use crate::metrics::WorkMetrics;
use crate::sinks::{ChangedTexts, Sink, SinkOptions};
use crate::{Clock, IndexerConfig, IndexerError, startup};

/// Takes changes from the outbox to the index. Several may run side by side, in any number of processes.
pub struct Worker {
    pub(super) store: Store,
    pub(super) writer: Arc<dyn IndexGenerations>,
    pub(super) sink_options: SinkOptions,
    /// Receivers of each change, in the order in which they get it.
    pub(super) sinks: Vec<Box<dyn Sink>>,
    pub(super) metrics: WorkMetrics,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) options: IndexerConfig,
    limit: BatchLimit,
    pub(super) name: String,
    /// Part of the outbox that it claims from.
    lane: Lane,
    /// Lane of the last batch, so that with all of them to serve it takes turns.
    last_lane: Lane,
    /// True if the next claim is of every lane, in one statement.
    all_next: bool,
    pub(super) rng: SmallRng,
    pub(super) ensured: HashSet<TenantId>,
    /// Of whom something was applied that searches may not see yet. None before the first look at an empty outbox:
    /// whoever was here before may have died with anyone's.
    pub(super) unrefreshed: Option<HashSet<TenantId>>,
    pub(super) stage: Stage,
}

impl Worker {
    /// A worker of the given name, unique among all workers of the database.
    pub fn new(
        store: Store,
        writer: Arc<dyn IndexGenerations>,
        clock: Arc<dyn Clock>,
        options: IndexerConfig,
        name: impl Into<String>,
    ) -> Self {
        let name = name.into();
        let seed = name
            .bytes()
            .fold(0, |seed: u64, byte| seed.rotate_left(8) ^ u64::from(byte));
        Self {
            sinks: SinkOptions::default().open(&store),
            sink_options: SinkOptions::default(),
            metrics: WorkMetrics::default(),
            store,
            writer,
            clock,
            limit: BatchLimit::new(options.batch),
            options,
            name,
            lane: Lane::All,
            last_lane: Lane::Background,
            all_next: false,
            rng: SmallRng::seed_from_u64(seed),
            ensured: HashSet::new(),
            unrefreshed: None,
            stage: Stage::Idle,
        }
    }

    /// Tells caches of what has changed.
    #[must_use]
    pub fn invalidating(mut self, invalidator: Invalidator) -> Self {
        self.sink_options.invalidator = Some(invalidator);
        self.sinks = self.sink_options.open(&self.store);
        self
    }

    /// Tells a CDN of what has changed.
    #[must_use]
    pub fn purging(mut self, purger: Purger) -> Self {
        self.sink_options.purger = Some(purger);
        self.sinks = self.sink_options.open(&self.store);
        self
    }

    /// Collects products for the embedding.
    #[must_use]
    pub(crate) fn collecting(mut self, changed: ChangedTexts) -> Self {
        self.sink_options.changed_texts = Some(changed);
        self.sinks = self.sink_options.open(&self.store);
        self
    }

    /// Claims from one lane of the outbox only.
    #[must_use]
    pub fn serving(self, lane: Lane) -> Self {
        Self { lane, ..self }
    }

    /// Has the next claim be of every lane, whichever the worker serves: for rows that nobody tells of.
    pub(crate) fn claim_from_all(&mut self) {
        self.all_next = true;
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
        let (span, lease) = (self.stage.span(), self.stage.lease());
        let advancing = self.advance().instrument(span);
        let step = match lease {
            Some(lease) => lease.keep(advancing).await,
            None => advancing.await,
        };
        if let Ok(Some(tick)) = &step {
            self.limit.follow(*tick);
        }
        step
    }

    async fn advance(&mut self) -> Result<Option<Tick>, IndexerError> {
        match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Idle => self.claim().await,
            Stage::Claimed(claim) => self.resolve_targets(claim).await,
            Stage::TargetsResolved(claim, building) => self.assign_version(claim, building).await,
            Stage::Versioned(claim, building, version) => self.load(claim, building, version).await,
            Stage::Loaded(claim, batch) => self.apply(claim, batch).await,
            Stage::Applied(claim, batch, outcomes, built) => {
                match batch.building.get(built).cloned() {
                    Some(job) => {
                        self.apply_to_building(claim, batch, outcomes, built, &job)
                            .await
                    }
                    None => self.settle(claim, batch.tasks, outcomes).await,
                }
            }
        }
    }

    async fn claim(&mut self) -> Result<Option<Tick>, IndexerError> {
        let began = Instant::now();
        let now = self.clock.now_ms();
        for sink in &mut self.sinks {
            sink.catch_up(now).await?;
        }
        let lease = i64::from(self.options.lease_secs) * 1000;
        let rows = self.claim_rows(lease, now).await?;
        if rows.is_empty() {
            self.refresh(now).await?;
            return Ok(Some(Tick::Idle));
        }
        self.metrics.claimed(rows.len());
        let span = batch_span(&rows);
        let whole = rows.len() < self.limit.rows() as usize;
        let lease = Lease::new(
            self.store.outbox(),
            self.clock.clone(),
            self.name.clone(),
            rows.iter().map(|row| row.id).collect(),
            lease,
            now,
        );
        self.stage = Stage::Claimed(Claim {
            rows,
            whole,
            lease: Arc::new(lease),
            began,
            span,
        });
        Ok(None)
    }

    /// Claims rows of one lane, so that a batch of edits is small and is refreshed at once.
    async fn claim_rows(&mut self, lease: i64, now: i64) -> Result<Vec<OutboxRow>, IndexerError> {
        let all_next = std::mem::replace(&mut self.all_next, false);
        let lanes: &[Lane] = match (self.lane, self.last_lane) {
            _ if all_next => &[Lane::All],
            // Neither waits for longer than a batch of the other.
            (Lane::All, Lane::Edits) => &[Lane::Background, Lane::Edits],
            (Lane::All, _) => &[Lane::Edits, Lane::Background],
            (Lane::Edits, _) => &[Lane::Edits],
            (Lane::Background, _) => &[Lane::Background],
        };
        for &lane in lanes {
            let outbox = self.store.outbox();
            let claimed = outbox.claim_from(lane, &self.name, self.limit.rows(), lease, now);
            let rows = claimed.await?;
            if !rows.is_empty() {
                self.last_lane = lane;
                return Ok(rows);
            }
        }
        self.last_lane = Lane::Background;
        Ok(Vec::new())
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
            for sink in &mut self.sinks {
                sink.search_changed(tenant, now_ms).await?;
            }
        }
        self.unrefreshed = Some(HashSet::new());
        Ok(())
    }

    // The order of the next three matters: see the module's description.

    async fn resolve_targets(&mut self, claim: Claim) -> Result<Option<Tick>, IndexerError> {
        let building = self.store.job_queue().building().await;
        let building = self
            .or_release(&claim, building.map_err(IndexerError::from))
            .await?;
        self.stage = Stage::TargetsResolved(claim, building);
        Ok(None)
    }

    async fn assign_version(
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
        let (tasks, references) = group_by_product(claim.rows.clone());
        for row in references {
            // The change has committed, and pages that show it come from the database; the row is gone after the next.
            for sink in &mut self.sinks {
                sink.reference_changed(&row).await?;
            }
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
        let exists = self.ensure_index(tenant).await?;
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
    async fn ensure_index(&mut self, tenant: TenantId) -> Result<bool, IndexerError> {
        let Some(found) = self.store.tenants().get(tenant).await? else {
            self.writer.remove(tenant).await?;
            self.ensured.remove(&tenant);
            return Ok(false);
        };
        if self.ensured.insert(tenant)
            && let Err(error) = startup::ensure_index(
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

    pub(super) fn has_expired(&self, claim: &Claim) -> bool {
        let expired = claim.lease.has_expired();
        if expired {
            warn!(
                rows = claim.rows.len(),
                "the lease ran out before the batch was done; it will be claimed again"
            );
        }
        expired
    }
}
