//! Sinks of events: each reads the events of a tenant in order, and notes how far it came in the transaction of its effect.
//!
//! So a killed process neither loses an event nor does it twice. The row that has the sink's number is the lease: it is
//! locked while a batch is worked on, and others pass over it.

use std::fmt;

use sea_orm::{FromQueryResult, Value};
use serde::Serialize;
use souk_domain::TenantId;

use super::{AFTER, Event, Events};
use crate::{
    Backend, Scope, Store, StoreError, Transaction,
    backend::{Kind, all, execute, first, json},
};

/// Reader of all events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sink {
    /// Writes mails to customers.
    Mail,
    /// Writes deliveries to webhooks.
    Webhooks,
    /// Adds up the figures of reports.
    Reports,
}

impl Sink {
    /// All sinks.
    pub const ALL: [Self; 3] = [Self::Mail, Self::Webhooks, Self::Reports];

    /// Name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhooks => "webhooks",
            Self::Reports => "reports",
        }
    }
}

impl fmt::Display for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Sink of a tenant that has events to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingEvents {
    /// Tenant of the events.
    pub tenant: TenantId,
    /// Sink that has not read them.
    pub sink: Sink,
}

/// Next events for a sink, in a transaction that holds its place. Dropped, it is as if it had not been read.
#[derive(Debug)]
pub struct EventBatch {
    /// Events, at least one, in order.
    pub events: Vec<Event>,
    scope: Scope,
    sink: Sink,
    transaction: Transaction,
}

#[derive(FromQueryResult)]
struct WaitingRow {
    tenant_id: i64,
    sink: String,
}

#[derive(FromQueryResult)]
struct NumberRow {
    number: i64,
}

#[derive(Serialize)]
struct SinkName {
    sink: &'static str,
}

pub(crate) const NUMBER: &str = "SELECT number FROM event_sinks WHERE tenant_id = $1 AND sink = $2";

/// Returns the statement that finds sinks, of those given as `$1`, that have events to read; at most `$2`.
pub(crate) fn waiting_sql(backend: Backend) -> String {
    let sinks = backend.record_set("$1", &[("sink", Kind::Text)]);
    format!(
        "SELECT c.tenant_id, r.sink FROM {sinks} CROSS JOIN selling_counters c
         LEFT JOIN event_sinks e ON e.tenant_id = c.tenant_id AND e.sink = r.sink
         WHERE c.events > COALESCE(e.number, 0) ORDER BY c.tenant_id, r.sink LIMIT $2"
    )
}

impl Store {
    /// Finds sinks that have events to read, of all tenants, at most `limit`. It writes nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting_events(
        &self,
        sinks: &[Sink],
        limit: u32,
    ) -> Result<Vec<WaitingEvents>, StoreError> {
        let names: Vec<_> = sinks
            .iter()
            .map(|it| SinkName { sink: it.name() })
            .collect();
        let values = [json(&names)?, i64::from(limit).into()];
        let statement = self
            .backend()
            .statement(waiting_sql(self.backend()), values);
        let rows = all::<WaitingRow>(self.connection(), statement).await?;
        let waiting = rows.into_iter().filter_map(|row| {
            let sink = sinks.iter().copied().find(|it| it.name() == row.sink)?;
            let tenant = TenantId(row.tenant_id);
            Some(WaitingEvents { tenant, sink })
        });
        Ok(waiting.collect())
    }
}

impl Events {
    /// Opens the next events for a sink, at most `limit`. None if there are none, or if another worker has them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(&self, sink: Sink, limit: u32) -> Result<Option<EventBatch>, StoreError> {
        let store = &self.scope.store;
        let backend = store.backend();
        let transaction = store.begin().await?;
        let tenant = || Value::from(self.scope.tenant.0);
        let sql = match backend {
            Backend::Postgres => format!("{NUMBER} FOR UPDATE SKIP LOCKED"),
            Backend::Sqlite => NUMBER.to_owned(),
        };
        let number = || backend.statement(sql.clone(), [tenant(), sink.name().into()]);
        let mut held = first::<NumberRow>(&transaction, number()).await?;
        if held.is_none() {
            // There is none yet, or another worker holds it.
            let sql = "INSERT INTO event_sinks (tenant_id, sink, number) VALUES ($1, $2, 0)
                 ON CONFLICT (tenant_id, sink) DO NOTHING";
            let statement = backend.statement(sql, [tenant(), sink.name().into()]);
            if execute(&transaction, statement).await? > 0 {
                held = first::<NumberRow>(&transaction, number()).await?;
            }
        }
        let Some(NumberRow { number }) = held else {
            return Ok(None);
        };
        let values = [tenant(), number.into(), i64::from(limit).into()];
        let events = all::<Event>(&transaction, backend.statement(AFTER, values)).await?;
        Ok((!events.is_empty()).then(|| EventBatch {
            events,
            scope: self.scope.clone(),
            sink,
            transaction,
        }))
    }
}

impl EventBatch {
    /// Transaction that the effect of the events is to be a part of.
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// Tenant of the events.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Notes that the sink has read them, and commits.
    ///
    /// # Errors
    /// If the database fails; then the sink reads them again.
    pub async fn finish(self) -> Result<(), StoreError> {
        let last = self.events.last().map_or(0, |event| event.number);
        let sql = "UPDATE event_sinks SET number = $3 WHERE tenant_id = $1 AND sink = $2";
        let values: [Value; 3] = [
            self.scope.tenant.0.into(),
            self.sink.name().into(),
            last.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&self.transaction, statement).await?;
        Ok(self.transaction.commit().await?)
    }
}
