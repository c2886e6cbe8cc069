//! Measures the cache: a hit next to a server that always answers the same, and a storefront's requests with the cache
//! and without.

pub(crate) mod constant;
mod storefront;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use hyper::Method;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;
use souk_store::{DatabaseOptions, Store};
use tokio::time;

use self::constant::Constant;
use crate::{
    fill,
    http::Connection,
    load::{self, Load},
    report::{Report, Target},
    say,
};

/// PostgreSQL's processes report what they did about once a second.
const REPORTED: Duration = Duration::from_secs(2);
const CLIENTS: usize = 16;
const ROUNDS: u32 = 5;

/// Measure the cache of a running stack with two API processes, one that keeps answers and one that does not.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The executable that generates products.
    #[arg(long)]
    souk: PathBuf,
    /// Address of the API that keeps answers, such as 127.0.0.1:3000.
    #[arg(long)]
    cached: SocketAddr,
    /// Address of the API that does not.
    #[arg(long)]
    uncached: SocketAddr,
    /// The admin key of both.
    #[arg(long)]
    admin_key: String,
    /// The database.
    #[arg(long)]
    database: String,
    /// Number of products to generate.
    #[arg(long)]
    products: u32,
    /// A folder for files of its own.
    #[arg(long)]
    folder: PathBuf,
    /// File for the measurements as JSON.
    #[arg(long)]
    report: PathBuf,
    /// Measure everything for a short while only.
    #[arg(long)]
    quick: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut report = Report::default();
    report.note("products", arguments.products.into(), "number");
    let store = Store::connect(&DatabaseOptions::new(&arguments.database)).await?;
    fill(arguments, &store).await?;
    hits(arguments, &mut report).await?;
    storefront(arguments, &store, &mut report).await?;
    report.conclude(&arguments.report)
}

impl Arguments {
    fn duration(&self, seconds: u64) -> Duration {
        Duration::from_secs(if self.quick { 2 } else { seconds })
    }
}

async fn fill(arguments: &Arguments, store: &Store) -> Result<()> {
    say("generating and indexing");
    fill::generate(&arguments.souk, &arguments.database, arguments.products)?;
    fill::drained(store).await
}

/// Answers out of the cache, next to the same number of bytes out of nowhere.
async fn hits(arguments: &Arguments, report: &mut Report) -> Result<()> {
    let mut connection = Connection::open(arguments.cached).await?;
    let search = "/api/search?q=dragon&per_page=20".to_owned();
    let found = connection.get_json("/api/products?per_page=1").await?;
    let slug = found["products"][0]["slug"]
        .as_str()
        .context("no product")?;
    for (name, path) in [
        ("search", search),
        ("product", format!("/api/products/{slug}")),
    ] {
        say(&format!("asking for a kept {name}"));
        let body = connection.get(&path).await?;
        report.note(&format!("{name}, bytes"), body.len() as f64, "B");
        let constant = Constant::start(&body, &arguments.folder)?;
        let (kept, fixed): (Arc<[String]>, Arc<[String]>) =
            ([path].into(), ["/constant".to_owned()].into());
        let duration = arguments.duration(5);
        let (mut served, mut best) = (Load::default(), Load::default());
        load::run(arguments.cached, &kept, CLIENTS, duration).await?;
        for _ in 0..ROUNDS {
            served.extend(load::run(arguments.cached, &kept, CLIENTS, duration).await?);
            best.extend(load::run(constant.address, &fixed, CLIENTS, duration).await?);
        }
        report.note(
            &format!("{name} out of the cache"),
            served.throughput(),
            "1/s",
        );
        report.note(
            &format!("{name}, a constant answer"),
            best.throughput(),
            "1/s",
        );
        let ratio = served.throughput() / best.throughput();
        report.judge(
            &format!("{name}, cache to constant"),
            ratio,
            "x",
            Target::AtLeast(0.7),
        );
    }
    Ok(())
}

/// Costs of a storefront's requests, with the cache and without.
async fn storefront(arguments: &Arguments, store: &Store, report: &mut Report) -> Result<()> {
    say("asking as a storefront does");
    let requests = storefront::requests(arguments.uncached).await?;
    let duration = arguments.duration(30);
    let idling = async {
        time::sleep(duration).await;
        Ok(())
    };
    let ((), idle) = database_work(store, idling).await?;
    let idle = idle as f64 / duration.as_secs_f64();

    let mut work = Vec::new();
    for (name, address) in [("without", arguments.uncached), ("with", arguments.cached)] {
        let before = lookups(arguments).await?;
        let (mut load, transactions) =
            database_work(store, load::run(address, &requests, CLIENTS, duration)).await?;
        let asked = load.latencies.count() as f64;
        let elapsed = (load.elapsed + REPORTED).as_secs_f64();
        let each = ((transactions as f64 - idle * elapsed) / asked).max(0.0);
        report.note(&format!("{name} the cache"), load.throughput(), "1/s");
        report.latencies(&format!("{name} the cache"), &mut load.latencies, None);
        report.note(
            &format!("{name} the cache, queries a request"),
            each,
            "number",
        );
        work.push(each);
        if name == "with" {
            let after = lookups(arguments).await?;
            let share = (after.0 - before.0) / (after.1 - before.1);
            report.judge(
                "answered out of the cache",
                share,
                "share",
                Target::AtLeast(0.9),
            );
        }
    }
    let saved = 1.0 - work[1] / work[0];
    report.judge("queries saved", saved, "share", Target::AtLeast(0.8));
    Ok(())
}

/// Runs something, and returns the statements that the database ran meanwhile, from all clients.
async fn database_work<T>(
    store: &Store,
    work: impl Future<Output = Result<T>>,
) -> Result<(T, u64)> {
    let before = transactions(store).await?;
    let outcome = work.await?;
    Ok((outcome, transactions(store).await?.saturating_sub(before)))
}

async fn transactions(store: &Store) -> Result<u64> {
    time::sleep(REPORTED).await;
    let sql = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let row = store.connection().query_one_raw(statement).await?;
    let committed: i64 = row.context("no statistics")?.try_get("", "xact_commit")?;
    Ok(u64::try_from(committed)?)
}

/// Requests that the cache served from memory, and requests to it.
async fn lookups(arguments: &Arguments) -> Result<(f64, f64)> {
    let mut connection = Connection::open(arguments.cached).await?;
    let key = Some(arguments.admin_key.as_str());
    let (_, stats) = connection
        .send(Method::GET, "/api/admin/cache", key, &Value::Null)
        .await?;
    let stats: Value = serde_json::from_slice(&stats)?;
    let caches = stats["caches"].as_array().context("no statistics")?;
    let sum = |name: &str| {
        caches
            .iter()
            .filter_map(|cache| cache[name].as_f64())
            .sum::<f64>()
    };
    let answered = sum("hits") + sum("stale");
    Ok((answered, answered + sum("misses")))
}
