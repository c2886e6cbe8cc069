//! Settings of the servers in one place; a test compares them with `docker-compose.yml`.

/// Names and values, as the server itself calls them.
pub(crate) type Settings = &'static [(&'static str, &'static str)];

/// Purpose for which servers are started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be used: data outlive the process, and a power cut.
    Use,
    /// To be tested against: nothing in them is worth a wait.
    Tests,
}

impl Purpose {
    /// Settings of PostgreSQL.
    pub(crate) fn postgres(self) -> Settings {
        match self {
            Self::Use => POSTGRES,
            Self::Tests => POSTGRES_FOR_TESTS,
        }
    }

    /// Settings of Redis.
    pub(crate) fn redis(self) -> Settings {
        match self {
            Self::Use => REDIS,
            Self::Tests => REDIS_FOR_TESTS,
        }
    }

    /// Settings of the Elasticsearch node.
    pub(crate) fn elasticsearch(self) -> Settings {
        match self {
            Self::Use => ELASTICSEARCH,
            Self::Tests => ELASTICSEARCH_FOR_TESTS,
        }
    }

    /// The database in PostgreSQL that is connected to.
    pub(crate) fn database(self) -> &'static str {
        match self {
            Self::Use => DATABASE,
            // Tests make their own, from here.
            Self::Tests => "postgres",
        }
    }
}

/// The superuser of the PostgreSQL cluster.
pub(crate) const DATABASE_USER: &str = "souk";
const DATABASE: &str = "souk";

const POSTGRES: Settings = &[
    ("max_connections", "200"),
    ("shared_buffers", "1GB"),
    ("max_wal_size", "2GB"),
    // Disks without a moving head: an index is worth its pages.
    ("random_page_cost", "1.1"),
];

/// A power cut may lose what tests wrote, hence `fsync`. A killed server may not: fault trials kill it and expect every
/// acknowledged commit, so `synchronous_commit` stays on. Every test has pools of its own, hence the many connections.
const POSTGRES_FOR_TESTS: Settings = &[
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "500"),
    ("max_wal_size", "2GB"),
];

const REDIS: Settings = &[
    ("maxmemory", "512mb"),
    ("maxmemory-policy", "allkeys-lru"),
    // What is kept here can be made again, but not everyone's at once.
    ("appendonly", "yes"),
];

const REDIS_FOR_TESTS: Settings = &[
    ("maxmemory", "512mb"),
    ("maxmemory-policy", "allkeys-lru"),
    ("save", ""),
    ("appendonly", "no"),
];

const ELASTICSEARCH: Settings = &[("cluster.name", "souk"), ("discovery.type", "single-node")];

/// A build machine's disk may be nearly full, which is no reason to refuse writes.
const ELASTICSEARCH_FOR_TESTS: Settings = &[
    ("cluster.name", "souk-tests"),
    ("discovery.type", "single-node"),
    ("cluster.routing.allocation.disk.threshold_enabled", "false"),
];

/// Settings of Prometheus.
pub(crate) const PROMETHEUS: Settings = &[("storage.tsdb.retention.time", "15d")];

/// Memory of the Elasticsearch node, as its JVM takes it.
pub(crate) const ELASTICSEARCH_HEAP: [&str; 2] = ["-Xms512m", "-Xmx1g"];

/// The addresses that turn Souk's embedded parts into services.
pub(crate) struct Addresses {
    pub(crate) database: String,
    pub(crate) elasticsearch: String,
    pub(crate) redis: String,
}

/// For an API that is asked thousands of times from one address.
pub(crate) const UNLIMITED: (&str, &str) = ("ENABLE_RATE_LIMITING", "false");

/// Environment of the API. Metrics are served where `metrics` says, if anywhere.
pub(crate) fn api_environment(
    addresses: &Addresses,
    listen: &str,
    metrics: &str,
    data: &str,
    admin_key: &str,
) -> Vec<(&'static str, String)> {
    let mut environment = indexer_environment(addresses, metrics, data);
    environment.extend([
        ("SOUK_LISTEN", listen.to_owned()),
        // The front tier, where there is one.
        ("TRUSTED_PROXIES", "127.0.0.1".to_owned()),
        // Empty counts as unset: then one is made at the first start and kept with the data.
        ("SOUK_ADMIN_KEY", admin_key.to_owned()),
    ]);
    environment
}

/// Environment of the indexer. Metrics are served where `metrics` says, if anywhere.
pub(crate) fn indexer_environment(
    addresses: &Addresses,
    metrics: &str,
    data: &str,
) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", addresses.database.clone()),
        ("ELASTICSEARCH_URL", addresses.elasticsearch.clone()),
        // There is one node: a copy of a shard would have nowhere to be.
        ("ELASTICSEARCH_REPLICAS", "0".to_owned()),
        ("REDIS_URL", addresses.redis.clone()),
        // Empty counts as unset.
        ("SOUK_METRICS_LISTEN", metrics.to_owned()),
        ("SOUK_DATA_DIR", data.to_owned()),
    ]
}
