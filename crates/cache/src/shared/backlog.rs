//! Looks at the backlog that processes share, so that the database is not asked by each.
//!
//! A process that learns of a look knows how long ago it began by the clock of Redis, and counts that as waiting time:
//! what it concludes is never later than what the look has shown.

use std::time::Duration;

use redis::Script;
use souk_redis::{Connected, RedisFailure};

use super::Shared;

/// Age up to which a look serves others. Together with the interval between probes, well below the age of a watermark
/// that is relied on.
pub(crate) const RECENT: Duration = Duration::from_millis(600);
/// Lifetime of a look in Redis.
const KEPT_MS: u64 = 2_000;

/// Answer to who asks for the backlog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nobody has looked just now: to be done, and noted with this time of Redis, in milliseconds.
    Needed(u64),
    /// Waiting time of the oldest change, counted up to now.
    Shared(Duration),
}

impl Shared {
    /// Returns what is known of the backlog.
    pub(crate) async fn look(&self) -> Result<Look, RedisFailure> {
        let script = Script::new(include_str!("backlog.lua"));
        let (key, looking) = self.look_keys();
        let (needed, age, waits): (u8, u64, u64) = self
            .redis()
            .execute(
                async |Connected {
                           mut connection,
                           run_id,
                           ..
                       }| {
                    let mut look = script.key(&key);
                    look.key(&looking)
                        .arg(&*run_id)
                        .arg(RECENT.as_millis() as u64);
                    look.invoke_async(&mut connection).await
                },
            )
            .await?;
        Ok(match needed {
            // Redis cuts times off to milliseconds.
            0 => Look::Shared(Duration::from_millis(age.saturating_add(waits) + 1)),
            _ => Look::Needed(age),
        })
    }

    /// Tells the others of a look that began at a time of Redis.
    pub(crate) async fn note_look(&self, at_ms: u64, waits: Duration) -> Result<(), RedisFailure> {
        let (key, _) = self.look_keys();
        // Rounded up: waiting time is never counted too short.
        let waits = u64::try_from(waits.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX);
        self.redis()
            .execute(
                async |Connected {
                           mut connection,
                           run_id,
                           ..
                       }| {
                    let mut noting = redis::pipe();
                    noting.atomic();
                    noting.hset_multiple(
                        &key,
                        &[
                            ("run", run_id.to_string()),
                            ("at", at_ms.to_string()),
                            ("waits", waits.to_string()),
                        ],
                    );
                    noting.pexpire(&key, KEPT_MS as i64).ignore();
                    noting.query_async::<()>(&mut connection).await
                },
            )
            .await
    }

    fn look_keys(&self) -> (String, String) {
        // In braces, so that a cluster keeps both on one node.
        let key = |name: &str| self.redis().key(format_args!("{{backlog}}:{name}"));
        (key("look"), key("looking"))
    }
}

#[cfg(test)]
mod tests {
    use souk_redis::{Redis, RedisOptions};
    use souk_testkit::shared_redis;

    use super::*;

    #[tokio::test]
    async fn look_of_one_process_serves_the_others_at_its_age() {
        let (url, prefix) = shared_redis();
        let options = RedisOptions {
            prefix,
            request_timeout: Duration::from_secs(20),
            ..RedisOptions::new(url)
        };
        let redis = Redis::open(&options).unwrap();
        assert!(redis.connected_within(options.request_timeout).await);
        let [one, other] = [Shared::new(redis.clone()), Shared::new(redis)];
        let Look::Needed(at_ms) = one.look().await.unwrap() else {
            panic!("nobody has looked yet");
        };
        // As if it had begun a moment earlier.
        let begun_ms = at_ms - 250;
        one.note_look(begun_ms, Duration::from_micros(10_001))
            .await
            .unwrap();
        let kept = other.look().await.unwrap();
        // A busy machine may let it grow old meanwhile.
        if let Look::Shared(waits) = kept {
            assert!(waits >= Duration::from_millis(250 + 11), "{waits:?}");
        }
        one.note_look(at_ms - 10_000, Duration::ZERO).await.unwrap();
        if let Look::Shared(waits) = other.look().await.unwrap() {
            assert!(waits >= Duration::from_secs(10), "{waits:?}");
        }
    }
}
