//! Cache statistics and invalidation.

pub mod response;

use poem_openapi::{OpenApi, param::Query};
use souk_cache::Kind;
use souk_redis::RedisFailure;

use self::response::{AdminCache, AdminCacheStats, AdminDropped};
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{CachePattern, CacheTag},
    },
    error::ApiError,
    http::{Allowed, JsonResponse, TenantContext},
};
use souk_identity::needed::{CacheDrop, CacheRead};

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

/// Operations on the cache.
pub struct AdminCacheApi;

#[OpenApi(prefix_path = "/api/admin/cache", tag = "Tag::Admin")]
impl AdminCacheApi {
    /// Show what the cache does
    #[oai(path = "/", method = "get", operation_id = "adminCache")]
    async fn stats(
        &self,
        _may: Allowed<CacheRead>,
        context: TenantContext,
    ) -> Result<StatsAnswer, ApiError> {
        let cache = &context.app.cache;
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
        _may: Allowed<CacheDrop>,
        context: TenantContext,
        /// Tag to invalidate: `all`, `search`, `categories`, `fandoms`, `sellers`, or such as `product:7`, `category:7`, `fandom:7`, `seller:7`.
        tag: Query<Option<CacheTag>>,
        /// Names of answers, such as `search:*`; `*` stands for anything.
        pattern: Query<Option<CachePattern>>,
    ) -> Result<DroppedAnswer, ApiError> {
        let (cache, tenant) = (&context.app.cache, context.tenant.id);
        let dropped = match (tag.0, pattern.0) {
            (Some(tag), None) => {
                cache
                    .invalidator()
                    .invalidate_tags(tenant, &[tag.0])
                    .await?;
                if let Some(purger) = &context.app.cdn.purger {
                    purger.purge(tenant, &[tag.0]);
                }
                AdminDropped {
                    tag: Some(tag.0.to_string()),
                    pattern: None,
                    deleted: None,
                }
            }
            (None, Some(pattern)) => AdminDropped {
                tag: None,
                deleted: cache.delete_matching(tenant, &pattern.0).await?,
                pattern: Some(pattern.0),
            },
            (None, None) => return Err(ApiError::parameter("tag", "is required, or `pattern`")),
            (Some(_), Some(_)) => {
                return Err(ApiError::parameter("pattern", "does not go with `tag`"));
            }
        };
        Ok(DroppedAnswer::Dropped(JsonResponse(dropped)))
    }
}

impl From<RedisFailure> for ApiError {
    fn from(error: RedisFailure) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
