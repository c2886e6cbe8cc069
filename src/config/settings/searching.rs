//! Settings of search.

use super::{Setting, secret, setting};

pub(super) const SETTINGS: &[Setting] = &[
    setting(
        "search.timeout_ms",
        "SOUK_SEARCH_TIMEOUT_MS",
        "time before the database answers in the engine's place",
    ),
    setting(
        "search.pause_ms",
        "SOUK_SEARCH_BREAKER_COOLDOWN_MS",
        "time before an engine that failed is probed",
    ),
    setting(
        "search.places",
        "SOUK_SEARCH_MAX_CONCURRENCY",
        "most searches at a time; others get 503",
    ),
    setting(
        "search.engine_places",
        "SOUK_SEARCH_ENGINE_MAX_CONCURRENCY",
        "most searches that the engine works on at a time",
    ),
    setting(
        "search.fallback_places",
        "SOUK_SEARCH_FALLBACK_MAX_CONCURRENCY",
        "most searches that the database answers at a time",
    ),
    setting(
        "search.patience_ms",
        "SOUK_SEARCH_QUEUE_TIMEOUT_MS",
        "longest wait for a turn; after that 503",
    ),
    setting(
        "search.understanding_products",
        "SOUK_QUERY_UNDERSTANDING_PRODUCTS",
        "products that it is learnt from what texts mean; 0: it is not",
    ),
    setting(
        "search.understanding_refresh_secs",
        "SOUK_QUERY_UNDERSTANDING_REFRESH_SECS",
        "longest time until that is learnt again",
    ),
    setting(
        "search.slow_ms",
        "SOUK_SLOW_SEARCH_MS",
        "a search that takes as long is logged with its plan; 0: none is",
    ),
    secret(
        "elasticsearch.url",
        "ELASTICSEARCH_URL",
        "Elasticsearch; unset: the embedded index",
    ),
    secret(
        "elasticsearch.api_key",
        "ELASTICSEARCH_API_KEY",
        "an API key of Elasticsearch; unset: the user in its address, if any",
    ),
    setting(
        "elasticsearch.ca_certificate",
        "ELASTICSEARCH_CA_CERTIFICATE",
        "file of certificates to trust, besides the well-known ones",
    ),
    setting(
        "elasticsearch.index_prefix",
        "ELASTICSEARCH_INDEX_PREFIX",
        "what the names of indexes begin with",
    ),
    setting(
        "elasticsearch.shards",
        "ELASTICSEARCH_SHARDS",
        "primary shards of an index",
    ),
    setting(
        "elasticsearch.replicas",
        "ELASTICSEARCH_REPLICAS",
        "copies of each shard",
    ),
];
