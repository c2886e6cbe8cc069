//! People of staff over HTTP: the first owner, invitations, roles, and the admin API by session.

use souk_identity::{Role, SessionKind};

use super::*;
use crate::shop::{signed_in, signed_in_for};

const ADMIN: &str = "/api/admin/people";

/// Asks the admin API as somebody.
async fn ask(
    shop: &Shop,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Reply {
    let mut all = headers.to_vec();
    if body.is_some() {
        all.push(JSON);
    }
    let body = body.map(|body| serde_json::to_vec(body).unwrap());
    Box::pin(shop.send(method, path, &all, body)).await
}

/// Token of the link in the terminal.
async fn owner_token(shop: &Shop) -> String {
    let page = shop.app.accounts.first_owner_page(&shop.tenant).await;
    let page = page.unwrap().unwrap();
    let (address, token) = page.split_once("#token=").unwrap();
    assert!(address.ends_with("/account/owner"), "{address}");
    token.to_owned()
}

#[tokio::test]
async fn first_owner_invites_people_who_do_what_their_role_says() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        Box::pin(story(&shop)).await;
    }
}

async fn story(shop: &Shop) {
    let owner = json!({"token": owner_token(shop).await, "mail": ADA, "password": PASSWORD});
    let wrong =
        json!({"token": format!("souk_ow_{}", "0".repeat(64)), "mail": ADA, "password": PASSWORD});
    let refused = post(shop, "/owner", &[HOST], &wrong).await;
    assert_eq!(refused.error(422).0, "invalid_link");
    post(shop, "/owner", &[HOST], &owner).await.expect(204);
    let again = post(shop, "/owner", &[HOST], &owner).await;
    assert_eq!(again.error(409).0, "conflict");
    assert!(
        shop.app
            .accounts
            .first_owner_page(&shop.tenant)
            .await
            .unwrap()
            .is_none()
    );

    let sign_in = json!({"mail": ADA, "password": PASSWORD});
    let begun = post(shop, "/sign-in", &[HOST], &sign_in).await.expect(200);
    let session = format!("Bearer {}", begun["token"].as_str().unwrap());
    let own = [HOST, ("Authorization", session.as_str())];
    ask(shop, Method::GET, "/api/admin/products", &own, None)
        .await
        .expect(200);
    let of_installation = ask(shop, Method::GET, "/api/admin/tenants", &own, None).await;
    assert_eq!(of_installation.error(403).0, "forbidden");

    let body = json!({"mail": "eve@mail.example", "name": "Eve", "role": "admin"});
    let eve = ask(shop, Method::POST, ADMIN, &own, Some(&body))
        .await
        .expect(201);
    assert_eq!(eve["roles"], json!([{"role": "admin"}]));
    assert_eq!(eve["verified_at"], Value::Null);
    let accept = json!({"token": mailed(shop, "invitation").await, "password": OTHER_PASSWORD});
    post(shop, "/invitation/accept", &[HOST], &accept)
        .await
        .expect(204);
    let used = post(shop, "/invitation/accept", &[HOST], &accept).await;
    assert_eq!(used.error(422).0, "invalid_link");

    let sign_in = json!({"mail": "eve@mail.example", "password": OTHER_PASSWORD});
    let begun = post(shop, "/sign-in", &[HOST], &sign_in).await.expect(200);
    let session = format!("Bearer {}", begun["token"].as_str().unwrap());
    let admin = [HOST, ("Authorization", session.as_str())];
    let listed = ask(shop, Method::GET, ADMIN, &admin, None)
        .await
        .expect(200);
    let mails: Vec<_> = listed["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["mail"])
        .collect();
    assert_eq!(mails, [ADA, "eve@mail.example"]);

    // An admin appoints no owner, and changes none.
    let owner_id = listed["people"][0]["id"].clone();
    let eve_id = eve["id"].clone();
    let body = json!({"mail": "mallory@mail.example", "role": "owner"});
    let beyond = ask(shop, Method::POST, ADMIN, &admin, Some(&body)).await;
    assert_eq!(beyond.error(403).0, "forbidden");
    for (method, path) in [
        (Method::POST, format!("{ADMIN}/{owner_id}/disable")),
        (Method::DELETE, format!("{ADMIN}/{owner_id}/sessions")),
        (Method::POST, format!("{ADMIN}/{owner_id}/password-link")),
        (Method::DELETE, format!("{ADMIN}/{owner_id}/roles/owner")),
    ] {
        let beyond = ask(shop, method, &path, &admin, None).await;
        assert_eq!(beyond.error(403).0, "forbidden", "{path}");
    }
    let last = format!("{ADMIN}/{owner_id}/roles/owner");
    let last = ask(shop, Method::DELETE, &last, &own, None).await;
    assert_eq!(last.error(409).0, "conflict");

    let taken = format!("{ADMIN}/{eve_id}/roles/admin");
    let taken = ask(shop, Method::DELETE, &taken, &own, None)
        .await
        .expect(200);
    assert_eq!(taken["roles"], json!([]));
    let products = ask(shop, Method::GET, "/api/admin/products", &admin, None).await;
    assert_eq!(
        products.error(403).0,
        "forbidden",
        "at once in this process"
    );

    let disable = format!("{ADMIN}/{eve_id}/disable");
    let disabled = ask(shop, Method::POST, &disable, &own, None)
        .await
        .expect(200);
    assert!(disabled["disabled_at"].is_string());
    let over = ask(shop, Method::GET, "/api/admin/products", &admin, None).await;
    assert_eq!(over.error(401).0, "sign_in_required");

    let log = ask(shop, Method::GET, "/api/admin/audit", &own, None)
        .await
        .expect(200);
    let entries = log["entries"].as_array().unwrap();
    let actions: Vec<_> = entries
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    for action in [
        "account.first_owner",
        "adminInvitePerson",
        "account.invitation_accepted",
        "adminDisablePerson",
    ] {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }
    let invited = entries
        .iter()
        .find(|entry| entry["action"] == "adminInvitePerson");
    assert_eq!(invited.unwrap()["actor"], format!("account:{owner_id}"));
}

#[tokio::test]
async fn cookie_of_staff_changes_something_from_own_pages_alone() {
    let shop = Shop::open().await;
    let scope = shop.store.scope(shop.tenant.id);
    let session = signed_in(&scope, ADA, Role::Merchandiser).await;
    let cookie = format!("__Host-souk={}", session.trim_start_matches("Bearer "));
    let cookie = ("Cookie", cookie.as_str());
    let path = "/api/admin/products";
    ask(&shop, Method::GET, path, &[HOST, cookie], None)
        .await
        .expect(200);
    let body = json!({});
    for foreign in [
        &[HOST, cookie][..],
        &[HOST, cookie, ("Sec-Fetch-Site", "cross-site")],
    ] {
        let refused = ask(&shop, Method::POST, path, foreign, Some(&body)).await;
        assert_eq!(refused.error(403).0, "cross_site");
    }
    let taken = ask(&shop, Method::POST, path, &[HOST, cookie, OWN], Some(&body)).await;
    assert_eq!(taken.status, 400, "the operation itself answers");
    let over = ("Cookie", "__Host-souk=souk_ss_0");
    let refused = ask(&shop, Method::GET, path, &[HOST, over], None).await;
    assert_eq!(refused.error(401).0, "sign_in_required");
}

#[tokio::test]
async fn staff_does_nothing_before_a_second_factor_is_proven() {
    let shop = Shop::open().await.needing_factors();
    let owner = json!({"token": owner_token(&shop).await, "mail": ADA, "password": PASSWORD});
    post(&shop, "/owner", &[HOST], &owner).await.expect(204);
    let sign_in = json!({"mail": ADA, "password": PASSWORD});
    let begun = post(&shop, "/sign-in", &[HOST], &sign_in).await.expect(200);
    let session = format!("Bearer {}", begun["token"].as_str().unwrap());
    let own = [HOST, ("Authorization", session.as_str())];
    let path = "/api/admin/products";
    let refused = ask(&shop, Method::GET, path, &own, None).await;
    assert_eq!(refused.error(403).0, "second_factor_required");
    let refused = ask(&shop, Method::GET, "/api/admin/tenants", &own, None).await;
    assert_eq!(refused.error(403).0, "forbidden", "no factor helps");

    let protected = factors::enrolled(&shop, &session).await;
    let own = [HOST, ("Authorization", protected.session.as_str())];
    let people = ask(&shop, Method::GET, ADMIN, &own, None).await.expect(200);

    // Whoever has lost it is helped, and begins anew.
    let factors = format!("{ADMIN}/{}/factors", people["people"][0]["id"]);
    shop.admin(Method::DELETE, &factors, None).await.expect(204);
    let refused = ask(&shop, Method::GET, path, &own, None).await;
    assert_eq!(refused.error(403).0, "second_factor_required");
    shop.admin(Method::DELETE, &factors, None).await.error(404);
}

#[tokio::test]
async fn session_of_a_shopper_never_turns_into_one_of_staff() {
    let shop = Shop::open().await;
    let scope = shop.store.scope(shop.tenant.id);
    // As if somebody had typed the role into the database while the person was signed in.
    let session = signed_in_for(&scope, ADA, Role::Owner, SessionKind::Shopper).await;
    let own = [HOST, ("Authorization", session.as_str())];
    let refused = ask(&shop, Method::GET, "/api/admin/products", &own, None).await;
    assert_eq!(refused.error(403).0, "forbidden");
}
