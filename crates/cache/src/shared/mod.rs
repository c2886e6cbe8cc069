//! Shared tier in Redis. Each decision is one script, hence atomic.

mod backlog;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use redis::{FromRedisValue, Script, Value};
use souk_domain::TenantId;
use souk_redis::{Connected, Redis, RedisFailure};

use crate::tag::{self, Tag};

pub(crate) use backlog::Look;

/// Most tags that the log of a tenant holds.
const REMEMBERED: usize = 50_000;
/// Keys per step of a deletion by pattern.
const SCANNED: usize = 500;

/// First character of a message with a name pattern instead of tags.
pub(crate) const PATTERN: &str = "~";

/// Shared tier, cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    redis: Redis,
    scripts: Arc<Scripts>,
}

#[derive(Debug)]
struct Scripts {
    fetch: Script,
    store: Script,
    invalidate: Script,
    flush: Script,
}

/// Start of a load, by the version of the log and the clock of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Begun {
    era: String,
    version: u64,
    at_ms: u64,
}

/// Result of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// Start of a load that begins now.
    pub(crate) begun: Begun,
    /// Entry without later changes, if any.
    pub(crate) found: Option<SharedEntry>,
}

/// Entry of the shared tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SharedEntry {
    /// Age since the start of its load.
    pub(crate) age: Duration,
    pub(crate) tags: Vec<Tag>,
    pub(crate) body: Bytes,
}

impl Shared {
    pub(crate) fn new(redis: Redis) -> Self {
        let script = |code: &str| Script::new(&format!("{}{code}", include_str!("era.lua")));
        Self {
            redis,
            scripts: Arc::new(Scripts {
                fetch: script(include_str!("fetch.lua")),
                store: script(include_str!("store.lua")),
                invalidate: script(include_str!("invalidate.lua")),
                flush: script(include_str!("flush.lua")),
            }),
        }
    }

    pub(crate) fn redis(&self) -> &Redis {
        &self.redis
    }

    /// Returns the channel of invalidations.
    pub(crate) fn channel(&self) -> String {
        self.redis.key("drops")
    }

    /// Returns a key with the tenant's id in braces, so that a cluster keeps the tenant's keys on one node.
    fn key(&self, tenant: TenantId, name: &str) -> String {
        self.redis.key(format_args!("{{{tenant}}}:{name}"))
    }

    fn log(&self, tenant: TenantId) -> String {
        self.key(tenant, "ledger")
    }

    /// Looks up an entry.
    pub(crate) async fn fetch(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Fetched, RedisFailure> {
        let (log, entry) = (self.log(tenant), self.key(tenant, name));
        self.redis
            .execute(
                async |Connected {
                           mut connection,
                           run_id,
                           ..
                       }| {
                    let mut fetch = self.scripts.fetch.key(log);
                    fetch.key(entry).arg(&*run_id).arg(nonce());
                    read_fetched(fetch.invoke_async(&mut connection).await?)
                },
            )
            .await
    }

    /// Stores an entry unless one of its tags was invalidated since the load began. Returns whether it was stored.
    pub(crate) async fn store(
        &self,
        begun: &Begun,
        tenant: TenantId,
        name: &str,
        tags: &[Tag],
        body: &Bytes,
        lifetime: Duration,
    ) -> Result<bool, RedisFailure> {
        let (log, entry) = (self.log(tenant), self.key(tenant, name));
        let lifetime = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
        self.redis
            .execute(
                async |Connected {
                           mut connection,
                           run_id,
                           ..
                       }| {
                    let mut store = self.scripts.store.key(log);
                    store.key(entry).arg(&*run_id).arg(nonce());
                    store.arg(&begun.era).arg(begun.version).arg(begun.at_ms);
                    store
                        .arg(tag::written(tags))
                        .arg(&**body)
                        .arg(lifetime.max(1));
                    store.invoke_async(&mut connection).await
                },
            )
            .await
    }

    /// Invalidates tags of a tenant here and in every process.
    pub(crate) async fn invalidate_tags(
        &self,
        tenant: TenantId,
        tags: &[Tag],
    ) -> Result<(), RedisFailure> {
        let (log, tags) = (self.log(tenant), tag::written(tags));
        let message = format!("{tenant} {tags}");
        self.redis
            .execute(
                async |Connected {
                           mut connection,
                           run_id,
                           ..
                       }| {
                    let mut invalidate = self.scripts.invalidate.key(log);
                    invalidate.arg(&*run_id).arg(nonce()).arg(self.channel());
                    invalidate.arg(message).arg(tags).arg(REMEMBERED);
                    invalidate.invoke_async(&mut connection).await
                },
            )
            .await
    }

    /// Flushes a tenant here and in every process.
    pub(crate) async fn flush(&self, tenant: TenantId) -> Result<(), RedisFailure> {
        let log = self.log(tenant);
        let message = format!("{tenant} {}", Tag::All);
        self.redis
            .execute(
                async |Connected {
                           mut connection,
                           run_id,
                           ..
                       }| {
                    let mut flush = self.scripts.flush.key(log);
                    flush
                        .arg(&*run_id)
                        .arg(nonce())
                        .arg(self.channel())
                        .arg(message);
                    flush.invoke_async(&mut connection).await
                },
            )
            .await
    }

    /// Publishes a message on a channel.
    pub(crate) async fn publish(&self, channel: &str, message: &str) -> Result<(), RedisFailure> {
        self.redis
            .execute(async |Connected { mut connection, .. }| {
                let mut publish = redis::cmd("PUBLISH");
                publish.arg(channel).arg(message);
                publish.query_async(&mut connection).await
            })
            .await
    }

    /// Makes every process remove entries by name pattern.
    pub(crate) async fn publish_removal(
        &self,
        tenant: TenantId,
        pattern: &str,
    ) -> Result<(), RedisFailure> {
        let message = format!("{tenant} {PATTERN}{pattern}");
        self.publish(&self.channel(), &message).await
    }

    /// Deletes a tenant's entries whose names match a `KEYS` pattern and returns their number. Works in small steps
    /// so that other requests are not delayed.
    pub(crate) async fn delete_matching(
        &self,
        tenant: TenantId,
        pattern: &str,
    ) -> Result<u64, RedisFailure> {
        let log = self.log(tenant);
        self.delete_keys(&self.key(tenant, pattern), |key| key != log)
            .await
    }

    /// Deletes all keys of a tenant, its log included.
    pub(crate) async fn delete_all(&self, tenant: TenantId) -> Result<(), RedisFailure> {
        let deleted = self.delete_keys(&self.key(tenant, "*"), |_| true).await;
        deleted.map(drop)
    }

    /// Deletes the keys that match a pattern and that `includes` accepts, and returns their number.
    async fn delete_keys(
        &self,
        pattern: &str,
        includes: impl Fn(&str) -> bool,
    ) -> Result<u64, RedisFailure> {
        let (mut cursor, mut deleted) = (0_u64, 0);
        loop {
            let (next, mut keys): (u64, Vec<String>) = self
                .redis
                .execute(async |Connected { mut connection, .. }| {
                    let mut scan = redis::cmd("SCAN");
                    scan.arg(cursor).arg("MATCH").arg(pattern);
                    scan.arg("COUNT").arg(SCANNED);
                    scan.query_async(&mut connection).await
                })
                .await?;
            keys.retain(|key| includes(key));
            if !keys.is_empty() {
                deleted += self
                    .redis
                    .execute(async |Connected { mut connection, .. }| {
                        let mut unlink = redis::cmd("UNLINK");
                        unlink.arg(&keys).query_async::<u64>(&mut connection).await
                    })
                    .await?;
            }
            cursor = next;
            if cursor == 0 {
                return Ok(deleted);
            }
        }
    }
}

/// Returns a random suffix for an era.
fn nonce() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// Parses the response of the fetch script.
fn read_fetched(answer: Vec<Value>) -> redis::RedisResult<Fetched> {
    let unexpected = || {
        (
            redis::ErrorKind::UnexpectedReturnType,
            "not what a fetch answers",
        )
    };
    let mut parts = answer.into_iter();
    let (era, version, at_ms) =
        FromRedisValue::from_redis_value(parts.next().ok_or_else(unexpected)?)?;
    let found = match parts.next() {
        None => None,
        Some(entry) => {
            let (age, tags, body): (i64, String, Vec<u8>) =
                FromRedisValue::from_redis_value(entry)?;
            Some(SharedEntry {
                // A server's clock may have been set back: then nobody knows how old it is.
                age: Duration::from_millis(u64::try_from(age).unwrap_or(u64::MAX)),
                tags: tag::read(&tags).ok_or_else(unexpected)?,
                body: body.into(),
            })
        }
    };
    Ok(Fetched {
        begun: Begun {
            era,
            version,
            at_ms,
        },
        found,
    })
}
