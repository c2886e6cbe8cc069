//! Delay between a change and its appearance in search.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{self, UnboundedSender, error::TryRecvError},
    task::JoinSet,
    time,
};

use crate::{
    http::{Connection, encoded},
    latencies::Latencies,
};

/// Products that are changed in turn; one page shows them all.
const PRODUCTS: u32 = 50;
const POLL: Duration = Duration::from_millis(5);
const TIMEOUT: Duration = Duration::from_secs(30);
const BRAND: &str = "Benchmark Probes";

/// Change: the product is in this revision from then on.
struct Change {
    product: u32,
    revision: u32,
    begun: Instant,
}

/// Changes products at a steady pace and measures, from sending the change to finding it. One reader asks for all of
/// them again and again, so that a slow index is not slowed further by being asked more.
pub(crate) async fn measure(
    address: SocketAddr,
    key: &'static str,
    per_second: u32,
    duration: Duration,
) -> Result<Latencies> {
    let changes = per_second * u32::try_from(duration.as_secs())?;
    let (sender, mut sent) = mpsc::unbounded_channel();
    let changing = tokio::spawn(change(address, key, per_second, changes, sender));
    let mut reader = Connection::open(address).await?;
    let mut waiting: Vec<Change> = Vec::new();
    let mut latencies = Latencies::default();
    let deadline = Instant::now() + duration + TIMEOUT;
    loop {
        let all_sent = loop {
            match sent.try_recv() {
                Ok(change) => waiting.push(change),
                Err(reason) => break reason == TryRecvError::Disconnected,
            }
        };
        if all_sent && waiting.is_empty() {
            break;
        }
        ensure!(
            Instant::now() < deadline,
            "a change is not visible after {TIMEOUT:?}"
        );
        for (product, revision) in visible(&mut reader).await? {
            waiting.retain(|change| {
                let shown = change.product == product && change.revision <= revision;
                if shown {
                    latencies.add(change.begun.elapsed());
                }
                !shown
            });
        }
        time::sleep(POLL).await;
    }
    changing.await??;
    ensure!(
        latencies.count() == changes as usize,
        "not every change was seen"
    );
    Ok(latencies)
}

async fn change(
    address: SocketAddr,
    key: &'static str,
    per_second: u32,
    changes: u32,
    sent: UnboundedSender<Change>,
) -> Result<()> {
    let mut pace = time::interval(Duration::from_secs(1) / per_second);
    let mut sending = JoinSet::new();
    for number in 0..changes {
        pace.tick().await;
        let (product, revision) = (number % PRODUCTS, number / PRODUCTS);
        sending.spawn(async move {
            let mut connection = Connection::open(address).await?;
            connection
                .post(
                    "/api/admin/products/batch",
                    key,
                    &described(product, revision),
                )
                .await
        });
        let begun = Instant::now();
        sent.send(Change {
            product,
            revision,
            begun,
        })?;
    }
    while let Some(answer) = sending.join_next().await {
        answer??;
    }
    Ok(())
}

/// The revisions that the search shows.
async fn visible(connection: &mut Connection) -> Result<Vec<(u32, u32)>> {
    let path = format!(
        "/api/search?brand={}&facets=none&per_page=100",
        encoded(BRAND)
    );
    let page = connection.get_json(&path).await?;
    let hits = page["hits"].as_array().context("no hits")?;
    Ok(hits
        .iter()
        .filter_map(|hit| revision(hit["title"].as_str()?))
        .collect())
}

fn described(product: u32, revision: u32) -> Value {
    json!({"products": [{
        "external_id": format!("probe-{product}"),
        "title": format!("Probe {product} in revision {revision}"),
        "brand": BRAND,
        "variants": [{"sku": format!("PROBE-{product}"), "price": 1_000, "stock": 1}],
    }]})
}

fn revision(title: &str) -> Option<(u32, u32)> {
    let (product, revision) = title.strip_prefix("Probe ")?.split_once(" in revision ")?;
    Some((product.parse().ok()?, revision.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_tells_its_revision() {
        let body = described(7, 12);
        let title = body["products"][0]["title"].as_str().unwrap();
        assert_eq!(revision(title), Some((7, 12)));
        assert_eq!(revision("Probe of something else"), None);
    }
}
