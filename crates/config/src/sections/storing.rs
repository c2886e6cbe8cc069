//! Data folder and database.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::alternative::same;
use crate::declare::settings;
use crate::secret::Secret;

settings! {
    /// Data folder.
    data: DataConfig {
        /// Folder of the embedded database and index, and of the generated admin key.
        dir: PathBuf = PathBuf::from("./data"), "SOUK_DATA_DIR", common_flag "--data-dir";
    }

    /// Imports over the admin API.
    import: ImportConfig {
        /// Maximum size of an uploaded file; 413 above it.
        max_bytes: u64 = 1_000_000_000, "SOUK_IMPORT_MAX_BYTES", range 1..=4_000_000_000;
    }

    /// Database.
    database: DatabaseConfig {
        /// URL of a PostgreSQL database, such as `postgres://user:password@host/souk`. Unset: SQLite in the data folder.
        url: Option<Secret> = None, "DATABASE_URL", flag "--database-url", rule ("be a valid URL that starts with postgres://, its password percent-encoded; unset it to use SQLite in the data folder", is_postgres);
        /// Maximum of open connections.
        max_connections: u32 = 16, "SOUK_DATABASE_MAX_CONNECTIONS", range 1..=10_000, unit "connections", or &[same("PG_MAX_CONNECTIONS")];
        /// Connections that are kept open when idle, at most the maximum.
        min_connections: u32 = 0, "SOUK_DATABASE_MIN_CONNECTIONS", range 0..=10_000, unit "connections", or &[same("PG_MIN_CONNECTIONS")];
        /// Age at which a connection is replaced; 0: never.
        max_lifetime_secs: u64 = 1_800, "SOUK_DATABASE_MAX_LIFETIME_SECS", range 0..=604_800;
        /// Time until an idle connection above the minimum is closed; 0: never.
        idle_timeout_secs: u64 = 600, "SOUK_DATABASE_IDLE_TIMEOUT_SECS", range 0..=604_800;
        /// Prepared statements that each connection keeps.
        statement_cache: usize = 100, "SOUK_DATABASE_STATEMENT_CACHE", range 1..=10_000, unit "statements";
        /// Name in `pg_stat_activity`, at most 63 bytes. Unset: `souk` or `souk-indexer`, unless the URL names another.
        application_name: String = String::new(), "SOUK_DATABASE_APPLICATION_NAME", rule ("have at most 63 bytes of printable ASCII", |name| name.len() < 64 && name.bytes().all(|byte| matches!(byte, b' '..=b'~')));
        /// Time limit of a statement on PostgreSQL, except in import, export and migration; 0: the server's own.
        statement_timeout_ms: u64 = 0, "SOUK_DATABASE_STATEMENT_TIMEOUT_MS", range 0..=86_400_000;
        /// Idle time after which PostgreSQL probes a connection, so that firewalls keep it; 0: the server's own.
        tcp_keepalive_secs: u64 = 0, "SOUK_DATABASE_TCP_KEEPALIVE_SECS", range 0..=32_767;
        /// Longest wait of a request for a connection.
        acquire_timeout_ms: u64 = 1_000, "SOUK_DATABASE_ACQUIRE_TIMEOUT_MS", range 1..=60_000;
        /// Duration from which a statement is logged, without its values; 0: none is logged.
        slow_query_ms: u64 = 1_000, "SOUK_SLOW_QUERY_MS", range 0..=86_400_000, flag "--slow-query-ms";
    }
}

fn is_postgres(url: &str) -> bool {
    // An empty one is unset.
    let is_scheme = url.starts_with("postgres://") || url.starts_with("postgresql://");
    // Drivers quote what they cannot parse, its password included.
    url.is_empty() || (is_scheme && Url::parse(url).is_ok())
}

impl DatabaseConfig {
    /// Returns the duration from which statements are logged; `None` if none is.
    pub fn slow_query(&self) -> Option<Duration> {
        (self.slow_query_ms > 0).then(|| Duration::from_millis(self.slow_query_ms))
    }
}

impl DataConfig {
    /// Returns the file of the embedded database.
    pub fn database_file(&self) -> PathBuf {
        self.dir.join("souk.db")
    }

    /// Returns the folder of the embedded index.
    pub fn index_dir(&self) -> PathBuf {
        self.dir.join("index")
    }

    /// Returns the file of the generated admin key.
    pub fn admin_key_file(&self) -> PathBuf {
        self.dir.join("admin-key")
    }

    /// Returns the file that exists while the demo catalogue is generated.
    pub fn demo_mark(&self) -> PathBuf {
        self.dir.join("demo-unfinished")
    }

    /// Returns the file of the hot cache keys, used without Redis.
    pub fn hottest_file(&self) -> PathBuf {
        self.dir.join("hot_keys")
    }

    /// Returns the folder of uploaded files. Several API processes may share it.
    pub fn imports_dir(&self) -> PathBuf {
        self.dir.join("imports")
    }

    /// Returns the folder of mails, used without a mail server.
    pub fn mailbox_dir(&self) -> PathBuf {
        self.dir.join("mailbox")
    }

    /// Returns the file whose lock a serving process holds.
    pub fn lock_file(&self) -> PathBuf {
        self.dir.join("lock")
    }
}
