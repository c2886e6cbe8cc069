//! Webhooks through HTTP, on both databases, with a receiver that listens.

mod endpoints;
mod receiver;

use chrono::Utc;
use poem::http::Method;
use serde_json::{Value, json};
use souk::webhooks::{WebhookWorker, write_deliveries};
use souk_identity::Role;
use souk_store::{NewEvent, Sink};
use tokio_util::sync::CancellationToken;

use self::receiver::Receiver;
use crate::shop::{Shop, signed_in};

const WEBHOOKS: &str = "/api/admin/webhooks";
const DAY_MS: i64 = 24 * 3_600_000;

/// Shops on both databases whose webhooks may be on this machine.
async fn shops() -> [Shop; 2] {
    [
        Shop::open().await.trusting_networks(),
        Shop::on_postgres().await.trusting_networks(),
    ]
}

fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}

/// Makes a webhook at the receiver, and returns it with its secret.
async fn webhook(shop: &Shop, receiver: &Receiver, body: Value) -> Value {
    let mut body = body;
    body["url"] = receiver.url.as_str().into();
    let made = shop.admin(Method::POST, WEBHOOKS, Some(&body)).await;
    made.expect(201)
}

fn path(issued: &Value, rest: &str) -> String {
    format!("{WEBHOOKS}/{}{rest}", issued["webhook"]["id"])
}

/// Writes an event as if it had happened in the shop.
async fn happen(shop: &Shop, kind: &'static str, order: i64) {
    let event = NewEvent {
        kind,
        subject: format!("orders/{order}"),
        data: json!({"order": order, "seller": 3}).to_string(),
        actor: "souk".to_owned(),
        at_ms: 1_614_265_330_000,
    };
    let events = shop.store.scope(shop.tenant.id).events();
    events.add(&[event]).await.unwrap();
}

/// Has the sink read all events.
async fn read_events(shop: &Shop) {
    let events = shop.store.scope(shop.tenant.id).events();
    while let Some(batch) = events.claim(Sink::Webhooks, 100).await.unwrap() {
        write_deliveries(batch, now_ms()).await.unwrap();
    }
}

/// Makes the deliveries that are due at a time, and returns how many attempts there were.
async fn deliver(shop: &Shop, now_ms: i64) -> u64 {
    let service = shop.app.webhooks.clone();
    let worker = WebhookWorker::new(&shop.store, service, "test".to_owned());
    worker.tick(now_ms).await.unwrap()
}

async fn deliveries(shop: &Shop, issued: &Value, query: &str) -> Vec<Value> {
    let path = path(issued, &format!("/deliveries{query}"));
    let page = shop.admin(Method::GET, &path, None).await.expect(200);
    page["deliveries"].as_array().unwrap().clone()
}

#[tokio::test]
async fn event_arrives_signed_with_the_fields_of_the_specification() {
    for shop in shops().await {
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        happen(&shop, "order.placed", 7).await;
        read_events(&shop).await;
        assert_eq!(deliver(&shop, now_ms()).await, 1);
        let received = receiver.take_one();
        received.check_signed(&[&issued["secret"]]);
        let expected = json!({
            "type": "order.placed",
            "timestamp": "2021-02-25T15:02:10.000Z",
            "data": {"order": 7, "seller": 3},
        });
        assert_eq!(received.json(), expected);

        let listed = deliveries(&shop, &issued, "").await;
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert_eq!(listed[0]["message_id"], received.header("webhook-id"));
        let [state, status] = [&listed[0]["state"], &listed[0]["status"]];
        assert_eq!((state, status), (&json!("delivered"), &json!(204)));
        assert_eq!(deliver(&shop, now_ms() + DAY_MS).await, 0);
    }
}

#[tokio::test]
async fn webhook_of_some_kinds_is_told_of_those_alone() {
    for shop in shops().await {
        let (all, paid) = (Receiver::open().await, Receiver::open().await);
        webhook(&shop, &all, json!({})).await;
        webhook(&shop, &paid, json!({"event_types": ["order.paid"]})).await;
        for kind in ["order.placed", "order.paid", "order.fulfilled"] {
            happen(&shop, kind, 7).await;
        }
        read_events(&shop).await;
        assert_eq!(deliver(&shop, now_ms()).await, 4);
        let kinds = |receiver: &Receiver| {
            let received = receiver.take().into_iter();
            let kinds = received.map(|it| it.json()["type"].as_str().unwrap().to_owned());
            kinds.collect::<Vec<_>>()
        };
        assert_eq!(
            kinds(&all),
            ["order.placed", "order.paid", "order.fulfilled"]
        );
        assert_eq!(kinds(&paid), ["order.paid"]);
    }
}

#[tokio::test]
async fn delivery_that_failed_is_tried_again_with_the_same_id() {
    for shop in shops().await {
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        happen(&shop, "order.placed", 7).await;
        read_events(&shop).await;
        receiver.answer("500 Fault");
        receiver.answer("503 Busy\r\nretry-after: 7200");
        let now = now_ms();
        assert_eq!(deliver(&shop, now).await, 1);
        let first = receiver.take_one();
        let [failed] = &deliveries(&shop, &issued, "?state=pending").await[..] else {
            panic!("one waits");
        };
        assert_eq!(
            (&failed["status"], &failed["attempts"]),
            (&json!(500), &json!(1))
        );
        assert!(failed["next_attempt_at"].is_string(), "{failed}");

        assert_eq!(deliver(&shop, now + 60_000).await, 1, "after seconds");
        receiver.take_one();
        assert_eq!(
            deliver(&shop, now + 3_600_000).await,
            0,
            "it asked for more"
        );
        assert_eq!(deliver(&shop, now + DAY_MS).await, 1);
        let third = receiver.take_one();
        assert_eq!(first.header("webhook-id"), third.header("webhook-id"));
        let listed = deliveries(&shop, &issued, "?state=delivered").await;
        assert_eq!(listed[0]["attempts"], 3);
    }
}

#[tokio::test]
async fn endpoint_that_is_gone_is_disabled_and_owners_are_told() {
    for shop in shops().await {
        let scope = shop.store.scope(shop.tenant.id);
        signed_in(&scope, "ada@mail.example", Role::Owner).await;
        signed_in(&scope, "ben@mail.example", Role::Admin).await;
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        happen(&shop, "order.placed", 7).await;
        happen(&shop, "order.paid", 7).await;
        read_events(&shop).await;
        receiver.answer("410 Gone");
        assert_eq!(
            deliver(&shop, now_ms()).await,
            1,
            "the other one fails as well"
        );
        let shown = shop.admin(Method::GET, &path(&issued, ""), None).await;
        let shown = shown.expect(200);
        assert_eq!(shown["enabled"], false);
        assert_eq!(shown["disabled_reason"], "gone");
        assert_eq!(deliveries(&shop, &issued, "?state=failed").await.len(), 2);
        let mails = shop.store.mail_queue();
        let mails = mails.claim("test", 9, 1, i64::MAX - 1).await.unwrap();
        let told: Vec<_> = mails
            .iter()
            .filter(|mail| mail.template == "webhook_disabled")
            .collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].recipient, "ada@mail.example");
        assert!(told[0].data.contains(&receiver.url), "{}", told[0].data);

        happen(&shop, "order.fulfilled", 7).await;
        read_events(&shop).await;
        assert_eq!(deliver(&shop, now_ms()).await, 0);
        let again = path(&issued, "/test");
        let refused = shop.admin(Method::POST, &again, None).await;
        assert_eq!(refused.error(409).1.as_deref(), Some("enabled"));
    }
}

#[tokio::test]
async fn endpoint_that_takes_nothing_in_three_days_is_disabled() {
    for shop in shops().await {
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        happen(&shop, "order.placed", 7).await;
        read_events(&shop).await;
        let mut now = now_ms();
        for attempt in 1..=10 {
            receiver.answer("500 Fault");
            assert_eq!(deliver(&shop, now).await, 1, "{attempt}");
            now += 2 * DAY_MS;
        }
        assert_eq!(receiver.take().len(), 10);
        let shown = shop.admin(Method::GET, &path(&issued, ""), None).await;
        assert_eq!(shown.expect(200)["disabled_reason"], "failing");
        let failed = &deliveries(&shop, &issued, "").await[0];
        assert_eq!(
            (&failed["state"], &failed["attempts"]),
            (&json!("failed"), &json!(10))
        );
    }
}

#[tokio::test]
async fn failed_delivery_is_made_again_when_the_webhook_is_enabled() {
    for shop in shops().await {
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        happen(&shop, "order.placed", 7).await;
        read_events(&shop).await;
        receiver.answer("410 Gone");
        deliver(&shop, now_ms()).await;
        let first = receiver.take_one();
        let one = path(&issued, "");
        let any = [("If-Match", "*")];
        let enabled = json!({"enabled": true});
        let enabled = shop
            .admin_with(Method::PATCH, &one, &any, Some(&enabled))
            .await;
        assert_eq!(enabled.expect(200)["enabled"], true);
        let failed = &deliveries(&shop, &issued, "").await[0];
        let again = path(&issued, &format!("/deliveries/{}/redeliver", failed["id"]));
        let again = shop.admin(Method::POST, &again, None).await.expect(202);
        assert_eq!(
            (&again["state"], &again["attempts"]),
            (&json!("pending"), &json!(0))
        );
        assert_eq!(deliver(&shop, now_ms()).await, 1);
        let second = receiver.take_one();
        assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
        assert_eq!(first.json(), second.json());
        assert_eq!(
            deliveries(&shop, &issued, "").await[0]["state"],
            "delivered"
        );
    }
}

#[tokio::test]
async fn rotated_secret_signs_beside_the_old_one_for_a_day() {
    for shop in shops().await {
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        let rotate = path(&issued, "/rotate-secret");
        let rotated = shop.admin(Method::POST, &rotate, None).await.expect(201);
        let (old, new) = (&issued["secret"], &rotated["secret"]);
        assert_ne!(old, new);
        let test = path(&issued, "/test");
        shop.admin(Method::POST, &test, None).await.expect(202);
        deliver(&shop, now_ms()).await;
        receiver.take_one().check_signed(&[new, old]);
        shop.admin(Method::POST, &test, None).await.expect(202);
        deliver(&shop, now_ms() + DAY_MS).await;
        receiver.take_one().check_signed(&[new]);
    }
}

#[tokio::test]
async fn test_that_fails_is_not_tried_again_and_disables_nothing() {
    for shop in shops().await {
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        receiver.answer("500 Fault");
        let sent = shop
            .admin(Method::POST, &path(&issued, "/test"), None)
            .await;
        let sent = sent.expect(202);
        assert_eq!(sent["event_type"], "webhook.test");
        assert_eq!(deliver(&shop, now_ms()).await, 1);
        assert_eq!(receiver.take_one().json()["type"], "webhook.test");
        assert_eq!(deliver(&shop, now_ms() + DAY_MS).await, 0);
        assert_eq!(deliveries(&shop, &issued, "").await[0]["state"], "failed");
        let shown = shop.admin(Method::GET, &path(&issued, ""), None).await;
        assert_eq!(shown.expect(200)["enabled"], true);
    }
}

#[tokio::test]
async fn worker_delivers_until_shutdown() {
    for shop in shops().await {
        let receiver = Receiver::open().await;
        let issued = webhook(&shop, &receiver, json!({})).await;
        let service = shop.app.webhooks.clone();
        let worker = WebhookWorker::new(&shop.store, service, "test".to_owned());
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(worker.run(shutdown.clone()));
        for order in 1..=3 {
            happen(&shop, "order.placed", order).await;
        }
        read_events(&shop).await;
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while deliveries(&shop, &issued, "?state=delivered").await.len() < 3 {
            assert!(
                std::time::Instant::now() < deadline,
                "they are not delivered"
            );
            tokio::task::yield_now().await;
        }
        shutdown.cancel();
        running.await.unwrap();
        let orders = receiver.take().into_iter();
        let orders: Vec<_> = orders
            .map(|it| it.json()["data"]["order"].clone())
            .collect();
        assert_eq!(orders, [1, 2, 3], "in order, each once");
    }
}
