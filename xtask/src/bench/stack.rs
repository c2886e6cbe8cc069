//! The stack of services that is measured.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{
    parts::{
        Running, free_port,
        services::{Programs, Services},
        settings::{Addresses, Purpose, UNLIMITED, api_environment, indexer_environment},
        souk::{Api, Indexer, data_folder},
    },
    report::step,
    run_folder::RunFolder,
    workspace::Workspace,
};

/// The key of its admin API.
const ADMIN_KEY: &str = "bench-admin-key-0123456789abcdef";

/// The whole of Souk as services; dropping it stops them, the last one started first.
pub(super) struct Stack {
    indexer: Running,
    api: Running,
    services: Services,
    /// Program that generates the products.
    souk: PathBuf,
    pgbench: PathBuf,
}

impl Stack {
    /// Starts everything, each server on a free port and with its data in the run's folder.
    pub(super) fn start(workspace: &Workspace, run: &RunFolder) -> Result<Self> {
        let interrupt = &workspace.interrupt;
        let programs = Programs::find(workspace)?;
        let pgbench = programs.postgres.join("pgbench");
        let services = Services::start(programs, Purpose::Use, run, interrupt)?;
        let addresses = services.addresses();
        let extra = [
            // What is measured is how long an answer takes to make.
            ("SOUK_CACHE", "false"),
            // Elasticsearch is sent the same without what the catalogue taught, and learning takes time of its own.
            ("SOUK_QUERY_UNDERSTANDING_PRODUCTS", "0"),
            ("SOUK_PAYMENT_PROVIDERS", "test"),
        ];
        let api = api(workspace, &addresses, run.path("api"), &extra)?;
        let data = data_folder(&run.path("indexer")).display().to_string();
        let indexer = Indexer {
            program: workspace.executable("dist", "souk-indexer"),
            folder: run.path("indexer"),
            environment: indexer_environment(&addresses, "", &data),
        };
        Ok(Self {
            api: step("start the API", || Running::start(&api, run, interrupt))?,
            indexer: step("start the indexer", || {
                Running::start(&indexer, run, interrupt)
            })?,
            services,
            souk: workspace.executable("dist", "souk"),
            pgbench,
        })
    }

    /// An API beside the first, which keeps answers.
    pub(super) fn second_api(&self, workspace: &Workspace, run: &RunFolder) -> Result<Running> {
        let addresses = self.services.addresses();
        let api = api(workspace, &addresses, run.path("second-api"), &[])?;
        step("start a second API", || {
            Running::start(&api, run, &workspace.interrupt)
        })
    }

    /// Tells the benchmark of the cache where everything is.
    pub(super) fn describe_cached_to(&self, bench: &mut Command, cached: &Running) {
        let address = |api: &Running| api.url().trim_start_matches("http://").to_owned();
        bench
            .arg("cached")
            .args(["--cached", &address(cached)])
            .args(["--uncached", &address(&self.api)])
            .args(["--admin-key", ADMIN_KEY])
            .args(["--database", &self.services.addresses().database])
            .arg("--souk")
            .arg(&self.souk);
    }

    /// Tells the benchmark where everything is.
    pub(super) fn describe_to(&self, bench: &mut Command) {
        bench
            .arg("stack")
            .args(["--admin-key", ADMIN_KEY])
            .args(["--indexer", &self.indexer.id().to_string()])
            .arg("--pgbench")
            .arg(&self.pgbench);
        self.place(bench);
    }

    /// Tells the benchmark of growth where everything is.
    pub(super) fn describe_growth_to(&self, bench: &mut Command) {
        bench
            .arg("growth-stack")
            .args(["--api-process", &self.api.id().to_string()]);
        self.place(bench);
    }

    /// Inputs of every benchmark of the stack.
    fn place(&self, bench: &mut Command) {
        let addresses = self.services.addresses();
        bench
            .args(["--api", self.api.url()])
            .args(["--database", &addresses.database])
            .args(["--elasticsearch", &addresses.elasticsearch])
            .arg("--souk")
            .arg(&self.souk);
    }
}

/// An API that has only what the benchmark brings, and answers however often it is asked.
fn api(
    workspace: &Workspace,
    addresses: &Addresses,
    folder: PathBuf,
    extra: &[(&'static str, &str)],
) -> Result<Api> {
    let (port, data) = (free_port()?, data_folder(&folder).display().to_string());
    let mut environment = api_environment(addresses, &Api::listen(port), "", &data, ADMIN_KEY);
    let settings = [("SOUK_DEMO", "false"), UNLIMITED];
    let settings = settings.iter().chain(extra);
    environment.extend(settings.map(|(name, value)| (*name, (*value).to_owned())));
    Ok(Api {
        program: workspace.executable("dist", "souk"),
        folder,
        port,
        environment,
    })
}
