//! An act that is under way: its entry is written by the first transaction that commits within it.

use std::sync::Arc;

use parking_lot::Mutex;
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value};
use souk_domain::TenantId;
use tokio::task_local;

use super::{chain, entry::NewAuditEntry};
use crate::StoreError;

task_local! {
    static CURRENT: Act;
}

/// Something that somebody does, with the entry that the audit log is to have of it. Cheap to clone.
///
/// However many transactions it takes, there is one entry: in the first one that commits.
#[derive(Debug, Clone)]
pub struct Act(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    chain: TenantId,
    entry: NewAuditEntry,
    detail: Map<String, Value>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Pending,
    /// A transaction that has not committed yet holds it.
    Held,
    Written,
}

/// Hold of a transaction on the entry of the current act.
pub(crate) struct Held(Act);

impl Act {
    /// Begins an act in a tenant's chain.
    pub fn new(chain: TenantId, entry: NewAuditEntry) -> Self {
        Self(Arc::new(Mutex::new(State {
            chain,
            entry,
            detail: Map::new(),
            stage: Stage::Pending,
        })))
    }

    /// Does what the act consists of. Tasks that are spawned within are no part of it.
    pub async fn during<F: Future>(&self, work: F) -> F::Output {
        CURRENT.scope(self.clone(), work).await
    }

    /// Adds a particular, which must hold no secret.
    pub fn add_detail(&self, name: &'static str, value: Value) {
        self.0.lock().detail.insert(name.to_owned(), value);
    }

    /// True if a transaction has written the entry.
    pub fn is_written(&self) -> bool {
        self.0.lock().stage == Stage::Written
    }

    /// Returns the entry with its chain.
    pub fn whole(&self) -> (TenantId, NewAuditEntry) {
        self.0.lock().whole()
    }
}

impl State {
    fn whole(&self) -> (TenantId, NewAuditEntry) {
        let mut entry = self.entry.clone();
        if !self.detail.is_empty() {
            entry.detail = Some(Value::Object(self.detail.clone()).to_string());
        }
        (self.chain, entry)
    }
}

/// Particulars of the act that is under way, noted by whoever knows them. Without one, nothing happens.
pub mod note {
    use serde_json::Value;
    use souk_domain::TenantId;

    use super::CURRENT;

    /// True if an act is under way.
    pub fn is_wanted() -> bool {
        CURRENT.try_with(|_| ()).is_ok()
    }

    /// Notes whose chain the act belongs to.
    pub fn tenant(tenant: TenantId) {
        // Without an act, there is nothing to note.
        let _ = CURRENT.try_with(|act| act.0.lock().chain = tenant);
    }

    /// Notes what it is done to.
    pub fn target(target: impl FnOnce() -> String) {
        let _ = CURRENT.try_with(|act| act.0.lock().entry.target = Some(target()));
    }

    /// Notes a particular, such as the state before. It must hold no secret.
    pub fn detail(name: &'static str, value: impl FnOnce() -> Value) {
        let _ = CURRENT.try_with(|act| act.add_detail(name, value()));
    }
}

impl Held {
    /// Notes that the transaction has committed.
    pub(crate) fn committed(self) {
        self.0.0.lock().stage = Stage::Written;
    }
}

impl Drop for Held {
    /// Gives the entry to the next transaction, unless it was committed.
    fn drop(&mut self) {
        let mut state = self.0.0.lock();
        if state.stage == Stage::Held {
            state.stage = Stage::Pending;
        }
    }
}

/// Writes the entry of the current act, if there is one whose entry nobody else has written or holds.
pub(crate) async fn write_pending(
    transaction: &impl ConnectionTrait,
) -> Result<Option<Held>, StoreError> {
    let Ok(act) = CURRENT.try_with(Act::clone) else {
        return Ok(None);
    };
    let (tenant, entry) = {
        let mut state = act.0.lock();
        if state.stage != Stage::Pending {
            return Ok(None);
        }
        state.stage = Stage::Held;
        state.whole()
    };
    let held = Held(act);
    chain::append(transaction, tenant, entry).await?;
    Ok(Some(held))
}
