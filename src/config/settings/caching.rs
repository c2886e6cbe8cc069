//! Settings of caches and the CDN.

use super::{Setting, secret, setting};

pub(super) const SETTINGS: &[Setting] = &[
    secret(
        "cache.redis_url",
        "REDIS_URL",
        "Redis; unset: everything stays in the process",
    ),
    setting(
        "cache.redis_prefix",
        "REDIS_PREFIX",
        "what the names of keys in Redis begin with",
    ),
    setting(
        "cache.enabled",
        "SOUK_CACHE",
        "whether public answers are kept",
    ),
    setting(
        "cache.process_mb",
        "SOUK_CACHE_MB",
        "megabytes of them that each process keeps",
    ),
    setting(
        "cache.warm",
        "SOUK_CACHE_WARM",
        "answers loaded at the start and after a reindex; 0: none",
    ),
    setting(
        "cdn.url",
        "CDN_URL",
        "where images with a relative address are to be had",
    ),
    setting(
        "cdn.tag_header",
        "CDN_TAG_HEADER",
        "header with what an answer was made from: `cache-tag` or `surrogate-key`",
    ),
    secret(
        "cdn.purge_url",
        "CDN_PURGE_URL",
        "where a CDN is told of changes; unset: nowhere",
    ),
    secret(
        "cdn.purge_token",
        "CDN_PURGE_TOKEN",
        "what that is authorised by",
    ),
];
