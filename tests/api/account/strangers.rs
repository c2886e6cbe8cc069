//! Answers to those who are not signed in.

use super::*;

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_alike() {
    let shop = Shop::open().await;
    bearer(&shop, ADA).await;
    let pairs = [
        (
            "/register",
            json!({"mail": ADA, "password": OTHER_PASSWORD}),
            202,
        ),
        ("/password/reset", json!({"mail": ADA}), 202),
        (
            "/sign-in",
            json!({"mail": ADA, "password": OTHER_PASSWORD}),
            401,
        ),
    ];
    for (path, body, status) in pairs {
        let mut replies = Vec::new();
        for mail in [ADA, "nobody@mail.example"] {
            let mut body = body.clone();
            body["mail"] = json!(mail);
            let before = shop.app.accounts.computed_hashes();
            let reply = post(&shop, path, &[HOST], &body).await;
            assert_eq!(reply.status, status, "{path}");
            let mut headers = reply.headers.clone();
            headers.remove("x-request-id");
            let text = String::from_utf8_lossy(&reply.body).into_owned();
            let (text, _) = text.split_once("\"request_id\"").unwrap_or((&text, ""));
            let hashes = shop.app.accounts.computed_hashes() - before;
            replies.push((headers, text.to_owned(), hashes));
        }
        assert_eq!(replies[0], replies[1], "{path}");
    }
}

#[tokio::test]
async fn body_that_cannot_be_taken_names_its_field() {
    let shop = Shop::open().await;
    for (path, body, field) in [
        (
            "/register",
            json!({"mail": "ada", "password": PASSWORD}),
            "mail",
        ),
        (
            "/register",
            json!({"mail": ADA, "password": "passwordpassword"}),
            "password",
        ),
        (
            "/register",
            json!({"mail": ADA, "password": PASSWORD, "language": "xx"}),
            "language",
        ),
        (
            "/sign-in",
            json!({"mail": "", "password": PASSWORD}),
            "mail",
        ),
        (
            "/password/reset",
            json!({"mail": "a b@mail.example"}),
            "mail",
        ),
    ] {
        let refused = post(&shop, path, &[HOST], &body).await;
        let (_, named) = refused.error(422);
        assert_eq!(named.as_deref(), Some(field), "{path}");
    }
    for path in ["/verify", "/password/reset/confirm"] {
        let body = json!({"token": "souk_ln_1", "password": PASSWORD});
        let refused = post(&shop, path, &[HOST], &body).await;
        assert_eq!(refused.error(422).0, "invalid_link", "{path}");
    }
}

#[tokio::test]
async fn too_many_failures_are_answered_with_429_and_the_time_to_wait() {
    let shop = Shop::open().await;
    let body = json!({"mail": ADA, "password": PASSWORD});
    for _ in 0..5 {
        let refused = post(&shop, "/sign-in", &[HOST], &body).await;
        assert_eq!(refused.error(401).0, "wrong_credentials");
    }
    let refused = post(&shop, "/sign-in", &[HOST], &body).await;
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("ratelimit"), Some("\"attempts\";r=0;t=1"));
    assert_eq!(refused.error(429).0, "limit_exceeded");
}

#[tokio::test]
async fn operation_of_an_account_without_a_session_is_refused() {
    let shop = Shop::open().await;
    let none = [
        vec![],
        vec![("Authorization", "Bearer souk_ss_00")],
        vec![("Authorization", "Basic YTpi")],
        vec![("Cookie", "__Host-souk=souk_ss_00"), OWN],
    ];
    for headers in none {
        let all = [headers.as_slice(), &[HOST]].concat();
        for (method, path) in [
            (Method::GET, ""),
            (Method::GET, "/export"),
            (Method::GET, "/sessions"),
            (Method::DELETE, "/sessions"),
            (Method::DELETE, "/sessions/1"),
            (Method::GET, "/factors"),
        ] {
            let refused = send(&shop, method, path, &all, None).await;
            assert_eq!(
                refused.error(401).0,
                "sign_in_required",
                "{path} {headers:?}"
            );
            assert_eq!(
                refused.header("www-authenticate"),
                Some("Bearer realm=\"souk\"")
            );
        }
    }
}

/// A storefront's server asks for all its shoppers from one address.
#[tokio::test]
async fn storefront_with_a_key_tells_whom_it_asks_for() {
    const KEY: &str = "a storefront's key";
    const SHOPPER: (&str, &str) = ("X-Shopper-Address", "203.0.113.7");

    let shop = Shop::open().await;
    crate::shop::add_key(&shop.store, &shop.tenant, KEY, None).await;
    let shop = shop.reopen();
    bearer(&shop, ADA).await;
    let body = json!({"mail": ADA, "password": PASSWORD});
    let key = ("X-Api-Key", KEY);
    for (headers, network) in [
        (&[key, SHOPPER][..], "203.0.113.0/24"),
        (
            &[key, ("X-Shopper-Address", "2001:db8:1:2::3")],
            "2001:db8:1::/48",
        ),
        (&[key], ""),
        // Nobody takes the word of others.
        (&[SHOPPER], "local"),
    ] {
        let all = [headers, &[HOST]].concat();
        let begun = post(&shop, "/sign-in", &all, &body).await.expect(200);
        let session = format!("Bearer {}", begun["token"].as_str().unwrap());
        let own = [HOST, ("Authorization", session.as_str())];
        let sessions = send(&shop, Method::GET, "/sessions", &own, None).await;
        let sessions = sessions.expect(200);
        assert_eq!(sessions["sessions"][0]["network"], network, "{headers:?}");
    }
    for wrong in [
        &[key, ("X-Shopper-Address", "203.0.113.7, 203.0.113.8")][..],
        &[key, SHOPPER, SHOPPER],
        &[key, ("X-Shopper-Address", "")],
    ] {
        let all = [wrong, &[HOST]].concat();
        let refused = post(&shop, "/sign-in", &all, &body).await;
        let (_, field) = refused.error(400);
        assert_eq!(field.as_deref(), Some("X-Shopper-Address"), "{wrong:?}");
    }
    let all = [HOST, SHOPPER, ("X-Api-Key", "invented")];
    let refused = post(&shop, "/sign-in", &all, &body).await;
    assert_eq!(refused.error(401).0, "invalid_api_key");
}
