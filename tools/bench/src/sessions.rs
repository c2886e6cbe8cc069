//! Thousands of shoppers at once, each with a connection that stays open, who look at a page now and then.
//!
//! A tool that runs a script a shopper needs more of a machine than the server does; this one needs a few kilobytes for
//! each.

use std::{
    collections::BTreeMap, fs, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use rand::RngExt;
use serde::Deserialize;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{self, Instant},
};

use crate::{
    http::Connection,
    latencies::Latencies,
    load_report::measured::{ALL, Kind, Limit, Measured},
    say,
};

/// For each that asks something in a second once all are there, so many come in a second, and ask at once what nobody may
/// have asked before.
const COMING: f64 = 0.5;
/// By how much of itself a pause is longer or shorter: a server closes what is idle for longer than a minute or so.
const SPREAD: f64 = 0.4;
/// Time limit of a response.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Have thousands of shoppers with open connections browse.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Address of the API, such as 127.0.0.1:3000.
    #[arg(long)]
    address: SocketAddr,
    /// Number of shoppers.
    #[arg(long)]
    connections: u32,
    /// For how long, once all have come.
    #[arg(long)]
    seconds: u64,
    /// Requests of all shoppers per second.
    #[arg(long, default_value_t = 200)]
    requests_per_second: u32,
    /// Query log, as `souk generate --query-log` writes it.
    #[arg(long)]
    query_log: PathBuf,
    /// File for the measurements as JSON.
    #[arg(long)]
    summary: PathBuf,
}

/// Requests of one shopper, in order.
#[derive(Deserialize)]
struct Session {
    browse: String,
    search: String,
    narrowed: String,
    product: String,
}

/// Results of the shoppers.
#[derive(Default)]
struct Shoppers {
    latencies: Latencies,
    /// Failures, by what was said of them.
    failures: BTreeMap<String, u64>,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode> {
    let pages = pages(arguments)?;
    let asked = f64::from(arguments.requests_per_second.max(1));
    let pause = f64::from(arguments.connections) / asked;
    say(&format!(
        "{} shoppers come, who look at a page every {pause:.0} s",
        arguments.connections
    ));
    let begun = Instant::now();
    let (ends, ending) = watch::channel(None);
    let (came, mut coming) = watch::channel(0_u32);
    let mut tasks = JoinSet::new();
    for number in 0..arguments.connections {
        let shopper = Shopper {
            address: arguments.address,
            pages: pages.clone(),
            pause,
            comes: begun + Duration::from_secs_f64(f64::from(number) / (asked * COMING)),
        };
        tasks.spawn(shopper.browse(came.clone(), ending.clone()));
    }
    drop(came);
    let all = arguments.connections;
    // Fails only if nobody is left to come.
    let _ = coming.wait_for(|came| *came == all).await;
    let all_came = begun.elapsed();
    say(&format!(
        "all have come after {:.0} s",
        all_came.as_secs_f64()
    ));
    ends.send_replace(Some(
        Instant::now() + Duration::from_secs(arguments.seconds),
    ));
    let mut shoppers = Shoppers::default();
    while let Some(other) = tasks.join_next().await {
        shoppers.add(other?);
    }
    let measured = shoppers.measured(all, all_came, begun.elapsed());
    fs::write(&arguments.summary, serde_json::to_vec(&measured)?)?;
    let well = measured.limits.iter().all(|limit| limit.met);
    Ok(ExitCode::from(u8::from(!well)))
}

fn pages(arguments: &Arguments) -> Result<Arc<[String]>> {
    let path = &arguments.query_log;
    let log = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let sessions: Vec<Session> = log
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .with_context(|| path.display().to_string())?;
    ensure!(!sessions.is_empty(), "nobody asks anything");
    let pages = sessions.into_iter().flat_map(|session| {
        [
            session.browse,
            session.search,
            session.narrowed,
            session.product,
        ]
    });
    Ok(pages.collect())
}

struct Shopper {
    address: SocketAddr,
    pages: Arc<[String]>,
    pause: f64,
    comes: Instant,
}

impl Shopper {
    async fn browse(
        self,
        came: watch::Sender<u32>,
        ending: watch::Receiver<Option<Instant>>,
    ) -> Shoppers {
        let mut shoppers = Shoppers::default();
        time::sleep_until(self.comes).await;
        let opening = time::timeout(TIMEOUT, Connection::open(self.address)).await;
        came.send_modify(|came| *came += 1);
        drop(came);
        let mut connection = match opening {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return shoppers.failed(format!("no connection: {error:#}")),
            Err(_) => return shoppers.failed("no connection in time".to_owned()),
        };
        let mut page = rand::random_range(0..self.pages.len());
        loop {
            let asked = Instant::now();
            match time::timeout(TIMEOUT, connection.get(&self.pages[page])).await {
                Ok(Ok(_)) => shoppers.latencies.add(asked.elapsed()),
                Ok(Err(error)) => return shoppers.failed(format!("{error:#}")),
                Err(_) => return shoppers.failed("no answer in time".to_owned()),
            }
            page = (page + 1) % self.pages.len();
            let pause = self.pause * rand::rng().random_range(1.0 - SPREAD..1.0 + SPREAD);
            time::sleep(Duration::from_secs_f64(pause)).await;
            let ends = *ending.borrow();
            if ends.is_some_and(|ends| Instant::now() >= ends) {
                return shoppers;
            }
        }
    }
}

impl Shoppers {
    fn failed(mut self, what: String) -> Self {
        *self.failures.entry(summary_of(&what)).or_default() += 1;
        self
    }

    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        for (what, count) in other.failures {
            *self.failures.entry(what).or_default() += count;
        }
    }

    fn measured(mut self, shoppers: u32, all_came: Duration, took: Duration) -> Measured {
        for (what, count) in &self.failures {
            say(&format!("{count} times: {what}"));
        }
        let failed: u64 = self.failures.values().sum();
        let answered = self.latencies.count() as u64;
        let shares = (0..=50)
            .map(|step| f64::from(step) / 50.0)
            .chain([0.99, 0.995, 0.999]);
        let mut quantiles: Vec<(f64, f64)> = shares
            .map(|share| (share, self.latencies.percentile_ms(share)))
            .filter(|(_, ms)| ms.is_finite())
            .collect();
        quantiles.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        Measured {
            seconds: took.as_secs_f64(),
            requests: answered + failed,
            failed,
            kinds: vec![Kind {
                name: ALL.to_owned(),
                count: answered,
                quantiles,
            }],
            limits: vec![Limit {
                what: format!("{shoppers} connections are open at once, and none fails"),
                met: failed == 0 && answered >= u64::from(shoppers),
            }],
            figures: vec![
                ("connections".to_owned(), f64::from(shoppers)),
                ("all were open after, s".to_owned(), all_came.as_secs_f64()),
            ],
        }
    }
}

/// Message that many failures share: without the page and the body's request id.
fn summary_of(what: &str) -> String {
    let of_answer = what
        .strip_prefix("GET ")
        .and_then(|what| what.split_once(": "));
    let what = of_answer.map_or(what, |(_, what)| what);
    what.split(": {").next().unwrap_or(what).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_counted_by_what_they_have_in_common() {
        let answer = "GET /api/search?q=a: 503 Service Unavailable: {\"code\":\"overloaded\"}";
        assert_eq!(summary_of(answer), "503 Service Unavailable");
        assert_eq!(
            summary_of("no connection: refused"),
            "no connection: refused"
        );
    }

    #[test]
    fn one_failure_of_thousands_is_a_failure() {
        let mut shoppers = Shoppers::default();
        for _ in 0..3 {
            let mut shopper = Shoppers::default();
            shopper.latencies.add(Duration::from_millis(5));
            shoppers.add(shopper);
        }
        shoppers.add(Shoppers::default().failed("no answer in time".to_owned()));
        let measured = shoppers.measured(3, Duration::from_secs(1), Duration::from_secs(2));
        assert_eq!((measured.requests, measured.failed), (4, 1));
        assert!(!measured.limits[0].met);
        assert_eq!(measured.kinds[0].within_ms(0.5), 5.0);
    }
}
