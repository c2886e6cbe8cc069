//! Running a scenario against one address.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    thread,
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;

use super::{
    Arguments,
    scenario::{Scenario, Tool},
    shop::{Shop, peak_memory_mb},
};
use crate::{
    process::{Group, POLL, run as run_command},
    report::say,
    run_folder::RunFolder,
    tools,
    workspace::Workspace,
};

/// Folder of reports in the checkout; git ignores it.
const REPORTS: &str = "load-tests/reports";

/// Activity beside the load.
pub(super) trait Meanwhile {
    /// Called again and again, with the share of the time that is over.
    fn at(&mut self, share: f64) -> Result<()>;
}

/// Nothing.
pub(super) struct Quiet;

impl Meanwhile for Quiet {
    fn at(&mut self, _share: f64) -> Result<()> {
        Ok(())
    }
}

/// Elasticsearch is away for the middle third.
pub(super) struct Outage<'a, 'b>(pub(super) &'a mut Shop<'b>);

impl Meanwhile for Outage<'_, '_> {
    fn at(&mut self, share: f64) -> Result<()> {
        match share {
            share if share > 2.0 / 3.0 => self.0.start_index(),
            share if share > 1.0 / 3.0 => {
                self.0.kill_index();
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Target of the load.
#[derive(Clone)]
pub(super) struct Asked<'a> {
    /// Title of the report.
    pub(super) name: &'a str,
    pub(super) url: String,
    pub(super) admin_key: &'a str,
    /// The process that answers, if it is one of ours.
    pub(super) process: Option<u32>,
    /// Variables that the script is told besides.
    pub(super) variables: &'a [(&'a str, &'a str)],
}

/// A scenario about to be run.
pub(super) struct LoadTest<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) run: &'a RunFolder,
    pub(super) arguments: &'a Arguments,
    pub(super) scenario: Scenario,
    pub(super) query_log: PathBuf,
}

impl LoadTest<'_> {
    /// Lets shoppers in, and writes the report.
    pub(super) fn conduct(&self, asked: &Asked<'_>, meanwhile: &mut dyn Meanwhile) -> Result<()> {
        let name = asked.name;
        let summary = self.run.path(&format!("{name}.json"));
        let mut command = match (self.scenario, self.arguments.tool) {
            (Scenario::Sessions, _) => self.sessions(&asked.url, &summary),
            (_, Tool::K6) => self.k6(&asked.url, &summary)?,
            (_, Tool::Artillery) => self.artillery(&asked.url, &summary)?,
        };
        command
            .env("QUERY_LOG", &self.query_log)
            .env("SOUK_ADMIN_KEY", asked.admin_key)
            .envs(asked.variables.iter().copied());
        say(format_args!("{name}: asking {}", asked.url));
        let status = self.watched(&mut command, meanwhile)?;
        ensure!(
            summary.is_file(),
            "{name} broke off before anything was measured: {status}"
        );
        let report = self.report(asked, &summary)?;
        say(format_args!("{name}: see {}", report.display()));
        ensure!(status.success(), "{name}: a limit was missed ({status})");
        Ok(())
    }

    fn watched(&self, command: &mut Command, meanwhile: &mut dyn Meanwhile) -> Result<ExitStatus> {
        let begun = Instant::now();
        let duration = self.arguments.duration(self.scenario);
        let mut group = Group::start(self.run.mark(command), Signal::TERM)?;
        loop {
            if let Some(status) = group.ended()? {
                // Whatever it has not come to is made up for.
                meanwhile.at(1.0)?;
                return Ok(status);
            }
            self.workspace.interrupt.check()?;
            meanwhile.at(begun.elapsed().as_secs_f64() / duration.as_secs_f64())?;
            thread::sleep(POLL);
        }
    }

    fn script(&self, tool: Tool) -> Result<String> {
        self.scenario.script(tool).context("there is no script")
    }

    fn k6(&self, url: &str, summary: &Path) -> Result<Command> {
        let mut k6 = self.workspace.command(tools::k6::k6(self.workspace)?);
        let seconds = self.arguments.duration(self.scenario).as_secs();
        k6.args(["run", "--quiet", "--include-system-env-vars"])
            .arg(self.script(Tool::K6)?)
            .env("K6_NO_USAGE_REPORT", "true")
            .env("ADDRESS", url)
            .env("DURATION", format!("{seconds}s"))
            .env("RATE", self.arguments.rate.to_string())
            .env("SLACK", self.arguments.slack.to_string())
            .env("SUMMARY", summary);
        Ok(k6)
    }

    fn artillery(&self, url: &str, summary: &Path) -> Result<Command> {
        let script = self.script(Tool::Artillery)?;
        let mut artillery =
            tools::artillery::Artillery::find(self.workspace)?.command(self.workspace);
        artillery
            .args(["run", "--quiet", "--target", url, "--output"])
            .arg(summary)
            .arg(script);
        if let Some(overrides) = self.artillery_overrides() {
            artillery.args(["--overrides", &overrides.to_string()]);
        }
        Ok(artillery)
    }

    /// Values that replace those of the script.
    fn artillery_overrides(&self) -> Option<serde_json::Value> {
        let Arguments {
            duration,
            rate,
            slack,
            ..
        } = self.arguments;
        let mut config = serde_json::Map::new();
        if self.scenario != Scenario::Spike && (duration.is_some() || *rate != 5) {
            let seconds = self.arguments.duration(self.scenario).as_secs();
            let phases = serde_json::json!([{ "duration": seconds, "arrivalRate": rate }]);
            config.insert("phases".to_owned(), phases);
        }
        if *slack != 1.0 {
            let limits = serde_json::json!({
                "thresholds": [
                    { "http.response_time.p95": 200.0 * slack },
                    { "http.response_time.p99": 500.0 * slack },
                ],
                "conditions": [{ "expression": "vusers.failed == 0", "strict": true }],
            });
            config.insert("ensure".to_owned(), limits);
        }
        (!config.is_empty()).then(|| serde_json::json!({ "config": config }))
    }

    fn sessions(&self, url: &str, summary: &Path) -> Command {
        let mut bench = self.bench();
        bench
            .arg("sessions")
            .args([
                "--address",
                url.trim_start_matches("http://").trim_end_matches('/'),
            ])
            .args(["--connections", &self.arguments.connections.to_string()])
            .args([
                "--seconds",
                &self.arguments.duration(self.scenario).as_secs().to_string(),
            ])
            .arg("--query-log")
            .arg(&self.query_log)
            .arg("--summary")
            .arg(summary);
        bench
    }

    fn report(&self, asked: &Asked<'_>, summary: &Path) -> Result<PathBuf> {
        let (tool, folder) = match (self.scenario, self.arguments.tool) {
            (Scenario::Sessions, _) => ("sessions", asked.name.to_owned()),
            (_, Tool::K6) => ("k6", asked.name.to_owned()),
            (_, Tool::Artillery) => ("artillery", format!("{}-artillery", asked.name)),
        };
        let folder = self.workspace.path(REPORTS).join(folder);
        let of_whom = match asked.process {
            None => asked.url.clone(),
            Some(_) => format!(
                "{} products in PostgreSQL, Elasticsearch and Redis, all on this machine; {} build",
                self.arguments.products,
                self.arguments.profile()
            ),
        };
        let mut bench = self.bench();
        bench
            .arg("load-report")
            .args(["--tool", tool, "--title", asked.name, "--asked", &of_whom])
            .arg("--summary")
            .arg(summary)
            .arg("--folder")
            .arg(&folder);
        if let Some(peak) = asked.process.and_then(peak_memory_mb) {
            bench.args([
                "--note",
                &format!("The API process held {peak} MB at most."),
            ]);
        }
        run_command(&mut bench, &self.workspace.interrupt)?;
        Ok(folder.join("summary.md"))
    }

    fn bench(&self) -> Command {
        let profile = self.arguments.profile();
        self.workspace
            .command(self.workspace.executable(profile, "souk-bench"))
    }
}
