//! Endpoints: rules of their URLs, changes, pages of deliveries, and other tenants.

use poem::http::Method;
use serde_json::{Value, json};
use souk_domain::WebhookEndpointId;
use souk_store::StoreError;

use super::{
    WEBHOOKS, deliver, deliveries, happen, now_ms, path, read_events, receiver::Receiver, shops,
    webhook,
};
use crate::shop::{Shop, add_tenant};

#[tokio::test]
async fn private_address_is_refused_by_default() {
    let shop = Shop::open().await;
    for url in [
        "http://shop.example/",
        "https://127.0.0.1/hooks",
        "https://localhost/hooks",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://10.0.0.7/",
        "https://ada:secret@shop.example/",
        "https://shop.example/#top",
        "shop.example",
    ] {
        let body = json!({"url": url});
        let refused = shop.admin(Method::POST, WEBHOOKS, Some(&body)).await;
        let (code, field) = refused.error(422);
        assert_eq!(
            (&*code, field.as_deref()),
            ("invalid_field", Some("url")),
            "{url}"
        );
    }
    let listed = shop.admin(Method::GET, WEBHOOKS, None).await.expect(200);
    assert_eq!(listed, json!({"webhooks": []}));
}

/// As if the setting had been switched off after the endpoint was made.
#[tokio::test]
async fn private_address_is_refused_at_the_delivery_as_well() {
    let shop = Shop::open().await.trusting_networks();
    let receiver = Receiver::open().await;
    let issued = webhook(&shop, &receiver, json!({})).await;
    let shop = shop.reopen();
    happen(&shop, "order.placed", 7).await;
    read_events(&shop).await;
    assert_eq!(deliver(&shop, now_ms()).await, 1);
    let waiting = &deliveries(&shop, &issued, "").await[0];
    let error = waiting["error"].as_str().unwrap();
    assert!(error.contains("must begin with https://"), "{waiting}");
    assert!(waiting.get("status").is_none(), "{waiting}");
    assert!(receiver.take().is_empty());
}

#[tokio::test]
async fn webhook_is_made_changed_and_deleted() {
    for shop in shops().await {
        let receiver = Receiver::open().await;
        let body = json!({"description": "books", "event_types": ["order.paid", "order.paid"]});
        let issued = webhook(&shop, &receiver, body).await;
        let secret = issued["secret"].as_str().unwrap();
        assert!(secret.starts_with("whsec_"), "{secret}");
        assert_eq!(issued["webhook"]["event_types"], json!(["order.paid"]));
        let one = path(&issued, "");
        let shown = shop.admin(Method::GET, &one, None).await;
        assert!(!String::from_utf8_lossy(&shown.body).contains(secret));
        let etag = shown.header("etag").unwrap().to_owned();
        assert_eq!(shown.expect(200), issued["webhook"]);

        let change = json!({"event_types": null, "description": "ledger"});
        let refused = shop.admin(Method::PATCH, &one, Some(&change)).await;
        assert_eq!(refused.error(428).0, "precondition_required");
        let state = [("If-Match", &*etag)];
        let changed = shop
            .admin_with(Method::PATCH, &one, &state, Some(&change))
            .await;
        let changed = changed.expect(200);
        assert_eq!(changed["description"], "ledger");
        assert_eq!(changed["url"], issued["webhook"]["url"]);
        assert!(changed.get("event_types").is_none(), "{changed}");
        let late = shop
            .admin_with(Method::PATCH, &one, &state, Some(&change))
            .await;
        late.error(412);
        let off = json!({"enabled": false});
        let off = shop
            .admin_with(Method::PATCH, &one, &[("If-Match", "*")], Some(&off))
            .await;
        assert_eq!(off.expect(200)["disabled_reason"], "staff");

        let gone = shop
            .admin_with(Method::DELETE, &one, &[("If-Match", "*")], None)
            .await;
        gone.expect(204);
        shop.admin(Method::GET, &one, None).await.error(404);
        for (body, field) in [
            (
                json!({"url": receiver.url, "event_types": ["order.lost"]}),
                "event_types",
            ),
            (
                json!({"url": receiver.url, "description": "a\u{7}"}),
                "description",
            ),
        ] {
            let refused = shop.admin(Method::POST, WEBHOOKS, Some(&body)).await;
            assert_eq!(refused.error(422).1.as_deref(), Some(field));
        }
    }
}

#[tokio::test]
async fn tenant_has_at_most_20_webhooks() {
    let shop = Shop::open().await.trusting_networks();
    let receiver = Receiver::open().await;
    for _ in 0..20 {
        webhook(&shop, &receiver, json!({})).await;
    }
    let body = json!({"url": receiver.url});
    let refused = shop.admin(Method::POST, WEBHOOKS, Some(&body)).await;
    assert_eq!(refused.error(409).0, "conflict");
}

#[tokio::test]
async fn deliveries_are_listed_by_page_and_state() {
    for shop in shops().await {
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        for order in 1..=5 {
            happen(&shop, "order.placed", order).await;
        }
        read_events(&shop).await;
        let first = path(&issued, "/deliveries?per_page=3&state=pending");
        let page = shop.admin(Method::GET, &first, None).await.expect(200);
        let events = |page: &Value| {
            let all = page["deliveries"].as_array().unwrap().iter();
            all.map(|it| it["event"].as_i64().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(events(&page), [5, 4, 3]);
        let next = path(
            &issued,
            &format!("/deliveries?per_page=3&before={}", page["next_before"]),
        );
        let page = shop.admin(Method::GET, &next, None).await.expect(200);
        assert_eq!(events(&page), [2, 1]);
        assert!(page.get("next_before").is_none(), "{page}");
        let lost = path(&issued, "/deliveries?state=lost");
        let refused = shop.admin(Method::GET, &lost, None).await;
        assert_eq!(refused.error(400).1.as_deref(), Some("state"));
    }
}

#[tokio::test]
async fn catalogue_of_events_is_listed() {
    let shop = Shop::open().await;
    let types = format!("{WEBHOOKS}/event-types");
    let types = shop.admin(Method::GET, &types, None).await.expect(200);
    let types = types["event_types"].as_array().unwrap();
    assert!(
        types.iter().any(|it| it["name"] == "order.placed"),
        "{types:?}"
    );
}

#[tokio::test]
async fn other_tenant_sees_nothing_of_a_webhook_and_gets_no_events() {
    for shop in shops().await {
        let other = add_tenant(&shop.store, "other", None, None).await;
        let other = shop.store.scope(other.id);
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        let id = WebhookEndpointId(issued["webhook"]["id"].as_i64().unwrap());
        assert!(other.webhooks().list().await.unwrap().is_empty());
        let refused = [
            other.webhooks().get(id).await.err(),
            other.webhooks().remove(id, None).await.err(),
            other.webhooks().test(id, "msg_1".to_owned(), 1).await.err(),
            other.webhooks().deliveries(id, None, None, 9).await.err(),
            other.webhooks().rotate_secret(id, vec![], 1, 1).await.err(),
        ];
        for error in refused {
            assert!(
                matches!(error, Some(StoreError::NotFound("webhook"))),
                "{error:?}"
            );
        }
        let event = souk_store::NewEvent {
            kind: "order.placed",
            subject: "orders/1".to_owned(),
            data: "{}".to_owned(),
            actor: "souk".to_owned(),
            at_ms: 1,
        };
        other.events().add(&[event]).await.unwrap();
        let batch = other.events().claim(souk_store::Sink::Webhooks, 9).await;
        let batch = batch.unwrap().unwrap();
        souk::webhooks::write_deliveries(batch, now_ms())
            .await
            .unwrap();
        assert_eq!(deliver(&shop, now_ms()).await, 0);
        assert!(deliveries(&shop, &issued, "").await.is_empty());
    }
}
