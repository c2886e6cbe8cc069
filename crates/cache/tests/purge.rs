//! A CDN that is told of changes, whatever it answers.

// Helpers of tests, like tests, fail by panicking.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use souk_cache::{PurgeOptions, PurgeStats, Purger, Tag};
use souk_domain::{ProductId, TenantId};
use souk_testkit::TestCdn;
use tokio::net::TcpListener;

const TIMEOUT: Duration = Duration::from_secs(20);
const TENANT: TenantId = TenantId(1);
const TOKEN: &str = "a token for tests";

fn options(cdn: &TestCdn) -> PurgeOptions {
    PurgeOptions {
        token: Some(TOKEN.to_owned().into()),
        interval: Duration::ZERO,
        again_after: Duration::from_secs(3_600),
        shortest_pause: Duration::from_millis(1),
        ..PurgeOptions::new(cdn.url())
    }
}

fn product(id: i64) -> Tag {
    Tag::Product(ProductId(id))
}

#[tokio::test]
async fn tags_are_purged_by_the_token_a_bounded_number_at_once() {
    let cdn = TestCdn::answering(&[]).await;
    let options = PurgeOptions {
        at_once: 2,
        ..options(&cdn)
    };
    let purger = Purger::start(options).unwrap();
    purger.purge(TENANT, &[product(7), product(8), Tag::Categories]);
    purger.finish(TIMEOUT).await;
    assert_eq!(
        cdn.tags(),
        [["1:search", "1:categories"], ["1:product:7", "1:product:8"]]
    );
    assert_eq!(cdn.purges()[0].authorization, format!("Bearer {TOKEN}"));
    let expected = PurgeStats {
        purged: 4,
        given_up: 0,
    };
    assert_eq!(purger.stats(), expected);
}

#[tokio::test]
async fn what_is_busy_is_asked_again_and_what_refuses_is_not() {
    let cdn = TestCdn::answering(&[503, 429, 200, 403]).await;
    let purger = Purger::start(options(&cdn)).unwrap();
    purger.purge(TENANT, &[Tag::Fandoms]);
    purger.finish(TIMEOUT).await;
    assert_eq!(cdn.tags().len(), 3);
    assert_eq!(purger.stats().purged, 1);
    purger.purge(TENANT, &[Tag::Categories]);
    purger.finish(TIMEOUT).await;
    assert_eq!(cdn.tags().len(), 4);
    let expected = PurgeStats {
        purged: 1,
        given_up: 1,
    };
    assert_eq!(purger.stats(), expected);
}

#[tokio::test]
async fn a_cdn_that_is_away_holds_nobody_up_and_is_given_up() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", free.local_addr().unwrap());
    drop(free);
    let options = PurgeOptions {
        tries: 3,
        shortest_pause: Duration::from_millis(1),
        interval: Duration::ZERO,
        ..PurgeOptions::new(url)
    };
    let purger = Purger::start(options).unwrap();
    // More than waits: it becomes all of the marketplace.
    for id in 1..=5_000 {
        purger.purge(TENANT, &[product(id)]);
    }
    purger.finish(TIMEOUT).await;
    let stats = purger.stats();
    assert_eq!(stats.purged, 0);
    assert!((1..=1_002).contains(&stats.given_up), "{stats:?}");
}

#[tokio::test]
async fn purged_tag_is_purged_once_more() {
    let cdn = TestCdn::answering(&[]).await;
    let options = PurgeOptions {
        again_after: Duration::from_millis(1),
        ..options(&cdn)
    };
    let purger = Purger::start(options).unwrap();
    purger.purge(TENANT, &[Tag::Fandoms]);
    assert_eq!(cdn.wait_for(2).await, [["1:fandoms"], ["1:fandoms"]]);
    // Had there been a third time, it would have been before this.
    purger.purge(TENANT, &[Tag::Categories]);
    let asked = cdn.wait_for(4).await;
    assert_eq!(asked[2..], [["1:categories"], ["1:categories"]]);
}

#[test]
fn what_cannot_be_asked_is_refused_and_no_secret_is_shown() {
    for url in ["cdn.example", "ftp://cdn.example", ""] {
        let error = PurgeOptions::new(url).check().unwrap_err().to_string();
        assert!(url.is_empty() || !error.contains(url), "{error}");
    }
    let options = PurgeOptions {
        token: Some("hunter2".to_owned().into()),
        ..PurgeOptions::new("https://cdn.example/hunter3")
    };
    let shown = format!("{options:?}");
    assert!(!shown.contains("hunter"), "{shown}");
}
