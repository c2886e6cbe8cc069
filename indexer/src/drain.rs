//! Loops of the workers on changes.

use std::time::Duration;

use souk_store::Lane;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::metrics::WorkMetrics;
use crate::pace::{Pace, rescue};
use crate::wake::Wake;
use crate::{IndexerError, Tick, Worker};

/// Pause between batches of edits during a bulk load, each of which makes the index refresh.
const EDIT_PAUSE: Duration = Duration::from_millis(150);

/// Lanes with more changes pending than a batch holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Backlogged {
    edits: bool,
    background: bool,
}

impl Backlogged {
    pub(crate) fn any(self) -> bool {
        self.edits || self.background
    }
}

pub(crate) struct Drain {
    pub(crate) worker: Worker,
    pub(crate) lane: Lane,
    pub(crate) wake: Wake,
    /// True while the database tells of changes.
    pub(crate) listening: watch::Receiver<bool>,
    pub(crate) pace: Pace,
    pub(crate) batch: usize,
    /// Shared by the drains of all lanes.
    pub(crate) backlogged: watch::Sender<Backlogged>,
    pub(crate) metrics: WorkMetrics,
}

impl Drain {
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let tick = self.worker.tick().await;
            self.metrics.turned(&tick);
            self.metrics.paused(self.lane, tick.is_err());
            self.report(fills(&tick, self.batch));
            let wait = self.pace.after(&tick).max(self.pause_after(&tick));
            if wait.is_zero() {
                continue;
            }
            let is_idle = matches!(tick, Ok(Tick::Idle));
            let told = is_idle && *self.listening.borrow_and_update();
            let wait = if told { rescue(self.lane) } else { wait };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.wake.woken(self.lane), if is_idle => {}
                Ok(()) = self.listening.changed() => {}
                () = tokio::time::sleep(wait) => if told {
                    self.worker.claim_from_all();
                },
            }
        }
    }

    /// Reports whether more changes of the lane are pending.
    fn report(&self, is_full: bool) {
        self.backlogged.send_if_modified(|backlogged| {
            let place = match self.lane {
                Lane::Background => &mut backlogged.background,
                Lane::Edits | Lane::All => &mut backlogged.edits,
            };
            std::mem::replace(place, is_full) != is_full
        });
    }

    /// Returns how long further edits are collected during a bulk load, so that it is not held up by refreshes.
    fn pause_after(&self, tick: &Result<Tick, IndexerError>) -> Duration {
        let settled = matches!(tick, Ok(Tick::Settled(rows)) if *rows < self.batch);
        if self.lane == Lane::Edits && settled && self.backlogged.borrow().background {
            EDIT_PAUSE
        } else {
            Duration::ZERO
        }
    }
}

/// Reports whether a batch was full, so that another is likely to follow.
fn fills(tick: &Result<Tick, IndexerError>, batch: usize) -> bool {
    matches!(tick, Ok(Tick::Settled(rows)) if *rows >= batch)
}

/// Comes in when it is backlogged and leaves when nothing is left: two batches overlap, since the one is read while the
/// index takes the other. Single changes are left to one worker; shared out, they would only ask for more refreshes.
pub(crate) async fn run_extra_worker(
    mut worker: Worker,
    metrics: WorkMetrics,
    mut pace: Pace,
    mut backlogged: watch::Receiver<Backlogged>,
    shutdown: CancellationToken,
) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            until = backlogged.wait_for(|backlogged| backlogged.any()) => if until.is_err() { return },
        }
        loop {
            let tick = worker.tick().await;
            metrics.turned(&tick);
            let wait = pace.after(&tick);
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            // Not before: it also makes visible what it has written.
            if matches!(tick, Ok(Tick::Idle)) {
                break;
            }
        }
    }
}
