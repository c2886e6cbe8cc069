//! Projector: makes bulk loads searchable for the SQL engine, behind the index.

use std::sync::Arc;
use std::time::Duration;

use souk_store::Store;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::Tick;
use crate::drain::Backlogged;
use crate::pace::Pace;

/// Products made searchable in a transaction, whose rows it locks.
pub(crate) const BATCH: u32 = 200;
/// Part of the time that the projector works while the index has a backlog: 1 of so many.
const SHARE: u32 = 4;
/// Shortest time between two looks for waiting products.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
/// Longest time between two looks, for loads whose changes another process indexed.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Projection of one process. Those of several share the work.
pub(crate) struct Projector {
    pub(crate) store: Store,
    /// Signal that changes were indexed: a bulk load may be among them.
    pub(crate) indexed: Arc<Notify>,
    /// Backlogs of the index, which comes first.
    pub(crate) backlogged: watch::Receiver<Backlogged>,
}

impl Projector {
    /// Works until told to stop; a batch in hand is finished first.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let projection = self.store.search_projection();
        let mut pace = Pace::new(LONGEST_WAIT, LONGEST_WAIT);
        let mut projected = 0_u64;
        while !shutdown.is_cancelled() {
            let began = Instant::now();
            let wait = match projection.advance(BATCH).await {
                Ok(0) => {
                    if projected > 0 {
                        info!(
                            products = projected,
                            "bulk load is searchable in the database"
                        );
                        projected = 0;
                    }
                    sleep_unless(&shutdown, SHORTEST_WAIT).await;
                    pace.after(&Ok(Tick::Idle))
                }
                Ok(taken) => {
                    projected += taken as u64;
                    let _ = pace.after(&Ok(Tick::Settled(taken)));
                    if self.backlogged.borrow().any() {
                        sleep_unless(&shutdown, began.elapsed() * (SHARE - 1)).await;
                    }
                    continue;
                }
                Err(error) => pace.failed(&error.into()),
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.indexed.notified() => {}
                () = sleep(wait) => {}
            }
        }
    }
}

async fn sleep_unless(shutdown: &CancellationToken, time: Duration) {
    shutdown.run_until_cancelled(sleep(time)).await;
}
