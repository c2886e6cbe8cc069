use figment::{
    Error, Metadata, Profile, Provider, Source,
    util::nest,
    value::{Dict, Map, Value},
};

/// One thing that can be set.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its place in `souk.toml`, such as `server.listen`.
    pub key: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// Whether its value is never shown.
    pub secret: bool,
    /// What it is, in one line.
    pub about: &'static str,
}

const fn setting(key: &'static str, variable: &'static str, about: &'static str) -> Setting {
    Setting {
        key,
        variable,
        secret: false,
        about,
    }
}

const fn secret(key: &'static str, variable: &'static str, about: &'static str) -> Setting {
    Setting {
        secret: true,
        ..setting(key, variable, about)
    }
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    setting(
        "server.listen",
        "SOUK_LISTEN",
        "address and port to listen on",
    ),
    setting(
        "server.request_timeout_ms",
        "SOUK_REQUEST_TIMEOUT_MS",
        "longest time for one request",
    ),
    setting(
        "server.header_timeout_ms",
        "SOUK_HEADER_TIMEOUT_MS",
        "time for the headers of a request to arrive",
    ),
    setting(
        "server.body_timeout_ms",
        "SOUK_BODY_TIMEOUT_MS",
        "time for the body of a request to arrive",
    ),
    setting(
        "server.idle_timeout_ms",
        "SOUK_IDLE_TIMEOUT_MS",
        "time that a connection is kept without a request",
    ),
    setting(
        "server.drain_timeout_ms",
        "SOUK_DRAIN_TIMEOUT_MS",
        "time for requests in flight at shutdown",
    ),
    setting(
        "server.max_connections",
        "SOUK_MAX_CONNECTIONS",
        "most connections at a time; more wait",
    ),
    setting(
        "server.max_url_bytes",
        "SOUK_MAX_URL_BYTES",
        "longest address of a request; longer gets 414",
    ),
    setting(
        "server.max_header_bytes",
        "SOUK_MAX_HEADER_BYTES",
        "all headers of a request together; more gets 431",
    ),
    setting(
        "proxy.trusted",
        "TRUSTED_PROXIES",
        "networks of proxies that may say for whom they ask",
    ),
    setting(
        "proxy.header",
        "SOUK_PROXY_HEADER",
        "where they do: `x_forwarded_for`, `forwarded` or `x_real_ip`",
    ),
    setting(
        "rate_limit.enabled",
        "ENABLE_RATE_LIMITING",
        "whether a client may ask for so much only",
    ),
    setting(
        "rate_limit.window_secs",
        "RATE_LIMIT_WINDOW_SECS",
        "the window of all quotas",
    ),
    setting(
        "rate_limit.max_requests",
        "RATE_LIMIT_MAX_REQUESTS",
        "requests of an address in a window",
    ),
    setting(
        "rate_limit.search_max_requests",
        "RATE_LIMIT_SEARCH_MAX_REQUESTS",
        "searches of an address; 0: counted with the rest",
    ),
    setting(
        "rate_limit.suggestions_max_requests",
        "RATE_LIMIT_SUGGESTIONS_MAX_REQUESTS",
        "suggestions of an address; 0: counted with the rest",
    ),
    setting(
        "rate_limit.events_max_requests",
        "RATE_LIMIT_EVENTS_MAX_REQUESTS",
        "requests of an address that tell what shoppers do; 0: counted with the rest",
    ),
    setting(
        "rate_limit.key_max_requests",
        "RATE_LIMIT_KEY_MAX_REQUESTS",
        "requests with a marketplace's key",
    ),
    setting(
        "rate_limit.admin_max_requests",
        "RATE_LIMIT_ADMIN_MAX_REQUESTS",
        "reads with the admin key",
    ),
    setting(
        "rate_limit.write_max_requests",
        "RATE_LIMIT_WRITE_MAX_REQUESTS",
        "changes with the admin key",
    ),
    setting(
        "cors.allowed_origins",
        "CORS_ALLOWED_ORIGINS",
        "origins whose pages may use the API, or `*`",
    ),
    setting(
        "cors.allowed_methods",
        "CORS_ALLOWED_METHODS",
        "with which methods",
    ),
    setting(
        "cors.allowed_headers",
        "CORS_ALLOWED_HEADERS",
        "with which headers",
    ),
    setting(
        "cors.allow_credentials",
        "CORS_ALLOW_CREDENTIALS",
        "whether with the browser's credentials",
    ),
    setting(
        "cors.max_age_secs",
        "CORS_MAX_AGE_SECS",
        "how long browsers may remember that",
    ),
    setting(
        "security.hsts_max_age_secs",
        "SOUK_HSTS_MAX_AGE_SECS",
        "how long browsers come with TLS only; 0: nothing is said",
    ),
    setting(
        "server.compression",
        "ENABLE_COMPRESSION",
        "whether answers are packed for clients that take it",
    ),
    setting(
        "data.dir",
        "SOUK_DATA_DIR",
        "folder of the embedded database and index",
    ),
    secret(
        "database.url",
        "DATABASE_URL",
        "PostgreSQL; unset: SQLite in the data folder",
    ),
    setting(
        "database.max_connections",
        "SOUK_DATABASE_MAX_CONNECTIONS",
        "most database connections",
    ),
    setting(
        "search.timeout_ms",
        "SOUK_SEARCH_TIMEOUT_MS",
        "time before the database answers in the engine's place",
    ),
    setting(
        "search.pause_ms",
        "SOUK_SEARCH_PAUSE_MS",
        "time before an engine that failed is probed",
    ),
    setting(
        "search.places",
        "SOUK_SEARCH_PLACES",
        "most searches at a time; others get 503",
    ),
    setting(
        "search.fallback_places",
        "SOUK_SEARCH_FALLBACK_PLACES",
        "most searches that the database answers at a time",
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
    setting(
        "indexer.in_process",
        "SOUK_INDEXER_IN_PROCESS",
        "whether serving indexes too: `auto`, `yes` or `no`",
    ),
    setting(
        "indexer.batch",
        "SOUK_INDEXER_BATCH",
        "changes indexed at once",
    ),
    setting(
        "indexer.workers",
        "SOUK_INDEXER_WORKERS",
        "batches under way at a time while many changes wait",
    ),
    setting(
        "indexer.lease_secs",
        "SOUK_INDEXER_LEASE_SECS",
        "time after which a killed process's changes are taken over",
    ),
    setting(
        "indexer.poll_ms",
        "SOUK_INDEXER_POLL_MS",
        "longest wait before looking for changes again",
    ),
    setting(
        "indexer.max_attempts",
        "SOUK_INDEXER_MAX_ATTEMPTS",
        "refusals of one document before it is a dead letter",
    ),
    setting(
        "indexer.sync_on_startup",
        "SYNC_PRODUCTS_ON_STARTUP",
        "`auto` fills an empty index, `always` builds it anew, `never`",
    ),
    setting(
        "indexer.verify_schedule",
        "SOUK_VERIFY_SCHEDULE",
        "when a sample is compared with the index, as cron; or `off`",
    ),
    setting(
        "indexer.verify_sample",
        "SOUK_VERIFY_SAMPLE",
        "how many products that sample has",
    ),
    setting(
        "indexer.verify_repair",
        "SOUK_VERIFY_REPAIR",
        "whether what differs in it is indexed again",
    ),
    setting(
        "indexer.prune_schedule",
        "SOUK_PRUNE_SCHEDULE",
        "when ended jobs, old dead letters and old figures are forgotten",
    ),
    setting(
        "indexer.keep_days",
        "SOUK_KEEP_DAYS",
        "how many days they are kept",
    ),
    setting(
        "indexer.dead_letters_schedule",
        "SOUK_DEAD_LETTERS_SCHEDULE",
        "when dead letters are tried again",
    ),
    setting(
        "indexer.tidy_schedule",
        "SOUK_TIDY_SCHEDULE",
        "when indexes that nobody needs are discarded",
    ),
    setting(
        "indexer.feedback_schedule",
        "SOUK_FEEDBACK_SCHEDULE",
        "when search learns from what shoppers did",
    ),
    setting(
        "indexer.analytics_half_life_days",
        "SOUK_ANALYTICS_HALF_LIFE_DAYS",
        "after how many days that counts half",
    ),
    setting(
        "indexer.popularity_max_changes",
        "SOUK_POPULARITY_MAX_CHANGES",
        "most products whose popularity is written at a time",
    ),
    setting(
        "indexer.suggestions_min_sessions",
        "SOUK_SUGGESTIONS_MIN_SESSIONS",
        "sessions that have to have asked a query on one day before others are offered it",
    ),
    setting(
        "indexer.analytics_keep_days",
        "SOUK_ANALYTICS_KEEP_DAYS",
        "how many days the figures of search analytics are kept",
    ),
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
    secret(
        "admin.key",
        "SOUK_ADMIN_KEY",
        "key of the admin API; unset: one is made",
    ),
    setting(
        "demo.enabled",
        "SOUK_DEMO",
        "whether a first start fills an empty database",
    ),
    setting(
        "demo.products",
        "SOUK_DEMO_PRODUCTS",
        "with how many products",
    ),
    setting(
        "log.filter",
        "SOUK_LOG",
        "what is logged, such as `info,souk=debug`",
    ),
    setting("log.format", "SOUK_LOG_FORMAT", "`text` or `json`"),
];

/// One value from the environment or the command line.
#[derive(Debug, Clone)]
pub struct Given {
    key: &'static str,
    origin: &'static str,
    value: String,
}

impl Given {
    /// A value given by a flag of the command line.
    pub fn flag(key: &'static str, flag: &'static str, value: impl Into<String>) -> Self {
        Self {
            key,
            origin: flag,
            value: value.into(),
        }
    }

    /// All values that the environment gives; `read` looks a variable up. An empty one counts as unset.
    pub fn from_environment(read: impl Fn(&str) -> Option<String>) -> Vec<Self> {
        SETTINGS
            .iter()
            .filter_map(|setting| {
                let value = read(setting.variable).filter(|value| !value.is_empty())?;
                Some(Self {
                    key: setting.key,
                    origin: setting.variable,
                    value,
                })
            })
            .collect()
    }
}

impl Provider for Given {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let nested = nest(self.key, Value::from(self.value.clone()));
        Ok(nested
            .into_dict()
            .map(|dict| Profile::Default.collect(dict))
            .unwrap_or_default())
    }
}

/// Where a value came from, in the words of someone who wants to change it.
pub(super) fn origin(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(Source::File(path)) => path.display().to_string(),
        Some(Source::Code(_)) => "default".to_owned(),
        _ => metadata.name.to_string(),
    }
}

/// A value as `souk config` shows it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(_, text) => text.clone(),
        Value::Bool(_, truth) => truth.to_string(),
        Value::Num(_, number) => {
            // Whole numbers are signed or not, as they came in.
            let whole = number.to_i128().map(|number| number.to_string());
            whole
                .or_else(|| number.to_u128().map(|number| number.to_string()))
                .or_else(|| number.to_f64().map(|number| number.to_string()))
                .unwrap_or_default()
        }
        _ => "(unset)".to_owned(),
    }
}
