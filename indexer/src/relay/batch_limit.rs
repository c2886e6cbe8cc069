//! Number of rows that a worker claims at once.

use crate::Tick;

/// Rows that any machine gets done within a lease.
const FEWEST: u32 = 10;
/// Factor by which fewer rows are claimed after a batch that outlived its lease.
const LESS: u32 = 4;

/// Limit of a batch: what is configured, and less after a batch that outlived its lease. A machine so busy that neither
/// work nor renewals keep up would else claim the same rows for ever and never get them done. The limit rises again with
/// each batch that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct BatchLimit {
    configured: u32,
    current: u32,
}

impl BatchLimit {
    pub(super) fn new(configured: u32) -> Self {
        Self {
            configured,
            current: configured,
        }
    }

    /// Rows to claim.
    pub(super) fn rows(self) -> u32 {
        self.current
    }

    /// Goes by what became of a batch.
    pub(super) fn follow(&mut self, tick: Tick) {
        self.current = match tick {
            Tick::Idle => self.current,
            Tick::Expired => (self.current / LESS).max(FEWEST.min(self.configured)),
            Tick::Settled(_) => self.current.saturating_mul(2).min(self.configured),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_shrink_while_leases_run_out_and_grow_again() {
        let mut limit = BatchLimit::new(1_000);
        let mut after = |tick| {
            limit.follow(tick);
            limit.rows()
        };
        let shrinking = [Tick::Expired; 5].map(&mut after);
        assert_eq!(shrinking, [250, 62, 15, 10, 10]);
        assert_eq!(after(Tick::Idle), 10);
        let growing = [Tick::Settled(10); 8].map(&mut after);
        assert_eq!(growing, [20, 40, 80, 160, 320, 640, 1_000, 1_000]);
    }

    #[test]
    fn small_batch_stays_as_configured() {
        let mut limit = BatchLimit::new(3);
        limit.follow(Tick::Expired);
        assert_eq!(limit.rows(), 3);
    }
}
