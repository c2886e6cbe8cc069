//! The servers that Souk is made of: each can be started, stopped and started again by itself, its data kept.

pub(crate) mod elasticsearch;
pub(crate) mod nginx;
pub(crate) mod postgres;
pub(crate) mod probe;
pub(crate) mod prometheus;
pub(crate) mod redis;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod souk;

use std::{
    fs::{self, File},
    io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use rustix::process::Signal;

use crate::{
    interrupt::Interrupt,
    parts::probe::Probe,
    process::{Group, last_lines, log_to},
    run_folder::RunFolder,
};

/// Earlier logs of a part that are kept: of a part that crashes at once and again, the first is worth most.
const KEPT_LOGS: u8 = 3;

/// A server: how it is started, and how one knows that it is ready.
pub(crate) trait Part: Send + Sync {
    /// Display name.
    fn name(&self) -> &'static str;

    /// URL for clients.
    fn url(&self) -> String;

    /// Folder with data, logs and everything else of the part.
    fn folder(&self) -> &Path;

    /// Makes what its first start needs. Does nothing where that is there already.
    fn prepare(&self) -> Result<()>;

    /// Starts it; its outputs are the log.
    fn command(&self) -> Command;

    /// Probe that shows readiness.
    fn probe(&self) -> Probe;

    /// Signal that asks the part to stop.
    fn farewell(&self) -> Signal {
        Signal::TERM
    }

    /// Longest time until the part is ready.
    fn timeout(&self) -> Duration {
        Duration::from_secs(60)
    }
}

/// Destination of a part's output.
pub(crate) fn log_file(folder: &Path) -> PathBuf {
    folder.join("log")
}

/// Starts a part without waiting for it. `mark` lets its process be known later.
pub(crate) fn launch(part: &dyn Part, mark: impl FnOnce(&mut Command)) -> Result<Group> {
    fs::create_dir_all(part.folder())?;
    part.prepare()
        .with_context(|| format!("{} cannot be prepared", part.name()))?;
    let log = log_file(part.folder());
    keep_earlier_logs(part.folder())?;
    let mut command = part.command();
    mark(&mut command);
    Group::start(log_to(&mut command, File::create(&log)?)?, part.farewell())
}

/// Log of the part's start so many starts ago.
pub(crate) fn earlier_log_file(folder: &Path, starts: u8) -> PathBuf {
    folder.join(format!("log.{starts}"))
}

/// Makes room for a new log. There is one a start: none grows for ever, and none speaks of an earlier process.
fn keep_earlier_logs(folder: &Path) -> io::Result<()> {
    for starts in (1..=KEPT_LOGS).rev() {
        let newer = match starts {
            1 => log_file(folder),
            _ => earlier_log_file(folder, starts - 1),
        };
        if newer.exists() {
            fs::rename(newer, earlier_log_file(folder, starts))?;
        }
    }
    Ok(())
}

/// Waits until a launched part is ready; if it does not come up, its last words are part of the error.
pub(crate) fn await_ready(part: &dyn Part, group: &mut Group, interrupt: &Interrupt) -> Result<()> {
    let probe = part.probe();
    let outcome = group.wait_until(interrupt, part.timeout(), || probe.answers());
    // Whoever interrupts knows why it did not come up.
    interrupt.check()?;
    outcome.with_context(|| {
        let log = log_file(part.folder());
        let name = part.name();
        format!(
            "{name} did not come up; the end of {}:\n{}\n{name}",
            log.display(),
            last_lines(&fs::read(&log).unwrap_or_default())
        )
    })
}

/// A part that runs as long as the task does; dropping it stops it.
pub(crate) struct Running {
    url: String,
    group: Group,
}

impl Running {
    /// Starts a part and waits until it is ready.
    pub(crate) fn start(part: &dyn Part, run: &RunFolder, interrupt: &Interrupt) -> Result<Self> {
        let mut group = launch(part, |command| {
            run.mark(command);
        })?;
        await_ready(part, &mut group, interrupt)?;
        Ok(Self {
            url: part.url(),
            group,
        })
    }

    /// URL for clients.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Process of the part.
    pub(crate) fn id(&self) -> u32 {
        self.group.id()
    }

    /// `kill -9`.
    pub(crate) fn kill(self) {
        self.group.kill();
    }
}

/// A port that nobody listens on just now.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restarts_keep_the_log_of_what_crashed() {
        let folder = tempfile::tempdir().unwrap();
        let read = |path: PathBuf| fs::read_to_string(path).ok();
        for start in 1..=5 {
            keep_earlier_logs(folder.path()).unwrap();
            fs::write(log_file(folder.path()), format!("start {start}")).unwrap();
        }
        let kept: Vec<_> = (1..=5)
            .map_while(|starts| read(earlier_log_file(folder.path(), starts)))
            .collect();
        assert_eq!(kept, ["start 4", "start 3", "start 2"]);
        assert_eq!(read(log_file(folder.path())).unwrap(), "start 5");
    }
}
