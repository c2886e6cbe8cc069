//! Has the sinks of events read what has happened: mails, reports and webhooks.

use std::time::Duration;

use chrono::Utc;
use souk_commerce::{CommerceError, CommerceService};
use souk_store::{Sink, Store, StoreError, WaitingEvents};
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;

use crate::webhooks::write_deliveries;

/// Pause between two looks for events that another process has written.
const PAUSE: Duration = Duration::from_secs(5);
/// Tenants that are looked after in one round.
const TENANTS_AT_ONCE: u32 = 100;
/// Events that are read at once.
const EVENTS_AT_ONCE: u32 = 200;

/// Has the sinks read until shutdown, at once for events of this process. Several processes may: each batch is read by one.
pub async fn run(store: Store, commerce: CommerceService, shutdown: CancellationToken) {
    let mut told = store.events_told();
    while !shutdown.is_cancelled() {
        match read(&store, &commerce).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(error = chain(&error), "events not read"),
        }
        let pause = tokio::time::timeout(PAUSE, told.written());
        if shutdown.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

/// Has all sinks read a batch of each tenant, and returns true if any was read. One question tells that there is nothing.
async fn read(store: &Store, commerce: &CommerceService) -> Result<bool, CommerceError> {
    if store.waiting_events(&Sink::ALL, 1).await?.is_empty() {
        return Ok(false);
    }
    let papers = commerce.read_events().await?;
    Ok(read_for_webhooks(store).await? || papers)
}

/// Writes deliveries of a batch of each tenant that has events, and returns true if there were any. A tenant whose events
/// fail is not in the way of others.
async fn read_for_webhooks(store: &Store) -> Result<bool, StoreError> {
    let mut has_read = false;
    let waiting = store.waiting_events(&[Sink::Webhooks], TENANTS_AT_ONCE);
    for WaitingEvents { tenant, sink } in waiting.await? {
        let read = async {
            let events = store.scope(tenant).events();
            match events.claim(sink, EVENTS_AT_ONCE).await? {
                Some(batch) => {
                    write_deliveries(batch, Utc::now().timestamp_millis()).await?;
                    Ok::<_, StoreError>(true)
                }
                None => Ok(false),
            }
        };
        match read.await {
            Ok(read) => has_read |= read,
            Err(error) => {
                let (tenant, sink) = (tenant.0, sink.name());
                tracing::warn!(tenant, sink, error = chain(&error), "events not read");
            }
        }
    }
    Ok(has_read)
}
