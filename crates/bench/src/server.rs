//! The marketplace under measurement: a `souk` process of its own.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::http::Connection;

/// The key of its admin API.
pub(crate) const ADMIN_KEY: &str = "bench-admin-key-0123456789abcdef";
const PATIENCE: Duration = Duration::from_secs(600);
const POLL: Duration = Duration::from_millis(50);

/// The executable and the folder it works in.
pub(crate) struct Installation {
    executable: PathBuf,
    folder: PathBuf,
}

/// A running server; dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// What a process holds in memory, in megabytes.
pub(crate) struct Memory {
    pub(crate) now: f64,
    pub(crate) peak: f64,
}

impl Installation {
    /// One whose data folder does not exist yet.
    pub(crate) fn new(executable: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            executable: fs::canonicalize(executable)
                .with_context(|| format!("there is no {}", executable.display()))?,
            folder: folder.to_path_buf(),
        })
    }

    /// Where its data is.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Runs a command to its end and answers how long that took.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Duration> {
        let begun = Instant::now();
        let status = self.command(arguments).status()?;
        ensure!(
            status.success(),
            "`souk {}` failed: {status}",
            arguments.join(" ")
        );
        Ok(begun.elapsed())
    }

    /// Starts the server and waits until it is ready and has indexed all there is.
    pub(crate) async fn serve(&self, products: u64) -> Result<Server> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let log = self.folder.join("souk.log");
        let mut command = self.command(&["serve"]);
        let file = File::create(&log)?;
        command
            .env("SOUK_LISTEN", address.to_string())
            .env("SOUK_ADMIN_KEY", ADMIN_KEY)
            .stdout(file.try_clone()?)
            .stderr(file);
        let mut server = Server {
            child: command.spawn()?,
            address,
        };
        let deadline = Instant::now() + PATIENCE;
        while !server.has_indexed(products).await {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended: {status}\n{}", fs::read_to_string(&log)?);
            }
            ensure!(
                Instant::now() < deadline,
                "the server is not ready after {PATIENCE:?}"
            );
            tokio::time::sleep(POLL).await;
        }
        Ok(server)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.executable);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .env("SOUK_DATA_DIR", self.data())
            .env("SOUK_DEMO", "false")
            // All requests come from one address.
            .env("ENABLE_RATE_LIMITING", "false")
            .env_remove("DATABASE_URL")
            .env_remove("ELASTICSEARCH_URL")
            .env_remove("REDIS_URL");
        command
    }
}

impl Server {
    /// What it holds in memory.
    pub(crate) fn memory(&self) -> Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        Ok(Memory {
            now: megabytes(&status, "VmRSS")?,
            peak: megabytes(&status, "VmHWM")?,
        })
    }

    async fn has_indexed(&self, products: u64) -> bool {
        let Ok(mut connection) = Connection::open(self.address).await else {
            return false;
        };
        let answer = connection
            .get_json("/api/search?per_page=1&facets=none")
            .await;
        let found_all =
            answer.is_ok_and(|page| page["engine"] == "tantivy" && page["total"] == products);
        let health = connection.get_json("/health/ready").await;
        found_all && health.is_ok_and(|health| health["outbox"]["rows"] == 0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its data is thrown away with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn megabytes(status: &str, name: &str) -> Result<f64> {
    let line = status.lines().find(|line| line.starts_with(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    let kilobytes: f64 = kilobytes.with_context(|| format!("no {name}"))?.parse()?;
    Ok(kilobytes / 1024.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn memory_is_read_in_megabytes() {
        let status = "Name:\tsouk\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n";
        assert_eq!(super::megabytes(status, "VmRSS").unwrap(), 100.0);
        assert!(super::megabytes(status, "VmSwap").is_err());
    }
}
