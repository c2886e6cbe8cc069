//! Speed of changes on their way to the index: many at once, a burst, and at a steady pace.

use std::{sync::Arc, time::Instant};

use anyhow::{Result, ensure};
use tokio::{task::JoinSet, time};

use super::{POLL, Stack, TIMEOUT};
use crate::{
    freshness,
    report::{Report, Target},
    say,
};

const BURST: i64 = 5_000;
/// People who edit at the same time.
const EDITORS: i64 = 4;
const CHANGES_PER_SECOND: u32 = 100;

/// Every product changes in one statement.
pub(super) async fn drain(stack: &Stack, report: &mut Report) -> Result<()> {
    say("draining");
    stack
        .sql("UPDATE products SET popularity = popularity + 1")
        .await?;
    let begun = Instant::now();
    let waiting = stack.store.outbox().stats().await?.rows;
    stack.drained().await?;
    let rate = waiting as f64 / begun.elapsed().as_secs_f64();
    report.note("changes drained", waiting as f64, "number");
    report.judge("drain", rate, "1/s", Target::AtLeast(2_000.0));
    Ok(())
}

/// Single edits, each a transaction of its own.
pub(super) async fn burst(stack: &Arc<Stack>, report: &mut Report) -> Result<()> {
    say("a burst of edits");
    let mut editing = JoinSet::new();
    let begun = Instant::now();
    for editor in 0..EDITORS {
        let stack = Arc::clone(stack);
        editing.spawn(async move {
            for id in (1..=BURST).filter(|id| id % EDITORS == editor) {
                let edit = format!("UPDATE products SET brand = 'Burst' WHERE id = {id}");
                stack.sql(&edit).await?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(edited) = editing.join_next().await {
        edited??;
    }
    let edits = BURST as f64 / begun.elapsed().as_secs_f64();
    report.note("edits of a burst", edits, "1/s");
    let edited = Instant::now();
    let path = "/api/search?brand=Burst&facets=none&per_page=1";
    while stack.get(path).await?["total"] != BURST {
        ensure!(edited.elapsed() < TIMEOUT, "the burst is not searchable");
        time::sleep(POLL).await;
    }
    report.judge(
        "burst of 5,000 edits, last to searchable",
        edited.elapsed().as_secs_f64(),
        "s",
        Target::Below(5.0),
    );
    Ok(())
}

/// Changes at a steady pace, as the search shows them.
pub(super) async fn freshness(stack: &Stack, report: &mut Report) -> Result<()> {
    say("changing products");
    let seconds = stack.duration(20);
    let mut lags =
        freshness::measure(stack.api, stack.admin_key, CHANGES_PER_SECOND, seconds).await?;
    let limit = Some(Target::Below(1_000.0));
    report.latencies("change to searchable", &mut lags, limit);
    Ok(())
}
