//! Feed of products: reads those that may have changed once for all who watch them.

use std::collections::{BTreeMap, VecDeque};

use souk_domain::{ProductId, TenantId};
use souk_telemetry::chain;
use tokio::time::{Duration, sleep};
use tracing::debug;

use super::{Parts, products::ProductTopic};

/// Products that are read at once.
const CHUNK: usize = 200;
/// Products that are read on suspicion after each pause.
const SWEPT: usize = 500;
/// Pause after the database has failed.
const BREATHER: Duration = Duration::from_secs(1);

/// Publishes changes of products until it is cancelled.
pub(super) async fn run(parts: &Parts) {
    let products = &parts.products;
    let mut readers = products.hub().subscribers();
    let mut left = VecDeque::new();
    loop {
        if *readers.borrow() == 0 {
            products.tidy();
        }
        if readers.wait_for(|count| *count > 0).await.is_err() {
            return;
        }
        tokio::select! {
            () = products.changed() => refresh(parts).await,
            // A change may have been told to nobody: over a broken connection, or where no relay tells this process.
            () = sleep(parts.options.sweep) => products.suspect(sweep(parts, &mut left)),
        }
    }
}

/// Takes the next of all watched products in turn.
fn sweep(parts: &Parts, left: &mut VecDeque<ProductTopic>) -> Vec<ProductTopic> {
    if left.is_empty() {
        left.extend(parts.products.tidy());
    }
    left.drain(..SWEPT.min(left.len())).collect()
}

async fn refresh(parts: &Parts) {
    let mut by_tenant: BTreeMap<TenantId, Vec<ProductId>> = BTreeMap::new();
    for (tenant, product) in parts.products.take_changed() {
        by_tenant.entry(tenant).or_default().push(product);
    }
    let mut has_failed = false;
    for (tenant, products) in by_tenant {
        for chunk in products.chunks(CHUNK) {
            if let Err(error) = parts.products.refresh(tenant, chunk).await {
                debug!(error = chain(&error), "watched products not read");
                let chunk = chunk.iter().map(|product| (tenant, *product));
                parts.products.suspect(chunk);
                has_failed = true;
            }
        }
    }
    if has_failed {
        sleep(BREATHER).await;
    }
}
