//! Search and its engines.

use std::path::PathBuf;
use std::time::Duration;

use crate::alternative::same;
use crate::declare::settings;
use crate::secret::Secret;

settings! {
    /// Search.
    search: SearchConfig {
        /// Time limit of the search engine; the database answers after it.
        timeout_ms: u64 = 1_500, "SOUK_SEARCH_TIMEOUT_MS", range 1..=600_000;
        /// Time that the circuit breaker stays open after a failure.
        breaker_cooldown_ms: u64 = 1_000, "SOUK_SEARCH_BREAKER_COOLDOWN_MS", range 1..=600_000;
        /// Maximum of simultaneous searches; 503 above it.
        max_concurrency: usize = 512, "SOUK_SEARCH_MAX_CONCURRENCY", range 1..=100_000, unit "searches";
        /// Maximum of simultaneous searches in the engine; others queue.
        engine_max_concurrency: usize = 64, "SOUK_SEARCH_ENGINE_MAX_CONCURRENCY", range 1..=100_000, unit "searches";
        /// Maximum of simultaneous searches in the fallback database; others queue. Twice its spare cores is a good value.
        fallback_max_concurrency: usize = 4, "SOUK_SEARCH_FALLBACK_MAX_CONCURRENCY", range 1..=100_000, unit "searches";
        /// Maximum wait in the queue; 503 after it.
        queue_timeout_ms: u64 = 10_000, "SOUK_SEARCH_QUEUE_TIMEOUT_MS", range 0..=600_000;
        /// Products sampled per tenant to train query understanding; 0 disables it.
        query_understanding_products: u64 = 50_000, "SOUK_QUERY_UNDERSTANDING_PRODUCTS", range 0..=100_000_000, unit "products";
        /// Maximum age of the query understanding model.
        query_understanding_refresh_secs: u64 = 3_600, "SOUK_QUERY_UNDERSTANDING_REFRESH_SECS", range 1..=604_800;
        /// Folder of a sentence model (`model.safetensors`, `config.json`, `tokenizer.json`) to search the embedded index by meaning with. Unset: words alone.
        embeddings: PathBuf = PathBuf::new(), "SOUK_EMBEDDINGS";
        /// Duration from which a search is logged with its plan, without its words; 0: none is logged.
        slow_ms: u64 = 1_000, "SOUK_SLOW_SEARCH_MS", range 0..=86_400_000;
    }

    /// Elasticsearch cluster.
    elasticsearch: ElasticsearchConfig {
        /// URLs of nodes, separated by commas. User and password are taken from the first. Unset: the embedded index.
        url: Option<Secret> = None, "ELASTICSEARCH_URL", or &[same("ELASTICSEARCH_NODE")], flag "--elasticsearch-url";
        /// API key as issued by Elasticsearch. Unset: user and password of the URL, if any.
        api_key: Option<Secret> = None, "ELASTICSEARCH_API_KEY", flag "--elasticsearch-api-key";
        /// File of PEM certificates to trust besides the public authorities.
        ca_certificate: PathBuf = PathBuf::new(), "ELASTICSEARCH_CA_CERTIFICATE", flag "--elasticsearch-ca-certificate";
        /// Prefix of index names.
        index_prefix: String = "souk".to_owned(), "ELASTICSEARCH_INDEX_PREFIX", flag "--elasticsearch-index-prefix";
        /// Primary shards of an index.
        shards: u32 = 1, "ELASTICSEARCH_SHARDS", range 1..=1_024, unit "shards", flag "--elasticsearch-shards";
        /// Replicas of each shard.
        replicas: u32 = 1, "ELASTICSEARCH_REPLICAS", range 0..=100, unit "replicas", flag "--elasticsearch-replicas";
    }
}

impl SearchConfig {
    /// Returns the duration from which searches are logged; `None` if none is.
    pub fn slow(&self) -> Option<Duration> {
        (self.slow_ms > 0).then(|| Duration::from_millis(self.slow_ms))
    }
}
