//! The tier that processes share, in Redis. Every step that reads and decides is one script, hence atomic.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use redis::{FromRedisValue, Script, Value};
use souk_domain::TenantId;
use souk_redis::{Connected, Redis, RedisFailure};

use crate::tag::{self, Tag};

/// Drops that a tenant's log remembers, at most.
const REMEMBERED: usize = 50_000;
/// Keys looked at in one step of a deletion by pattern.
const SCANNED: usize = 500;

/// What a message about names begins with, where one about tags has a tag.
pub(crate) const PATTERN: &str = "~";

/// The tier; cheap to clone.
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

/// What a load has to show when it is stored: when it began, by the log's order and the server's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Begun {
    era: String,
    version: u64,
    at_ms: u64,
}

/// What a look at the tier came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// For a load that begins now.
    pub(crate) begun: Begun,
    /// An entry, if there is one that nothing has changed since.
    pub(crate) found: Option<Found>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// How long ago its load began.
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

    /// The channel on which every process hears of drops.
    pub(crate) fn channel(&self) -> String {
        self.redis.key("drops")
    }

    /// A tenant's keys have its id in braces, so that a cluster would keep them together.
    fn key(&self, tenant: TenantId, name: &str) -> String {
        self.redis.key(format_args!("{{{tenant}}}:{name}"))
    }

    fn log(&self, tenant: TenantId) -> String {
        self.key(tenant, "ledger")
    }

    /// Looks for an entry.
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

    /// Keeps an entry, and says whether it did: not if anything that it was made from has changed since the load began.
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

    /// Drops tags of a tenant here and in every process.
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

    /// Drops everything of a tenant, here and in every process, whatever is known of it here.
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

    /// Sends a message to whoever listens on a channel.
    pub(crate) async fn publish(&self, channel: &str, message: &str) -> Result<(), RedisFailure> {
        self.redis
            .execute(async |Connected { mut connection, .. }| {
                let mut publish = redis::cmd("PUBLISH");
                publish.arg(channel).arg(message);
                publish.query_async(&mut connection).await
            })
            .await
    }

    /// Has every process forget entries by their names.
    pub(crate) async fn publish_removal(
        &self,
        tenant: TenantId,
        pattern: &str,
    ) -> Result<(), RedisFailure> {
        let message = format!("{tenant} {PATTERN}{pattern}");
        self.publish(&self.channel(), &message).await
    }

    /// Deletes a tenant's entries whose names match a pattern as `KEYS` takes it, and says how many; a few at a time, so
    /// that nobody has to wait for it.
    pub(crate) async fn delete_matching(
        &self,
        tenant: TenantId,
        pattern: &str,
    ) -> Result<u64, RedisFailure> {
        let (log, pattern) = (self.log(tenant), self.key(tenant, pattern));
        let (mut cursor, mut deleted) = (0_u64, 0);
        loop {
            let (next, mut keys): (u64, Vec<String>) = self
                .redis
                .execute(async |Connected { mut connection, .. }| {
                    let mut scan = redis::cmd("SCAN");
                    scan.arg(cursor).arg("MATCH").arg(&pattern);
                    scan.arg("COUNT").arg(SCANNED);
                    scan.query_async(&mut connection).await
                })
                .await?;
            keys.retain(|key| *key != log);
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

/// Makes an era different from all others.
fn nonce() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// A fetch answers what a load has to show and, if there is an entry, its age, tags and body.
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
            Some(Found {
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
