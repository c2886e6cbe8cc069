//! Searches while there is no Elasticsearch: the database alone carries the load.

use std::sync::Arc;

use anyhow::Result;

use super::{Arguments, Stack, orphan::Orphan};
use crate::{
    http::Connection,
    load, queries,
    report::{Report, Target},
    say,
};

const CLIENTS: usize = 8;
/// Searches that find no more are counted exactly, and have to be fast.
const NARROW: u64 = 5_000;

pub(super) async fn measure(
    stack: &Stack,
    arguments: &Arguments,
    report: &mut Report,
) -> Result<()> {
    say("searching without Elasticsearch");
    let orphan = Orphan::start(arguments).await?;
    let (mut narrow, mut wide) = (Vec::new(), Vec::new());
    let mut connection = Connection::open(stack.api).await?;
    for query in queries::derive(stack.api).await? {
        let path = query.path();
        let total = connection.get_json(&path).await?["total"].as_u64();
        if total.is_some_and(|total| total <= NARROW) {
            narrow.push(path);
        } else {
            wide.push(path);
        }
    }
    for (name, paths, limit) in [
        ("up to 5,000 hits", narrow, Some(Target::Below(150.0))),
        ("wider", wide, None),
    ] {
        if paths.is_empty() {
            continue;
        }
        let paths: Arc<[String]> = paths.into();
        load::run(orphan.address, &paths, CLIENTS, stack.duration(5)).await?;
        let mut load = load::run(orphan.address, &paths, CLIENTS, stack.duration(20)).await?;
        let name = format!("database alone, {name}");
        report.note(&name, load.throughput(), "1/s");
        report.latencies(&name, &mut load.latencies, limit);
    }
    Ok(())
}
