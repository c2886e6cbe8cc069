//! Single edits beside a bulk load: how soon each is searchable, and what the load loses by them.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task;

use super::{Arguments, Stack};
use crate::{
    fill, freshness,
    report::{Report, Target},
    say,
};

const EDITS_PER_SECOND: u32 = 10;
/// Products of a load: long enough for edits to meet it at any stage.
const LOADED: u32 = 20_000;
const LOADED_QUICKLY: u32 = 3_000;

/// The load with edits between two without: what else goes on in the machine meets both.
pub(super) async fn measure(
    stack: &Stack,
    arguments: &Arguments,
    report: &mut Report,
) -> Result<()> {
    let products = if stack.quick { LOADED_QUICKLY } else { LOADED };
    let load = async |seed: u32| load(stack, arguments, products, seed).await;
    say("a bulk load");
    let before = load(2).await?;
    say("a bulk load with edits beside it");
    // As long as the load is under way, and no edit after it.
    let editing = before.max(Duration::from_secs(2));
    let edits = freshness::measure(stack.api, stack.admin_key, EDITS_PER_SECOND, editing);
    let (edited, lags) = tokio::join!(load(3), edits);
    let (edited, mut lags) = (edited?, lags?);
    say("a bulk load once more");
    let after = load(4).await?;

    let rate = |time: Duration| f64::from(products) / time.as_secs_f64();
    let alone = (before + after) / 2;
    let limit = Some(Target::Below(1_000.0));
    report.latencies("edit beside a bulk load to searchable", &mut lags, limit);
    report.note("bulk load, products", rate(alone), "1/s");
    report.note("bulk load with edits, products", rate(edited), "1/s");
    report.judge(
        "bulk load with edits to one without",
        alone.as_secs_f64() / edited.as_secs_f64(),
        "ratio",
        Target::AtLeast(0.9),
    );
    Ok(())
}

/// Generates products and answers how long it took until all were indexed.
async fn load(stack: &Stack, arguments: &Arguments, products: u32, seed: u32) -> Result<Duration> {
    let (souk, database) = (
        arguments.place.souk.clone(),
        arguments.place.database.clone(),
    );
    let begun = Instant::now();
    task::spawn_blocking(move || {
        let (seed, products) = (seed.to_string(), products.to_string());
        let arguments = ["generate", "--seed", &seed, "--products", &products];
        fill::run(&souk, &database, &arguments)
    })
    .await??;
    stack.loaded().await?;
    Ok(begun.elapsed())
}
