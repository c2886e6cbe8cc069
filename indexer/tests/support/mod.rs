//! A clock that stands still and an index that fails on demand.
#![allow(dead_code)]

pub(crate) mod world;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use souk_domain::{Language, ProductId, TenantId};
use souk_indexer::Clock;
use souk_search::{
    Generation, IndexEntry, IndexError, IndexGenerations, IndexOp, IndexWriter, OpOutcome,
    PhysicalIndex, Refresh,
};

/// A clock that moves when told to.
pub(crate) struct ManualClock(AtomicI64);

impl ManualClock {
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new(chrono::Utc::now().timestamp_millis()))
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// What goes wrong with an `apply`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// The index is away; nothing was written.
    Before,
    /// The answer got lost; everything was written.
    After,
    /// Half of it was written.
    Halfway,
}

/// Indexes in memory that keep external versions and tombstones as Elasticsearch does.
#[derive(Default)]
pub(crate) struct ModelIndex {
    held: Mutex<Held>,
    /// Tombstones are forgotten when they are older than this, by this clock.
    memory: Option<(Arc<ManualClock>, i64)>,
}

#[derive(Default)]
struct Held {
    served: HashMap<TenantId, Generation>,
    indexes: BTreeMap<(TenantId, Generation), BTreeMap<ProductId, Written>>,
    faults: VecDeque<Fault>,
    refused: HashSet<ProductId>,
    /// Products that only indexes above generation 0 refuse.
    refused_beside: HashSet<ProductId>,
    foreign: BTreeSet<String>,
}

#[derive(Clone, Copy)]
struct Written {
    version: u64,
    /// None for a tombstone.
    content_hash: Option<u64>,
    at_ms: i64,
}

impl ModelIndex {
    /// One that forgets deletions after so long, as an index may.
    pub(crate) fn forgetful(clock: Arc<ManualClock>, after_ms: i64) -> Self {
        Self {
            memory: Some((clock, after_ms)),
            ..Self::default()
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }

    pub(crate) fn fail_next(&self, fault: Fault) {
        self.held().faults.push_back(fault);
    }

    pub(crate) fn heal(&self) {
        self.held().faults.clear();
    }

    pub(crate) fn refuse(&self, product: ProductId) {
        self.held().refused.insert(product);
    }

    pub(crate) fn refuse_in_new_indexes(&self, product: ProductId) {
        self.held().refused_beside.insert(product);
    }

    /// Puts a document into it that Souk did not write.
    pub(crate) fn put_by_hand(&self, name: &str) {
        self.held().foreign.insert(name.to_owned());
    }

    pub(crate) fn accept_all(&self) {
        self.held().refused.clear();
    }

    /// Loses everything, as a wiped disk does.
    pub(crate) fn wipe(&self) {
        *self.held() = Held::default();
    }

    pub(crate) fn served(&self, tenant: TenantId) -> Option<Generation> {
        self.held().served.get(&tenant).copied()
    }

    fn write(
        &self,
        key: impl Fn(&Held, &IndexOp) -> Result<(TenantId, Generation), IndexError>,
        ops: &[IndexOp],
    ) -> Result<Vec<OpOutcome>, IndexError> {
        let mut held = self.held();
        let fault = held.faults.pop_front();
        let written = match fault {
            Some(Fault::Before) => 0,
            Some(Fault::Halfway) => ops.len() / 2,
            Some(Fault::After) | None => ops.len(),
        };
        let mut outcomes = Vec::new();
        for op in &ops[..written] {
            let key = key(&held, op)?;
            outcomes.push(held.apply(key, op, self.memory.as_ref()));
        }
        match fault {
            Some(fault) => Err(IndexError::unavailable(format!("injected: {fault:?}"))),
            None => Ok(outcomes),
        }
    }

    fn read(
        &self,
        key: (TenantId, Generation),
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError> {
        let held = self.held();
        let index = held.indexes.get(&key).ok_or_else(|| missing(key))?;
        let live = index.iter().filter(|(id, _)| Some(**id) > after);
        let entries = live.filter_map(|(&id, written)| {
            written.content_hash.map(|content_hash| IndexEntry {
                id,
                version: written.version,
                content_hash,
            })
        });
        Ok(entries.take(limit).collect())
    }
}

fn missing(key: (TenantId, Generation)) -> IndexError {
    IndexError::Missing(format!("{key:?}"))
}

impl Held {
    fn key(&self, tenant: TenantId) -> Result<(TenantId, Generation), IndexError> {
        let served = self.served.get(&tenant);
        served
            .map(|&generation| (tenant, generation))
            .ok_or_else(|| IndexError::Missing(format!("of {tenant}")))
    }

    fn apply(
        &mut self,
        key: (TenantId, Generation),
        op: &IndexOp,
        memory: Option<&(Arc<ManualClock>, i64)>,
    ) -> OpOutcome {
        let beside = key.1.0 > 0 && self.refused_beside.contains(&op.id());
        let refused = beside || self.refused.contains(&op.id());
        if refused && matches!(op, IndexOp::Upsert { .. }) {
            return OpOutcome::Rejected("refused by the test".into());
        }
        let at_ms = memory.map_or(0, |(clock, _)| clock.now_ms());
        let index = self.indexes.entry(key).or_default();
        let known = index.get(&op.id()).filter(|written| {
            let is_forgotten = memory.is_some_and(|(_, after)| at_ms - written.at_ms > *after);
            written.content_hash.is_some() || !is_forgotten
        });
        if known.is_some_and(|written| written.version >= op.version()) {
            return OpOutcome::Stale;
        }
        let content_hash = match op {
            IndexOp::Upsert { document, .. } => Some(document.content_hash()),
            IndexOp::Delete { .. } => None,
        };
        let version = op.version();
        index.insert(
            op.id(),
            Written {
                version,
                content_hash,
                at_ms,
            },
        );
        OpOutcome::Applied
    }
}

#[async_trait]
impl IndexWriter for ModelIndex {
    async fn ensure(&self, tenant: TenantId, _: Language) -> Result<bool, IndexError> {
        let mut held = self.held();
        if held.served.contains_key(&tenant) {
            return Ok(false);
        }
        held.served.insert(tenant, Generation(0));
        held.indexes
            .insert((tenant, Generation(0)), BTreeMap::new());
        Ok(true)
    }

    async fn apply(&self, ops: Vec<IndexOp>, _: Refresh) -> Result<Vec<OpOutcome>, IndexError> {
        self.write(|held, op| held.key(op.tenant()), &ops)
    }

    async fn refresh(&self) -> Result<(), IndexError> {
        Ok(())
    }

    async fn entries(
        &self,
        tenant: TenantId,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError> {
        let key = self.held().key(tenant)?;
        self.read(key, after, limit)
    }

    async fn foreign_documents(&self, _: TenantId) -> Result<Vec<String>, IndexError> {
        Ok(self.held().foreign.iter().cloned().collect())
    }

    async fn delete_foreign(&self, _: TenantId, names: &[String]) -> Result<(), IndexError> {
        self.held().foreign.retain(|name| !names.contains(name));
        Ok(())
    }

    async fn remove(&self, tenant: TenantId) -> Result<(), IndexError> {
        let mut held = self.held();
        held.served.remove(&tenant);
        held.indexes.retain(|(of, _), _| *of != tenant);
        Ok(())
    }
}

#[async_trait]
impl IndexGenerations for ModelIndex {
    async fn create(
        &self,
        tenant: TenantId,
        _: Language,
        generation: Generation,
    ) -> Result<(), IndexError> {
        self.held().indexes.entry((tenant, generation)).or_default();
        Ok(())
    }

    async fn apply_to(
        &self,
        tenant: TenantId,
        generation: Generation,
        ops: Vec<IndexOp>,
        _: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError> {
        let key = (tenant, generation);
        let existing = |held: &Held, _: &IndexOp| {
            let exists = held.indexes.contains_key(&key);
            exists.then_some(key).ok_or_else(|| missing(key))
        };
        self.write(existing, &ops)
    }

    async fn finish(&self, tenant: TenantId, generation: Generation) -> Result<u64, IndexError> {
        let entries = self.read((tenant, generation), None, usize::MAX)?;
        Ok(entries.len() as u64)
    }

    async fn entries_of(
        &self,
        tenant: TenantId,
        generation: Generation,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError> {
        self.read((tenant, generation), after, limit)
    }

    async fn serve(&self, tenant: TenantId, generation: Generation) -> Result<(), IndexError> {
        let mut held = self.held();
        let key = (tenant, generation);
        if !held.indexes.contains_key(&key) {
            return Err(missing(key));
        }
        held.served.insert(tenant, generation);
        Ok(())
    }

    async fn discard(&self, tenant: TenantId, generation: Generation) -> Result<(), IndexError> {
        let mut held = self.held();
        if held.served.get(&tenant) == Some(&generation) {
            return Err(IndexError::engine("it is served"));
        }
        held.indexes.remove(&(tenant, generation));
        Ok(())
    }

    async fn indexes(&self, tenant: TenantId) -> Result<Vec<PhysicalIndex>, IndexError> {
        let held = self.held();
        let of_tenant = held.indexes.iter().filter(|((of, _), _)| *of == tenant);
        let indexes = of_tenant.map(|(&(_, generation), index)| PhysicalIndex {
            generation,
            name: format!("model-{}", generation.0),
            serving: held.served.get(&tenant) == Some(&generation),
            documents: index
                .values()
                .filter(|it| it.content_hash.is_some())
                .count() as u64,
            bytes: 0,
            current: true,
        });
        Ok(indexes.collect())
    }
}
