//! Counts of requests by the phase in which they began.

use std::{collections::BTreeMap, fs, path::Path, sync::Mutex};

use anyhow::Result;
use serde::Serialize;

/// The phase in which nothing goes wrong.
const ALL_WELL: &str = "all well";
/// Failures of a phase that are reported in full.
const SAMPLES: usize = 5;

/// Counts of one phase.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tally {
    /// Changes that were acknowledged.
    pub(super) writes: u64,
    /// Changes that were not: refused, or nobody knows.
    pub(super) unacknowledged: u64,
    /// Searches that were answered.
    pub(super) searches: u64,
    /// Searches that the fallback ran.
    pub(super) degraded: u64,
    /// Searches that were answered with an error.
    pub(super) failed: u64,
    /// Searches that nobody answered.
    pub(super) unreachable: u64,
    /// Messages of some failures.
    pub(super) samples: Vec<String>,
}

/// All that is counted.
#[derive(Debug, Default)]
pub(super) struct Tallies(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    phase: String,
    tallies: BTreeMap<String, Tally>,
}

#[derive(Serialize)]
struct Report<'a> {
    phases: &'a BTreeMap<String, Tally>,
    lost: &'a [String],
}

impl Tallies {
    /// Counts under this name from now on.
    pub(super) fn begin(&self, phase: &str) {
        phase.clone_into(&mut self.state().phase);
    }

    /// Phase of a failure: the fault at its start or, if there was none then, the current one.
    pub(super) fn blamed(&self, phase: &str) -> String {
        if phase == ALL_WELL {
            self.phase()
        } else {
            phase.to_owned()
        }
    }

    /// Current phase.
    pub(super) fn phase(&self) -> String {
        self.state().phase.clone()
    }

    /// Counts something that began in this phase.
    pub(super) fn count(&self, phase: &str, count: impl FnOnce(&mut Tally)) {
        count(self.state().tallies.entry(phase.to_owned()).or_default());
    }

    /// Writes everything down.
    pub(super) fn report(&self, lost: &[String], path: &Path) -> Result<()> {
        let state = self.state();
        let report = Report {
            phases: &state.tallies,
            lost,
        };
        Ok(fs::write(path, serde_json::to_vec_pretty(&report)?)?)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Tally {
    /// Counts a failure and keeps what it said, if it is among the first.
    pub(super) fn fail(&mut self, told: String) {
        self.failed += 1;
        if self.samples.len() < SAMPLES {
            self.samples.push(told);
        }
    }
}
