//! Every process of a production stack, each to be killed, stopped and started again.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{http::Http, proxy::Proxy};
use crate::{
    parts::{
        Part, await_ready, free_port, launch,
        services::Programs,
        settings::{Addresses, Purpose, UNLIMITED, api_environment, indexer_environment},
        souk::{Api, Indexer, data_folder},
    },
    process::{Group, output},
    run_folder::RunFolder,
    workspace::Workspace,
};

/// The key of the admin API.
pub(super) const ADMIN_KEY: &str = "only-for-trials-0123456789";
/// Longest time the stack may take to recover.
pub(super) const RECOVERY: Duration = Duration::from_secs(300);
pub(super) const POLL: Duration = Duration::from_millis(50);
/// A change that waits longer than this is late.
const LAG_SECONDS: f64 = 2.0;

/// A process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Postgres,
    Redis,
    Elasticsearch,
    Api,
    Indexer,
    SecondIndexer,
}

impl Who {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
            Self::Elasticsearch => "Elasticsearch",
            Self::Api => "API",
            Self::Indexer => "indexer",
            Self::SecondIndexer => "second indexer",
        }
    }
}

/// The stack.
pub(super) struct Field<'a> {
    workspace: &'a Workspace,
    run: &'a RunFolder,
    /// Later ones need earlier ones, hence are stopped first.
    slots: Vec<Slot>,
    /// Proxy between Souk and Elasticsearch.
    pub(super) network: Proxy,
    pub(super) api: Http,
    /// The API, without a key.
    pub(super) shop: Http,
    pub(super) elasticsearch: Http,
    pub(super) api_address: String,
    environment: Vec<(&'static str, String)>,
    psql: PathBuf,
    database: String,
}

struct Slot {
    who: Who,
    part: Box<dyn Part>,
    group: Option<Group>,
}

impl<'a> Field<'a> {
    /// Starts everything.
    pub(super) fn start(
        workspace: &'a Workspace,
        run: &'a RunFolder,
        programs: Programs,
        products: u32,
    ) -> Result<Self> {
        let psql = programs.postgres.join("psql");
        let (postgres, redis, elasticsearch) = programs.parts(Purpose::Tests, run)?;
        let network = Proxy::start(elasticsearch.port)?;
        let addresses = Addresses {
            database: postgres.url(),
            elasticsearch: network.url(),
            redis: redis.url(),
        };
        let api_port = free_port()?;
        let data = |folder: &str| data_folder(&run.path(folder)).display().to_string();
        let mut served = api_environment(
            &addresses,
            &Api::listen(api_port),
            "",
            &data("api"),
            ADMIN_KEY,
        );
        served.extend([
            ("SOUK_DEMO_PRODUCTS", products.to_string()),
            (UNLIMITED.0, UNLIMITED.1.to_owned()),
        ]);
        let mut indexed = indexer_environment(&addresses, "", &data("indexer"));
        indexed.extend([
            // Short, so that what a killed one held is soon taken over.
            ("SOUK_INDEXER_LEASE_SECS", "5".to_owned()),
            ("SOUK_INDEXER_MAX_ATTEMPTS", "2".to_owned()),
        ]);
        let indexer = |folder: &str| Indexer {
            program: workspace.executable("debug", "souk-indexer"),
            folder: run.path(folder),
            environment: indexed.clone(),
        };
        let api = Api {
            program: workspace.executable("debug", "souk"),
            folder: run.path("api"),
            port: api_port,
            environment: served,
        };
        let mut field = Self {
            network,
            api: Http::new(api.url(), ADMIN_KEY),
            shop: Http::anonymous(api.url()),
            elasticsearch: Http::new(elasticsearch.url(), ""),
            api_address: Api::listen(api_port),
            environment: indexed.clone(),
            psql,
            database: addresses.database,
            slots: vec![
                Slot::new(Who::Postgres, postgres),
                Slot::new(Who::Redis, redis),
                Slot::new(Who::Elasticsearch, elasticsearch),
                Slot::new(Who::Api, api),
                Slot::new(Who::Indexer, indexer("indexer")),
                Slot::new(Who::SecondIndexer, indexer("second-indexer")),
            ],
            workspace,
            run,
        };
        field.start_stopped()?;
        Ok(field)
    }

    /// Starts whatever does not run, and waits until each is ready.
    pub(super) fn start_stopped(&mut self) -> Result<()> {
        let (run, interrupt) = (self.run, &self.workspace.interrupt);
        for slot in self.slots.iter_mut().filter(|slot| slot.group.is_none()) {
            let mut group = launch(&*slot.part, |command| {
                run.mark(command);
            })?;
            await_ready(&*slot.part, &mut group, interrupt)?;
            slot.group = Some(group);
        }
        Ok(())
    }

    fn slot(&mut self, who: Who) -> Result<&mut Slot> {
        let slot = self.slots.iter_mut().find(|slot| slot.who == who);
        slot.context("a process that is not there")
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self, who: Who) -> Result<()> {
        if let Some(group) = self.slot(who)?.group.take() {
            group.kill();
        }
        Ok(())
    }

    /// Stops it in its tracks, or has it go on.
    pub(super) fn signal(&mut self, who: Who, signal: Signal) -> Result<()> {
        if let Some(group) = &self.slot(who)?.group {
            group.signal(signal);
            if who == Who::Postgres {
                // Each of its backends leads a group of its own.
                for child in children(group.id())? {
                    // Fails only if it has just ended.
                    let _ = kill_process(child, signal);
                }
            }
        }
        Ok(())
    }

    /// Waits until a condition holds.
    pub(super) fn wait_until(
        &self,
        what: &str,
        mut holds: impl FnMut(&Self) -> Result<bool>,
    ) -> Result<()> {
        self.wait_while(|field| Ok((!holds(field)?).then(|| format!("{what}: not so"))))
    }

    /// Waits until nothing is in the way any more; then fails with what still is.
    fn wait_while(&self, mut obstacle: impl FnMut(&Self) -> Result<Option<String>>) -> Result<()> {
        let deadline = Instant::now() + RECOVERY;
        loop {
            self.workspace.interrupt.check()?;
            let outcome = obstacle(self);
            if matches!(outcome, Ok(None)) {
                return Ok(());
            }
            if Instant::now() > deadline {
                let obstacle = outcome?.unwrap_or_default();
                anyhow::bail!("not recovered after {RECOVERY:?}: {obstacle}");
            }
            thread::sleep(POLL);
        }
    }

    /// Waits until the engine answers again and no change is late.
    pub(super) fn settle(&self) -> Result<()> {
        self.wait_while(|field| {
            let ready = field.api.get("/health/ready")?;
            let found = field.api.get("/api/search?per_page=1")?;
            let lag = ready["outbox"]["lag_seconds"].as_f64();
            let settled = ready["status"] == "ready"
                && found["degraded"] == false
                && lag.is_some_and(|lag| lag < LAG_SECONDS);
            let seen = || {
                let (engine, degraded) = (&found["engine"], &found["degraded"]);
                format!("engine {engine}, degraded {degraded}, readiness {ready}")
            };
            Ok((!settled).then(seen))
        })
    }

    /// Proves that database and index agree.
    pub(super) fn verify(&self) -> Result<()> {
        let mut command = Command::new(self.workspace.executable("debug", "souk-indexer"));
        command
            .arg("verify")
            .current_dir(self.run.path("indexer"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        output(self.run.mark(&mut command)).context("database and index differ")?;
        Ok(())
    }

    /// Number of products that a search finds, from the engine itself.
    pub(super) fn found(&self, query: &str) -> Result<u64> {
        let page = self
            .api
            .get(&format!("/api/search?facets=none&per_page=1&{query}"))?;
        ensure!(page["degraded"] == false, "the engine does not answer");
        page["total"].as_u64().context("no total")
    }

    /// Runs a statement, as somebody with `psql` would.
    pub(super) fn sql(&self, statement: &str) -> Result<()> {
        let mut psql = Command::new(&self.psql);
        psql.args([&self.database, "--quiet", "--command", statement]);
        output(&mut psql)?;
        Ok(())
    }

    /// The path of the index that is served.
    pub(super) fn served_index(&self) -> Result<String> {
        let status = self.api.get("/api/admin/search/status")?;
        let indexes = status["indexes"].as_array().context("no indexes")?;
        let served = indexes.iter().find(|index| index["serving"] == true);
        let name = served.and_then(|index| index["name"].as_str());
        Ok(format!("/{}", name.context("no index is served")?))
    }

    /// Changes a setting of every index.
    pub(super) fn set_indexes(&self, settings: &Value) -> Result<()> {
        self.elasticsearch.put("/souk-*/_settings", settings)?;
        Ok(())
    }
}

/// Processes that a process has started and that still run.
fn children(process: u32) -> Result<Vec<Pid>> {
    let path = format!("/proc/{process}/task/{process}/children");
    let ids = fs::read_to_string(&path).with_context(|| path.clone())?;
    let ids = ids.split_whitespace().map(str::parse::<i32>);
    ids.map(|id| Pid::from_raw(id?).context("a process without an id"))
        .collect()
}

impl Slot {
    fn new(who: Who, part: impl Part + 'static) -> Self {
        Self {
            who,
            part: Box::new(part),
            group: None,
        }
    }
}

impl Drop for Field<'_> {
    fn drop(&mut self) {
        for slot in self.slots.iter_mut().rev() {
            slot.group = None;
        }
    }
}

/// Processes that may be killed.
pub(super) const MORTAL: [Who; 5] = [
    Who::Indexer,
    Who::Api,
    Who::Elasticsearch,
    Who::Postgres,
    Who::Redis,
];
