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
