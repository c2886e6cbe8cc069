//! How long after a change the search shows it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time};

use crate::{http::Connection, latencies::Latencies, server::ADMIN_KEY};

const CHANGES_PER_SECOND: u32 = 50;
const POLL: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(30);
const BATCH: &str = "/api/admin/products/batch";

/// Makes the products that are changed later, and waits until the last is found.
pub(crate) async fn prepare(address: SocketAddr) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    let products: Vec<Value> = (0..CHANGES_PER_SECOND)
        .map(|product| described(product, 0))
        .collect();
    connection
        .post(BATCH, ADMIN_KEY, &json!({ "products": products }))
        .await?;
    visible(&mut connection, CHANGES_PER_SECOND - 1, 0).await
}

/// Changes products at a steady pace and measures, from sending the change to finding it.
pub(crate) async fn measure(address: SocketAddr, duration: Duration) -> Result<Latencies> {
    let changes = CHANGES_PER_SECOND * u32::try_from(duration.as_secs())?;
    let mut pace = time::interval(Duration::from_secs(1) / CHANGES_PER_SECOND);
    let mut changing = JoinSet::new();
    for change in 0..changes {
        pace.tick().await;
        let (product, revision) = (change % CHANGES_PER_SECOND, 1 + change / CHANGES_PER_SECOND);
        changing.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let begun = Instant::now();
            let products = [described(product, revision)];
            connection
                .post(BATCH, ADMIN_KEY, &json!({ "products": products }))
                .await?;
            visible(&mut connection, product, revision).await?;
            Ok::<_, anyhow::Error>(begun.elapsed())
        });
    }
    let mut latencies = Latencies::default();
    while let Some(latency) = changing.join_next().await {
        latencies.add(latency??);
    }
    Ok(latencies)
}

async fn visible(connection: &mut Connection, product: u32, revision: u32) -> Result<()> {
    let path = format!(
        "/api/search?q={}&facets=none&per_page=1",
        word(product, revision)
    );
    let begun = Instant::now();
    while connection.get_json(&path).await?["total"] != 1 {
        ensure!(
            begun.elapsed() < PATIENCE,
            "a change is not visible after {PATIENCE:?}"
        );
        time::sleep(POLL).await;
    }
    Ok(())
}

/// A word that only this revision has. Its digits keep it from being taken for a misspelling of another.
fn word(product: u32, revision: u32) -> String {
    format!("fresh{product:04}x{revision:04}")
}

fn described(product: u32, revision: u32) -> Value {
    json!({
        "external_id": format!("bench-{product}"),
        "title": format!("Benchmark probe {}", word(product, revision)),
        "variants": [{"sku": format!("BENCH-{product}"), "price": 1_000, "stock": 1}],
    })
}
