//! Cache statistics and invalidation.

use poem_openapi::{Object, OpenApi, param::Query};
use serde::Serialize;
use souk_cache::{CacheStats, Kind};
use souk_redis::RedisFailure;

use crate::{
    api::{
        Tag,
        answers::answers,
        params::{CachePattern, CacheTag},
    },
    error::ApiError,
    http::{AdminPrincipal, JsonResponse, TenantContext},
};

answers! {
    /// Answers of `adminCache`.
    StatsAnswer {
        200 "What the cache of this process did and holds." => Stats(JsonResponse<AdminCache>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminDropCache`.
    DroppedAnswer {
        200 "It is dropped." => Dropped(JsonResponse<AdminDropped>),
    } or BadRequest, Unauthorized, NotFound
}

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
    /// EngineResponse from this process.
    pub hits: u64,
    /// EngineResponse from this process, and renewed meanwhile.
    pub stale: u64,
    /// Not answered from this process.
    pub misses: u64,
    /// Of these, found in Redis.
    pub shared_hits: u64,
    /// Asked of database or index, to answer or to renew.
    pub loads: u64,
    /// Thrown out to make room.
    pub evictions: u64,
    /// Answers held.
    pub entries: u64,
    /// Bytes that they take at most.
    pub bytes: u64,
}

/// Result of an invalidation.
#[derive(Debug, Object, Serialize)]
pub struct AdminDropped {
    /// Number of entries that a pattern matched in Redis; 0 for a tag.
    pub deleted: u64,
}

/// Operations on the cache.
pub struct AdminCacheApi;

#[OpenApi(prefix_path = "/api/admin/cache", tag = "Tag::Admin")]
impl AdminCacheApi {
    /// Show what the cache does
    #[oai(path = "/", method = "get", operation_id = "adminCache")]
    async fn stats(
        &self,
        _admin: AdminPrincipal,
        market: TenantContext,
    ) -> Result<StatsAnswer, ApiError> {
        let cache = &market.app.cache;
        let behind = cache.freshness_lag();
        Ok(StatsAnswer::Stats(JsonResponse(AdminCache {
            proof_behind_ms: behind.map(|behind| behind.as_millis() as u64),
            caches: Kind::ALL
                .into_iter()
                .map(|kind| AdminCacheStats::new(kind, cache.stats(kind)))
                .collect(),
        })))
    }

    /// Drop answers
    ///
    /// Of this marketplace, in every process: those with a tag, also in a CDN that is told of changes, or those whose names
    /// match a pattern.
    #[oai(path = "/", method = "delete", operation_id = "adminDropCache")]
    async fn clear(
        &self,
        _admin: AdminPrincipal,
        market: TenantContext,
        /// Tag to invalidate: `all`, `search`, `categories`, `fandoms`, or such as `product:7`, `category:7`, `fandom:7`, `seller:7`.
        tag: Query<Option<CacheTag>>,
        /// Names of answers, such as `search:*`; `*` stands for anything.
        pattern: Query<Option<CachePattern>>,
    ) -> Result<DroppedAnswer, ApiError> {
        let (cache, tenant) = (&market.app.cache, market.tenant.id);
        let deleted = match (tag.0, pattern.0) {
            (Some(tag), None) => {
                cache
                    .invalidator()
                    .invalidate_tags(tenant, &[tag.0])
                    .await?;
                if let Some(purger) = &market.app.cdn.purger {
                    purger.purge(tenant, &[tag.0]);
                }
                0
            }
            (None, Some(pattern)) => cache.delete_matching(tenant, &pattern.0).await?,
            (None, None) => return Err(ApiError::parameter("tag", "is required, or `pattern`")),
            (Some(_), Some(_)) => {
                return Err(ApiError::parameter("pattern", "does not go with `tag`"));
            }
        };
        Ok(DroppedAnswer::Dropped(JsonResponse(AdminDropped {
            deleted,
        })))
    }
}

impl AdminCacheStats {
    fn new(kind: Kind, stats: CacheStats) -> Self {
        Self {
            name: kind.name().to_owned(),
            hits: stats.hits,
            stale: stats.stale,
            misses: stats.misses,
            shared_hits: stats.shared_hits,
            loads: stats.loads,
            evictions: stats.evictions,
            entries: stats.entries,
            bytes: stats.bytes,
        }
    }
}

impl From<RedisFailure> for ApiError {
    fn from(error: RedisFailure) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
