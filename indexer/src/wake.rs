//! Wake-up calls of workers: of writers in the same process, and of the database.

use std::sync::Arc;
use std::time::Duration;

use souk_store::{Backend, Lane, Notice, Store, StoreError};
use souk_telemetry::chain;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

/// Pause before the database is asked for notices again.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// Says that there is something to do, from a writer in the same process. Of changes made elsewhere PostgreSQL tells, or
/// they are found by polling.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Wakes>);

/// Wake-up calls, each for one worker.
#[derive(Debug, Default)]
struct Wakes {
    edits: Notify,
    background: Notify,
    jobs: Notify,
    projector: Notify,
}

impl Wake {
    /// Has the indexer look at the outbox at once.
    pub fn wake(&self) {
        self.0.edits.notify_one();
        self.0.background.notify_one();
        self.0.projector.notify_one();
    }

    pub(crate) fn wake_jobs(&self) {
        self.0.jobs.notify_one();
    }

    pub(crate) async fn woken_for_jobs(&self) {
        self.0.jobs.notified().await;
    }

    pub(crate) async fn woken_to_project(&self) {
        self.0.projector.notified().await;
    }

    pub(crate) async fn woken(&self, lane: Lane) {
        match lane {
            Lane::Background => self.0.background.notified().await,
            Lane::Edits | Lane::All => self.0.edits.notified().await,
        }
    }
}

/// Wakes workers when the database tells of work, and reports whether it does.
pub(crate) async fn listen(
    store: &Store,
    wake: &Wake,
    listening: &watch::Sender<bool>,
    shutdown: &CancellationToken,
) {
    if store.backend() != Backend::Postgres {
        return;
    }
    while !shutdown.is_cancelled() {
        let heard = shutdown.run_until_cancelled(hear(store, wake, listening));
        if let Some(Err(error)) = heard.await {
            let error = chain(&error);
            if *listening.borrow() {
                warn!(
                    error,
                    "notices are lost; changes are polled for until they are back"
                );
            } else {
                debug!(error, "no notices; changes are polled for");
            }
        }
        listening.send_if_modified(|listening| std::mem::replace(listening, false));
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(LISTEN_AGAIN) => {}
        }
    }
}

async fn hear(
    store: &Store,
    wake: &Wake,
    listening: &watch::Sender<bool>,
) -> Result<(), StoreError> {
    let Some(mut notices) = store.outbox().notices().await? else {
        debug!("notices do not arrive; changes are polled for");
        return Ok(());
    };
    listening.send_replace(true);
    // What was written before.
    let mut notice = Notice::Gap;
    loop {
        if notice != Notice::Job {
            wake.wake();
        }
        if notice != Notice::Change {
            wake.wake_jobs();
        }
        notice = notices.next().await?;
    }
}
