//! Projector: makes changes searchable for the SQL engine, beside the index.

use std::time::Duration;

use souk_search::engines::sql::SqlProjection;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::Tick;
use crate::drain::Backlogged;
use crate::pace::Pace;
use crate::wake::Wake;

/// Changes made searchable in a transaction.
pub(crate) const BATCH: u32 = 200;
/// Part of the time that the projector works while the index has a backlog: 1 of so many.
const SHARE: u32 = 4;
/// Longest time between two looks while nobody tells of changes.
const POLL: Duration = Duration::from_secs(1);
/// The same while the database tells of them.
const RESCUE: Duration = Duration::from_secs(60);

/// Projection of one process. Those of several share the work.
pub(crate) struct Projector {
    pub(crate) projection: SqlProjection,
    /// Signal that something was written.
    pub(crate) wake: Wake,
    /// True while the database tells of changes.
    pub(crate) listening: watch::Receiver<bool>,
    /// Backlogs of the index, which comes first.
    pub(crate) backlogged: watch::Receiver<Backlogged>,
}

impl Projector {
    /// Works until told to stop; a batch in hand is finished first.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let mut pace = Pace::new(POLL, POLL);
        let mut projected = 0_u64;
        while !shutdown.is_cancelled() {
            let began = Instant::now();
            let wait = match self.projection.advance(BATCH).await {
                Ok(0) => {
                    tell(projected);
                    projected = 0;
                    let wait = pace.after(&Ok(Tick::Idle));
                    let told = *self.listening.borrow_and_update();
                    if told { RESCUE } else { wait }
                }
                Ok(taken) => {
                    projected += taken as u64;
                    let _ = pace.after(&Ok(Tick::Settled(taken)));
                    if self.backlogged.borrow().any() {
                        let pause = began.elapsed() * (SHARE - 1);
                        shutdown.run_until_cancelled(sleep(pause)).await;
                    }
                    continue;
                }
                Err(error) => pace.failed(&error.into()),
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.wake.woken_to_project(), if !pace.failing() => {}
                Ok(()) = self.listening.changed() => {}
                () = sleep(wait) => {}
            }
        }
    }
}

fn tell(changes: u64) {
    if changes >= u64::from(BATCH) {
        info!(changes, "changes are searchable in the database");
    } else if changes > 0 {
        debug!(changes, "changes are searchable in the database");
    }
}
