//! Mails to customers who wait for a product to be back in stock, or for its price to fall.
//!
//! Watches are looked at one after another, by id. Whoever deletes one writes its mail in the same transaction, so that several
//! processes may do so and each mail is written once.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use serde_json::json;
use souk_domain::{ProductId, TenantId};
use souk_identity::MailAddress;
use souk_store::{NewMail, OwnedWatch, ProductRecord, Store, StoreError, Wanted};
use souk_telemetry::chain;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::product_state::terms_of;

/// Pause between two runs.
const PAUSE: Duration = Duration::from_secs(60);
/// Watches that are looked at together.
const PAGE: u32 = 200;

/// Looks at all watches now and then, until shutdown.
pub async fn run(store: Store, shutdown: CancellationToken) {
    let running = async {
        loop {
            sleep(PAUSE).await;
            let now_ms = chrono::Utc::now().timestamp_millis();
            if let Err(error) = tell_watchers(&store, now_ms).await {
                tracing::warn!(error = chain(&error), "watches of products not looked at");
            }
        }
    };
    let _: Option<()> = shutdown.run_until_cancelled(running).await;
}

/// Writes the mails of all watches whose event has happened, and returns how many.
///
/// # Errors
/// If the database fails.
pub async fn tell_watchers(store: &Store, now_ms: i64) -> Result<u64, StoreError> {
    let (mut after, mut told) = (0, 0);
    loop {
        let page = store.product_watches_after(after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(told);
        };
        after = last.watch.id;
        let mut by_tenant: BTreeMap<TenantId, Vec<OwnedWatch>> = BTreeMap::new();
        for watch in page {
            by_tenant.entry(watch.tenant).or_default().push(watch);
        }
        for (tenant, watches) in by_tenant {
            told += tell(store, tenant, &watches, now_ms).await?;
        }
    }
}

async fn tell(
    store: &Store,
    tenant: TenantId,
    watches: &[OwnedWatch],
    now_ms: i64,
) -> Result<u64, StoreError> {
    let mut ids: Vec<ProductId> = watches.iter().map(|it| it.watch.watch.product).collect();
    ids.sort_unstable();
    ids.dedup();
    let scope = store.scope(tenant);
    let records = scope.products().by_ids(&ids).await?;
    let records: HashMap<ProductId, ProductRecord> = records
        .into_iter()
        .map(|record| (record.id, record))
        .collect();
    let mut shop = None;
    let mut told = 0;
    for owned in watches {
        let watch = &owned.watch.watch;
        let Some(record) = records.get(&watch.product) else {
            continue;
        };
        let terms = terms_of(record, watch.variant);
        if !terms.is_some_and(|(price, available)| watch.wants.has_happened(price, available)) {
            continue;
        }
        let Ok(recipient) = MailAddress::parse(&owned.mail) else {
            continue;
        };
        if shop.is_none() {
            shop = store.tenants().get(tenant).await?;
        }
        let name = shop.as_ref().map(|tenant| tenant.name.as_str());
        let data = json!({
            "shop": name.unwrap_or_default(),
            "name": owned.name,
            "product": record.title,
        });
        let mail = NewMail {
            recipient,
            template: match watch.wants {
                Wanted::BackInStock => "back_in_stock",
                Wanted::PriceBelow(_) => "price_below",
            },
            language: owned.language.clone(),
            data: data.to_string(),
            at_ms: now_ms,
        };
        let watches = scope.product_watches();
        let is_written = watches.fulfil(owned.account, owned.watch.id, &mail).await?;
        told += u64::from(is_written);
    }
    Ok(told)
}
