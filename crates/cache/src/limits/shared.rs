use std::{sync::LazyLock, time::Duration};

use ::redis::Script;

use super::{Decision, Quota};
use crate::{Redis, RedisFailure};

const GCRA: &str = include_str!("gcra.lua");

/// By Redis's own clock: those of the processes differ.
const CLOCK: &str = "local time = redis.call('TIME')\nlocal now = tonumber(time[1]) * 1000000 + tonumber(time[2])\n";

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(&format!("{CLOCK}{GCRA}")));

/// The counts that all processes share.
#[derive(Debug)]
pub(super) struct Shared {
    redis: Redis,
    prefix: String,
    quota: Quota,
}

/// What the script answers: whether, how many more, and microseconds until the quota is whole and until the next.
type Answer = (bool, u32, u64, u64);

impl Shared {
    pub(super) fn new(redis: Redis, name: &str, quota: Quota) -> Self {
        Self {
            prefix: format!("limit:{name}"),
            redis,
            quota,
        }
    }

    /// One round trip, and one step for Redis: no two requests are counted on the same state.
    pub(super) async fn check(&self, client: &str) -> Result<Decision, RedisFailure> {
        let key = self.redis.key(format_args!("{}:{client}", self.prefix));
        let (interval, burst) = (self.quota.interval_us(), self.quota.max());
        let ask = |mut connected: crate::Connected| async move {
            let mut call = SCRIPT.key(key);
            call.arg(interval).arg(burst);
            call.invoke_async(&mut connected.connection).await
        };
        let answer: Answer = self.redis.ask(ask).await?;
        Ok(Decision::from(answer))
    }
}

impl From<Answer> for Decision {
    fn from((allowed, remaining, whole_us, retry_us): Answer) -> Self {
        Self {
            allowed,
            remaining,
            whole_in: Duration::from_micros(whole_us),
            retry_in: Duration::from_micros(retry_us),
        }
    }
}
