//! The stack of services that load is put on, for the time of one run.

use std::{fs, path::PathBuf, thread, time::Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Arguments;
use crate::{
    parts::{
        Part, Running,
        elasticsearch::Elasticsearch,
        free_port,
        services::Programs,
        settings::{Addresses, Purpose, UNLIMITED, api_environment, indexer_environment},
        souk::{Api, Indexer, data_folder},
    },
    process::{POLL, run as run_command},
    report::step,
    run_folder::RunFolder,
    workspace::Workspace,
};

/// The key of its admin API.
pub(super) const ADMIN_KEY: &str = "load-admin-key-0123456789abcdef";
/// Longest time that indexing the catalogue may take.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30 * 60);

/// The running stack; dropping it stops it, what needs others first.
pub(super) struct Shop<'a> {
    workspace: &'a Workspace,
    run: &'a RunFolder,
    profile: &'static str,
    addresses: Addresses,
    pub(super) api: Running,
    _indexer: Running,
    elasticsearch: Option<Running>,
    elasticsearch_part: Elasticsearch,
    _redis: Running,
    _postgres: Running,
}

impl<'a> Shop<'a> {
    /// Starts everything, and fills it with a generated marketplace.
    pub(super) fn start(
        workspace: &'a Workspace,
        run: &'a RunFolder,
        arguments: &Arguments,
        settings: &[(&'static str, String)],
    ) -> Result<Self> {
        let (interrupt, profile) = (&workspace.interrupt, arguments.profile());
        let (postgres, redis, elasticsearch) =
            Programs::find(workspace)?.parts(Purpose::Use, run)?;
        let start = |part: &dyn Part| {
            step(&format!("start {}", part.name()), || {
                Running::start(part, run, interrupt)
            })
        };
        let addresses = Addresses {
            database: postgres.url(),
            elasticsearch: elasticsearch.url(),
            redis: redis.url(),
        };
        let (postgres, redis) = (start(&postgres)?, start(&redis)?);
        let running = start(&elasticsearch)?;
        let api = api(workspace, run, profile, &addresses, "api", settings)?;
        let indexer = Indexer {
            program: workspace.executable(profile, "souk-indexer"),
            folder: run.path("indexer"),
            environment: indexer_environment(
                &addresses,
                "",
                &data_folder(&run.path("indexer")).display().to_string(),
            ),
        };
        let shop = Self {
            workspace,
            run,
            profile,
            addresses,
            // It makes the database's schema.
            api: start(&api)?,
            _indexer: start(&indexer)?,
            elasticsearch: Some(running),
            elasticsearch_part: elasticsearch,
            _redis: redis,
            _postgres: postgres,
        };
        step("generate the marketplace", || shop.generate(arguments))?;
        step("index it", || shop.indexed())?;
        Ok(shop)
    }

    /// Another API process beside the first.
    pub(super) fn another_api(&self, settings: &[(&'static str, String)]) -> Result<Running> {
        let api = api(
            self.workspace,
            self.run,
            self.profile,
            &self.addresses,
            "another-api",
            settings,
        )?;
        step("start another API", || {
            Running::start(&api, self.run, &self.workspace.interrupt)
        })
    }

    fn generate(&self, arguments: &Arguments) -> Result<()> {
        let souk = self.workspace.executable(self.profile, "souk");
        let folder = self.run.path("generate");
        fs::create_dir_all(&folder)?;
        let mut generate = self.workspace.command(souk);
        generate
            .arg("generate")
            .args(arguments.shop_arguments())
            .env("DATABASE_URL", &self.addresses.database)
            .current_dir(folder);
        run_command(self.run.mark(&mut generate), &self.workspace.interrupt)
    }

    /// Waits until no change waits to be indexed.
    fn indexed(&self) -> Result<()> {
        let url = format!("{}/health/ready", self.api.url());
        let deadline = Instant::now() + TIMEOUT;
        loop {
            self.workspace.interrupt.check()?;
            let health: Value = ureq::get(&url).call()?.body_mut().read_json()?;
            let waiting = health["outbox"]["rows"].as_u64();
            if waiting.context("the API does not say how many changes wait")? == 0 {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "changes still wait: {health}");
            thread::sleep(POLL);
        }
    }

    /// Kills Elasticsearch.
    pub(super) fn kill_index(&mut self) {
        if let Some(elasticsearch) = self.elasticsearch.take() {
            elasticsearch.kill();
        }
    }

    /// Starts Elasticsearch again, with the data that it had.
    pub(super) fn start_index(&mut self) -> Result<()> {
        if self.elasticsearch.is_none() {
            let interrupt = &self.workspace.interrupt;
            let started = Running::start(&self.elasticsearch_part, self.run, interrupt)?;
            self.elasticsearch = Some(started);
        }
        Ok(())
    }
}

fn api(
    workspace: &Workspace,
    run: &RunFolder,
    profile: &str,
    addresses: &Addresses,
    name: &str,
    settings: &[(&'static str, String)],
) -> Result<Api> {
    let (port, folder) = (free_port()?, run.path(name));
    let data = data_folder(&folder).display().to_string();
    let mut environment = api_environment(addresses, &Api::listen(port), "", &data, ADMIN_KEY);
    environment.extend([
        ("SOUK_DEMO", "false".to_owned()),
        // All shoppers come from this machine.
        (UNLIMITED.0, UNLIMITED.1.to_owned()),
    ]);
    environment.extend(settings.iter().cloned());
    Ok(Api {
        program: program(workspace, profile),
        folder,
        port,
        environment,
    })
}

fn program(workspace: &Workspace, profile: &str) -> PathBuf {
    workspace.executable(profile, "souk")
}

/// The most memory that a process has held so far, in megabytes.
pub(super) fn peak_memory_mb(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}
