//! Record of a background process: enough to probe it, stop it, and not mistake another process for it.

use std::{
    fs,
    path::Path,
    process, thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use crate::{
    interrupt::Interrupt,
    parts::{Part, probe::Probe},
    process::{Group, POLL, signal_group},
};

/// Longest time a part may take to stop: longer than the API's drain timeout.
const GRACE: Duration = Duration::from_secs(30);

/// A started process, which leads a group of its own.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) pid: u32,
    /// Start time in the kernel's ticks since boot. Process ids are reused, the pair is not.
    started: u64,
    /// The kernel's name for the time since the machine started.
    boot: String,
    /// Port, if the part listens.
    pub(super) port: Option<u16>,
    /// Metrics port, if the part serves metrics.
    #[serde(default)]
    pub(super) metrics: Option<u16>,
    /// URL for clients.
    pub(super) url: String,
    /// Readiness probe.
    probe: Probe,
    /// The signal that asks it to end.
    farewell: i32,
}

/// Outcome of stopping a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Ended when asked to.
    Asked,
    /// Because it was killed.
    Killed,
}

impl Record {
    /// Of a part that was just launched.
    pub(super) fn of(
        part: &dyn Part,
        port: Option<u16>,
        metrics: Option<u16>,
        group: &Group,
    ) -> Result<Self> {
        let pid = group.id();
        Ok(Self {
            pid,
            started: start_of(pid)
                .with_context(|| format!("{} ended as soon as it started", part.name()))?,
            boot: boot(),
            port,
            metrics,
            url: part.url(),
            probe: part.probe(),
            farewell: part.farewell().as_raw(),
        })
    }

    /// Reads one, if there is one that can be understood.
    pub(super) fn read(file: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(file).ok()?).ok()
    }

    /// Writes it whole or not at all.
    pub(super) fn write(&self, file: &Path) -> Result<()> {
        let unnamed = file.with_extension(process::id().to_string());
        fs::write(&unnamed, serde_json::to_vec(self)?)?;
        Ok(fs::rename(unnamed, file)?)
    }

    /// Reports whether this process, and not a later one of the same id, is running.
    pub(super) fn is_alive(&self) -> bool {
        self.boot == boot() && start_of(self.pid) == Some(self.started)
    }

    /// Reports whether the process answers its probe.
    pub(super) fn is_healthy(&self) -> bool {
        self.probe.answers()
    }

    /// Ends it: asks, and kills it if it takes too long; or kills it at once.
    pub(super) fn end(&self, at_once: bool, interrupt: &Interrupt) -> Result<End> {
        let farewell = Signal::from_named_raw(self.farewell).unwrap_or(Signal::TERM);
        let mut end = End::Asked;
        if at_once {
            end = End::Killed;
        } else {
            signal_group(self.pid, farewell);
            let deadline = Instant::now() + GRACE;
            while self.is_alive() && Instant::now() < deadline {
                interrupt.check()?;
                thread::sleep(POLL);
            }
        }
        if self.is_alive() {
            end = End::Killed;
            signal_group(self.pid, Signal::KILL);
        }
        while self.is_alive() {
            interrupt.check()?;
            thread::sleep(POLL);
        }
        Ok(end)
    }
}

fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default()
}

/// Start time of a process, if it runs; a zombie does not.
fn start_of(pid: u32) -> Option<u64> {
    start_in(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The twenty-second field; the second is a name in brackets, which may hold anything.
fn start_in(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn record(group: &Group) -> Record {
        Record {
            pid: group.id(),
            started: start_of(group.id()).unwrap(),
            boot: boot(),
            port: Some(5),
            metrics: None,
            url: "redis://here".to_owned(),
            probe: Probe::Ping(5),
            farewell: Signal::TERM.as_raw(),
        }
    }

    /// Ready to be asked: a shell that has not come so far yet would die of what it is to ignore.
    fn shell(script: &str) -> Group {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready");
        let mut command = Command::new("sh");
        command.args([
            "-c",
            &format!(
                "{script}; : > {}; while :; do sleep 1; done",
                ready.display()
            ),
        ]);
        let mut group = Group::start(&mut command, Signal::KILL).unwrap();
        let interrupt = Interrupt::listen().unwrap();
        group
            .wait_until(&interrupt, Duration::from_secs(10), || ready.exists())
            .unwrap();
        group
    }

    #[test]
    fn the_start_is_found_whatever_a_process_calls_itself() {
        let numbers = (4..=52)
            .map(|field| field.to_string())
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(start_in(&format!("7 (a) Z (b) S {numbers}")), Some(22));
        assert_eq!(start_in(&format!("7 (a) Z {numbers}")), None);
        assert_eq!(start_in(""), None);
    }

    #[test]
    fn another_process_with_the_same_id_is_not_taken_for_ours() {
        let group = shell(":");
        let ours = record(&group);
        assert!(ours.is_alive());
        let later = Record {
            started: ours.started + 1,
            ..record(&group)
        };
        assert!(!later.is_alive());
        let before_a_restart = Record {
            boot: "another".to_owned(),
            ..record(&group)
        };
        assert!(!before_a_restart.is_alive());
    }

    #[test]
    fn process_that_ends_on_request_is_not_killed() {
        let interrupt = Interrupt::listen().unwrap();
        let group = shell(":");
        let record = record(&group);
        assert_eq!(record.end(false, &interrupt).unwrap(), End::Asked);
        assert!(!record.is_alive());
    }

    #[test]
    fn killing_at_once_does_not_ask() {
        let interrupt = Interrupt::listen().unwrap();
        let group = shell("trap '' TERM");
        let record = record(&group);
        assert_eq!(record.end(true, &interrupt).unwrap(), End::Killed);
        assert!(!record.is_alive());
    }

    #[test]
    fn written_record_is_read_and_invalid_one_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("process.json");
        assert!(Record::read(&file).is_none());
        let group = shell(":");
        record(&group).write(&file).unwrap();
        let read = Record::read(&file).unwrap();
        assert!(read.is_alive());
        assert_eq!((read.port, read.url.as_str()), (Some(5), "redis://here"));
        fs::write(&file, "{\"pid\":").unwrap();
        assert!(Record::read(&file).is_none());
    }
}
