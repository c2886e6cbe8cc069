//! Cache statistics and invalidations on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_cache::{CacheStats, Kind};

/// Cache statistics of this process.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminCache {
    /// Age of the invalidation watermark in milliseconds; absent while there is none.
    /// Above 900, answers are kept for some hundred milliseconds only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_behind_ms: Option<u64>,
    /// Each cache by itself, over all marketplaces.
    pub caches: Vec<AdminCacheStats>,
}

/// Statistics of one cache since the process started.
#[derive(Debug, Object, Serialize)]
pub struct AdminCacheStats {
    /// Name.
    pub name: String,
    /// Responses served from this process.
    pub hits: u64,
    /// Responses served from this process while being renewed.
    pub stale: u64,
    /// Share of requests answered from this process, from 0 to 1; absent before the first request.
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hit_rate: Option<f64>,
    /// Old responses served because what loads a newer one was away; counted as misses, too.
    pub stale_if_error: u64,
    /// Requests not answered from this process.
    pub misses: u64,
    /// Misses answered from Redis.
    pub shared_hits: u64,
    /// Loads from database or index, to answer or to renew.
    pub loads: u64,
    /// Entries evicted to make room.
    pub evictions: u64,
    /// Entries held.
    pub entries: u64,
    /// Upper bound of the bytes that entries take.
    pub bytes: u64,
}

/// Result of an invalidation.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminDropped {
    /// The tag: every answer with it is outdated from now on, in every process and in Redis. They are not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The pattern: every answer whose name matches is gone, in every process and in Redis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Number of answers that the pattern matched in Redis; absent for a tag, and where there is no Redis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<u64>,
}

impl AdminCacheStats {
    pub(super) fn new(kind: Kind, stats: CacheStats) -> Self {
        Self {
            name: kind.name().to_owned(),
            hits: stats.hits,
            stale: stats.stale,
            hit_rate: stats.hit_rate(),
            stale_if_error: stats.stale_if_error,
            misses: stats.misses,
            shared_hits: stats.shared_hits,
            loads: stats.loads,
            evictions: stats.evictions,
            entries: stats.entries,
            bytes: stats.bytes,
        }
    }
}
