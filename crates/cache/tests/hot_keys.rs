//! Hot keys between runs, stored by Redis for all processes and by a file for one.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use souk_cache::{HotKey, HotKeyStore};
use souk_domain::TenantId;
use souk_redis::{Redis, RedisOptions};
use souk_testkit::shared_redis;

const TIMEOUT: Duration = Duration::from_secs(20);

fn hot(tenant: i64, address: &str, heat: f64) -> HotKey {
    HotKey {
        tenant: TenantId(tenant),
        address: address.to_owned(),
        heat,
    }
}

async fn redis() -> Redis {
    let (url, prefix) = shared_redis();
    let options = RedisOptions {
        prefix,
        ..RedisOptions::new(url)
    };
    let redis = Redis::open(&options).unwrap();
    assert!(redis.connected_within(TIMEOUT).await);
    redis
}

#[tokio::test]
async fn processes_remember_together_what_each_finds_hot() {
    let redis = redis().await;
    let (one, other) = (HotKeyStore::Redis(redis.clone()), HotKeyStore::Redis(redis));
    let mugs = "/api/search?q=mug+%26+tea";
    one.store(&[hot(1, mugs, 20.5), hot(1, "/api/fandoms", 9.0)], 3)
        .await
        .unwrap();
    let shirts = hot(2, "/api/search?q=shirt", 10.0);
    other
        .store(&[shirts.clone(), hot(1, mugs, 12.0)], 3)
        .await
        .unwrap();
    let remembered = one.load(10).await.unwrap();
    assert_eq!(
        remembered,
        [
            hot(1, mugs, 20.5),
            shirts.clone(),
            hot(1, "/api/fandoms", 9.0)
        ]
    );
    // Storing again changes nothing, and the coldest makes room.
    one.store(&[hot(1, mugs, 20.5), hot(1, "/api/categories", 30.0)], 3)
        .await
        .unwrap();
    let remembered = other.load(10).await.unwrap();
    assert_eq!(
        remembered,
        [hot(1, "/api/categories", 30.0), hot(1, mugs, 20.5), shirts]
    );
    assert_eq!(other.load(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_remembers_and_a_broken_line_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hot_keys");
    let memory = HotKeyStore::File(path.clone());
    assert_eq!(memory.load(10).await.unwrap(), []);
    let hot_keys = [
        hot(1, "/api/search?q=a+b", 3.25),
        hot(2, "/api/fandoms", 1.0),
    ];
    memory.store(&hot_keys, 10).await.unwrap();
    assert_eq!(memory.load(10).await.unwrap(), hot_keys);
    assert_eq!(memory.load(1).await.unwrap(), hot_keys[..1]);

    let text = std::fs::read_to_string(&path).unwrap();
    let text = format!("nonsense\nNaN 1 /api\n1.0 x /api\n1.0 1 api\n{text}");
    std::fs::write(&path, text).unwrap();
    assert_eq!(memory.load(10).await.unwrap(), hot_keys);
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "nothing unfinished is left");
}

#[tokio::test]
async fn a_memory_that_cannot_be_read_says_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let memory = HotKeyStore::File(folder.path().to_owned());
    let error = memory.load(1).await.unwrap_err().to_string();
    assert!(error.contains(folder.path().to_str().unwrap()), "{error}");
}
