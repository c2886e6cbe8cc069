//! A whole reindex, next to a loop that does nothing but load what is ready.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use hyper::body::Bytes;
use serde_json::json;
use souk_domain::Language;
use souk_search::{Generation, IndexGenerations, IndexOp};
use tokio::time;

use super::{POLL, Stack, TIMEOUT};
use crate::{
    http::Connection,
    report::{Report, Target},
    say,
};

/// An index that no job makes.
const BARE: Generation = Generation(1_000_000);
/// As the engine's own requests are.
const BULK_BYTES: usize = 8 << 20;
const CHUNK: u32 = 1_000;

pub(super) async fn measure(stack: &Stack, report: &mut Report) -> Result<()> {
    say("preparing a bare load");
    let (requests, documents) = prepare(stack).await?;
    say("loading it");
    let bare = documents as f64 / load(stack, requests).await?.as_secs_f64();
    say("reindexing");
    stack.forget_indexer_memory()?;
    let reindex = documents as f64 / reindex(stack).await?.as_secs_f64();
    report.note("bare bulk load", bare, "1/s");
    report.note("full reindex", reindex, "1/s");
    report.judge(
        "reindex to bare load",
        reindex / bare,
        "ratio",
        Target::AtLeast(0.8),
    );
    report.judge(
        "memory of the indexer, peak",
        stack.indexer_memory()?,
        "MB",
        Target::Below(150.0),
    );
    Ok(())
}

/// Every document as lines of bulk requests.
async fn prepare(stack: &Stack) -> Result<(Vec<Bytes>, u64)> {
    let tenant = stack.store.tenants().get(stack.tenant).await?;
    let language = tenant.map_or(Language::Simple, |tenant| tenant.language);
    let scope = stack.store.scope(stack.tenant);
    let (mut requests, mut lines, mut documents) = (Vec::new(), Vec::new(), 0);
    let mut after = None;
    loop {
        let ids = scope.document_ids(after, CHUNK).await?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        for document in scope.documents(&ids).await? {
            let op = IndexOp::Upsert {
                version: 1,
                document: Box::new(document),
            };
            let line = stack
                .index
                .bulk_lines(BARE, language, &op)
                .map_err(|it| anyhow!(it))?;
            if lines.len() + line.len() > BULK_BYTES {
                requests.push(Bytes::from(std::mem::take(&mut lines)));
            }
            lines.extend(line);
            documents += 1;
        }
    }
    requests.push(Bytes::from(lines));
    Ok((requests, documents))
}

async fn load(stack: &Stack, requests: Vec<Bytes>) -> Result<Duration> {
    let tenant = stack.store.tenants().get(stack.tenant).await?;
    let language = tenant.map_or(Language::Simple, |tenant| tenant.language);
    stack.index.create(stack.tenant, language, BARE).await?;
    let mut connection = Connection::open(stack.elasticsearch).await?;
    let begun = Instant::now();
    for request in requests {
        let path = "/_bulk?filter_path=errors";
        let answer = connection.post_bytes(path, request).await?;
        ensure!(
            &answer[..] == br#"{"errors":false}"#,
            "documents are refused"
        );
    }
    stack.index.finish(stack.tenant, BARE).await?;
    let elapsed = begun.elapsed();
    stack.index.discard(stack.tenant, BARE).await?;
    Ok(elapsed)
}

/// The time a job takes from being asked for until it is done.
async fn reindex(stack: &Stack) -> Result<Duration> {
    let mut connection = Connection::open(stack.api).await?;
    let begun = Instant::now();
    let job = connection
        .post("/api/admin/search/reindex", stack.admin_key, &json!({}))
        .await?;
    let job: serde_json::Value = serde_json::from_slice(&job)?;
    let path = format!(
        "/api/admin/search/jobs/{}",
        job["id"].as_i64().context("no job")?
    );
    loop {
        let job = stack.get(&path).await?;
        match job["state"].as_str() {
            Some("done") => return Ok(begun.elapsed()),
            Some("failed" | "cancelled") => anyhow::bail!("the job did not succeed: {job}"),
            _ => ensure!(begun.elapsed() < TIMEOUT, "the job is not done: {job}"),
        }
        time::sleep(POLL).await;
    }
}
