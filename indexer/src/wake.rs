//! Wake-up calls of workers: of writers in the same process, and of the database.

use std::sync::Arc;

use souk_store::{Heard, Lane, Notice, Store};
use souk_telemetry::chain;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

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
    let outbox = store.outbox();
    let following = outbox.follow(|heard| match heard {
        Heard::Notice(notice) => {
            set(listening, true);
            if notice != Notice::Job {
                wake.wake();
            }
            if notice != Notice::Change {
                wake.wake_jobs();
            }
        }
        Heard::Silence(error) => {
            let error = error.map(|error| chain(&error));
            if *listening.borrow() {
                warn!(
                    error,
                    "notices are lost; changes are polled for until they are back"
                );
            } else {
                debug!(error, "no notices; changes are polled for");
            }
            set(listening, false);
        }
    });
    let _: Option<()> = shutdown.run_until_cancelled(following).await;
    set(listening, false);
}

/// Says whether notices arrive, if that is new.
fn set(listening: &watch::Sender<bool>, arrive: bool) {
    listening.send_if_modified(|listening| std::mem::replace(listening, arrive) != arrive);
}
