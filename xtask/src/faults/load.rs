//! The mix of writes and searches that goes on while things break.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use serde::Deserialize;

/// The running mix.
pub(super) struct Load {
    child: Child,
    report: PathBuf,
}

/// Counts of the load so far.
#[derive(Deserialize)]
pub(super) struct RequestCounts {
    /// By what was going on.
    pub(super) phases: BTreeMap<String, Tally>,
    /// Acknowledged changes that search does not find.
    pub(super) lost: Vec<String>,
}

/// Counts of one phase.
#[derive(Deserialize, Default)]
pub(super) struct Tally {
    pub(super) writes: u64,
    pub(super) unacknowledged: u64,
    pub(super) searches: u64,
    pub(super) degraded: u64,
    pub(super) failed: u64,
    pub(super) unreachable: u64,
    pub(super) samples: Vec<String>,
}

impl Load {
    /// Starts it against an API.
    pub(super) fn start(
        mut program: Command,
        api: &str,
        admin_key: &str,
        report: PathBuf,
    ) -> Result<Self> {
        let child = program
            .args(["mix", "--api", api, "--report"])
            .arg(&report)
            .env("SOUK_ADMIN_KEY", admin_key)
            .process_group(0)
            .stdin(Stdio::piped())
            .spawn()
            .context("the mix of writes and searches cannot be started")?;
        Ok(Self { child, report })
    }

    /// Counts under this name from now on.
    pub(super) fn begin(&mut self, phase: &str) -> Result<()> {
        let input = self.child.stdin.as_mut().context("the mix has ended")?;
        writeln!(input, "{phase}").context("the mix has ended")
    }

    /// Ends it, has it look for what it wrote, and answers what it counted.
    pub(super) fn end(mut self) -> Result<RequestCounts> {
        drop(self.child.stdin.take());
        self.child.wait()?;
        let report = fs::read(&self.report).context("the mix has counted nothing")?;
        Ok(serde_json::from_slice(&report)?)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // Fails only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
