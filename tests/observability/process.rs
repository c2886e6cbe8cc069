//! `souk serve` as a process, watched.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command},
    time::{Duration, Instant},
};

use souk_testkit::start_server;
use tempfile::TempDir;

/// How long anything here may take before it is taken for broken.
pub(crate) const DEADLINE: Duration = Duration::from_secs(120);
/// How long to wait before looking again.
pub(crate) const POLL: Duration = Duration::from_millis(20);
/// The key of the admin API.
pub(crate) const ADMIN_KEY: &str = "only-for-this-test-0123456789";

/// A process, killed with this value.
pub(crate) struct Process {
    child: Child,
    /// Where the API is.
    pub(crate) base: String,
    folder: TempDir,
}

impl Process {
    /// Starts one in a folder of its own, and waits until it serves.
    pub(crate) fn serve(environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_souk"));
        command
            .arg("serve")
            .current_dir(folder.path())
            .env("SOUK_LISTEN", "127.0.0.1:0")
            .env("SOUK_METRICS_LISTEN", "127.0.0.1:0")
            .env("SOUK_DATA_DIR", folder.path().join("data"))
            .env("SOUK_ADMIN_KEY", ADMIN_KEY)
            .env("SOUK_DEMO_PRODUCTS", "20")
            .env_remove("DATABASE_URL")
            .env_remove("ELASTICSEARCH_URL")
            .env_remove("REDIS_URL")
            .envs(environment.iter().copied())
            .stderr(log);
        let (child, base) = start_server(&mut command);
        Self {
            child,
            base,
            folder,
        }
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Its data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// An address of its API.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Where its metrics are, as its log says.
    pub(crate) fn metrics_url(&self) -> String {
        let log = self.log();
        let line = log.lines().find(|line| line.contains("metrics are served"));
        let line = line.unwrap_or_else(|| panic!("no metrics in\n{log}"));
        let (_, address) = line.rsplit_once("127.0.0.1:").unwrap();
        let port: String = address.chars().take_while(char::is_ascii_digit).collect();
        format!("http://127.0.0.1:{port}/metrics")
    }

    /// Its metrics now.
    pub(crate) async fn metrics(&self) -> String {
        let answer = reqwest::get(self.metrics_url()).await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Fails only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds.
pub(crate) async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds().await {
        assert!(Instant::now() < deadline, "{what}: not so in time");
        tokio::time::sleep(POLL).await;
    }
}

/// A port that nobody listens on just now.
pub(crate) fn free_port() -> u16 {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    free.local_addr().unwrap().port()
}
