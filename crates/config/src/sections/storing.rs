//! Data folder and database.

use std::path::PathBuf;
use std::time::Duration;

use crate::alternative::same;
use crate::declare::settings;
use crate::secret::Secret;

settings! {
    /// Data folder.
    data: DataConfig {
        /// Folder of the embedded database and index, and of the generated admin key.
        dir: PathBuf = PathBuf::from("./data"), "SOUK_DATA_DIR", flag "--data-dir";
    }

    /// Database.
    database: DatabaseConfig {
        /// URL of a PostgreSQL database, such as `postgres://user:password@host/souk`. Unset: SQLite in the data folder.
        url: Option<Secret> = None, "DATABASE_URL", flag "--database-url";
        /// Maximum of open connections.
        max_connections: u32 = 16, "SOUK_DATABASE_MAX_CONNECTIONS", at_least 1, or &[same("PG_MAX_CONNECTIONS")];
        /// Duration from which a statement is logged, without its values; 0: none is logged.
        slow_query_ms: u64 = 1_000, "SOUK_SLOW_QUERY_MS", flag "--slow-query-ms";
    }
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

    /// Returns the file whose lock a serving process holds.
    pub fn lock_file(&self) -> PathBuf {
        self.dir.join("lock")
    }
}
