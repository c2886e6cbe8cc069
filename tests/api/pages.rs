use poem::http::Method;

use crate::shop::Shop;

#[tokio::test]
async fn the_pages_beside_the_api_are_there() {
    let shop = Shop::open().await;
    for (path, content_type, part) in [
        ("/", "text/html; charset=utf-8", "<title>Souk</title>"),
        ("/docs", "text/html; charset=utf-8", "SwaggerUIBundle"),
        ("/openapi.json", "application/json", "\"/api/search\""),
        ("/openapi.yaml", "application/yaml", "/api/search:"),
        ("/media/demo/mug.svg", "image/svg+xml", "<svg"),
    ] {
        let reply = shop.get(path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.header("content-type"), Some(content_type), "{path}");
        assert!(
            String::from_utf8_lossy(&reply.body).contains(part),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_home_page_runs_nothing_but_its_own() {
    let shop = Shop::open().await;
    let reply = shop.get("/").await;
    let policy = reply.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let page = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(
        !page.contains("src=\"http") && !page.contains("{style}") && !page.contains("{script}")
    );
}

#[tokio::test]
async fn health_names_each_dependency() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/health/live").await.expect(200)["status"], "live");
    let ready = shop.get("/health/ready").await.expect(200);
    insta::assert_json_snapshot!("ready", ready, { ".dependencies[].latency_ms" => "[ms]" });
}

#[tokio::test]
async fn without_its_database_it_is_not_ready() {
    let shop = Shop::open().await;
    shop.store.clone().close().await.unwrap();
    let reply = shop.get("/health/ready").await;
    assert_eq!(reply.expect(503)["status"], "unavailable");
    assert!(reply.header("retry-after").is_some());
}

#[tokio::test]
async fn what_is_not_there_says_so_in_the_envelope() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/nowhere").await.error(404).0, "route_not_found");
    assert_eq!(
        shop.get("/api/nowhere").await.error(404).0,
        "route_not_found"
    );
    let wrong = shop.send(Method::DELETE, "/api/search", &[], None).await;
    assert_eq!(wrong.error(405).0, "method_not_allowed");
    assert_eq!(wrong.header("allow"), Some("GET, HEAD"));
}
