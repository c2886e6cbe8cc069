//! Children that end when their time is over, and with them whatever they started.

use std::{
    fs::{self, File},
    mem,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::interrupt::Interrupt;

/// Interval between polls.
pub(crate) const POLL: Duration = Duration::from_millis(20);
/// Longest time a child may take to end by itself, longer than nextest gives its tests.
pub(crate) const GRACE: Duration = Duration::from_secs(15);

/// Lines of a log that are shown when something fails.
const LAST_LINES: usize = 20;

/// A child that leads a process group of its own. Dropping it ends the group.
pub(crate) struct Group {
    child: Child,
    program: String,
    farewell: Signal,
}

impl Group {
    /// Starts a command. `farewell` is the signal that later asks it to end.
    pub(crate) fn start(command: &mut Command, farewell: Signal) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start `{program}`"))?;
        Ok(Self {
            child,
            program,
            farewell,
        })
    }

    /// Waits for it to end by itself.
    pub(crate) fn wait(mut self, interrupt: &Interrupt) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            interrupt.check()?;
            thread::sleep(POLL);
        }
    }

    /// Waits until it is ready for use, which it must be before the deadline and without ending.
    pub(crate) fn wait_until(
        &mut self,
        interrupt: &Interrupt,
        timeout: Duration,
        mut ready: impl FnMut() -> bool,
    ) -> Result<()> {
        let deadline = Instant::now() + timeout;
        while !ready() {
            interrupt.check()?;
            if let Some(status) = self.child.try_wait()? {
                bail!("`{}` ended too early: {status}", self.program);
            }
            if Instant::now() > deadline {
                bail!("`{}` is not ready after {timeout:?}", self.program);
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Exit status, if the process has ended.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Process id, which is also the id of its group.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Leaves it running, for ever as far as we are concerned.
    pub(crate) fn detach(self) {
        mem::forget(self);
    }

    /// Ends it at once, whatever it is doing.
    pub(crate) fn kill(mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }

    /// Sends the whole group a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        signal_group(self.child.id(), signal);
    }
}

/// Sends a signal to everyone in a group.
pub(crate) fn signal_group(id: u32, signal: Signal) {
    if let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // Fails only if nobody is left to receive it.
        let _ = kill_process_group(group, signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let deadline = Instant::now() + GRACE;
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(self.farewell);
        }
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(POLL);
        }
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Runs a command to its end, its output going where ours goes, and insists that it succeeds.
pub(crate) fn run(command: &mut Command, interrupt: &Interrupt) -> Result<()> {
    let spoken = spoken(command);
    let status = Group::start(command, Signal::TERM)?.wait(interrupt)?;
    if !status.success() {
        bail!("`{spoken}` failed: {status}");
    }
    Ok(())
}

/// Runs a command to its end, its output appended to a file, and insists that it succeeds; if not, the end of the file
/// is part of the error.
pub(crate) fn run_logged(command: &mut Command, log: &Path, interrupt: &Interrupt) -> Result<()> {
    let file = File::options().append(true).create(true).open(log)?;
    let outcome = run(log_to(command, file)?, interrupt);
    // Whoever interrupts knows why it ended.
    interrupt.check()?;
    outcome.with_context(|| {
        format!(
            "the end of {}:\n{}\n",
            log.display(),
            last_lines(&fs::read(log).unwrap_or_default())
        )
    })
}

/// Last lines of a log, which tell most.
pub(crate) fn last_lines(log: &[u8]) -> String {
    let log = String::from_utf8_lossy(log);
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

/// Runs a short command to its end and answers what it wrote to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    output_of(command, Stdio::null())
}

/// The same for a command that reads its standard input.
pub(crate) fn output_of(command: &mut Command, input: impl Into<Stdio>) -> Result<Vec<u8>> {
    let spoken = spoken(command);
    let output = command
        .stdin(input)
        .output()
        .with_context(|| format!("cannot start `{spoken}`"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{spoken}` failed: {}\n{complaint}", output.status);
    }
    Ok(output.stdout)
}

/// Reports whether a short command succeeds, and discards its output.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Sends both outputs of a command to a file.
pub(crate) fn log_to(command: &mut Command, file: File) -> Result<&mut Command> {
    let copy = file.try_clone()?;
    Ok(command.stdout(file).stderr(copy))
}

fn spoken(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_dropped_group_takes_its_children_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        // The grandchild ignores the polite signal.
        let script = format!(
            "sh -c 'trap \"\" TERM; echo $$ > {0}.part; mv {0}.part {0}; while :; do sleep 1; done' & wait",
            pid_file.display()
        );
        let interrupt = Interrupt::listen().unwrap();
        let mut group = Group::start(&mut shell(&script), Signal::TERM).unwrap();
        group
            .wait_until(&interrupt, Duration::from_secs(10), || pid_file.exists())
            .unwrap();
        let pid = std::fs::read_to_string(&pid_file).unwrap();
        drop(group);

        let gone = || !is_running(pid.trim());
        let deadline = Instant::now() + Duration::from_secs(10);
        while !gone() && Instant::now() < deadline {
            thread::sleep(POLL);
        }
        assert!(gone());
    }

    /// A killed grandchild may stay a zombie for as long as init likes.
    fn is_running(pid: &str) -> bool {
        std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z"))
    }

    #[test]
    fn failures_are_told_with_their_command() {
        let interrupt = Interrupt::listen().unwrap();
        let error = run(&mut shell("exit 3"), &interrupt).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` failed: exit status: 3");
        assert!(run(&mut shell("exit 0"), &interrupt).is_ok());
    }

    #[test]
    fn a_child_that_ends_is_not_waited_for() {
        let interrupt = Interrupt::listen().unwrap();
        let mut group = Group::start(&mut shell("exit 0"), Signal::TERM).unwrap();
        let outcome = group.wait_until(&interrupt, Duration::from_secs(60), || false);
        assert!(outcome.unwrap_err().to_string().contains("ended too early"));
    }

    #[test]
    fn the_end_of_a_log_is_what_tells_most() {
        assert_eq!(last_lines(b"one\ntwo\n"), "one\ntwo");
        let long: String = (0..50).map(|line| format!("{line}\n")).collect();
        let end = last_lines(long.as_bytes());
        assert!(end.starts_with("30\n") && end.ends_with("\n49"), "{end}");
    }
}
