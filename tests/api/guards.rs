//! What stands between the crowd and the handlers.

use std::time::Duration;

use poem::http::Method;
use souk::{
    http::{Cors, CorsOptions, RateLimit, RateLimitOptions, RateLimits, SecurityHeaders},
    router::Guards,
};
use souk_rate_limit::Quota;

use crate::shop::{ADMIN_KEY, Shop, add_tenant};

/// Given back so slowly that none is during a test.
fn quota(max: u32) -> Quota {
    Quota::new(max, Duration::from_secs(86_400)).unwrap()
}

fn limited(options: impl FnOnce(&mut RateLimitOptions)) -> Guards {
    let mut quotas = RateLimitOptions {
        anonymous: quota(3),
        search: None,
        suggestions: None,
        events: None,
        pages: quota(6),
        key: quota(5),
        admin: quota(4),
        write: quota(2),
        refused_keys: quota(100),
    };
    options(&mut quotas);
    Guards {
        rate_limit: RateLimit {
            limits: RateLimits::new(&quotas, None),
            ..RateLimit::default()
        },
        ..Guards::default()
    }
}

/// How many of ten requests are not refused for being too many.
async fn answered(shop: &Shop, method: Method, path: &str, header: (&str, &str)) -> usize {
    let mut answered = 0;
    for _ in 0..10 {
        let reply = shop.send(method.clone(), path, &[header], None).await;
        answered += usize::from(reply.status != 429);
    }
    answered
}

#[tokio::test]
async fn every_counted_answer_says_how_the_client_stands() {
    let shop = Shop::open().await.behind(limited(|_| {}));
    let found = shop.get("/api/search?q=mug").await;
    assert_eq!(found.status, 200);
    assert_eq!(
        found.header("ratelimit-policy"),
        Some("\"default\";q=3;w=86400")
    );
    assert_eq!(found.header("ratelimit"), Some("\"default\";r=2;t=28800"));
    let wrong = shop.get("/api/search?page=x").await;
    assert_eq!(wrong.status, 400);
    assert!(
        wrong
            .header("ratelimit")
            .unwrap()
            .starts_with("\"default\";r=1;")
    );
    shop.get("/api/products/none").await.expect(404);

    let refused = shop.get("/api/categories").await;
    assert_eq!(refused.error(429).0, "limit_exceeded");
    assert!(
        refused
            .header("ratelimit")
            .unwrap()
            .starts_with("\"default\";r=0;")
    );
    let retry: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=28_800).contains(&retry), "{retry}");

    for path in [
        "/",
        "/docs",
        "/openapi.json",
        "/openapi.yaml",
        "/media/demo/mug.svg",
    ] {
        let page = shop.get(path).await;
        let policy = page.header("ratelimit-policy");
        assert_eq!(
            (page.status, policy),
            (200, Some("\"pages\";q=6;w=86400")),
            "{path}"
        );
    }
    shop.get("/none").await.expect(404);
    shop.get("/docs").await.expect(429);
    for path in ["/health/live", "/health/ready"] {
        let probe = shop.get(path).await;
        assert_eq!((probe.status, probe.header("ratelimit")), (200, None));
    }
}

#[tokio::test]
async fn classes_are_counted_apart_where_they_have_a_quota() {
    let shop = Shop::open().await.behind(limited(|quotas| {
        quotas.search = Some(quota(2));
        quotas.suggestions = Some(quota(6));
    }));
    let none = ("X-Nothing", "");
    assert_eq!(answered(&shop, Method::GET, "/api/search", none).await, 2);
    assert_eq!(
        answered(&shop, Method::GET, "/api/search/suggestions?q=d", none).await,
        6
    );
    assert_eq!(answered(&shop, Method::GET, "/api/fandoms", none).await, 3);
}

#[tokio::test]
async fn only_a_key_that_is_one_makes_another_client() {
    let shop = Shop::open().await;
    add_tenant(&shop.store, "by-key", None, Some("open sesame")).await;
    let shop = shop.reopen().behind(limited(|_| {}));
    let path = "/api/fandoms";
    let mut made_up = 0;
    for number in 0..10 {
        let key = format!("made up {number}");
        let headers = [
            ("X-Api-Key", key.as_str()),
            ("Authorization", "Bearer made up as well"),
        ];
        let reply = shop.send(Method::GET, path, &headers, None).await;
        made_up += usize::from(reply.status != 429);
    }
    assert_eq!(made_up, 3);
    let key = ("X-Api-Key", "open sesame");
    assert_eq!(answered(&shop, Method::GET, path, key).await, 5);
    let bearer = format!("Bearer {ADMIN_KEY}");
    let admin = ("Authorization", bearer.as_str());
    assert_eq!(
        answered(&shop, Method::GET, "/api/admin/products", admin).await,
        4
    );
    let change = "/api/admin/products/batch";
    assert_eq!(answered(&shop, Method::POST, change, admin).await, 2);
}

/// A key has a quota at its own tenant only: elsewhere it is refused, and counts as the address that it comes from.
#[tokio::test]
async fn foreign_key_has_the_quota_of_its_address() {
    let shop = Shop::open().await;
    add_tenant(&shop.store, "by-key", None, Some("open sesame")).await;
    add_tenant(&shop.store, "by-host", Some("shop.example"), None).await;
    let shop = shop.reopen().behind(limited(|_| {}));
    let headers = [("Host", "shop.example"), ("X-Api-Key", "open sesame")];
    let mut statuses = Vec::new();
    for _ in 0..5 {
        let reply = shop.send(Method::GET, "/api/fandoms", &headers, None).await;
        statuses.push(reply.status);
    }
    assert_eq!(statuses, [403, 403, 403, 429, 429]);
    let key = ("X-Api-Key", "open sesame");
    assert_eq!(answered(&shop, Method::GET, "/api/fandoms", key).await, 5);
}

#[tokio::test]
async fn browsers_are_told_to_be_strict_whatever_the_answer() {
    let shop = Shop::open().await.behind(Guards {
        security_headers: SecurityHeaders::new(31_536_000),
        ..Guards::default()
    });
    for path in [
        "/",
        "/docs",
        "/api/search",
        "/api/products/none",
        "/nowhere",
    ] {
        let reply = shop.get(path).await;
        let header = |name: &str| reply.header(name).unwrap_or_default().to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert!(header("permissions-policy").contains("camera=()"), "{path}");
        assert!(
            header("referrer-policy").starts_with("strict-origin"),
            "{path}"
        );
        assert!(
            header("strict-transport-security").starts_with("max-age=31536000"),
            "{path}"
        );
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'")
                && policy.contains("base-uri 'none'")
                && !policy.contains("unsafe"),
            "{path}"
        );
    }
    let docs = shop.get("/docs").await;
    let policy = docs.header("content-security-policy").unwrap();
    assert_eq!(policy.matches("sha256-").count(), 3, "{policy}");
}

#[tokio::test]
async fn errors_can_be_read_by_pages_of_an_allowed_origin() {
    let options = CorsOptions {
        origins: "https://shop.example",
        methods: "GET",
        headers: "X-Api-Key",
        credentials: false,
        max_age_secs: 60,
    };
    let shop = Shop::open().await.behind(Guards {
        cors: Cors::new(&options).unwrap(),
        ..limited(|_| {})
    });
    let origin = ("Origin", "https://shop.example");
    for (path, status) in [
        ("/api/search?page=x", 400),
        ("/api/products/none", 404),
        ("/api/categories", 200),
        ("/api/categories", 429),
    ] {
        let reply = shop.send(Method::GET, path, &[origin], None).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(
            reply.header("access-control-allow-origin"),
            Some("https://shop.example"),
            "{path} with {status}"
        );
        let exposed = reply.header("access-control-expose-headers").unwrap();
        assert!(
            exposed.contains("Retry-After") && exposed.contains("X-Request-Id"),
            "{path} with {status}: {exposed}"
        );
    }
}
