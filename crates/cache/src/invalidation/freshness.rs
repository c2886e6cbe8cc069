use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

/// Whether a process still hears of every change.
///
/// It knows a moment up to which every change that was committed has been dropped here: the proven moment. The feed
/// moves it on; whatever keeps it from doing so (Redis, the database or the indexer away, a long queue) lets it fall
/// behind, and then nothing old is trusted. That is the whole of it: no case has to be thought of by itself.
#[derive(Debug)]
pub(crate) struct FreshnessGuard {
    began: Instant,
    /// Microseconds since `began`, plus one; 0 if nothing was ever proven.
    proven: AtomicU64,
}

impl FreshnessGuard {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            proven: AtomicU64::new(0),
        }
    }

    /// Every change committed before this moment has been dropped in this process.
    pub(crate) fn proved(&self, until: Instant) {
        if let Some(since) = until.checked_duration_since(self.began) {
            let micros = u64::try_from(since.as_micros()).unwrap_or(u64::MAX - 1);
            self.proven.fetch_max(micros + 1, Ordering::SeqCst);
        }
    }

    /// How far the proven moment is behind; none if there is none.
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
