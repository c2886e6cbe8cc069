//! Old responses that are served while what loads newer ones is away.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use bytes::Bytes;
use souk_cache::{
    Cache, CacheOptions, Key, Kind, Lifetimes, LoadFailure, Loaded, Source, Tag, Ttl,
};
use souk_domain::{ProductId, TenantId};

const DEADLINE: Duration = Duration::from_secs(20);
const TENANT: TenantId = TenantId(1);
const TAG: Tag = Tag::Product(ProductId(1));
const KEY: Key = Key {
    kind: Kind::Product,
    tenant: TENANT,
    hash: 1,
};

#[derive(Debug, Clone, Copy)]
enum Failure {
    Outage,
    Defect,
}

impl LoadFailure for Failure {
    fn is_outage(&self) -> bool {
        matches!(self, Self::Outage)
    }
}

/// Returns a cache without a listener, so that nothing is proven fresh, with one response in it.
async fn filled(stale_if_error: Duration) -> Cache<Failure> {
    let options = CacheOptions {
        enabled: true,
        process_bytes: 1 << 20,
        lifetimes: Lifetimes::new(|_| Duration::from_secs(60)),
        stale_if_error,
    };
    let cache = Cache::new(&options, None);
    let load = async || {
        Ok(Loaded {
            content: Bytes::from_static(b"known").into(),
            tags: vec![TAG],
            ttl: Ttl::Standard,
        })
    };
    cache.get(KEY, load).await.unwrap();
    cache
}

/// Requests the response until it is no longer fresh, with loads that fail.
async fn once_old(cache: &Cache<Failure>, failure: Failure) -> Option<Source> {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let served = cache.get(KEY, async move || Err(failure)).await;
        match served.map(|served| served.source) {
            Ok(Source::Hit | Source::Stale) => {}
            Ok(source) => return Some(source),
            Err(_) => return None,
        }
        assert!(Instant::now() < deadline, "the response stays fresh");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn known_response_is_served_during_an_outage() {
    let cache = filled(Duration::from_secs(3_600)).await;
    let source = once_old(&cache, Failure::Outage).await;
    let Some(Source::StaleIfError { left }) = source else {
        panic!("{source:?}");
    };
    assert!(left < Duration::from_secs(3_600), "it has an age");
    assert!(cache.stats(Kind::Product).stale_if_error > 0);
}

#[tokio::test]
async fn known_response_is_not_served_for_a_defect() {
    let cache = filled(Duration::from_secs(3_600)).await;
    assert_eq!(once_old(&cache, Failure::Defect).await, None);
}

#[tokio::test]
async fn known_response_older_than_the_bound_is_not_served() {
    let cache = filled(Duration::ZERO).await;
    assert_eq!(once_old(&cache, Failure::Outage).await, None);
}

#[tokio::test]
async fn changed_response_is_not_served_during_an_outage() {
    let cache = filled(Duration::from_secs(3_600)).await;
    let invalidator = cache.invalidator();
    invalidator.invalidate_tags(TENANT, &[TAG]).await.unwrap();
    assert_eq!(once_old(&cache, Failure::Outage).await, None);
}
