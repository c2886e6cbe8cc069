//! Notifications between processes over Redis.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time;
use tracing::debug;

use crate::connection::{Connected, Redis, RedisFailure};

const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Notification of other processes over Redis. Delivery is not guaranteed, so receivers also poll.
#[derive(Debug, Clone)]
pub struct Signal {
    redis: Redis,
    channel: String,
}

impl Signal {
    /// Creates the signal of a name.
    pub fn new(redis: Redis, name: &str) -> Self {
        let channel = redis.key(format_args!("signal:{name}"));
        Self { redis, channel }
    }

    /// Notifies every listening process.
    ///
    /// # Errors
    /// See [`RedisFailure`].
    pub async fn send(&self) -> Result<(), RedisFailure> {
        self.redis
            .execute(async |Connected { mut connection, .. }| {
                let mut publish = redis::cmd("PUBLISH");
                publish.arg(&self.channel).arg("");
                publish.query_async(&mut connection).await
            })
            .await
    }

    /// Calls `heard` for each notification and after each gap, until it is cancelled.
    pub async fn listen(&self, heard: impl Fn()) {
        let mut pause = SHORTEST_PAUSE;
        loop {
            match self.listen_once(&heard, &mut pause).await {
                Ok(()) => debug!(self.channel, "signals are no longer heard"),
                Err(error) => debug!(self.channel, %error, "signals cannot be listened to"),
            }
            let jitter = rand::random_range(0.5..=1.0);
            time::sleep(pause.mul_f64(jitter)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Listens until the connection breaks.
    async fn listen_once(
        &self,
        heard: &impl Fn(),
        pause: &mut Duration,
    ) -> Result<(), RedisFailure> {
        let mut listening = self.redis.listen().await?;
        let subscribing = listening.subscribe(&self.channel);
        match time::timeout(LONGEST_PAUSE, subscribing).await {
            Ok(subscribed) => subscribed?,
            Err(_) => return Err(RedisFailure::Timeout(LONGEST_PAUSE)),
        }
        *pause = SHORTEST_PAUSE;
        // Between the subscription before and this one.
        heard();
        let mut messages = listening.on_message();
        while messages.next().await.is_some() {
            heard();
        }
        Ok(())
    }
}
