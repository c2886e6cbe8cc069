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
async fn assets_of_the_page_are_immutable_and_others_absent() {
    let shop = Shop::open().await;
    let page = String::from_utf8_lossy(&shop.get("/").await.body).into_owned();
    for extension in [".css\"", ".js\""] {
        let end = page.find(extension).unwrap() + extension.len() - 1;
        let begin = page[..end].rfind('"').unwrap() + 1;
        let reply = shop.get(&page[begin..end]).await;
        assert_eq!(reply.status, 200, "{}", &page[begin..end]);
        let kept = reply.header("Cache-Control").unwrap();
        assert!(kept.contains("max-age=31536000") && kept.contains("immutable"));
    }
    let other = shop.get("/assets/home-0123456789abcdef.css").await;
    assert_eq!(other.error(404).0, "route_not_found");
}

#[tokio::test]
async fn health_names_each_dependency() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("/health/live").await.expect(200)["status"], "live");
    let ready = shop.get("/health/ready").await.expect(200);
    insta::assert_json_snapshot!("ready", ready, { ".dependencies[].latency_ms" => "[ms]" });
}

#[tokio::test]
async fn readiness_without_database_is_degraded_while_searches_are_answered() {
    let shop = Shop::open().await;
    let found = shop.get("/api/search?q=dragon").await.expect(200);
    shop.store.clone().close().await.unwrap();
    let ready = shop.get("/health/ready").await.expect(200);
    assert_eq!(ready["status"], "degraded");
    let up = |name: &str| {
        let dependencies = ready["dependencies"].as_array().unwrap();
        let dependency = dependencies.iter().find(|it| it["name"] == name).unwrap();
        dependency["up"] == true
    };
    assert!(up("search") && !up("database"), "{ready}");
    let still = shop.get("/api/search?q=dragon").await.expect(200);
    assert_eq!(
        (&still["total"], &still["degraded"]),
        (&found["total"], &found["degraded"])
    );
}

#[tokio::test]
async fn readiness_before_the_first_check_is_unavailable() {
    let shop = Shop::open().await;
    let reply = shop.unchecked_readiness().await;
    assert_eq!(reply.expect(503)["status"], "unavailable");
    assert!(reply.header("retry-after").is_some());
}

#[tokio::test]
async fn readiness_tells_insides_to_admins_only() {
    let shop = Shop::open().await;
    let ready = shop.get("/health/ready").await.expect(200);
    assert!(ready["details"].is_null());
    let ready = shop
        .admin(Method::GET, "/health/ready", None)
        .await
        .expect(200);
    let details = &ready["details"];
    assert_eq!(details["breakers"][0]["state"], "closed", "{details}");
    for figure in ["used", "idle", "min", "max"] {
        assert!(details["pools"][0][figure].is_u64(), "{details}");
    }
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
