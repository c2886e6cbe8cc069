//! What is asked most is there before anybody asks for it.

use std::time::{Duration, Instant};

use poem::http::Method;
use souk_cache::HotKeyStore;
use tokio_util::sync::CancellationToken;

use crate::shop::Shop;

const DEADLINE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);
const HOT: [&str; 3] = [
    "/api/search?q=dragon+mug&per_page=5",
    "/api/products?sort=newest",
    "/api/products/dragon-mug",
];

impl Shop {
    /// A figure of a cache, over all that it did.
    async fn counted(&self, cache: &str, figure: &str) -> u64 {
        let stats = self.admin(Method::GET, "/api/admin/cache", None).await;
        let stats = stats.expect(200);
        let caches = stats["caches"].as_array().unwrap();
        let found = caches.iter().find(|found| found["name"] == cache);
        found.unwrap()[figure].as_u64().unwrap()
    }

    /// Waits until a cache was loaded from so often, and nobody of whom we know asked.
    async fn loaded(&self, cache: &str, times: u64) {
        let deadline = Instant::now() + DEADLINE;
        while self.counted(cache, "loads").await < times {
            assert!(Instant::now() < deadline, "{cache} was not loaded");
            tokio::time::sleep(POLL).await;
        }
    }
}

#[tokio::test]
async fn a_restart_loads_what_was_asked_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let memory = HotKeyStore::File(folder.path().join("hot_keys"));
    let mut shop = Shop::open().await;
    let stop = CancellationToken::new();
    let warmer = shop.warmed(memory.clone(), stop.clone());
    for path in HOT {
        for _ in 0..3 {
            shop.get(path).await.expect(200);
        }
    }
    let refused = shop.get("/api/search?per_page=x").await;
    refused.error(400);
    stop.cancel();
    warmer.await.unwrap();

    shop.warmed(memory.clone(), CancellationToken::new());
    for cache in ["search", "listing", "product"] {
        shop.loaded(cache, 1).await;
    }
    let remembered = memory.load(20).await.unwrap();
    let addresses: Vec<&str> = remembered.iter().map(|hot| hot.address.as_str()).collect();
    assert!(
        addresses.contains(&"/api/search?per_page=5&q=dragon+mug"),
        "{addresses:?}"
    );
    assert!(remembered.iter().all(|hot| hot.tenant == shop.tenant.id));
}

#[tokio::test]
async fn another_index_is_asked_before_anybody_has_to_wait_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let memory = HotKeyStore::File(folder.path().join("hot_keys"));
    let mut shop = Shop::open().await;
    shop.warmed(memory, CancellationToken::new());
    shop.get(HOT[0]).await.expect(200);
    // What is kept now would do without an index.
    let all = "/api/admin/cache?tag=all";
    shop.admin(Method::DELETE, all, None).await.expect(200);
    let path = "/api/admin/search/reindex";
    let body = serde_json::json!({});
    shop.admin(Method::POST, path, Some(&body))
        .await
        .expect(202);
    let before = shop.counted("search", "loads").await;
    shop.work_on_jobs().await;
    shop.loaded("search", before + 1).await;
}
