//! Lives of accounts, from the registration to the deletion, on both databases.

use super::*;

#[tokio::test]
async fn account_lives_from_registration_to_deletion() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        Box::pin(life(&shop)).await;
    }
}

async fn life(shop: &Shop) {
    let session = bearer(shop, ADA).await;
    let own = [HOST, ("Authorization", session.as_str())];
    let me = send(shop, Method::GET, "", &own, None).await;
    assert_eq!(me.header("cache-control"), Some("private, no-store"));
    let me = me.expect(200);
    assert_eq!(me["account"]["mail"], ADA);
    assert_eq!(me["roles"], json!([{"role": "customer"}]));

    let changes = json!({"name": "Ada Lovelace", "language": "de"});
    let changed = send(shop, Method::PATCH, "", &own, Some(&changes)).await;
    let changed = changed.expect(200);
    assert_eq!(
        (&changed["name"], &changed["language"]),
        (&json!("Ada Lovelace"), &json!("de"))
    );
    for (field, body) in [
        ("language", json!({"language": "klingon"})),
        ("name", json!({"name": "a\u{7}b"})),
    ] {
        let refused = send(shop, Method::PATCH, "", &own, Some(&body)).await;
        assert_eq!(
            refused.error(422),
            ("invalid_field".to_owned(), Some(field.to_owned()))
        );
    }

    let sign_in = json!({"mail": "ADA@mail.example ", "password": PASSWORD});
    let second = post(shop, "/sign-in", &[HOST], &sign_in).await.expect(200);
    assert!(
        second["device_token"]
            .as_str()
            .unwrap()
            .starts_with("souk_dv_")
    );
    let sessions = send(shop, Method::GET, "/sessions", &own, None)
        .await
        .expect(200);
    let sessions = sessions["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(
        (&sessions[0]["is_current"], &sessions[1]["is_current"]),
        (&json!(false), &json!(true))
    );
    let path = format!("/sessions/{}", sessions[0]["id"]);
    send(shop, Method::DELETE, &path, &own, None)
        .await
        .expect(204);
    send(shop, Method::DELETE, &path, &own, None)
        .await
        .expect(404);
    let token = format!("Bearer {}", second["token"].as_str().unwrap());
    let over = send(
        shop,
        Method::GET,
        "",
        &[HOST, ("Authorization", &token)],
        None,
    )
    .await;
    assert_eq!(over.error(401).0, "sign_in_required");
    let others = send(shop, Method::DELETE, "/sessions", &own, None).await;
    assert_eq!(others.expect(200)["ended"], 0);

    let body = json!({"password": PASSWORD, "new_password": "short"});
    let weak = post(shop, "/password", &own, &body).await;
    assert_eq!(weak.error(422).1.as_deref(), Some("new_password"));
    let body = json!({"password": OTHER_PASSWORD, "new_password": OTHER_PASSWORD});
    let wrong = post(shop, "/password", &own, &body).await;
    assert_eq!(wrong.error(422).1.as_deref(), Some("password"));
    let body = json!({"password": PASSWORD, "new_password": OTHER_PASSWORD});
    post(shop, "/password", &own, &body).await.expect(200);

    let body = json!({"mail": "lovelace@mail.example", "password": OTHER_PASSWORD});
    post(shop, "/address", &own, &body).await.expect(202);
    let token = json!({"token": mailed(shop, "address").await});
    post(shop, "/address/confirm", &[HOST], &token)
        .await
        .expect(204);
    let again = post(shop, "/address/confirm", &[HOST], &token).await;
    assert_eq!(again.error(422).0, "invalid_link");

    let body = json!({"mail": "lovelace@mail.example"});
    post(shop, "/password/reset", &[HOST], &body)
        .await
        .expect(202);
    let token = mailed(shop, "reset").await;
    let body = json!({"token": token, "password": PASSWORD});
    post(shop, "/password/reset/confirm", &[HOST], &body)
        .await
        .expect(204);
    let over = send(shop, Method::GET, "", &own, None).await;
    assert_eq!(over.status, 401, "a reset ends all sessions");

    let sign_in = json!({"mail": "lovelace@mail.example", "password": PASSWORD});
    let begun = post(shop, "/sign-in", &[HOST], &sign_in).await.expect(200);
    let session = format!("Bearer {}", begun["token"].as_str().unwrap());
    let own = [HOST, ("Authorization", session.as_str())];
    let data = send(shop, Method::GET, "/export", &own, None)
        .await
        .expect(200);
    assert_eq!(data["account"]["name"], "Ada Lovelace");
    assert_eq!(data["sessions"][0]["user_agent"], "");
    let body = json!({"password": PASSWORD});
    post(shop, "/delete", &own, &body).await.expect(204);
    assert_eq!(send(shop, Method::GET, "", &own, None).await.status, 401);
    let gone = post(shop, "/sign-in", &[HOST], &sign_in).await;
    assert_eq!(gone.error(401).0, "wrong_credentials");
}

#[tokio::test]
async fn session_of_another_tenant_is_none() {
    let shop = Shop::open().await;
    let session = bearer(&shop, ADA).await;
    let key = "another tenant's key";
    crate::shop::add_tenant(&shop.store, "second", Some("second.example"), Some(key)).await;
    let shop = shop.reopen();
    let elsewhere = [
        ("Host", "second.example"),
        ("Authorization", session.as_str()),
    ];
    let refused = send(&shop, Method::GET, "", &elsewhere, None).await;
    assert_eq!(refused.error(401).0, "sign_in_required");
    let own = [HOST, ("Authorization", session.as_str())];
    send(&shop, Method::GET, "", &own, None).await.expect(200);
}
