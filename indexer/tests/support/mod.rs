//! A clock that stands still and an index that fails on demand.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use souk_domain::{Language, ProductId, TenantId};
use souk_indexer::Clock;
use souk_search::{IndexEntry, IndexError, IndexOp, IndexWriter, OpOutcome, Refresh};

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

/// An index in memory that keeps external versions and tombstones as Elasticsearch does.
#[derive(Default)]
pub(crate) struct ModelIndex {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    tenants: HashSet<TenantId>,
    /// The content hash is none for a tombstone.
    entries: BTreeMap<(TenantId, ProductId), (u64, Option<u64>)>,
    faults: VecDeque<Fault>,
    refused: HashSet<ProductId>,
}

impl ModelIndex {
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

    pub(crate) fn accept_all(&self) {
        self.held().refused.clear();
    }

    /// Loses everything, as a wiped disk does.
    pub(crate) fn wipe(&self) {
        *self.held() = Held::default();
    }
}

impl Held {
    fn apply(&mut self, op: &IndexOp) -> OpOutcome {
        if self.refused.contains(&op.id()) && matches!(op, IndexOp::Upsert { .. }) {
            return OpOutcome::Rejected("refused by the test".into());
        }
        let key = (op.tenant(), op.id());
        if self
            .entries
            .get(&key)
            .is_some_and(|&(version, _)| version >= op.version())
        {
            return OpOutcome::Stale;
        }
        let content = match op {
            IndexOp::Upsert { document, .. } => Some(document.content_hash()),
            IndexOp::Delete { .. } => None,
        };
        self.entries.insert(key, (op.version(), content));
        OpOutcome::Applied
    }
}

#[async_trait]
impl IndexWriter for ModelIndex {
    async fn ensure(&self, tenant: TenantId, _: Language) -> Result<bool, IndexError> {
        Ok(self.held().tenants.insert(tenant))
    }

    async fn apply(&self, ops: Vec<IndexOp>, _: Refresh) -> Result<Vec<OpOutcome>, IndexError> {
        let mut held = self.held();
        let fault = held.faults.pop_front();
        let written = match fault {
            Some(Fault::Before) => 0,
            Some(Fault::Halfway) => ops.len() / 2,
            Some(Fault::After) | None => ops.len(),
        };
        let outcomes = ops[..written].iter().map(|op| held.apply(op)).collect();
        match fault {
            Some(fault) => Err(IndexError::unavailable(format!("injected: {fault:?}"))),
            None => Ok(outcomes),
        }
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
        let held = self.held();
        let live = held
            .entries
            .iter()
            .filter(|((of, id), _)| *of == tenant && Some(*id) > after);
        let entries = live.filter_map(|(&(_, id), &(version, content_hash))| {
            content_hash.map(|content_hash| IndexEntry {
                id,
                version,
                content_hash,
            })
        });
        Ok(entries.take(limit).collect())
    }

    async fn remove(&self, tenant: TenantId) -> Result<(), IndexError> {
        let mut held = self.held();
        held.tenants.remove(&tenant);
        held.entries.retain(|(of, _), _| *of != tenant);
        Ok(())
    }
}
