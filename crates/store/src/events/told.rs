//! Waiting for events that this process writes.

use tokio::sync::watch;

use crate::Store;

/// Waits for events. Those of other processes are not told.
#[derive(Debug)]
pub struct EventsTold(watch::Receiver<()>);

impl EventsTold {
    /// Waits until this process has committed an event since it last waited.
    pub async fn written(&mut self) {
        // The store, which holds the sender, may be gone: then nothing is written any more.
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Store {
    /// Returns what waits for events that this process writes from now on.
    pub fn events_told(&self) -> EventsTold {
        EventsTold(self.events.subscribe())
    }
}
