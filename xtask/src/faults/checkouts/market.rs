//! The marketplace that buyers come to: API processes over one database, each to be killed and started again.

use std::{fs, path::PathBuf, process::Command, thread, time::Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{buyer::Goods, database::Database};
use crate::{
    faults::{
        field::{ADMIN_KEY, POLL, RECOVERY},
        http::Http,
    },
    parts::{
        Part, await_ready, free_port, launch,
        postgres::Postgres,
        redis::Redis,
        settings::{Addresses, Purpose, UNLIMITED, api_environment},
        souk::{Api, data_folder},
    },
    process::{Group, output},
    run_folder::RunFolder,
    tools,
    workspace::Workspace,
};

/// API processes over PostgreSQL.
const PROCESSES: usize = 3;
/// Units of each of the goods at the beginning of a round.
pub(super) const UNITS: i64 = 10;
/// Purchases that may have the promotion of a round.
pub(super) const PROMOTIONS: i64 = 6;
/// Nobody listens there: selling needs no search engine.
const NO_ENGINE: &str = "http://127.0.0.1:9";

/// Kind of the marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::faults) enum Kind {
    /// Three API processes over PostgreSQL and Redis.
    Postgres,
    /// One process with everything in it.
    Embedded,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "checkouts under kills, PostgreSQL",
            Self::Embedded => "checkouts under kills, SQLite",
        }
    }
}

/// A process that may be killed.
struct Slot {
    part: Box<dyn Part>,
    group: Option<Group>,
}

/// The marketplace.
pub(super) struct Market<'a> {
    workspace: &'a Workspace,
    run: &'a RunFolder,
    /// What the API processes need; the first is PostgreSQL, the second Redis.
    services: Vec<Slot>,
    apis: Vec<Slot>,
    pub(super) database: Database,
    environment: Vec<(&'static str, String)>,
}

impl<'a> Market<'a> {
    /// Starts everything.
    pub(super) fn start(workspace: &'a Workspace, run: &'a RunFolder, kind: Kind) -> Result<Self> {
        let mut market = match kind {
            Kind::Postgres => Self::on_postgres(workspace, run)?,
            Kind::Embedded => Self::embedded(workspace, run)?,
        };
        market.start_stopped()?;
        Ok(market)
    }

    fn on_postgres(workspace: &'a Workspace, run: &'a RunFolder) -> Result<Self> {
        let bin = tools::servers::postgres(workspace)?;
        let psql = bin.join("psql");
        let purpose = Purpose::Tests;
        let postgres = Postgres {
            bin,
            folder: run.path("checkouts-postgres"),
            port: free_port()?,
            purpose,
        };
        let redis = Redis {
            program: tools::servers::redis(workspace)?,
            folder: run.path("checkouts-redis"),
            port: free_port()?,
            purpose,
        };
        let addresses = Addresses {
            database: postgres.url(),
            elasticsearch: NO_ENGINE.to_owned(),
            redis: redis.url(),
        };
        let mut apis = Vec::new();
        let mut environment = Vec::new();
        for number in 1..=PROCESSES {
            let folder = run.path(&format!("checkouts-api-{number}"));
            let port = free_port()?;
            let data = data_folder(&folder).display().to_string();
            environment = api_environment(&addresses, &Api::listen(port), "", &data, ADMIN_KEY);
            environment.extend(settings());
            apis.push(api(workspace, folder, port, environment.clone()));
        }
        Ok(Self {
            workspace,
            run,
            database: Database::Postgres {
                psql,
                url: addresses.database,
            },
            services: vec![Slot::new(postgres), Slot::new(redis)],
            apis,
            environment,
        })
    }

    fn embedded(workspace: &'a Workspace, run: &'a RunFolder) -> Result<Self> {
        let (folder, port) = (run.path("checkouts-embedded"), free_port()?);
        let data = data_folder(&folder);
        let mut environment = vec![
            ("SOUK_LISTEN", Api::listen(port)),
            ("SOUK_ADMIN_KEY", ADMIN_KEY.to_owned()),
            ("SOUK_DATA_DIR", data.display().to_string()),
        ];
        environment.extend(settings());
        Ok(Self {
            workspace,
            run,
            database: Database::Sqlite {
                sqlite3: tools::servers::sqlite3(workspace)?,
                file: data.join("souk.db"),
            },
            services: Vec::new(),
            apis: vec![api(workspace, folder, port, environment.clone())],
            environment,
        })
    }

    /// Starts whatever does not run, and waits until all are ready.
    pub(super) fn start_stopped(&mut self) -> Result<()> {
        let (run, interrupt) = (self.run, &self.workspace.interrupt);
        for slot in self.services.iter_mut().chain(&mut self.apis) {
            slot.launch(run)?;
            let group = slot
                .group
                .as_mut()
                .context("a process that was not started")?;
            await_ready(&*slot.part, group, interrupt)?;
        }
        Ok(())
    }

    /// Addresses of the API processes.
    pub(super) fn servers(&self) -> Vec<String> {
        self.apis.iter().map(|slot| slot.part.url()).collect()
    }

    /// Kills an API process, whatever it is doing.
    pub(super) fn kill_api(&mut self, number: usize) {
        self.apis[number].kill();
    }

    /// Starts an API process again without waiting for it.
    pub(super) fn launch_api(&mut self, number: usize) -> Result<()> {
        self.apis[number].launch(self.run)
    }

    /// Kills Redis. Returns false if there is none.
    pub(super) fn kill_redis(&mut self) -> bool {
        match self.services.get_mut(1) {
            Some(redis) => redis.kill(),
            None => return false,
        }
        true
    }

    /// Starts Redis again without waiting for it, where there is one.
    pub(super) fn launch_redis(&mut self) -> Result<()> {
        match self.services.get_mut(1) {
            Some(redis) => redis.launch(self.run),
            None => Ok(()),
        }
    }

    /// Adds the goods of a round: of several sellers, some of them offered by two. Returns what can be bought.
    pub(super) fn stock(&self, round: u32) -> Result<Vec<Goods>> {
        let admin = Http::new(self.apis[0].part.url(), ADMIN_KEY);
        let variant = |product: u32, letter: &str, offers: Value| {
            json!({
                "sku": format!("r{round}-{product}{letter}"),
                "options": {"size": letter},
                "price": 1_000 + 100 * product,
                "stock": UNITS,
                "offers": offers,
            })
        };
        let products = (1..=4).map(|product: u32| {
            let offers = match product {
                1 | 2 => json!([{"seller": "keeper-5", "price": 950, "stock": UNITS}]),
                _ => json!([]),
            };
            json!({
                "external_id": format!("r{round}-{product}"),
                "title": format!("Round {round}, product {product}"),
                "seller": format!("keeper-{product}"),
                "variants": [variant(product, "a", offers), variant(product, "b", json!([]))],
            })
        });
        let batch = json!({"missing": "create", "products": products.collect::<Vec<_>>()});
        let made = admin.post("/api/admin/products/batch", &batch)?;
        ensure!(made["rejected"] == 0, "the goods are refused: {made}");
        let promotion = json!({
            "name": "Ten",
            "benefit": "percent",
            "rate_ppm": 100_000,
            "code": format!("ROUND-{round}"),
            "limit": PROMOTIONS,
        });
        admin.post("/api/admin/promotions", &promotion)?;
        let rows = self.database.rows(&format!(
            "SELECT id, 0 FROM variants WHERE sku LIKE 'r{round}-%'
             UNION ALL SELECT v.id, o.id FROM offers o JOIN variants v ON v.id = o.variant_id WHERE v.sku LIKE 'r{round}-%'
             ORDER BY 1, 2"
        ))?;
        let goods = rows.iter().map(|row| {
            let (variant, offer) = row.split_once('|').context("a row without an offer")?;
            let offer = offer.parse::<i64>()?;
            Ok(Goods {
                variant: variant.parse()?,
                offer: (offer > 0).then_some(offer),
            })
        });
        goods.collect()
    }

    /// Has all open purchases run out of time, kills a process and starts it: what it does first ends them.
    pub(super) fn end_open(&mut self) -> Result<()> {
        let open = "SELECT (SELECT count(*) FROM order_groups WHERE expires_at IS NOT NULL)
                         + (SELECT count(*) FROM refunds WHERE sent_at IS NULL)";
        self.database
            .rows("UPDATE order_groups SET expires_at = 1 WHERE expires_at IS NOT NULL")?;
        self.kill_api(0);
        self.start_stopped()?;
        let deadline = Instant::now() + RECOVERY;
        loop {
            self.workspace.interrupt.check()?;
            let left = self.database.number(open)?;
            if left == 0 {
                return Ok(());
            }
            ensure!(
                Instant::now() < deadline,
                "{left} purchases never end, or are never paid back"
            );
            thread::sleep(POLL);
        }
    }

    /// Has Souk look at every journal of its ledger.
    pub(super) fn verify_ledger(&self) -> Result<()> {
        let folder = self.run.path("checkouts-ledger");
        fs::create_dir_all(&folder)?;
        let mut command = Command::new(self.workspace.executable("debug", "souk"));
        command
            .args(["ledger", "verify"])
            .current_dir(folder)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        output(self.run.mark(&mut command)).context("the ledger is broken")?;
        Ok(())
    }
}

impl Drop for Market<'_> {
    fn drop(&mut self) {
        // What needs others ends before them.
        self.apis.clear();
        while self.services.pop().is_some() {}
    }
}

impl Slot {
    fn new(part: impl Part + 'static) -> Self {
        Self {
            part: Box::new(part),
            group: None,
        }
    }

    fn launch(&mut self, run: &RunFolder) -> Result<()> {
        if self.group.is_none() {
            let group = launch(&*self.part, |command| {
                run.mark(command);
            })?;
            self.group = Some(group);
        }
        Ok(())
    }

    fn kill(&mut self) {
        if let Some(group) = self.group.take() {
            group.kill();
        }
    }
}

fn api(
    workspace: &Workspace,
    folder: PathBuf,
    port: u16,
    environment: Vec<(&'static str, String)>,
) -> Slot {
    Slot::new(Api {
        program: workspace.executable("debug", "souk"),
        folder,
        port,
        environment,
    })
}

fn settings() -> [(&'static str, String); 3] {
    [
        ("SOUK_DEMO", "false".to_owned()),
        ("SOUK_PAYMENT_PROVIDERS", "test".to_owned()),
        (UNLIMITED.0, UNLIMITED.1.to_owned()),
    ]
}
