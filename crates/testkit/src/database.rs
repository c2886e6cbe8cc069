//! Fresh, migrated databases: a copied file for SQLite, a copied template for PostgreSQL.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Variable with the URL of a PostgreSQL server, whose role may create databases.
const POSTGRES_URL: &str = "SOUK_TEST_POSTGRES_URL";

/// A migrated database of its own, dropped with this value.
pub struct TestDatabase {
    url: String,
    _storage: DatabaseStorage,
}

/// Resource that is deleted with the database.
enum DatabaseStorage {
    File { _folder: TempDir },
    Server { _database: ServerDatabase },
}

/// Returns a fresh database of each kind, for tests that hold on both.
pub async fn databases() -> [TestDatabase; 2] {
    [TestDatabase::sqlite().await, TestDatabase::postgres().await]
}

impl TestDatabase {
    /// A SQLite file in a folder of its own.
    pub async fn sqlite() -> Self {
        static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(migrated_file).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("souk.db");
        fs::write(&path, template).expect("the database file can be written");
        Self {
            url: sqlite_url(&path),
            _storage: DatabaseStorage::File { _folder: folder },
        }
    }

    /// A database on the server that `SOUK_TEST_POSTGRES_URL` names.
    ///
    /// # Panics
    /// If the variable is unset: a test that needs PostgreSQL does not pass without it.
    pub async fn postgres() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let server = server_url();
        let migrated = || template(&server, "template", async |_| {});
        Self::copied(&server, TEMPLATE.get_or_init(migrated).await).await
    }

    /// A database on that server with rows that take long to write: they are written once for each build of a test program, and
    /// copied. `name` tells them from others, in lower-case letters.
    ///
    /// # Panics
    /// If the variable is unset.
    pub async fn postgres_filled(name: &str, fill: impl AsyncFnOnce(&str)) -> Self {
        let server = server_url();
        let filled = template(&server, name, fill).await;
        Self::copied(&server, &filled).await
    }

    async fn copied(server: &str, template: &str) -> Self {
        let name = unique_name();
        let admin = admin_connection(server).await;
        run(
            &admin,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        admin.close().await.expect("the connection closes");
        Self {
            url: with_database(server, &name),
            _storage: DatabaseStorage::Server {
                _database: ServerDatabase {
                    server: server.to_owned(),
                    name,
                },
            },
        }
    }

    /// Returns the URL, in the format of `DATABASE_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection for statements that a test writes itself, as someone with `psql` would.
    pub async fn connect(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(&self.url);
        options.max_connections(4).sqlx_logging(false);
        Database::connect(options)
            .await
            .expect("the test database answers")
    }
}

/// A database on the server, dropped with this value as well as that can be done.
struct ServerDatabase {
    server: String,
    name: String,
}

impl Drop for ServerDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A thread of its own, because the test's runtime cannot be waited for from here.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    if let Ok(admin) = Database::connect(admin_options(&server)).await {
                        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                        // A database left behind is the server's to throw away with itself.
                        let _ = admin.execute_unprepared(&drop).await;
                        let _ = admin.close().await;
                    }
                });
            }
        });
        let _ = dropping.join();
    }
}

/// Returns the content of a migrated file. It is made once for each build of a test program and kept beside it: each test is a
/// process of its own, and migrating takes longer than most of them.
async fn migrated_file() -> Vec<u8> {
    let program = env::current_exe().expect("this program has a path");
    let folder = program.parent().expect("this program lies in a folder");
    let prefix = format!("souk-template-{:016x}-", hash_of(&program));
    let kept = format!("{prefix}{:016x}.db", hash_of(&built_at(&program)));
    if let Ok(template) = fs::read(folder.join(&kept)) {
        return template;
    }
    let making = tempfile::tempdir_in(folder).expect("a temporary folder");
    let path = making.path().join("template.db");
    souk_migrations::migrate_url(&sqlite_url(&path))
        .await
        .expect("the migrations apply to SQLite");
    let template = fs::read(&path).expect("the template can be read");
    for outdated in fs::read_dir(folder)
        .expect("the folder can be read")
        .flatten()
    {
        let name = outdated.file_name();
        if name.to_string_lossy().starts_with(&prefix) && name != *kept {
            // Another test may have deleted it first.
            let _ = fs::remove_file(outdated.path());
        }
    }
    // Named only when it is complete; of several tests that make one at once, each makes the same.
    fs::rename(&path, folder.join(&kept)).expect("the template can be kept");
    template
}

fn sqlite_url(path: &std::path::Path) -> String {
    format!("sqlite://{}?mode=rwc", path.display())
}

/// The name of a migrated template, filled. It is made once for each build of a test program, so that programs of one run
/// and repeated runs share it; an advisory lock keeps two processes from making it at once.
async fn template(server: &str, kind: &str, fill: impl AsyncFnOnce(&str)) -> String {
    let program = env::current_exe().expect("this program has a path");
    let prefix = format!("souk_{kind}_{:016x}_", hash_of(&program));
    let name = format!("{prefix}{:016x}", hash_of(&built_at(&program)));

    let admin = admin_connection(server).await;
    let lock = i64::from_ne_bytes(hash_of(&prefix).to_ne_bytes());
    run(&admin, &format!("SELECT pg_advisory_lock({lock})")).await;
    let existing = database_names(&admin, &prefix).await;
    if !existing.contains(&name) {
        for outdated in existing {
            run(
                &admin,
                &format!("DROP DATABASE IF EXISTS {outdated} WITH (FORCE)"),
            )
            .await;
        }
        // Named only when it is complete, so that a run that was cut off leaves no half of a template.
        let unfinished = format!("{prefix}unfinished");
        run(&admin, &format!("CREATE DATABASE {unfinished}")).await;
        let url = with_database(server, &unfinished);
        souk_migrations::migrate_url(&url)
            .await
            .expect("the migrations apply to PostgreSQL");
        fill(&url).await;
        run(
            &admin,
            &format!("ALTER DATABASE {unfinished} RENAME TO {name}"),
        )
        .await;
    }
    // Ends the session and with it the lock.
    admin.close().await.expect("the connection closes");
    name
}

async fn database_names(admin: &DatabaseConnection, prefix: &str) -> Vec<String> {
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT datname::text AS name FROM pg_database WHERE starts_with(datname::text, $1)",
        [prefix.into()],
    );
    admin
        .query_all_raw(statement)
        .await
        .expect("the server lists its databases")
        .iter()
        .map(|row| row.try_get("", "name").expect("a name"))
        .collect()
}

fn built_at(program: &PathBuf) -> SystemTime {
    fs::metadata(program)
        .and_then(|metadata| metadata.modified())
        .expect("this program has a time of change")
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A name that no other test uses, of lower-case letters, digits and `_`.
pub(crate) fn unique_name() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let nanos = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("souk_test_{}_{nanos}_{count}", process::id())
}

fn server_url() -> String {
    env::var(POSTGRES_URL)
        .unwrap_or_else(|_| panic!("{POSTGRES_URL} is not set: run `cargo xtask test`"))
}

/// The same server, another database.
fn with_database(server: &str, name: &str) -> String {
    let (address, parameters) = server
        .split_once('?')
        .map_or((server, String::new()), |(address, rest)| {
            (address, format!("?{rest}"))
        });
    let authority_end = address
        .find("://")
        .and_then(|scheme| {
            address[scheme + 3..]
                .find('/')
                .map(|path| scheme + 3 + path)
        })
        .unwrap_or(address.len());
    format!("{}/{name}{parameters}", &address[..authority_end])
}

fn admin_options(server: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    options
}

async fn admin_connection(server: &str) -> DatabaseConnection {
    Database::connect(admin_options(server))
        .await
        .unwrap_or_else(|error| panic!("{POSTGRES_URL} names no server that answers: {error}"))
}

async fn run(admin: &DatabaseConnection, sql: &str) {
    admin
        .execute_unprepared(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fresh_database_is_migrated_and_empty() {
        for database in databases().await {
            let connection = database.connect().await;
            let pending = souk_migrations::pending(&connection).await.unwrap();
            assert_eq!(pending, Vec::<String>::new());
            connection
                .execute_unprepared("INSERT INTO tenants (slug, name) VALUES ('one', 'One')")
                .await
                .unwrap();
        }
    }

    #[test]
    fn only_the_database_changes_in_an_address() {
        for (server, expected) in [
            ("postgres://souk@h:5/postgres", "postgres://souk@h:5/x"),
            ("postgres://souk@h:5", "postgres://souk@h:5/x"),
            (
                "postgres://h/a?sslmode=disable",
                "postgres://h/x?sslmode=disable",
            ),
        ] {
            assert_eq!(with_database(server, "x"), expected);
        }
    }
}
