//! Watermark up to which a process has received all invalidations.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

/// Watermark of a process: every change committed before it was invalidated here.
///
/// The listener advances it. An outage of Redis, database or indexer, or a long queue, lets it fall behind; old
/// entries are then no longer served.
#[derive(Debug)]
pub(crate) struct FreshnessGuard {
    began: Instant,
    /// Microseconds since `began`, plus one; 0 before the first probe.
    proven: AtomicU64,
}

impl FreshnessGuard {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            proven: AtomicU64::new(0),
        }
    }

    /// Advances the watermark: every change committed before `until` was invalidated in this process.
    pub(crate) fn proved(&self, until: Instant) {
        if let Some(since) = until.checked_duration_since(self.began) {
            let micros = u64::try_from(since.as_micros()).unwrap_or(u64::MAX - 1);
            self.proven.fetch_max(micros + 1, Ordering::SeqCst);
        }
    }

    /// Returns the lag of the watermark; `None` before the first probe.
    pub(crate) fn behind(&self, now: Instant) -> Option<Duration> {
        let micros = self.proven.load(Ordering::SeqCst).checked_sub(1)?;
        Some(now.saturating_duration_since(self.began + Duration::from_micros(micros)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guard_without_new_proof_runs_out() {
        let freshness = FreshnessGuard::new();
        let moment = freshness.began + Duration::from_secs(5);
        assert_eq!(freshness.behind(moment), None);
        freshness.proved(moment);
        freshness.proved(moment - Duration::from_secs(1));
        let behind = freshness.behind(moment + Duration::from_millis(300));
        assert_eq!(
            behind,
            Some(Duration::from_millis(300)),
            "it never goes back"
        );
    }
}
