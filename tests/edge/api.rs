//! API processes over one database.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use souk_domain::{Currency, Language};
use souk_store::{DatabaseOptions, MissingReferences, NewTenant, Store};
use souk_testkit::{TestDatabase, product};
use tempfile::TempDir;

/// How long anything here may take before it is taken for broken.
pub(crate) const DEADLINE: Duration = Duration::from_secs(120);
/// How long to wait before looking again.
pub(crate) const POLL: Duration = Duration::from_millis(20);
/// An address that answers from the database alone.
pub(crate) const PRODUCT: &str = "/api/products/dragon-mug";

/// A database with one product in it, and a folder for all that is started over it.
pub(crate) struct Market {
    pub(crate) folder: TempDir,
    database: TestDatabase,
}

/// `souk serve`, killed when it is dropped.
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    command: Command,
    child: Child,
}

impl Market {
    pub(crate) async fn open() -> Self {
        let database = TestDatabase::postgres().await;
        let options = DatabaseOptions::new(database.url());
        let store = Store::connect(&options).await.unwrap();
        let tenant = NewTenant {
            slug: "shop".to_owned(),
            name: "Shop".to_owned(),
            hosts: vec![],
            language: Language::English,
            currency: Currency::EUR,
        };
        let tenant = store.tenants().add(tenant).await.unwrap();
        let mug = product("mug-1").title("Dragon Mug").into();
        let products = store.scope(tenant.id).products();
        for result in products
            .upsert_batch(vec![mug], MissingReferences::Create)
            .await
            .unwrap()
        {
            result.unwrap();
        }
        store.close().await.unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            database,
        }
    }

    /// Starts three processes, told alike, and waits until each is ready.
    pub(crate) async fn serve(&self, settings: &[(&str, &str)]) -> Vec<Api> {
        let apis = [1, 2, 3].map(|number| self.start(number, settings));
        for api in &apis {
            api.wait_until_ready().await;
        }
        apis.into()
    }

    fn start(&self, number: u8, settings: &[(&str, &str)]) -> Api {
        let address = free_address();
        let log = self.folder.path().join(format!("api-{number}.log"));
        let log = File::create(log).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_souk"));
        command
            .arg("serve")
            .current_dir(self.folder.path())
            .env("SOUK_LISTEN", address.to_string())
            .env("SOUK_DATA_DIR", self.folder.path().join("data"))
            .env("SOUK_ADMIN_KEY", "an admin key for tests")
            .env("SOUK_DEMO", "false")
            .env("DATABASE_URL", self.database.url())
            // Nobody is there: what is asked for here is in the database.
            .env("ELASTICSEARCH_URL", "http://127.0.0.1:9")
            .env("SOUK_INDEXER_IN_PROCESS", "no")
            .env_remove("REDIS_URL")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let child = command.spawn().unwrap();
        Api {
            address,
            command,
            child,
        }
    }
}

impl Api {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        // Fails only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends it a signal, such as `STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success(), "{name}");
    }

    /// Starts it again where it was.
    pub(crate) async fn restart(&mut self) {
        self.kill();
        self.child = self.command.spawn().unwrap();
        self.wait_until_ready().await;
    }

    async fn wait_until_ready(&self) {
        let deadline = Instant::now() + DEADLINE;
        while !answers(&self.url("/health/ready")).await {
            assert!(Instant::now() < deadline, "{} is not ready", self.address);
            tokio::time::sleep(POLL).await;
        }
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether there is a good answer at an address.
pub(crate) async fn answers(url: &str) -> bool {
    let answer = reqwest::get(url).await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// Where nobody listens just now.
pub(crate) fn free_address() -> SocketAddr {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    free.local_addr().unwrap()
}
