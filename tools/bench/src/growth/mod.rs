//! Growth of latency with the catalogue: the same queries on a catalogue and on one eight times as
//! large, which contains it.

pub(crate) mod embedded;
pub(crate) mod stack;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, Result};

use crate::{
    load::{self, Load},
    prefixes,
    queries::{self, Query},
    report::{Report, Target},
    say,
};

/// Factor by which the catalogue grows.
const TIMES: u32 = 8;
/// Factor by which a search may then become slower.
const SLOWER: f64 = 2.5;
const CLIENTS: usize = 8;
const ROUNDS: u32 = 3;

/// Searches on both sizes.
struct Questions {
    searches: Arc<[String]>,
    /// Suggestion requests on both sizes.
    typing: Arc<[String]>,
}

/// Measurements of one size.
#[derive(Default)]
struct Answers {
    searches: Asked,
    typing: Asked,
}

/// By one client at a time, and by many.
#[derive(Default)]
struct Asked {
    single: Load,
    crowd: Load,
}

impl Questions {
    /// Made of the smaller catalogue, of whose products the larger one has every one.
    async fn derive(address: SocketAddr) -> Result<Self> {
        let queries = queries::derive(address).await?;
        Ok(Self {
            searches: queries.iter().map(Query::path).collect(),
            typing: prefixes::derive(address).await?.into(),
        })
    }

    /// Asks everything once, so that nothing is asked for the first time later.
    async fn warm_up(&self, address: SocketAddr, duration: Duration) -> Result<()> {
        for paths in [&self.searches, &self.typing] {
            load::rounds(address, paths, CLIENTS, duration / 2).await?;
        }
        Ok(())
    }

    /// Asks everything, by one client and by many.
    async fn ask(
        &self,
        address: SocketAddr,
        duration: Duration,
        answers: &mut Answers,
    ) -> Result<()> {
        for (paths, asked) in [
            (&self.searches, &mut answers.searches),
            (&self.typing, &mut answers.typing),
        ] {
            for (clients, load) in [(1, &mut asked.single), (CLIENTS, &mut asked.crowd)] {
                load.extend(load::rounds(address, paths, clients, duration).await?);
            }
        }
        Ok(())
    }
}

impl Answers {
    /// Reports how long everything took. The limit, if any, is for suggestions.
    fn report(&mut self, size: &str, limit: Option<Target>, report: &mut Report) {
        for (what, asked, limit) in [
            ("searches", &mut self.searches, None),
            ("suggestions", &mut self.typing, limit),
        ] {
            for (clients, load, limit) in [
                (1, &mut asked.single, limit),
                (CLIENTS, &mut asked.crowd, None),
            ] {
                let name = format!("{size}, {what}, {clients} at a time");
                let (p50, p99) = (
                    load.latencies.percentile_ms(0.5),
                    load.latencies.percentile_ms(0.99),
                );
                let throughput = load.throughput();
                say(&format!(
                    "{name}: p50 {p50:.1} ms, p99 {p99:.1} ms, {throughput:.0} a second"
                ));
                report.note(&name, throughput, "1/s");
                report.latencies(&name, &mut load.latencies, limit);
            }
        }
    }
}

/// Judges how much slower searches of the larger catalogue are.
fn compare(small: &mut Answers, large: &mut Answers, report: &mut Report) {
    let (small, large) = (&mut small.searches, &mut large.searches);
    for (clients, small, large) in [
        (1, &mut small.single, &mut large.single),
        (CLIENTS, &mut small.crowd, &mut large.crowd),
    ] {
        let name = format!("searches, {clients} at a time, p50, {TIMES}x to 1x");
        let median = |load: &mut Load| load.latencies.percentile_ms(0.5);
        let ratio = median(large) / median(small);
        report.judge(&name, ratio, "ratio", Target::Below(SLOWER));
    }
}

/// Number of products of a size.
fn products(small: u32, times: u32) -> Result<u32> {
    let products = small.checked_mul(times);
    products.context("so many products are not to be had")
}

/// Reports how long it took to fill the catalogue of a size.
fn note_filling(size: &str, products: u32, times: [(&str, Duration); 2], report: &mut Report) {
    report.note(&format!("{size}, products"), products.into(), "number");
    for (what, time) in times {
        let name = format!("{size}, {what}");
        say(&format!("{name}: {:.1} s", time.as_secs_f64()));
        report.note(&name, time.as_secs_f64(), "s");
    }
}

/// Duration of each measurement.
fn duration(quick: bool) -> Duration {
    Duration::from_secs(if quick { 2 } else { 15 })
}

/// Name of a size.
fn named(times: u32) -> String {
    format!("{times}x")
}
