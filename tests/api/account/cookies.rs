//! Sessions of browsers: cookies, other sites, caches.

use super::*;

#[tokio::test]
async fn browser_gets_cookies_that_no_script_and_no_other_host_reads() {
    let shop = Shop::open().await;
    let reply = member(&shop, ADA, &[HOST, OWN], "cookie").await;
    let begun = reply.json();
    assert!(
        begun.get("token").is_none() && begun.get("device_token").is_none(),
        "{begun}"
    );
    let lines: Vec<_> = reply.headers.get_all("set-cookie").iter().collect();
    assert_eq!(lines.len(), 2);
    for (line, name) in lines.iter().zip(["__Host-souk=", "__Host-souk-device="]) {
        let line = line.to_str().unwrap();
        assert!(line.starts_with(name), "{line}");
        assert!(line.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{line}");
        assert!(
            line.contains("; Path=/; Max-Age=") && !line.contains("Domain"),
            "{line}"
        );
    }
    let cookie = cookies(&reply).join("; ");
    let own = [HOST, ("Cookie", cookie.as_str())];
    let me = send(&shop, Method::GET, "", &own, None).await.expect(200);
    assert_eq!(me["account"]["mail"], ADA);

    let out = post(&shop, "/sign-out", &[&own[..], &[OWN]].concat(), &json!({})).await;
    assert_eq!(out.status, 204);
    assert_eq!(cookies(&out), ["__Host-souk="]);
    assert_eq!(send(&shop, Method::GET, "", &own, None).await.status, 401);

    let local = [("Host", "localhost:3000"), OWN];
    let body = json!({"mail": ADA, "password": PASSWORD, "keep": "cookie"});
    let begun = post(&shop, "/sign-in", &local, &body).await;
    assert!(cookies(&begun)[0].starts_with("souk=souk_ss_"));
    // A proxy that asks by a loopback host does so for somebody else.
    let proxied = [&local[..], &[("X-Forwarded-Proto", "https")]].concat();
    let begun = post(&shop, "/sign-in", &proxied, &body).await;
    assert!(cookies(&begun)[0].starts_with("__Host-souk=souk_ss_"));
}

/// Every change, from every place that is not a page of this host.
#[tokio::test]
async fn change_with_a_cookie_from_elsewhere_is_refused() {
    let shop = Shop::open().await;
    let reply = member(&shop, ADA, &[HOST, OWN], "cookie").await;
    let cookie = cookies(&reply).join("; ");
    let elsewhere: [&[(&str, &str)]; 5] = [
        &[
            ("Sec-Fetch-Site", "cross-site"),
            ("Origin", "https://evil.example"),
        ],
        &[
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "https://blog.shop.example"),
        ],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[],
    ];
    let changes = [
        (Method::PATCH, "", json!({"name": "Eve"})),
        (Method::POST, "/sign-out", json!({})),
        (
            Method::POST,
            "/password",
            json!({"password": PASSWORD, "new_password": OTHER_PASSWORD}),
        ),
        (
            Method::POST,
            "/address",
            json!({"mail": "eve@mail.example", "password": PASSWORD}),
        ),
        (Method::POST, "/delete", json!({"password": PASSWORD})),
        (Method::POST, "/factors/totp", json!({"password": PASSWORD})),
        (
            Method::POST,
            "/factors/totp/confirm",
            json!({"code": "123456"}),
        ),
        (
            Method::POST,
            "/factors/totp/remove",
            json!({"password": PASSWORD}),
        ),
        (
            Method::POST,
            "/factors/recovery-codes",
            json!({"password": PASSWORD}),
        ),
        (Method::POST, "/step-up", json!({"code": "123456"})),
        (Method::DELETE, "/sessions", Value::Null),
        (Method::DELETE, "/sessions/1", Value::Null),
    ];
    for (method, path, body) in &changes {
        let body = (!body.is_null()).then_some(body);
        for headers in elsewhere {
            let all = [headers, &[HOST, ("Cookie", cookie.as_str())]].concat();
            let refused = send(&shop, method.clone(), path, &all, body).await;
            assert_eq!(
                refused.error(403).0,
                "cross_site",
                "{method} {path} {headers:?}"
            );
        }
    }
    // Nor has another site's link the browser keep what is stored of its visitor.
    for headers in elsewhere {
        let all = [headers, &[HOST, ("Cookie", cookie.as_str())]].concat();
        let refused = send(&shop, Method::GET, "/export", &all, None).await;
        assert_eq!(refused.error(403).0, "cross_site", "{headers:?}");
    }
    let own = [HOST, OWN, ("Cookie", cookie.as_str())];
    let exported = send(&shop, Method::GET, "/export", &own, None).await;
    exported.expect(200);

    // A form can send text, but not JSON.
    let text = [
        HOST,
        ("Cookie", cookie.as_str()),
        OWN,
        ("Content-Type", "text/plain"),
    ];
    let path = "/api/account/sign-out";
    let refused = shop
        .send(Method::POST, path, &text, Some(b"{}".to_vec()))
        .await;
    assert_eq!(refused.error(403).0, "cross_site");
    // Nor can another site have its visitor signed in as somebody else.
    let body = json!({"mail": ADA, "password": PASSWORD, "keep": "cookie"});
    let refused = post(
        &shop,
        "/sign-in",
        &[HOST, ("Origin", "https://evil.example")],
        &body,
    )
    .await;
    assert_eq!(refused.error(403).0, "cross_site");

    let own = [
        HOST,
        ("Cookie", cookie.as_str()),
        ("Origin", "https://shop.example"),
    ];
    let body = json!({"name": "Lovelace"});
    let changed = send(&shop, Method::PATCH, "", &own, Some(&body)).await;
    assert_eq!(changed.expect(200)["name"], "Lovelace");
}

#[tokio::test]
async fn response_to_a_session_neither_enters_the_cache_nor_comes_from_it() {
    let shop = Shop::open().await;
    let session = bearer(&shop, ADA).await;
    let token = session.strip_prefix("Bearer ").unwrap();
    let shop = shop.cached();
    let path = "/api/products?per_page=1";
    let cookies = [
        format!("__Host-souk={token}"),
        format!("a=b; souk={token}"),
        "__Host-souk=invented".to_owned(),
    ];
    for cookie in &cookies {
        let headers = [HOST, ("Cookie", cookie.as_str())];
        let reply = shop.send(Method::GET, path, &headers, None).await;
        assert_eq!(reply.header("x-cache"), Some("BYPASS"), "{cookie}");
        assert_eq!(reply.header("cache-control"), Some("private, no-store"));
    }
    let other = [HOST, ("Cookie", "theme=dark")];
    let reply = shop.send(Method::GET, path, &other, None).await;
    assert_eq!(
        reply.header("x-cache"),
        Some("MISS"),
        "nothing was kept before"
    );
    let headers = [HOST, ("Cookie", cookies[0].as_str())];
    let reply = shop.send(Method::GET, path, &headers, None).await;
    assert_eq!(
        reply.header("x-cache"),
        Some("BYPASS"),
        "what is kept is not taken"
    );
}
