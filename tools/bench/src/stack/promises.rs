//! Promised latencies, and the gain of the index over the database alone.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Result, ensure};

use super::{Arguments, Stack, orphan::Orphan, plain_sql};
use crate::{
    http::Connection,
    load::{self, Load},
    queries::{self, Query},
    report::{Report, Target},
    say,
};

const CLIENTS: usize = 8;
/// Measured in turns, so that both sides meet the same weather.
const ROUNDS: u32 = 3;
/// Milliseconds.
const SEARCH: f64 = 100.0;
const LISTING: f64 = 200.0;
/// Factor of searches over a database without an index for them.
const TIMES: f64 = 10.0;

pub(super) async fn measure(
    stack: &Stack,
    arguments: &Arguments,
    report: &mut Report,
) -> Result<()> {
    let queries = queries::derive(stack.api).await?;
    let searches: Arc<[String]> = queries.iter().map(Query::path).collect();
    let listings: Arc<[String]> = queries.iter().filter_map(Query::listing_path).collect();
    for (name, paths, limit) in [
        ("search", &searches, SEARCH),
        ("listing", &listings, LISTING),
    ] {
        say(&format!("{name} as promised"));
        load::rounds(stack.api, paths, CLIENTS, stack.duration(5)).await?;
        for clients in [1, CLIENTS] {
            let mut load = load::rounds(stack.api, paths, clients, stack.duration(20)).await?;
            let name = format!("{name}, {clients} at a time");
            let limit = Some(Target::Below(limit));
            report.latencies(&name, &mut load.latencies, limit);
        }
    }
    compare(stack, arguments, (&queries, &searches), report).await
}

/// The same searches with the index and without it: by what answers while the index is away, and by plain SQL.
async fn compare(
    stack: &Stack,
    arguments: &Arguments,
    (queries, searches): (&[Query], &Arc<[String]>),
    report: &mut Report,
) -> Result<()> {
    say("searching with the index and without it");
    let orphan = Orphan::start(arguments).await?;
    load::rounds(orphan.address, searches, CLIENTS, stack.duration(5)).await?;
    let (mut indexed, mut alone) = (Load::default(), Load::default());
    let mut plain = 0.0;
    for _ in 0..ROUNDS {
        for (address, load) in [(stack.api, &mut indexed), (orphan.address, &mut alone)] {
            load.extend(load::rounds(address, searches, CLIENTS, stack.duration(10)).await?);
        }
        let database = stack.store.connection().unguarded();
        let duration = stack.duration(10);
        let round = plain_sql::throughput(database, stack.tenant, queries, CLIENTS, duration);
        plain += round.await? / f64::from(ROUNDS);
    }
    // Else both sides were the database.
    ensure!(!degraded(stack.api).await?, "the index does not answer");
    let (indexed, alone) = (indexed.throughput(), alone.throughput());
    report.note("searches with the index", indexed, "1/s");
    report.note("searches while the index is away", alone, "1/s");
    report.note("searches in plain SQL", plain, "1/s");
    report.note("index to index away", indexed / alone, "ratio");
    report.judge(
        "index to plain SQL",
        indexed / plain,
        "ratio",
        Target::AtLeast(TIMES),
    );
    Ok(())
}

async fn degraded(address: SocketAddr) -> Result<bool> {
    let mut connection = Connection::open(address).await?;
    let page = connection
        .get_json("/api/search?per_page=1&facets=none")
        .await?;
    Ok(page["degraded"] == true)
}
