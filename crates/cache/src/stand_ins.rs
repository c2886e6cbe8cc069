//! Tests of old entries that stand in during an outage: those of Redis, which no test can make without a server.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use souk_domain::{ProductId, TenantId};
use tokio::time::Instant;

use crate::{
    Cache, CacheOptions, Key, Kind, Lifetimes, Tag, cache::LoadToken, shared::SharedEntry,
};

const BOUND: Duration = Duration::from_secs(20);
const TAG: Tag = Tag::Product(ProductId(1));
const KEY: Key = Key {
    kind: Kind::Product,
    tenant: TenantId(1),
    hash: 1,
};

fn cache() -> Cache<Infallible> {
    let options = CacheOptions {
        enabled: true,
        process_bytes: 1 << 20,
        lifetimes: Lifetimes::new(|_| Duration::from_secs(60)),
        stale_if_error: BOUND,
    };
    Cache::new(&options, None)
}

/// Returns the time for which a copy of Redis stands in, loaded so long ago and fetched now.
async fn left_of_copy(cache: &Cache<Infallible>, age: Duration) -> Option<Duration> {
    let token: LoadToken = cache.begin(KEY).await.err().unwrap();
    let copy = SharedEntry {
        age,
        tags: vec![TAG, Tag::Search],
        body: Bytes::from_static(b"known"),
    };
    let copy = cache.fetched(KEY, &token, copy).unwrap();
    cache.stands_in_for(&copy, KEY.tenant, copy.loaded + age)
}

#[tokio::test]
async fn copy_of_redis_older_than_an_applied_invalidation_does_not_stand_in() {
    let cache = cache();
    let log = cache.log();
    let age = Duration::from_secs(10);
    assert_eq!(left_of_copy(&cache, age).await, Some(BOUND - age));
    log.invalidate_tags(KEY.tenant, &[Tag::Search]);
    assert_eq!(left_of_copy(&cache, age).await, Some(BOUND - age));
    // Redis has not heard of it, hence still has the copy.
    log.invalidate_tags(KEY.tenant, &[TAG]);
    assert_eq!(left_of_copy(&cache, age).await, None);
}

#[tokio::test]
async fn copy_older_than_the_bound_does_not_stand_in() {
    let cache = cache();
    assert_eq!(left_of_copy(&cache, BOUND).await, Some(Duration::ZERO));
    let older = BOUND + Duration::from_millis(1);
    assert_eq!(left_of_copy(&cache, older).await, None);
}

#[tokio::test]
async fn copy_loaded_after_an_invalidation_stands_in() {
    let cache = cache();
    cache.log().invalidate_tags(KEY.tenant, &[TAG]);
    let applied = Instant::now();
    while Instant::now() == applied {
        std::hint::spin_loop();
    }
    let left = left_of_copy(&cache, Duration::ZERO).await;
    assert_eq!(left, Some(BOUND));
}
