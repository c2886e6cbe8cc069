//! Processes that die while they are asked.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::StatusCode;

use crate::{
    api::{DEADLINE, Market, POLL, PRODUCT},
    client::{client, get},
    nginx::Nginx,
};

/// Each asks less often than nginx lets one client.
const CLIENTS: u8 = 8;
const REQUESTS: usize = 90;

#[tokio::test]
async fn one_of_three_killed_under_load_loses_no_request() {
    let market = Market::open().await;
    let mut apis = market.serve(&[("ENABLE_RATE_LIMITING", "false")]).await;
    let nginx = Nginx::before(&market, &apis).await;
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (base, answered) = (nginx.url(PRODUCT), Arc::clone(&answered));
            tokio::spawn(async move {
                let client = client(10 + number);
                for page in 0..REQUESTS {
                    // No two alike, so that every one reaches a process.
                    let reply = get(&client, &format!("{base}?_={number}-{page}")).await;
                    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();

    let all = usize::from(CLIENTS) * REQUESTS;
    let deadline = Instant::now() + DEADLINE;
    while answered.load(Ordering::Relaxed) < all / 4 {
        assert!(Instant::now() < deadline, "nobody is answered");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    apis[1].kill();
    for client in clients {
        client.await.unwrap();
    }
    assert_eq!(answered.load(Ordering::Relaxed), all);

    apis[1].restart().await;
    let back = apis[1].address.to_string();
    let me = client(9);
    let deadline = Instant::now() + DEADLINE;
    for page in 0.. {
        get(&me, &nginx.url(&format!("{PRODUCT}?_=back-{page}"))).await;
        if nginx.logged().last().unwrap()["upstream"] == back.as_str() {
            break;
        }
        assert!(Instant::now() < deadline, "it is not asked again");
        tokio::time::sleep(POLL).await;
    }
}

#[tokio::test]
async fn what_was_asked_before_is_answered_when_all_are_gone() {
    let market = Market::open().await;
    let mut apis = market.serve(&[("ENABLE_RATE_LIMITING", "false")]).await;
    let nginx = Nginx::before(&market, &apis).await;
    let (me, url) = (client(1), nginx.url(PRODUCT));
    let fresh = get(&me, &url).await;
    assert_eq!(fresh.status, StatusCode::OK);

    for api in &mut apis {
        api.kill();
    }
    let deadline = Instant::now() + DEADLINE;
    loop {
        let reply = get(&me, &url).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        assert_eq!(reply.body, fresh.body);
        if reply.header("x-cache") == Some("STALE") {
            assert_eq!(reply.header("ratelimit"), None, "that was another's");
            assert_ne!(reply.header("x-request-id"), fresh.header("x-request-id"));
            break;
        }
        assert!(Instant::now() < deadline, "the copy does not grow old");
        tokio::time::sleep(POLL).await;
    }

    let never_asked = get(&me, &nginx.url("/api/products/other")).await;
    assert_eq!(never_asked.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(never_asked.code(), "unavailable");
    assert!(never_asked.header("retry-after").is_some());
}

#[tokio::test]
async fn every_request_is_written_down_with_who_answered_it_and_how_fast() {
    let market = Market::open().await;
    let apis = market.serve(&[("ENABLE_RATE_LIMITING", "false")]).await;
    let nginx = Nginx::before(&market, &apis).await;
    let me = client(7);
    for page in 0..30 {
        let request = me.get(nginx.url(&format!("{PRODUCT}?_={page}&utm_term=a-secret-wish")));
        let request = request
            .header("X-Request-Id", format!("mine-{page}"))
            .header("User-Agent", "a \"quoted\" one");
        let reply = crate::client::read(request).await;
        assert_eq!(
            reply.header("x-request-id"),
            Some(format!("mine-{page}").as_str())
        );
    }
    // A line is written after its answer was sent.
    let deadline = Instant::now() + DEADLINE;
    let mine = loop {
        let mut lines = nginx.logged();
        lines.retain(|line| line["user_agent"] == "a \"quoted\" one");
        if lines.len() >= 30 {
            break lines;
        }
        assert!(
            Instant::now() < deadline,
            "only {} are written down",
            lines.len()
        );
        tokio::time::sleep(POLL).await;
    };
    assert_eq!(mine.len(), 30);
    for (page, line) in mine.iter().enumerate() {
        assert_eq!(line["request_id"], format!("mine-{page}"));
        assert_eq!(line["status"], 200);
        assert_eq!(line["path"], PRODUCT);
        assert_eq!(line["client"], "127.0.0.0/24");
        assert!(!line.to_string().contains("a-secret-wish"), "{line}");
        assert!(
            line["upstream_seconds"]
                .as_str()
                .unwrap()
                .parse::<f64>()
                .is_ok(),
            "{line}"
        );
        assert_eq!(line["cache"], "MISS");
    }
    let asked: BTreeSet<_> = mine
        .iter()
        .map(|line| line["upstream"].as_str().unwrap())
        .collect();
    let all = apis.iter().map(|api| api.address.to_string());
    assert_eq!(
        asked,
        all.collect::<BTreeSet<_>>()
            .iter()
            .map(String::as_str)
            .collect()
    );
}

#[tokio::test]
async fn known_page_is_answered_while_every_process_hangs() {
    let market = Market::open().await;
    let apis = market.serve(&[("ENABLE_RATE_LIMITING", "false")]).await;
    let nginx = Nginx::before(&market, &apis).await;
    let (me, url) = (client(1), nginx.url(PRODUCT));
    let known = get(&me, &url).await;
    assert_eq!(known.status, StatusCode::OK);

    for api in &apis {
        api.signal("STOP");
    }
    let unknown = tokio::spawn({
        let (me, url) = (client(2), nginx.url("/api/products?page=7"));
        async move { get(&me, &url).await }
    });
    // Until its copy is older than what is served while it is renewed.
    let deadline = Instant::now() + DEADLINE;
    loop {
        let stale = get(&me, &url).await;
        assert_eq!((stale.status, &stale.body), (StatusCode::OK, &known.body));
        let is_waited_for =
            |line: &serde_json::Value| line["upstream_status"] == "504" && line["cache"] == "STALE";
        if nginx.logged().iter().any(is_waited_for) {
            break;
        }
        assert!(Instant::now() < deadline, "the copy does not grow old");
        tokio::time::sleep(POLL).await;
    }
    assert!(!unknown.is_finished(), "nothing is known of the other");

    for api in &apis {
        api.signal("CONT");
    }
    assert_eq!(unknown.await.unwrap().status, StatusCode::OK);
}
