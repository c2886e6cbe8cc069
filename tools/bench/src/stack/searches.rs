//! Searches through the API, next to the same requests sent to Elasticsearch by themselves.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use hyper::body::Bytes;
use souk_domain::Language;
use souk_search::SearchPlan;
use tokio::task::JoinSet;

use super::Stack;
use crate::{
    http::Connection,
    latencies::Latencies,
    load::{self, Load},
    queries,
    report::{Report, Target},
    say,
};

const CLIENTS: usize = 8;
const ROUNDS: u32 = 3;

/// A search, ready to be sent either way.
struct Prepared {
    path: String,
    direct: (String, Bytes),
}

pub(super) async fn measure(stack: &Arc<Stack>, report: &mut Report) -> Result<()> {
    say("searching");
    let searches = prepare(stack).await?;
    report.note("searches compared", searches.len() as f64, "number");
    let paths: Arc<[String]> = searches.iter().map(|search| search.path.clone()).collect();
    let direct: Arc<[(String, Bytes)]> = searches.into_iter().map(|search| search.direct).collect();
    let duration = stack.duration(10);
    load::run(stack.api, &paths, CLIENTS, duration).await?;
    ask_directly(stack, &direct, CLIENTS, duration).await?;
    for clients in [1, CLIENTS] {
        let (mut served, mut alone) = (Load::default(), Load::default());
        for _ in 0..ROUNDS {
            served.extend(load::run(stack.api, &paths, clients, duration).await?);
            alone.extend(ask_directly(stack, &direct, clients, duration).await?);
        }
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let served = served.latencies.percentile_ms(share);
            let alone = alone.latencies.percentile_ms(share);
            let who = format!("{clients} clients, {name}");
            report.note(&format!("{who} through the API"), served, "ms");
            report.note(&format!("{who} directly"), alone, "ms");
            let ratio = format!("{who}, API to direct");
            if clients == 1 && name == "p50" {
                report.judge(&ratio, served / alone, "ratio", Target::Below(1.25));
            } else {
                report.note(&ratio, served / alone, "ratio");
            }
        }
    }
    Ok(())
}

/// The searches that find something at once: others take several requests.
async fn prepare(stack: &Stack) -> Result<Vec<Prepared>> {
    let tenant = stack.store.tenants().get(stack.tenant).await?;
    let language = tenant.map_or(Language::Simple, |tenant| tenant.language);
    let mut connection = Connection::open(stack.api).await?;
    let mut searches = Vec::new();
    for query in queries::derive(stack.api).await? {
        let path = query.path();
        let page = connection.get_json(&path).await?;
        if page["total"] == 0 || page["matched"] != "all_terms" {
            continue;
        }
        let plan = SearchPlan::new(stack.tenant, language, &query.query()?, 0);
        let (direct, body) = stack.index.search_request(&plan);
        searches.push(Prepared {
            path,
            direct: (direct, Bytes::from(body)),
        });
    }
    Ok(searches)
}

async fn ask_directly(
    stack: &Stack,
    searches: &Arc<[(String, Bytes)]>,
    clients: usize,
    duration: Duration,
) -> Result<Load> {
    let begun = Instant::now();
    let mut asking = JoinSet::new();
    for client in 0..clients {
        let mut connection = Connection::open(stack.elasticsearch).await?;
        let searches = Arc::clone(searches);
        let first = client * searches.len() / clients;
        asking.spawn(async move {
            let mut latencies = Latencies::default();
            for (path, body) in searches.iter().cycle().skip(first) {
                let asked = Instant::now();
                if asked - begun >= duration {
                    break;
                }
                connection.post_bytes(path, body.clone()).await?;
                latencies.add(asked.elapsed());
            }
            Ok::<_, anyhow::Error>(latencies)
        });
    }
    let mut load = Load::default();
    while let Some(latencies) = asking.join_next().await {
        load.latencies.extend(latencies??);
    }
    load.elapsed = begun.elapsed();
    Ok(load)
}
