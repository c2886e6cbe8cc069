//! How much one client may ask for, of several processes.

use std::time::Instant;

use reqwest::StatusCode;
use souk_testkit::{TestRedis, shared_redis};

use crate::{
    api::{Market, PRODUCT},
    client::{Reply, client, get, get_forged, read},
    nginx::Nginx,
};

const QUOTA: usize = 100;
/// Operations on accounts that take a password or a token from somebody who is not signed in.
const GUESSED: [&str; 6] = [
    "sign-in",
    "register",
    "verify",
    "password/reset",
    "password/reset/confirm",
    "address/confirm",
];
/// One request is given back after so long.
const INTERVAL_MS: u128 = 600;

/// What of a number of replies, asked for since `begun`, a quota of 100 a minute allows at most.
fn most_allowed(begun: Instant) -> usize {
    let given_back = begun.elapsed().as_millis() / INTERVAL_MS + 1;
    QUOTA + usize::try_from(given_back).unwrap()
}

fn allowed(replies: &[Reply]) -> usize {
    replies
        .iter()
        .filter(|reply| reply.status == StatusCode::OK)
        .count()
}

fn assert_refusals_tell_when_to_come_back(replies: &[Reply]) {
    let refused: Vec<_> = replies
        .iter()
        .filter(|reply| reply.status != StatusCode::OK)
        .collect();
    assert!(!refused.is_empty());
    for reply in refused {
        assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(reply.code(), "limit_exceeded");
        assert_eq!(reply.header("retry-after"), Some("1"));
        assert_eq!(
            reply.header("ratelimit-policy"),
            Some("\"default\";q=100;w=60")
        );
        assert!(
            reply
                .header("ratelimit")
                .unwrap()
                .starts_with("\"default\";r=0;t=")
        );
    }
}

#[tokio::test]
async fn a_hundred_a_minute_holds_over_three_processes_and_against_forged_addresses() {
    let market = Market::open().await;
    let (redis, prefix) = shared_redis();
    let apis = market
        .serve(&[("REDIS_URL", &redis), ("REDIS_PREFIX", &prefix)])
        .await;

    let (begun, me) = (Instant::now(), client(1));
    let mut replies = Vec::new();
    for number in 0..QUOTA * 2 {
        let url = apis[number % apis.len()].url(PRODUCT);
        let forged_for = format!("198.51.{}.{}", number / 200, number % 200);
        replies.push(get_forged(&me, &url, &forged_for).await);
    }
    assert_eq!(
        allowed(&replies[..QUOTA]),
        QUOTA,
        "what is within the quota is answered"
    );
    assert!(
        allowed(&replies) <= most_allowed(begun),
        "{}",
        allowed(&replies)
    );
    assert_refusals_tell_when_to_come_back(&replies);

    let another = get(&client(2), &apis[0].url(PRODUCT)).await;
    assert_eq!(another.status, StatusCode::OK);
    let watched = get(&me, &apis[0].url("/health/ready")).await;
    assert_eq!(watched.status, StatusCode::OK);
    assert_eq!(watched.header("ratelimit"), None);
}

#[tokio::test]
async fn through_the_front_tier_everyone_is_who_they_are() {
    let market = Market::open().await;
    let (redis, prefix) = shared_redis();
    let settings = [
        ("REDIS_URL", redis.as_str()),
        ("REDIS_PREFIX", &prefix),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let apis = market.serve(&settings).await;
    let nginx = Nginx::before(&market, &apis).await;

    // None of them from where nginx is, for that is trusted.
    let (begun, me) = (Instant::now(), client(3));
    let mut replies = Vec::new();
    for number in 0..QUOTA + QUOTA / 2 {
        // Each another page, so that no copy answers.
        let url = nginx.url(&format!("{PRODUCT}?_={number}"));
        replies.push(get_forged(&me, &url, &format!("198.51.100.{number}")).await);
    }
    let counted = replies
        .iter()
        .filter(|reply| reply.header("ratelimit-policy").is_some())
        .count();
    assert!(allowed(&replies) >= QUOTA, "{}", allowed(&replies));
    assert!(
        allowed(&replies) <= most_allowed(begun),
        "{}",
        allowed(&replies)
    );
    assert!(counted > QUOTA, "the API's own refusals pass as they are");

    let another = get(&client(4), &nginx.url(&format!("{PRODUCT}?_=another"))).await;
    assert_eq!(another.status, StatusCode::OK);
}

#[tokio::test]
async fn while_redis_is_away_each_process_counts_for_itself() {
    let market = Market::open().await;
    let mut redis = TestRedis::start();
    let apis = market.serve(&[("REDIS_URL", &redis.url())]).await;
    let me = client(1);
    assert_eq!(get(&me, &apis[0].url(PRODUCT)).await.status, StatusCode::OK);

    redis.kill();
    for api in &apis {
        let (begun, url) = (Instant::now(), api.url(PRODUCT));
        let mut replies = Vec::new();
        for _ in 0..QUOTA + QUOTA / 5 {
            replies.push(get(&me, &url).await);
        }
        let (allowed, most) = (allowed(&replies), most_allowed(begun));
        assert!(
            (QUOTA..=most).contains(&allowed),
            "{allowed} of {QUOTA} to {most}"
        );
        assert_refusals_tell_when_to_come_back(&replies);
    }
}

/// Neither tier answers from its cache who says who they are, nor keeps what they are told.
#[tokio::test]
async fn request_with_authorization_passes_both_caches() {
    let market = Market::open().await;
    let apis = market.serve(&[("ENABLE_RATE_LIMITING", "false")]).await;
    let nginx = Nginx::before(&market, &apis).await;
    let (me, url) = (client(6), nginx.url(PRODUCT));
    assert_eq!(get(&me, &url).await.status, StatusCode::OK, "it is kept");
    for _ in 0..3 {
        let asked = me.get(&url).header("Authorization", "Bearer of a shopper");
        let reply = read(asked).await;
        assert_eq!(reply.status, StatusCode::OK);
        let told = ["cache-control", "x-cache"].map(|name| reply.header(name));
        assert_eq!(told, ["private, no-store", "BYPASS"].map(Some));
    }
}

#[tokio::test]
async fn nginx_keeps_floods_and_guesses_away() {
    let market = Market::open().await;
    let apis = market.serve(&[("ENABLE_RATE_LIMITING", "false")]).await;
    let nginx = Nginx::before(&market, &apis).await;

    let me = client(5);
    let flood = (0..600).map(|number| {
        let (me, url) = (me.clone(), nginx.url(&format!("{PRODUCT}?_={number}")));
        tokio::spawn(async move { get(&me, &url).await })
    });
    let flood: Vec<_> = flood.collect();
    let mut replies = Vec::new();
    for asked in flood {
        replies.push(asked.await.unwrap());
    }
    let refused = replies
        .iter()
        .find(|reply| reply.status == StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        refused.expect("a flood is noticed").code(),
        "limit_exceeded"
    );
    assert!(refused.unwrap().header("retry-after").is_some());

    for (number, path) in GUESSED.iter().enumerate() {
        let guesser = client(6 + u8::try_from(number).unwrap());
        let url = nginx.url(&format!("/api/account/{path}"));
        let mut guesses = Vec::new();
        for _ in 0..20 {
            // Without a body, so that the API itself counts none.
            guesses.push(read(guesser.post(&url)).await.status);
        }
        let limited = StatusCode::TOO_MANY_REQUESTS;
        let answered = guesses.iter().take_while(|status| **status != limited);
        assert!(
            answered.count() >= 5,
            "{path}: five in a minute may be wrong"
        );
        assert!(guesses.contains(&limited), "{path}");
        let for_many = guesser.post(&url).header("X-Api-Key", "of a storefront");
        assert_ne!(read(for_many).await.status, limited, "{path}");
    }
}
