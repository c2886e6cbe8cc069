//! The task that has the sinks of papers read what has happened.

use std::time::Duration;

use souk_store::{Sink, WaitingEvents};
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;

use crate::{error::CommerceError, service::CommerceService};

/// Pause between two looks for events that another process has written.
const PAUSE: Duration = Duration::from_secs(5);
/// Sinks of tenants that are looked after in one round.
const AT_ONCE: u32 = 100;

impl CommerceService {
    /// Writes mails and adds up sales until shutdown, at once for events of this process. Several processes may: each batch is
    /// read by one.
    pub async fn follow_events(self, shutdown: CancellationToken) {
        let mut told = self.store.events_told();
        while !shutdown.is_cancelled() {
            match self.read_events().await {
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

    /// Has the sinks of papers read a batch of each tenant that has events, and returns true if any was read. What fails is read
    /// again later, and is not in the way of other tenants.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn read_events(&self) -> Result<bool, CommerceError> {
        let sinks = [Sink::Mail, Sink::Reports];
        let mut has_read = false;
        for WaitingEvents { tenant, sink } in self.store.waiting_events(&sinks, AT_ONCE).await? {
            let read = match sink {
                Sink::Mail => self.write_mails(tenant).await,
                Sink::Reports => self.add_up_sales(tenant).await,
                _ => Ok(false),
            };
            match read {
                Ok(read) => has_read |= read,
                Err(error) => {
                    let (tenant, sink) = (tenant.0, sink.name());
                    tracing::warn!(tenant, sink, error = chain(&error), "events not read");
                }
            }
        }
        Ok(has_read)
    }
}
