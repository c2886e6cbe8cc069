//! Counting of the outbox, shared by all processes where there is Redis, and seldom where it takes long.

use std::time::{Duration, Instant};

use souk_redis::{Look, Redis, SharedValue};
use souk_store::OutboxStats;

/// Lifetime of a count that took no time, a little less than two intervals between checks.
const LEAST_LIFETIME: Duration = Duration::from_millis(1_900);
/// Lifetime of a count in relation to the time that it took: so counting takes a twentieth of one connection at most.
const LIFETIME_PER_EFFORT: u32 = 20;
/// Time after which another process counts in place of one that began to.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counter of the outbox.
#[derive(Debug)]
pub(super) struct OutboxCounter {
    shared: Option<SharedValue>,
    /// Time from which this process counts again, where nothing is shared.
    due_at: Option<Instant>,
}

impl OutboxCounter {
    /// Creates a counter that shares counts over Redis, if there is one.
    pub(super) fn new(redis: Option<&Redis>) -> Self {
        let shared = redis.map(|redis| SharedValue::new(redis.clone(), "outbox"));
        Self {
            shared,
            due_at: None,
        }
    }

    /// Returns the newest count, of this process or another; an inner `None` if counting failed, and `None` while the
    /// last count holds.
    pub(super) async fn count(
        &mut self,
        count: impl Future<Output = Option<OutboxStats>>,
    ) -> Option<Option<OutboxStats>> {
        let look = match &self.shared {
            Some(shared) => shared.look(PATIENCE).await.ok(),
            None => None,
        };
        match look {
            Some(Look::Known(text)) => {
                if let Some(known) = read(&text) {
                    return Some(Some(known));
                }
            }
            Some(Look::Pending) => return None,
            Some(Look::Needed) => {}
            None if self.due_at.is_some_and(|due| Instant::now() < due) => return None,
            None => {}
        }
        let began = Instant::now();
        let counted = count.await;
        let lifetime = match counted {
            Some(_) => lifetime(began.elapsed()),
            None => LEAST_LIFETIME,
        };
        self.due_at = Some(began + lifetime);
        if let (Some(shared), Some(counted)) = (&self.shared, &counted) {
            // Without Redis each counts for itself.
            let _ = shared.share(&written(counted), lifetime).await;
        }
        Some(counted)
    }
}

/// Returns the time for which a count holds that took so long.
fn lifetime(took: Duration) -> Duration {
    (took * LIFETIME_PER_EFFORT).max(LEAST_LIFETIME)
}

/// Returns a count as text: rows, dead letters, and the time of the oldest row where there is one.
fn written(stats: &OutboxStats) -> String {
    let counts = format!("{} {}", stats.rows, stats.dead_letters);
    match stats.oldest_created_at_ms {
        Some(oldest) => format!("{counts} {oldest}"),
        None => counts,
    }
}

fn read(text: &str) -> Option<OutboxStats> {
    let mut parts = text.split(' ');
    let (rows, dead_letters) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let oldest = parts.next().map(str::parse).transpose().ok()?;
    Some(OutboxStats {
        rows,
        oldest_created_at_ms: oldest,
        dead_letters,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATS: OutboxStats = OutboxStats {
        rows: 7,
        oldest_created_at_ms: Some(1_700_000_000_000),
        dead_letters: 2,
    };

    #[test]
    fn shared_count_is_read_as_it_was_written() {
        let empty = OutboxStats {
            rows: 0,
            oldest_created_at_ms: None,
            dead_letters: 0,
        };
        for stats in [STATS, empty] {
            assert_eq!(read(&written(&stats)), Some(stats));
        }
        for text in ["", "7", "7 x", "7 2 x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn count_that_took_long_holds_longer() {
        assert_eq!(lifetime(Duration::from_millis(1)), LEAST_LIFETIME);
        assert_eq!(lifetime(Duration::from_millis(200)), Duration::from_secs(4));
    }

    #[tokio::test]
    async fn outbox_is_not_counted_again_while_the_last_count_holds() {
        let mut counter = OutboxCounter::new(None);
        assert_eq!(
            counter.count(async { Some(STATS) }).await,
            Some(Some(STATS))
        );
        let long = Duration::from_secs(3_600);
        counter.due_at = Some(Instant::now() + long);
        let again = counter.count(async { unreachable!("it holds") });
        assert_eq!(again.await, None);
        counter.due_at = Some(Instant::now());
        assert_eq!(counter.count(async { None }).await, Some(None));
    }
}
