//! Rate limiter in Redis, shared by all processes.

use std::{sync::LazyLock, time::Duration};

use redis::Script;
use souk_redis::{Connected, Redis, RedisFailure};

use crate::quota::{Decision, Quota};

const GCRA: &str = include_str!("gcra.lua");

/// Clock of Redis, because the clocks of processes differ.
const CLOCK: &str = "local time = redis.call('TIME')\nlocal now = tonumber(time[1]) * 1000000 + tonumber(time[2])\n";

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(&format!("{CLOCK}{GCRA}")));

/// Counts shared by all processes.
#[derive(Debug)]
pub(super) struct Shared {
    redis: Redis,
    prefix: String,
    quota: Quota,
}

/// Response of the script: allowed, remaining, microseconds until restored and until the next request.
type ScriptReply = (bool, u32, u64, u64);

impl Shared {
    pub(super) fn new(redis: Redis, name: &str, quota: Quota) -> Self {
        Self {
            prefix: format!("limit:{name}"),
            redis,
            quota,
        }
    }

    /// Counts a request in one round trip and one atomic step.
    pub(super) async fn check(&self, client: &str) -> Result<Decision, RedisFailure> {
        let key = self.redis.key(format_args!("{}:{client}", self.prefix));
        let (interval, burst) = (self.quota.interval_us(), self.quota.max());
        let ask = |mut connected: Connected| async move {
            let mut call = SCRIPT.key(key);
            call.arg(interval).arg(burst);
            call.invoke_async(&mut connected.connection).await
        };
        let answer: ScriptReply = self.redis.execute(ask).await?;
        Ok(Decision::from(answer))
    }
}

impl From<ScriptReply> for Decision {
    fn from((allowed, remaining, whole_us, retry_us): ScriptReply) -> Self {
        Self {
            allowed,
            remaining,
            whole_in: Duration::from_micros(whole_us),
            retry_in: Duration::from_micros(retry_us),
        }
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;
    use proptest::{
        prelude::*,
        test_runner::{Config, TestRunner},
    };
    use redis::Client;
    use souk_testkit::shared_redis;
    use tokio::runtime::Runtime;

    use super::*;
    use crate::local::Local;

    /// By a clock of the test's.
    const TOLD: &str = "local now = tonumber(ARGV[3])\n";
    const NOW_US: u64 = 1_750_000_000_000_000;

    /// Time passes, and then a client asks.
    #[derive(Debug, Clone)]
    struct Step {
        passes_us: u64,
        client: u8,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let passes_us = prop_oneof![
            3 => Just(0),
            3 => 0_u64..2_000_000,
            1 => 0_u64..20_000_000,
        ];
        let step = (passes_us, 0_u8..2).prop_map(|(passes_us, client)| Step { passes_us, client });
        proptest::collection::vec(step, 1..40)
    }

    /// Asks the script as if it were `now_us`.
    struct Model {
        connection: redis::aio::MultiplexedConnection,
        script: Script,
        prefix: String,
        quota: Quota,
    }

    impl Model {
        async fn check(&mut self, client: u8, now_us: u64) -> Decision {
            let mut call = self.script.key(format!("{}{client}", self.prefix));
            call.arg(self.quota.interval_us())
                .arg(self.quota.max())
                .arg(now_us);
            let answer: ScriptReply = call.invoke_async(&mut self.connection).await.unwrap();
            answer.into()
        }

        async fn forget(&mut self) {
            let keys = (0..2).map(|client| format!("{}{client}", self.prefix));
            let keys: Vec<_> = keys.collect();
            let _: u64 = redis::cmd("DEL")
                .arg(keys)
                .query_async(&mut self.connection)
                .await
                .unwrap();
        }
    }

    /// Redis and the process decide alike, so that nobody notices by whom a request was counted.
    #[test]
    fn the_script_decides_as_governor_does() {
        let runtime = Runtime::new().unwrap();
        let (url, prefix) = shared_redis();
        let client = Client::open(url).unwrap();
        let connection = runtime
            .block_on(client.get_multiplexed_async_connection())
            .unwrap();
        let mut runner = TestRunner::new(Config::with_cases(60));
        let cases = (1_u32..12, 1_u64..20, steps());
        let outcome = runner.run(&cases, |(max, secs, steps)| {
            let quota = Quota::new(max, Duration::from_secs(secs)).unwrap();
            let clock = FakeRelativeClock::default();
            let local = Local::with_clock(quota, clock.clone());
            let mut model = Model {
                connection: connection.clone(),
                script: Script::new(&format!("{TOLD}{GCRA}")),
                prefix: prefix.clone(),
                quota,
            };
            let mut now_us = NOW_US;
            runtime.block_on(async {
                model.forget().await;
                for step in &steps {
                    clock.advance(Duration::from_micros(step.passes_us));
                    now_us += step.passes_us;
                    let here = local.check(&step.client.to_string());
                    let there = model.check(step.client, now_us).await;
                    prop_assert_eq!(here.allowed, there.allowed, "{:?}", step);
                    prop_assert_eq!(here.remaining, there.remaining, "{:?}", step);
                    if !here.allowed {
                        prop_assert_eq!(here.retry_in, there.retry_in, "{:?}", step);
                        prop_assert_eq!(here.whole_in, there.whole_in, "{:?}", step);
                    }
                }
                Ok(())
            })
        });
        outcome.unwrap();
    }
}
