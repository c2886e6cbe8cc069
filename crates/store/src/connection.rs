//! Connection pools, transactions and database options.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use log::LevelFilter;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, SqliteTransactionMode,
    TransactionOptions,
    sqlx::{
        self,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep},
};

use souk_breaker::{Breaker, BreakerState};

use crate::{
    Backend, Connection, StoreError, Transaction,
    availability::{Availability, PostgresProbe},
    bulk, error,
};

/// Time that a SQLite writer waits for writers of other processes.
const WRITER_TIMEOUT: Duration = Duration::from_secs(60);
/// Interval between attempts, short enough to fit between two batches of a concurrent import.
const WRITER_POLL: Duration = Duration::from_millis(3);
/// Pages of the SQLite file that the writer keeps in memory: enough for the tops of all its indexes.
const WRITER_CACHE_KIB: u32 = 32 << 10;
/// The same for each reader. There are many of them, and what they miss the system's cache has.
const READER_CACHE_KIB: u32 = 4 << 10;

/// Interval between probes of a connection whose peer does not answer.
const KEEPALIVE_INTERVAL_SECS: u128 = 10;
/// Probes without an answer after which a connection is given up.
const KEEPALIVE_PROBES: u128 = 3;

/// URL of the database and limits of the pool.
#[derive(Clone)]
pub struct DatabaseOptions {
    /// `postgres://...`, or `sqlite://PATH?mode=rwc`.
    pub url: String,
    /// Most connections that are open at once, for reading alone where the database is SQLite.
    pub max_connections: u32,
    /// Time a query waits for a free connection before it fails as unavailable.
    pub acquire_timeout: Duration,
    /// Connections that are kept open when idle, at most the maximum; the SQLite writer has one anyway.
    pub min_connections: u32,
    /// Age at which a connection is replaced; `None` never.
    pub max_lifetime: Option<Duration>,
    /// Time until an idle connection above the minimum is closed; `None` never.
    pub idle_timeout: Option<Duration>,
    /// Prepared statements that each connection keeps.
    pub statement_cache: usize,
    /// Name in `pg_stat_activity`, unless the URL gives one.
    pub application_name: String,
    /// Time limit of a statement, on PostgreSQL only; `None` leaves it to the server.
    pub statement_timeout: Option<Duration>,
    /// Idle time in whole seconds after which PostgreSQL probes the connection; `None` leaves it to the server.
    pub tcp_keepalive: Option<Duration>,
    /// Duration from which a statement is logged, without its values; `None` logs none.
    pub slow_query: Option<Duration>,
}

impl DatabaseOptions {
    /// Creates options for the database at a URL, with up to ten connections.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 10,
            acquire_timeout: Duration::from_secs(5),
            min_connections: 0,
            max_lifetime: Some(Duration::from_secs(30 * 60)),
            idle_timeout: Some(Duration::from_secs(10 * 60)),
            statement_cache: 100,
            application_name: "souk".to_owned(),
            statement_timeout: None,
            tcp_keepalive: None,
            slow_query: None,
        }
    }

    /// Options for a SQLite file, which is created if it is absent.
    pub fn file(path: &Path) -> Self {
        // What would end a path in an address, and what says that something is escaped.
        let path = path
            .to_string_lossy()
            .replace('%', "%25")
            .replace('?', "%3F")
            .replace('#', "%23");
        Self::new(format!("sqlite://{path}?mode=rwc"))
    }

    fn connect_options(&self) -> ConnectOptions {
        let mut options = ConnectOptions::new(&self.url);
        options
            .max_connections(self.max_connections)
            .min_connections(self.min_connections)
            .max_lifetime(self.max_lifetime)
            .idle_timeout(self.idle_timeout)
            .acquire_timeout(self.acquire_timeout)
            .sqlx_logging(self.slow_query.is_some())
            .sqlx_logging_level(LevelFilter::Off);
        if let Some(threshold) = self.slow_query {
            options.sqlx_slow_statements_logging_settings(LevelFilter::Warn, threshold);
        }
        options
    }

    fn postgres_options(&self) -> ConnectOptions {
        let (statement_cache, name) = (self.statement_cache, self.application_name.clone());
        let parameters = self.session_parameters();
        let mut options = self.connect_options();
        options.map_sqlx_postgres_opts(move |postgres| {
            let mut postgres = postgres.statement_cache_capacity(statement_cache);
            // The URL's own parameters win.
            if postgres.get_application_name().is_none() {
                postgres = postgres.application_name(&name);
            }
            let given = postgres.get_options().unwrap_or_default().to_owned();
            let others = parameters.iter().filter(|(key, _)| !given.contains(key));
            // PgBouncer rejects `options`, even empty ones.
            let others = others.collect::<Vec<_>>();
            match others.is_empty() {
                true => postgres,
                false => postgres.options(others.into_iter().map(|(key, value)| (key, value))),
            }
        });
        options
    }

    /// Returns the parameters of PostgreSQL sessions. The client's own socket cannot be configured, so the server
    /// probes idle connections: firewalls between the two see the same packets.
    fn session_parameters(&self) -> Vec<(&'static str, u128)> {
        let mut parameters = Vec::new();
        if let Some(timeout) = self.statement_timeout {
            parameters.push(("statement_timeout", timeout.as_millis()));
        }
        if let Some(idle) = self.tcp_keepalive {
            parameters.push(("tcp_keepalives_idle", idle.as_secs().into()));
            parameters.push(("tcp_keepalives_interval", KEEPALIVE_INTERVAL_SECS));
            parameters.push(("tcp_keepalives_count", KEEPALIVE_PROBES));
        }
        parameters
    }
}

impl fmt::Debug for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold a password.
        f.debug_struct("DatabaseOptions")
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .finish_non_exhaustive()
    }
}

/// The database. Cheap to clone.
///
/// SQLite takes one writer at a time. So there writes have a connection of their own, whose pool is the fair queue of
/// this process's writers, and readers, which see the last commit and wait for nobody, have the others.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Backend,
    traceparent: Option<Traceparent>,
    is_bulk: bool,
    readers: Connection,
    writers: Connection,
    availability: Option<Availability>,
    /// Told when this process has written a mail.
    pub(crate) mails: Arc<Notify>,
    /// Told when this process has written an event.
    pub(crate) events: Arc<watch::Sender<()>>,
}

/// Returns the W3C `traceparent` of the current work, if it is traced.
pub type Traceparent = fn() -> Option<String>;

/// Usage of a connection pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStats {
    /// Pool name: `readers` and `writer` on SQLite, else `all`.
    pub pool: &'static str,
    /// Connections in use.
    pub used: u32,
    /// Open connections that are not in use.
    pub idle: u32,
    /// Most connections that may be open.
    pub max: u32,
    /// Connections that are kept open.
    pub min: u32,
}

impl PoolStats {
    fn of<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self {
            pool: name,
            // The two are read one after the other.
            used: pool.size().saturating_sub(idle),
            idle,
            max: pool.options().get_max_connections(),
            min: pool.options().get_min_connections(),
        }
    }
}

impl Store {
    /// Opens the database; an absent SQLite file is made if the address says so. The schema is the migrations' matter.
    ///
    /// # Errors
    /// If the address is wrong or the database cannot be reached.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, StoreError> {
        if options.url.starts_with("sqlite:") {
            Self::connect_sqlite(options).await
        } else {
            let connection = Database::connect(options.postgres_options()).await?;
            let availability = Availability::default();
            let connection = Connection::guarded(connection, availability.clone());
            Ok(Self {
                traceparent: None,
                is_bulk: false,
                backend: Backend::Postgres,
                writers: connection.clone(),
                readers: connection,
                availability: Some(availability),
                mails: Arc::default(),
                events: Arc::new(watch::Sender::new(())),
            })
        }
    }

    async fn connect_sqlite(options: &DatabaseOptions) -> Result<Self, StoreError> {
        // `begin` does its own waiting, in shorter steps than SQLite does.
        let mut writer = sqlite_options(options, WRITER_POLL, WRITER_CACHE_KIB);
        writer
            .max_connections(1)
            .min_connections(options.min_connections.min(1))
            .acquire_timeout(WRITER_TIMEOUT.max(options.acquire_timeout));
        Ok(Self {
            traceparent: None,
            is_bulk: false,
            backend: Backend::Sqlite,
            writers: open_sqlite(&writer).await?.into(),
            readers: open_sqlite(&sqlite_options(options, WRITER_TIMEOUT, READER_CACHE_KIB))
                .await?
                .into(),
            availability: None,
            mails: Arc::default(),
            events: Arc::new(watch::Sender::new(())),
        })
    }

    /// Records the trace of the request with each change, on PostgreSQL only.
    #[must_use]
    pub fn traced(self, traceparent: Traceparent) -> Self {
        Self {
            traceparent: Some(traceparent),
            ..self
        }
    }

    /// Makes what is written through this store background, which waits behind single edits.
    #[must_use]
    pub fn in_bulk(self) -> Self {
        Self {
            is_bulk: true,
            ..self
        }
    }

    /// Returns the kind of database.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The connection for reading. To write, [`begin`](Self::begin) a transaction.
    pub fn connection(&self) -> &Connection {
        &self.readers
    }

    /// Probes PostgreSQL several times a second, until dropped. While it is away, or hangs, statements fail at once,
    /// also those under way. Never returns.
    pub async fn watch(&self) {
        let Some(availability) = &self.availability else {
            return std::future::pending().await;
        };
        let pool = self.readers.unguarded().get_postgres_connection_pool();
        let options = (*pool.connect_options()).clone();
        availability.watch(PostgresProbe::new(options)).await;
    }

    /// Returns the state of the breaker before PostgreSQL; `None` on SQLite.
    pub fn breaker(&self) -> Option<BreakerState> {
        self.availability.as_ref().map(|it| it.breaker().state())
    }

    /// Returns the number of times that breaker opened, failed probes not counted.
    pub fn breaker_openings(&self) -> u64 {
        let openings = |it: &Availability| Breaker::openings(it.breaker());
        self.availability.as_ref().map_or(0, openings)
    }

    /// Returns the current usage of each pool.
    pub fn pools(&self) -> Vec<PoolStats> {
        match self.backend {
            Backend::Postgres => vec![PoolStats::of(
                "all",
                self.readers.unguarded().get_postgres_connection_pool(),
            )],
            Backend::Sqlite => vec![
                PoolStats::of(
                    "readers",
                    self.readers.unguarded().get_sqlite_connection_pool(),
                ),
                PoolStats::of(
                    "writer",
                    self.writers.unguarded().get_sqlite_connection_pool(),
                ),
            ],
        }
    }

    /// Checks that the database responds.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.readers.ping().await?)
    }

    /// Closes every connection, when those in use are given back.
    ///
    /// # Errors
    /// If the database fails at it.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.unguarded().close_by_ref().await?;
        Ok(self.writers.unguarded().close_by_ref().await?)
    }

    /// Begins a transaction that writes. On SQLite it holds the write lock from its first moment, so that nothing in
    /// it can fail because another writer came first.
    ///
    /// # Errors
    /// If the database cannot be reached, or other processes keep it locked for a minute.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        if self.backend == Backend::Postgres {
            let mut transaction = self.begin_traced().await?;
            self.mark(&mut transaction).await?;
            return Ok(transaction.audited());
        }
        let deadline = Instant::now() + WRITER_TIMEOUT;
        loop {
            match self.begin_immediate().await {
                Err(busy) if error::is_busy(&busy) && Instant::now() < deadline => {
                    sleep(WRITER_POLL).await;
                }
                result => {
                    let mut transaction = result?;
                    self.mark(&mut transaction).await?;
                    return Ok(transaction.audited());
                }
            }
        }
    }

    async fn mark(&self, transaction: &mut Transaction) -> Result<(), StoreError> {
        match self.is_bulk {
            true => bulk::mark(self.backend, transaction).await,
            false => Ok(()),
        }
    }

    /// The outbox takes the trace out of the transaction, see `migrations/src/m0007_trace`.
    async fn begin_traced(&self) -> Result<Transaction, StoreError> {
        let transaction = self.writers.begin().await?;
        if let Some(trace) = self.traceparent.and_then(|traceparent| traceparent()) {
            let sql = "SELECT set_config('souk.trace', $1, true)";
            let statement = self.backend.statement(sql, [trace.into()]);
            transaction.query_one_raw(statement).await?;
        }
        Ok(transaction)
    }

    async fn begin_immediate(&self) -> Result<Transaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writers.begin_with(options).await
    }
}

/// Opens the file. The first process to open it after a crash recovers it, and the last to close it cleans up;
/// during that time SQLite rejects all others as busy, whatever their timeout.
async fn open_sqlite(options: &ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let deadline = Instant::now() + WRITER_TIMEOUT;
    loop {
        match Database::connect(options.clone()).await {
            Err(busy) if error::is_busy(&busy) && Instant::now() < deadline => {
                sleep(WRITER_POLL).await;
            }
            result => return result,
        }
    }
}

fn sqlite_options(
    options: &DatabaseOptions,
    busy_timeout: Duration,
    cache_kib: u32,
) -> ConnectOptions {
    let statement_cache = options.statement_cache;
    let mut options = options.connect_options();
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .statement_cache_capacity(statement_cache)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(busy_timeout)
            // What is deleted is gone from the file, too, such as the secret by which a day's sessions are hashed.
            .pragma("secure_delete", "FAST")
            .pragma("cache_size", format!("-{cache_kib}"))
    });
    options
}
