//! Events: facts that others act on, numbered per tenant without gaps.
//!
//! They are written in the transaction that makes them true. Their numbers come from a row that stays locked until that
//! transaction ends, so that no reader sees a number before a lower one is there. It is locked last of all.

mod sinks;
mod told;

pub use sinks::{EventBatch, Sink, WaitingEvents};
pub use told::EventsTold;

pub(crate) use sinks::{NUMBER, waiting_sql};

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    Scope, Store, StoreError, Transaction,
    backend::{Kind, all, execute, first, json},
    guarded::Wake,
};

/// Time for which events are kept, in milliseconds.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// A fact to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewEvent {
    /// Kind, such as `order.placed`.
    pub kind: &'static str,
    /// Subject, such as `orders/7`.
    pub subject: String,
    /// Ids and figures, as JSON.
    pub data: String,
    /// Name of who caused it, as in the audit log.
    pub actor: String,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// A fact that was written.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Event {
    /// Number within the tenant, from 1.
    pub number: i64,
    /// Kind, such as `order.placed`.
    pub kind: String,
    /// Subject, such as `orders/7`.
    pub subject: String,
    /// Ids and figures, as JSON.
    pub data: String,
    /// Name of who caused it.
    pub actor: String,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Events of a tenant.
#[derive(Debug, Clone)]
pub struct Events {
    scope: Scope,
}

/// Numbers that a transaction has taken.
#[derive(Debug, FromQueryResult)]
struct CountersRow {
    orders: i64,
    events: i64,
}

#[derive(Serialize)]
struct NumberedEvent<'a> {
    number: i64,
    kind: &'a str,
    subject: &'a str,
    data: &'a str,
    actor: &'a str,
    at: i64,
}

const COLUMNS: [(&str, Kind); 6] = [
    ("number", Kind::Integer),
    ("kind", Kind::Text),
    ("subject", Kind::Text),
    ("data", Kind::Text),
    ("actor", Kind::Text),
    ("at", Kind::Integer),
];

pub(crate) const AFTER: &str = "SELECT number, kind, subject, data, actor, at AS at_ms FROM events
     WHERE tenant_id = $1 AND number > $2 ORDER BY number LIMIT $3";
pub(crate) const PRUNE: &str = "DELETE FROM events WHERE at < $1";

/// Takes numbers for orders, and writes events with the next ones. Returns the first number of an order. Nothing else may be
/// locked after it.
pub(crate) async fn number(
    transaction: &Transaction,
    scope: &Scope,
    orders: i64,
    events: &[NewEvent],
) -> Result<i64, StoreError> {
    let backend = scope.store.backend();
    let count = events.len() as i64;
    let sql = "INSERT INTO selling_counters (tenant_id, orders, events) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id) DO UPDATE
         SET orders = selling_counters.orders + excluded.orders, events = selling_counters.events + excluded.events
         RETURNING orders, events";
    let values = [scope.tenant.0.into(), orders.into(), count.into()];
    let counters = first::<CountersRow>(transaction, backend.statement(sql, values)).await?;
    let counters = counters.ok_or(StoreError::NotFound("tenant"))?;
    let from = counters.events - count + 1;
    let rows = events
        .iter()
        .zip(from..)
        .map(|(event, number)| NumberedEvent {
            number,
            kind: event.kind,
            subject: &event.subject,
            data: &event.data,
            actor: &event.actor,
            at: event.at_ms,
        });
    let rows = json(&rows.collect::<Vec<_>>())?;
    let sql = format!(
        "INSERT INTO events (tenant_id, number, kind, subject, data, actor, at)
         SELECT $2, r.number, r.kind, r.subject, r.data, r.actor, r.at FROM {}",
        backend.record_set("$1", &COLUMNS)
    );
    if count > 0 {
        let values = [rows, scope.tenant.0.into()];
        execute(transaction, backend.statement(sql, values)).await?;
        transaction.wake_after(Wake::All(scope.store.events.clone()));
    }
    Ok(counters.orders - orders + 1)
}

/// Writes events in the transaction that makes them true. Nothing may be locked after it.
pub(crate) async fn write(
    transaction: &Transaction,
    scope: &Scope,
    events: &[NewEvent],
) -> Result<(), StoreError> {
    number(transaction, scope, 0, events).await?;
    Ok(())
}

impl Scope {
    /// Events of the tenant.
    pub fn events(&self) -> Events {
        Events {
            scope: self.clone(),
        }
    }
}

impl Events {
    /// Writes events that are facts by themselves.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add(&self, events: &[NewEvent]) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        write(&transaction, &self.scope, events).await?;
        Ok(transaction.commit().await?)
    }

    /// Returns up to `limit` events after a number, in order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn after(&self, number: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        let values = [
            self.scope.tenant.0.into(),
            number.into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(AFTER, values);
        all(self.scope.store.connection(), statement).await
    }
}

impl Store {
    /// Deletes events that are older than 30 days, of all tenants, and returns how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune_events(&self, now_ms: i64) -> Result<u64, StoreError> {
        let transaction = self.begin().await?;
        let before = now_ms.saturating_sub(KEPT_MS);
        let pruned = execute(
            &transaction,
            self.backend().statement(PRUNE, [before.into()]),
        )
        .await?;
        transaction.commit().await?;
        Ok(pruned)
    }
}
