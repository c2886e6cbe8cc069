//! A value that one process of several finds out for all of them.

use std::time::Duration;

use crate::{Connected, Redis, RedisFailure};

/// Value under a name of Redis, gone after its lifetime.
#[derive(Debug, Clone)]
pub struct SharedValue {
    redis: Redis,
    key: String,
    finder: String,
}

/// State of a shared value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Value, as old as its lifetime at most.
    Known(String),
    /// No value: this process is to find it out, and to share it.
    Needed,
    /// No value, but another process is finding it out.
    Pending,
}

impl SharedValue {
    /// Creates a handle on the value of a name.
    pub fn new(redis: Redis, name: &str) -> Self {
        // In braces, so that a cluster keeps both on one node.
        let key = redis.key(format_args!("{{{name}}}:value"));
        let finder = redis.key(format_args!("{{{name}}}:finder"));
        Self { redis, key, finder }
    }

    /// Returns the value. Without one, a single process is told to find it out within `patience`.
    ///
    /// # Errors
    /// See [`RedisFailure`].
    pub async fn look(&self, patience: Duration) -> Result<Look, RedisFailure> {
        let known = self.redis.execute(async |connected: Connected| {
            let Connected { mut connection, .. } = connected;
            let mut get = redis::cmd("GET");
            get.arg(&self.key)
                .query_async::<Option<String>>(&mut connection)
                .await
        });
        if let Some(known) = known.await? {
            return Ok(Look::Known(known));
        }
        let taken = self.redis.execute(async |connected: Connected| {
            let Connected { mut connection, .. } = connected;
            let mut take = redis::cmd("SET");
            take.arg(&self.finder).arg("").arg("NX");
            take.arg("PX").arg(millis(patience));
            take.query_async::<Option<String>>(&mut connection).await
        });
        Ok(match taken.await? {
            Some(_) => Look::Needed,
            None => Look::Pending,
        })
    }

    /// Shares the value for its lifetime, in place of the one before.
    ///
    /// # Errors
    /// See [`RedisFailure`].
    pub async fn share(&self, value: &str, lifetime: Duration) -> Result<(), RedisFailure> {
        self.redis
            .execute(async |connected: Connected| {
                let Connected { mut connection, .. } = connected;
                let mut sharing = redis::pipe();
                sharing.atomic();
                sharing.set(&self.key, value).ignore();
                sharing.pexpire(&self.key, millis(lifetime)).ignore();
                sharing.del(&self.finder).ignore();
                sharing.query_async::<()>(&mut connection).await
            })
            .await
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis())
        .unwrap_or(i64::MAX)
        .max(1)
}
