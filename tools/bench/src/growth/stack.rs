//! The growth of a marketplace in a stack of services.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result, ensure};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use souk_store::{DatabaseOptions, Store};
use tokio::time;

use super::{Answers, Questions, ROUNDS, TIMES, compare, duration, named, note_filling, products};
use crate::{
    fill,
    http::{self, Connection},
    place::Place,
    report::{Report, Target},
    say,
    server::Memory,
    vigil::Vigil,
};

/// Megabytes that an API process may hold, however large the catalogue is.
const MEMORY: f64 = 200.0;
const POLL: Duration = Duration::from_millis(250);

/// Generate and measure a marketplace in a running stack, let it grow to eight times the size, and measure again.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The API's process.
    #[arg(long)]
    api_process: u32,
    /// Number of products at first.
    #[arg(long)]
    products: u32,
    /// File for the measurements as JSON.
    #[arg(long)]
    report: PathBuf,
    /// Measure everything for a short while only.
    #[arg(long)]
    quick: bool,
}

/// The stack that grows.
struct Growing<'a> {
    arguments: &'a Arguments,
    api: SocketAddr,
    elasticsearch: SocketAddr,
    store: Store,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode> {
    measure(arguments).await?.conclude(&arguments.report)
}

async fn measure(arguments: &Arguments) -> Result<Report> {
    let duration = duration(arguments.quick);
    let mut report = Report::default();
    let stack = Growing {
        arguments,
        api: http::address(&arguments.place.api)?,
        elasticsearch: http::address(&arguments.place.elasticsearch)?,
        store: Store::connect(&DatabaseOptions::new(&arguments.place.database)).await?,
    };
    stack.grow(1, &mut report).await?;
    // The larger catalogue has these products too.
    let questions = Questions::derive(stack.api).await?;
    let mut small = stack.ask(&questions, 1, duration, &mut report).await?;
    stack.grow(TIMES, &mut report).await?;
    let mut large = stack.ask(&questions, TIMES, duration, &mut report).await?;
    compare(&mut small, &mut large, &mut report);
    Ok(report)
}

impl Growing<'_> {
    async fn grow(&self, times: u32, report: &mut Report) -> Result<()> {
        let size = named(times);
        let products = products(self.arguments.products, times)?;
        say(&format!("{size}, generating {products} products"));
        let begun = time::Instant::now();
        fill::generate(
            &self.arguments.place.souk,
            &self.arguments.place.database,
            products,
        )?;
        let generating = begun.elapsed();
        say(&format!("{size}, indexing"));
        fill::drained(&self.store).await?;
        let indexing = begun.elapsed();
        self.found(products.into()).await?;
        self.merged().await?;
        let times = [
            ("generating", generating),
            ("generating and indexing", indexing),
        ];
        note_filling(&size, products, times, report);
        Ok(())
    }

    async fn ask(
        &self,
        questions: &Questions,
        times: u32,
        duration: Duration,
        report: &mut Report,
    ) -> Result<Answers> {
        let (size, mut answers) = (named(times), Answers::default());
        say(&format!("{size}, warming up"));
        questions.warm_up(self.api, duration).await?;
        for round in 1..=ROUNDS {
            say(&format!("{size}, round {round} of {ROUNDS}"));
            questions.ask(self.api, duration, &mut answers).await?;
        }
        let (_, degraded) = self.total().await?;
        ensure!(!degraded, "the index does not answer");
        answers.report(&size, None, report);

        let held = Memory::of(self.arguments.api_process)?;
        let name = format!("{size}, resident memory of the API");
        report.judge(&name, held.now, "MB", Target::Below(MEMORY));
        report.note(&format!("{name}, peak"), held.peak, "MB");
        let index = self.index("store", "/_all/primaries/store/size_in_bytes");
        let name = format!("{size}, index on disk");
        report.note(&name, megabytes(index.await?), "MB");
        let name = format!("{size}, database on disk");
        report.note(&name, megabytes(self.database_bytes().await?), "MB");
        Ok(answers)
    }

    /// Waits until a search finds all products in the index.
    async fn found(&self, products: u64) -> Result<()> {
        let mut vigil = Vigil::begin("products that no search finds yet");
        loop {
            let (total, degraded) = self.total().await?;
            let left = products.abs_diff(total);
            if left == 0 && !degraded {
                return Ok(());
            }
            vigil.look(Some(left))?;
            time::sleep(POLL).await;
        }
    }

    /// Waits until Elasticsearch has merged what it merges by itself.
    async fn merged(&self) -> Result<()> {
        let mut vigil = Vigil::begin("merges in Elasticsearch");
        loop {
            let merges = self.index("merge", "/_all/total/merges/current").await?;
            if merges == 0 {
                return Ok(());
            }
            vigil.look(Some(merges))?;
            time::sleep(POLL).await;
        }
    }

    /// Number of products that a search finds, and whether the fallback ran it.
    async fn total(&self) -> Result<(u64, bool)> {
        let path = "/api/search?per_page=1&facets=none";
        let page = Connection::open(self.api).await?.get_json(path).await?;
        let total = page["total"].as_u64().context("no total")?;
        Ok((total, page["degraded"] == true))
    }

    /// A figure of all of Elasticsearch's indexes.
    async fn index(&self, metric: &str, figure: &str) -> Result<u64> {
        let path = format!("/_stats/{metric}");
        let mut connection = Connection::open(self.elasticsearch).await?;
        let stats = connection.get_json(&path).await?;
        let value = stats.pointer(figure).and_then(|value| value.as_u64());
        value.with_context(|| format!("Elasticsearch does not tell {figure}"))
    }

    async fn database_bytes(&self) -> Result<u64> {
        let size = "SELECT pg_database_size(current_database())";
        let size = Statement::from_string(DbBackend::Postgres, size);
        let row = self.store.connection().query_one_raw(size).await?;
        let bytes: i64 = row.context("no size")?.try_get_by_index(0)?;
        Ok(u64::try_from(bytes)?)
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
