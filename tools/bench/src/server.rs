//! The marketplace under measurement: a `souk` process of its own.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::time;

use crate::{http::Connection, vigil::Vigil};

/// The key of its admin API.
pub(crate) const ADMIN_KEY: &str = "bench-admin-key-0123456789abcdef";
/// Asking how far it is must not slow it down.
const POLL: Duration = Duration::from_millis(250);
/// Time for which a process is watched to see whether it is idle, and the share of a core it may use meanwhile.
const LOOK: Duration = Duration::from_secs(3);
const RESTING: f64 = 0.1;
/// A clock tick of the kernel's accounts, which is the same on every machine that matters.
const TICK: Duration = Duration::from_millis(10);

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

/// Memory of a process, in megabytes.
pub(crate) struct Memory {
    /// All that is resident, pages of its files among them.
    pub(crate) now: f64,
    /// Anonymous memory, which the system cannot take away again.
    pub(crate) own: f64,
    /// The most that ever was resident.
    pub(crate) peak: f64,
}

impl Memory {
    /// Of a process that runs.
    pub(crate) fn of(process: u32) -> Result<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        Ok(Self {
            now: megabytes(&status, "VmRSS")?,
            own: megabytes(&status, "RssAnon")?,
            peak: megabytes(&status, "VmHWM")?,
        })
    }
}

impl Installation {
    /// Server whose data folder does not exist yet.
    pub(crate) fn new(executable: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            executable: fs::canonicalize(executable)
                .with_context(|| format!("there is no {}", executable.display()))?,
            folder: folder.to_path_buf(),
        })
    }

    /// Data folder.
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
        let mut vigil = Vigil::begin("products and changes to index");
        loop {
            let left = server.left_to_index(products).await.ok();
            if left == Some(0) {
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended: {status}\n{}", fs::read_to_string(&log)?);
            }
            vigil.look(left)?;
            time::sleep(POLL).await;
        }
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
            // What is measured is how long an answer takes to make.
            .env("SOUK_CACHE", "false")
            .env_remove("DATABASE_URL")
            .env_remove("ELASTICSEARCH_URL")
            .env_remove("REDIS_URL");
        command
    }
}

impl Server {
    /// Memory of the process.
    pub(crate) fn memory(&self) -> Result<Memory> {
        Memory::of(self.child.id())
    }

    /// Waits until it does nothing of its own accord any more, such as merging parts of its index.
    pub(crate) async fn rest(&self) -> Result<()> {
        rest(self.child.id()).await
    }

    /// Products and changes that are not indexed yet, if it answers.
    async fn left_to_index(&self, products: u64) -> Result<u64> {
        let mut connection = Connection::open(self.address).await?;
        let health = connection.get_json("/health/ready").await?;
        let waiting = health["outbox"]["rows"].as_u64().context("no outbox")?;
        let page = connection
            .get_json("/api/search?per_page=1&facets=none")
            .await?;
        ensure!(page["engine"] == "tantivy", "the index does not answer");
        let found = page["total"].as_u64().context("no total")?;
        Ok(waiting + products.abs_diff(found))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its data is thrown away with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until a process that nobody asks anything does nothing of its own accord any more.
pub(crate) async fn rest(process: u32) -> Result<()> {
    let mut vigil = Vigil::begin("work that it does by itself, in % of a core");
    loop {
        let before = busy(process)?;
        time::sleep(LOOK).await;
        let share = (busy(process)? - before).as_secs_f64() / LOOK.as_secs_f64();
        if share <= RESTING {
            return Ok(());
        }
        vigil.look(Some((share * 100.0) as u64))?;
    }
}

/// Processor time of a process since its start.
fn busy(process: u32) -> Result<Duration> {
    let status = fs::read_to_string(format!("/proc/{process}/stat"))?;
    Ok(TICK * ticks(&status).context("unknown accounts of a process")?)
}

/// Clock ticks that a process was computing, in its own code and in the kernel.
fn ticks(stat: &str) -> Option<u32> {
    // Its name may hold anything, and ends with the last parenthesis.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let (own, kernel): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(own + kernel)
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

    #[test]
    fn ticks_are_counted_of_whatever_is_its_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 120 30 9 9 20 0 1 0 55 1 1";
        assert_eq!(super::ticks(stat), Some(150));
        assert_eq!(super::ticks("7 (souk) S"), None);
    }
}
