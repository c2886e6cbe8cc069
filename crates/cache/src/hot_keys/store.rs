//! Storage of hot keys between runs, in Redis or in a file.

use std::{io, path::PathBuf};

use redis::Script;
use souk_redis::{Connected, Redis, RedisFailure};
use tokio::fs;

use super::HotKey;

/// Days until Redis expires keys that are not stored again.
const KEPT_DAYS: u32 = 30;

/// Storage of hot keys: Redis for all processes, else a file of one process.
#[derive(Debug, Clone)]
pub enum HotKeyStore {
    /// Sorted set by heat, merged from all processes.
    Redis(Redis),
    /// File with one key per line. The last process to store wins.
    File(PathBuf),
}

/// HotKeyStore that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum HotKeyStoreError {
    /// Failed Redis request.
    #[error("not in Redis")]
    Redis(#[from] RedisFailure),
    /// Failed file operation.
    #[error("not in {path}")]
    File {
        /// Path of the file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
}

impl HotKeyStore {
    /// Returns up to `most` keys, hottest first; empty if nothing was stored.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn load(&self, most: usize) -> Result<Vec<HotKey>, HotKeyStoreError> {
        match self {
            Self::Redis(redis) => Ok(load_shared(redis, most).await?),
            Self::File(path) => match fs::read_to_string(path).await {
                Ok(text) => Ok(text.lines().filter_map(read).take(most).collect()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(vec![]),
                Err(source) => Err(failed(path, source)),
            },
        }
    }

    /// Stores keys; up to `most` are kept, those of other processes included.
    ///
    /// # Errors
    /// If it cannot be written.
    pub async fn store(&self, hot_keys: &[HotKey], most: usize) -> Result<(), HotKeyStoreError> {
        if hot_keys.is_empty() {
            return Ok(());
        }
        match self {
            Self::Redis(redis) => Ok(store_shared(redis, hot_keys, most).await?),
            Self::File(path) => {
                let lines = hot_keys.iter().take(most).map(|hot| written(hot) + "\n");
                let text: String = lines.collect();
                // Whole or not at all.
                let unfinished = path.with_extension(std::process::id().to_string());
                let writing = async {
                    fs::write(&unfinished, text).await?;
                    fs::rename(&unfinished, path).await
                };
                writing.await.map_err(|source| failed(path, source))
            }
        }
    }
}

fn failed(path: &std::path::Path, source: io::Error) -> HotKeyStoreError {
    HotKeyStoreError::File {
        path: path.to_owned(),
        source,
    }
}

async fn load_shared(redis: &Redis, most: usize) -> Result<Vec<HotKey>, RedisFailure> {
    let key = redis.key("hot_keys");
    let found: Vec<(String, f64)> = redis
        .execute(async |Connected { mut connection, .. }| {
            let mut range = redis::cmd("ZREVRANGE");
            range
                .arg(key)
                .arg(0)
                .arg(most.saturating_sub(1))
                .arg("WITHSCORES");
            range.query_async(&mut connection).await
        })
        .await?;
    let read = found
        .into_iter()
        .filter_map(|(name, heat)| read_name(&name, heat));
    Ok(read.collect())
}

async fn store_shared(redis: &Redis, hot_keys: &[HotKey], most: usize) -> Result<(), RedisFailure> {
    let key = redis.key("hot_keys");
    let script = Script::new(include_str!("store.lua"));
    redis
        .execute(async |Connected { mut connection, .. }| {
            let mut store = script.key(key);
            store.arg(most).arg(KEPT_DAYS * 24 * 60 * 60);
            for hot in hot_keys {
                store
                    .arg(hot.heat)
                    .arg(format!("{} {}", hot.tenant, hot.address));
            }
            store.invoke_async(&mut connection).await
        })
        .await
}

fn written(hot: &HotKey) -> String {
    format!("{} {} {}", hot.heat, hot.tenant, hot.address)
}

/// Parses a line.
fn read(line: &str) -> Option<HotKey> {
    let (heat, name) = line.split_once(' ')?;
    read_name(name, heat.parse().ok()?)
}

fn read_name(name: &str, heat: f64) -> Option<HotKey> {
    let (tenant, address) = name.split_once(' ')?;
    Some(HotKey {
        tenant: tenant.parse().ok()?,
        address: address.to_owned(),
        heat,
    })
    .filter(|hot| hot.heat.is_finite() && hot.address.starts_with('/'))
}
