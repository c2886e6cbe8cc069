//! Has the sinks of papers read what has happened.

use souk_store::{Sink, WaitingEvents};
use souk_telemetry::chain;

use crate::{error::CommerceError, service::CommerceService};

/// Sinks of tenants that are looked after in one round.
const AT_ONCE: u32 = 100;

impl CommerceService {
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
