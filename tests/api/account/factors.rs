//! Second factors over HTTP.

use data_encoding::BASE32_NOPAD;
use souk_identity::{TotpSeed, totp_step};

use super::*;

/// An account with an authenticator app.
pub(super) struct Protected {
    seed: TotpSeed,
    recovery_codes: Vec<String>,
    /// `Authorization` of the session in which it was confirmed.
    pub(super) session: String,
}

/// Code of the present step, or of one so many steps later.
fn code(seed: &TotpSeed, later: i64) -> String {
    seed.code(totp_step(chrono::Utc::now().timestamp_millis()) + later)
}

async fn protected(shop: &Shop) -> Protected {
    let session = bearer(shop, ADA).await;
    enrolled(shop, &session).await
}

/// Adds an authenticator app to the account of a session.
pub(super) async fn enrolled(shop: &Shop, session: &str) -> Protected {
    let own = [HOST, ("Authorization", session)];
    let body = json!({"name": "Phone", "password": PASSWORD});
    let begun = post(shop, "/factors/totp", &own, &body).await.expect(200);
    let secret = begun["secret"].as_str().unwrap();
    let url = begun["url"].as_str().unwrap();
    assert!(
        url.starts_with("otpauth://totp/") && url.contains(secret),
        "{url}"
    );
    assert!(begun["qr_code"].as_str().unwrap().contains("<svg"));
    let bytes = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let seed = TotpSeed::new(bytes.try_into().unwrap());
    let waits = send(shop, Method::GET, "/factors", &own, None)
        .await
        .expect(200);
    assert_eq!(waits["factors"][0].get("confirmed_at"), None);

    let body = json!({"code": code(&seed, 0)});
    let confirmed = post(shop, "/factors/totp/confirm", &own, &body).await;
    assert_eq!(confirmed.headers.get("set-cookie"), None);
    let confirmed = confirmed.expect(200);
    let texts = confirmed["recovery_codes"].as_array().unwrap().iter();
    Protected {
        seed,
        recovery_codes: texts
            .map(|text| text.as_str().unwrap().to_owned())
            .collect(),
        session: format!("Bearer {}", confirmed["token"].as_str().unwrap()),
    }
}

async fn first_step(shop: &Shop, headers: &[(&str, &str)], keep: &str) -> String {
    let body = json!({"mail": ADA, "password": PASSWORD, "keep": keep});
    let pending = post(shop, "/sign-in", headers, &body).await;
    assert_eq!(pending.headers.get("set-cookie"), None);
    let pending = pending.expect(202);
    assert_eq!(pending["factors"], json!(["totp", "recovery_code"]));
    let token = pending["token"].as_str().unwrap();
    assert!(token.starts_with("souk_ch_"), "{token}");
    token.to_owned()
}

#[tokio::test]
async fn sign_in_with_a_factor_takes_two_steps_on_both_databases() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        Box::pin(two_steps(&shop)).await;
    }
}

async fn two_steps(shop: &Shop) {
    let ada = protected(shop).await;
    assert_eq!(ada.recovery_codes.len(), 10);
    let own = [HOST, ("Authorization", ada.session.as_str())];
    let listed = send(shop, Method::GET, "/factors", &own, None)
        .await
        .expect(200);
    assert_eq!(listed["recovery_codes_left"], 10);
    assert_eq!(listed["factors"].as_array().unwrap().len(), 1);
    let app = &listed["factors"][0];
    assert_eq!(
        (&app["kind"], &app["name"]),
        (&json!("totp"), &json!("Phone"))
    );
    assert!(
        app["confirmed_at"].is_string() && app["last_used_at"].is_string(),
        "{app}"
    );
    let body = json!({"password": PASSWORD});
    let second = post(shop, "/factors/totp", &own, &body).await;
    assert_eq!(second.error(409).0, "conflict");

    let token = first_step(shop, &[HOST], "token").await;
    let as_session = format!("Bearer {token}");
    let none = [HOST, ("Authorization", as_session.as_str())];
    assert_eq!(send(shop, Method::GET, "", &none, None).await.status, 401);
    for (body, code, field) in [
        (json!({"token": token}), "invalid_field", Some("code")),
        (
            json!({"token": token, "code": "1", "recovery_code": "a"}),
            "invalid_field",
            Some("code"),
        ),
        (
            json!({"token": token, "code": "12345"}),
            "invalid_field",
            Some("code"),
        ),
        (
            json!({"token": token, "recovery_code": "abcd"}),
            "invalid_field",
            Some("recovery_code"),
        ),
        (
            json!({"token": "souk_ch_00", "code": "123456"}),
            "invalid_challenge",
            None,
        ),
    ] {
        let refused = post(shop, "/sign-in/second-factor", &[HOST], &body).await;
        let expected = (code.to_owned(), field.map(str::to_owned));
        assert_eq!(refused.error(422), expected, "{body}");
    }
    let body = json!({"token": token, "code": code(&ada.seed, 1)});
    let begun = post(shop, "/sign-in/second-factor", &[HOST], &body)
        .await
        .expect(200);
    assert!(begun["device_token"].is_string());
    let again = post(shop, "/sign-in/second-factor", &[HOST], &body).await;
    assert_eq!(again.error(422).0, "invalid_challenge");
    let session = format!("Bearer {}", begun["token"].as_str().unwrap());
    let own = [HOST, ("Authorization", session.as_str())];
    let sessions = send(shop, Method::GET, "/sessions", &own, None)
        .await
        .expect(200);
    assert!(
        sessions["sessions"][0]["factor_at"].is_string(),
        "{sessions}"
    );
}

#[tokio::test]
async fn sensitive_operation_without_a_recent_proof_is_refused() {
    let shop = Shop::open().await;
    let ada = protected(&shop).await;
    let database = shop.store.connection();
    let forget = "UPDATE account_sessions SET factor_at = factor_at - 300000";
    sea_orm::ConnectionTrait::execute_unprepared(database, forget)
        .await
        .unwrap();
    shop.app.accounts.outdate_sessions();
    let own = [HOST, ("Authorization", ada.session.as_str())];
    let proof = json!({"password": PASSWORD});
    let all = [
        (
            "/password",
            json!({"password": PASSWORD, "new_password": OTHER_PASSWORD}),
        ),
        (
            "/address",
            json!({"mail": "eve@mail.example", "password": PASSWORD}),
        ),
        ("/factors/totp", proof.clone()),
        ("/factors/totp/remove", proof.clone()),
        ("/factors/recovery-codes", proof.clone()),
        ("/delete", proof.clone()),
    ];
    for (path, body) in &all {
        let refused = post(&shop, path, &own, body).await;
        assert_eq!(refused.error(403).0, "step_up_required", "{path}");
    }
    let refused = send(&shop, Method::GET, "/export", &own, None).await;
    assert_eq!(refused.error(403).0, "step_up_required");

    let wrong = post(&shop, "/step-up", &own, &json!({"code": "000"})).await;
    assert_eq!(wrong.error(422).1.as_deref(), Some("code"));
    let body = json!({"recovery_code": ada.recovery_codes[0]});
    let proven = post(&shop, "/step-up", &own, &body).await.expect(200);
    assert_eq!(send(&shop, Method::GET, "", &own, None).await.status, 401);
    let session = format!("Bearer {}", proven["token"].as_str().unwrap());
    let own = [HOST, ("Authorization", session.as_str())];
    let data = send(&shop, Method::GET, "/export", &own, None).await;
    let text = String::from_utf8_lossy(&data.body).into_owned();
    let data = data.expect(200);
    assert_eq!(data["factors"]["recovery_codes_left"], 9);
    assert_eq!(data["factors"]["factors"][0]["name"], "Phone");
    for secret in [ada.seed.base32(), ada.recovery_codes[1].clone()] {
        assert!(!text.contains(&secret), "{text}");
    }
    let codes = post(&shop, "/factors/recovery-codes", &own, &proof)
        .await
        .expect(200);
    assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
    let removed = post(&shop, "/factors/totp/remove", &own, &proof).await;
    assert_eq!(removed.status, 204);
    let listed = send(&shop, Method::GET, "/factors", &own, None)
        .await
        .expect(200);
    assert_eq!(listed, json!({"factors": [], "recovery_codes_left": 0}));
    let sign_in = json!({"mail": ADA, "password": PASSWORD});
    post(&shop, "/sign-in", &[HOST], &sign_in).await.expect(200);
}

#[tokio::test]
async fn second_step_of_a_browser_sets_its_cookie_for_pages_of_this_host_alone() {
    let shop = Shop::open().await;
    let ada = protected(&shop).await;
    let token = first_step(&shop, &[HOST, OWN], "cookie").await;
    let body = json!({"token": token, "recovery_code": ada.recovery_codes[0]});
    let path = "/sign-in/second-factor";
    let elsewhere = [HOST, ("Origin", "https://evil.example")];
    let refused = post(&shop, path, &elsewhere, &body).await;
    assert_eq!(refused.error(403).0, "cross_site");
    let begun = post(&shop, path, &[HOST, OWN], &body).await;
    let cookie = cookies(&begun).join("; ");
    assert!(cookie.starts_with("__Host-souk=souk_ss_"), "{cookie}");
    assert_eq!(begun.expect(200).get("token"), None);

    let headers = [HOST, OWN, ("Cookie", cookie.as_str())];
    let body = json!({"recovery_code": ada.recovery_codes[1]});
    let foreign = [
        HOST,
        ("Origin", "https://evil.example"),
        ("Cookie", cookie.as_str()),
    ];
    let refused = post(&shop, "/step-up", &foreign, &body).await;
    assert_eq!(refused.error(403).0, "cross_site");
    let proven = post(&shop, "/step-up", &headers, &body).await;
    let renewed = cookies(&proven).join("; ");
    assert!(
        renewed.starts_with("__Host-souk=souk_ss_") && renewed != cookie,
        "{renewed}"
    );
    assert_eq!(proven.expect(200).get("token"), None);
    assert_eq!(
        send(&shop, Method::GET, "", &headers, None).await.status,
        401
    );
    let headers = [HOST, ("Cookie", renewed.as_str())];
    send(&shop, Method::GET, "", &headers, None)
        .await
        .expect(200);
}

#[tokio::test]
async fn challenge_of_another_tenant_is_none() {
    let shop = Shop::open().await;
    let ada = protected(&shop).await;
    let token = first_step(&shop, &[HOST], "token").await;
    let key = "another tenant's key";
    crate::shop::add_tenant(&shop.store, "second", Some("second.example"), Some(key)).await;
    let shop = shop.reopen();
    let body = json!({"token": token, "recovery_code": ada.recovery_codes[0]});
    let path = "/sign-in/second-factor";
    let refused = post(&shop, path, &[("Host", "second.example")], &body).await;
    assert_eq!(refused.error(422).0, "invalid_challenge");
    let elsewhere = [
        ("Host", "second.example"),
        ("Authorization", ada.session.as_str()),
    ];
    let refused = send(&shop, Method::GET, "/factors", &elsewhere, None).await;
    assert_eq!(refused.error(401).0, "sign_in_required");
    post(&shop, path, &[HOST], &body).await.expect(200);
}
