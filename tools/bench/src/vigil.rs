//! Waiting for what others do, for as long as they go on.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::say;

/// Longest time without progress.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);
const LINE_EVERY: Duration = Duration::from_secs(15);

/// Watches work become less. How long all of it takes is not known before, and with millions of products it is long: so
/// there is no limit to that, but to how long nothing moves.
pub(crate) struct Vigil {
    what: &'static str,
    least: u64,
    moved: Instant,
    said: Instant,
}

impl Vigil {
    /// Begins to watch. `what` names what is left.
    pub(crate) fn begin(what: &'static str) -> Self {
        Self::begin_at(Instant::now(), what)
    }

    fn begin_at(now: Instant, what: &'static str) -> Self {
        Self {
            what,
            least: u64::MAX,
            moved: now,
            said: now,
        }
    }

    /// Takes note of how much is left, where that can be known already, and says so now and then.
    pub(crate) fn look(&mut self, left: Option<u64>) -> Result<()> {
        self.look_at(Instant::now(), left)
    }

    fn look_at(&mut self, now: Instant, left: Option<u64>) -> Result<()> {
        if let Some(left) = left
            && left < self.least
        {
            (self.least, self.moved) = (left, now);
        }
        let left = left.map_or("unknown".to_owned(), |left| left.to_string());
        let what = self.what;
        ensure!(
            now - self.moved < TIMEOUT,
            "nothing has happened for {TIMEOUT:?}; {what}: {left}"
        );
        if now - self.said >= LINE_EVERY {
            self.said = now;
            say(&format!("{what}: {left}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_extends_the_wait() {
        let begun = Instant::now();
        let after = |parts: u32| begun + TIMEOUT * parts / 4;
        let mut vigil = Vigil::begin_at(begun, "changes");
        for (parts, left) in [(3, 100), (6, 50), (9, 60)] {
            vigil.look_at(after(parts), Some(left)).unwrap();
        }
        // More than there were is no progress, and neither is not to know.
        assert!(vigil.look_at(after(10), Some(55)).is_err());
        assert!(vigil.look_at(after(10), None).is_err());
        vigil.look_at(after(10), Some(49)).unwrap();
    }
}
