//! Clocks by which leases are compared.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use souk_store::{Backend, Store, StoreError};
use souk_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::debug;

/// Interval at which the database's clock is read: clocks drift apart by far less than a millisecond a second.
pub(crate) const SYNC_INTERVAL: Duration = Duration::from_secs(60);
/// Longest time that a reading may take to be taken; it is wrong by half of that at most.
const LONGEST_READING: Duration = Duration::from_millis(500);
const UNKNOWN: i64 = i64::MIN;

/// Tells the time, so that a test can hold it still.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970 UTC.
    fn now_ms(&self) -> i64;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        Utc::now().timestamp_millis()
    }
}

/// Clock of the database as this process knows it: read now and then, carried on by time that never goes back.
///
/// Indexers on several hosts compare leases by it, so that a host whose clock is wrong takes nobody's rows. Before the
/// first reading, and on SQLite, it is the machine's.
#[derive(Debug)]
pub struct DatabaseClock {
    began: Instant,
    /// Time of the database at `began`; [`UNKNOWN`] before the first reading.
    began_ms: AtomicI64,
}

impl Default for DatabaseClock {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            began_ms: AtomicI64::new(UNKNOWN),
        }
    }
}

impl DatabaseClock {
    /// Reads the clock of the database.
    ///
    /// # Errors
    /// If the database failed.
    pub async fn sync(&self, store: &Store) -> Result<(), StoreError> {
        if store.backend() == Backend::Sqlite {
            return Ok(());
        }
        let asked = Instant::now();
        let database_ms = store.clock_ms().await?;
        self.learn(database_ms, asked, asked.elapsed());
        Ok(())
    }

    /// Reads the clock again and again, until shutdown.
    pub(crate) async fn follow(&self, store: &Store, shutdown: &CancellationToken) {
        if store.backend() == Backend::Sqlite {
            return;
        }
        let following = async {
            loop {
                tokio::time::sleep(SYNC_INTERVAL).await;
                if let Err(error) = self.sync(store).await {
                    debug!(error = chain(&error), "the database's clock was not read");
                }
            }
        };
        let _: Option<()> = shutdown.run_until_cancelled(following).await;
    }

    /// Takes a reading, unless it took so long that an earlier one is better.
    fn learn(&self, database_ms: i64, asked: Instant, took: Duration) {
        let is_first = self.began_ms.load(Ordering::SeqCst) == UNKNOWN;
        if is_first || took <= LONGEST_READING {
            let read_at = millis(asked.saturating_duration_since(self.began) + took / 2);
            let began_ms = database_ms.saturating_sub(read_at);
            self.began_ms.store(began_ms, Ordering::SeqCst);
        }
    }
}

impl Clock for DatabaseClock {
    fn now_ms(&self) -> i64 {
        match self.began_ms.load(Ordering::SeqCst) {
            UNKNOWN => SystemClock.now_ms(),
            began_ms => began_ms.saturating_add(millis(self.began.elapsed())),
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn clock_after_a_reading_is_the_databases_and_not_the_hosts() {
        let clock = DatabaseClock::default();
        let host_ms = SystemClock.now_ms();
        assert!((clock.now_ms() - host_ms).abs() < HOUR_MS, "not read yet");
        clock.learn(host_ms + 5 * HOUR_MS, clock.began, Duration::ZERO);
        let ahead = clock.now_ms() - host_ms;
        assert!((5 * HOUR_MS..6 * HOUR_MS).contains(&ahead), "{ahead}");
        assert!(clock.now_ms() <= clock.now_ms(), "it goes on");
    }

    #[test]
    fn slow_reading_counts_only_if_there_is_no_other() {
        let clock = DatabaseClock::default();
        let began_ms = || clock.began_ms.load(Ordering::SeqCst);
        clock.learn(10_000, clock.began, Duration::from_secs(2));
        assert_eq!(began_ms(), 9_000, "half of it after the question");
        clock.learn(20_000, clock.began, Duration::from_secs(2));
        assert_eq!(began_ms(), 9_000);
        clock.learn(20_000, clock.began, Duration::from_millis(500));
        assert_eq!(began_ms(), 19_750);
    }
}
