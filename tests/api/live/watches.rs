//! Mails to customers who wait for a product.

use poem::http::Method;
use serde_json::{Value, json};
use souk::live::watch_mails::tell_watchers;
use souk_identity::Role;

use super::options;
use crate::{
    selling::shops,
    shop::{Reply, Shop, signed_in},
};

const WATCHES: &str = "/api/account/watches";
const ANY: [(&str, &str); 1] = [("If-Match", "*")];

async fn product(shop: &Shop, external_id: &str) -> i64 {
    let list = format!("/api/admin/products?q={external_id}");
    let page = shop.admin(Method::GET, &list, None).await.expect(200);
    page["products"][0]["id"].as_i64().unwrap()
}

async fn ask(shop: &Shop, who: &str, method: Method, path: &str, body: Option<&Value>) -> Reply {
    let headers = [("Authorization", who), ("Content-Type", "application/json")];
    let body = body.map(|body| serde_json::to_vec(body).unwrap());
    shop.send(method, path, &headers, body).await
}

/// Templates and values of the mails that wait.
async fn mails(shop: &Shop) -> Vec<(String, Value)> {
    let now_ms = chrono::Utc::now().timestamp_millis();
    let queue = shop.store.mail_queue();
    let claimed = queue.claim("test", 50, 60_000, now_ms).await.unwrap();
    let mails = claimed
        .into_iter()
        .filter(|mail| mail.recipient == "ada@mail.example")
        .map(|mail| (mail.template, serde_json::from_str(&mail.data).unwrap()));
    mails.collect()
}

#[tokio::test]
async fn watch_is_fulfilled_once_by_one_mail() {
    for shop in shops().await {
        let shop = shop.living(options());
        let scope = shop.store.scope(shop.tenant.id);
        let ada = signed_in(&scope, "ada@mail.example", Role::Customer).await;
        let bob = signed_in(&scope, "bob@mail.example", Role::Customer).await;
        let (mug, sold_out) = (product(&shop, "mug-1").await, product(&shop, "mug-2").await);
        let back = json!({"product": sold_out, "wants": "back_in_stock"});
        let cheaper = json!({"product": mug, "wants": "price_below", "price_below": 1_300});
        for watch in [&back, &cheaper, &back] {
            let added = ask(&shop, &ada, Method::POST, WATCHES, Some(watch)).await;
            added.expect(201);
        }
        let own = ask(&shop, &ada, Method::GET, WATCHES, None)
            .await
            .expect(200);
        assert_eq!(own["watches"].as_array().unwrap().len(), 2);
        let path = "/api/account/export";
        let data = ask(&shop, &ada, Method::GET, path, None).await.expect(200);
        assert_eq!(data["watches"], own["watches"]);
        let of_bob = ask(&shop, &bob, Method::GET, WATCHES, None)
            .await
            .expect(200);
        assert_eq!(of_bob["watches"], json!([]));

        let now_ms = chrono::Utc::now().timestamp_millis();
        mails(&shop).await;
        assert_eq!(tell_watchers(&shop.store, now_ms).await.unwrap(), 0);
        for (id, sku, change) in [
            (sold_out, "mug-2", json!({"stock": 3})),
            (mug, "mug-1", json!({"price": 1_200})),
        ] {
            let mut variant = change;
            variant["sku"] = json!(sku);
            let path = format!("/api/admin/products/{id}");
            let body = json!({"variants": [variant]});
            let changed = shop.admin_with(Method::PATCH, &path, &ANY, Some(&body));
            changed.await.expect(200);
        }
        assert_eq!(tell_watchers(&shop.store, now_ms).await.unwrap(), 2);
        assert_eq!(tell_watchers(&shop.store, now_ms).await.unwrap(), 0);
        let mut told = mails(&shop).await;
        told.sort_by(|one, other| one.0.cmp(&other.0));
        let templates: Vec<&str> = told.iter().map(|told| told.0.as_str()).collect();
        assert_eq!(templates, ["back_in_stock", "price_below"]);
        assert_eq!(told[0].1["product"], "Starship Mug");
        let own = ask(&shop, &ada, Method::GET, WATCHES, None)
            .await
            .expect(200);
        assert_eq!(own["watches"], json!([]));
    }
}

#[tokio::test]
async fn watch_that_makes_no_sense_is_refused() {
    let shop = Shop::open().await.living(options());
    let scope = shop.store.scope(shop.tenant.id);
    let ada = signed_in(&scope, "ada@mail.example", Role::Customer).await;
    let (mug, draft) = (
        product(&shop, "mug-1").await,
        product(&shop, "secret-1").await,
    );
    for (status, body) in [
        (409, json!({"product": mug, "wants": "back_in_stock"})),
        (
            409,
            json!({"product": mug, "wants": "price_below", "price_below": 9_999}),
        ),
        (422, json!({"product": mug, "wants": "price_below"})),
        (
            422,
            json!({"product": mug, "wants": "back_in_stock", "price_below": 1}),
        ),
        (
            404,
            json!({"product": draft, "wants": "price_below", "price_below": 1}),
        ),
        (
            404,
            json!({"product": mug, "variant": 987_654, "wants": "back_in_stock"}),
        ),
    ] {
        let reply = ask(&shop, &ada, Method::POST, WATCHES, Some(&body)).await;
        assert_eq!(reply.status, status, "{body}");
    }
    let nobody = shop.get(WATCHES).await;
    assert_eq!(nobody.error(401).0, "sign_in_required");
    let other = format!("{WATCHES}/1");
    let gone = ask(&shop, &ada, Method::DELETE, &other, None).await;
    assert_eq!(gone.error(404).0, "not_found");
}
