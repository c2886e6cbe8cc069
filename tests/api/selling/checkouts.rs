//! Checkout: what is bought, how it is paid, and that it is bought once.

use poem::http::Method;
use serde_json::json;
use souk_commerce::ProviderReport;
use souk_domain::ordering::{ProviderEvent, ProviderEventKind};

use super::{Guest, balances, on_hand, purchase, shops, variant};

const KEY: &str = "3f6c8a50-3a5f-4a8e-9a58-1f7f7f0a0001";

#[tokio::test]
async fn checkout_paid_at_once_places_one_order_for_each_seller() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let mug = variant(&shop, "mug-1").await;
        let before = on_hand(&shop, "mug-1").await;
        guest.take(&shop, mug, 2).await;
        let bought = guest.buy(&shop, KEY, "test_succeeds").await;
        assert_eq!(
            (&bought["state"], &bought["number"]),
            (&json!("placed"), &json!("000001"))
        );
        assert_eq!(bought["payment"]["state"], "captured");
        assert_eq!(bought["totals"]["total"], 2 * 1_595);
        assert_eq!(bought["orders"][0]["number"], "000001-1");
        assert_eq!(bought["mail"], "ada@mail.example");
        assert_eq!(on_hand(&shop, "mug-1").await, before - 2);
        assert_eq!(
            guest.cart(&shop).await["lines"],
            json!([]),
            "what was bought has left the cart"
        );
        let balances = balances(&shop).await;
        assert_eq!(
            (balances["provider"], balances["customer"]),
            (3_190, -3_190)
        );

        let path = format!("/api/orders/{}", bought["id"]);
        let detail = guest.ask(&shop, Method::GET, &path, None).await.expect(200);
        let steps = detail["steps"].as_array().unwrap().iter();
        let steps: Vec<_> = steps
            .map(|step| step["step"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(steps, ["checkout.placed", "order.placed", "order.paid"]);
        let stranger = Guest::default();
        stranger
            .ask(&shop, Method::GET, &path, None)
            .await
            .expect(404);
        let events = shop
            .store
            .scope(shop.tenant.id)
            .events()
            .after(0, 10)
            .await
            .unwrap();
        let kinds: Vec<_> = events
            .iter()
            .map(|event| (event.number, event.kind.as_str()))
            .collect();
        assert_eq!(kinds, [(1, "order.placed"), (2, "order.paid")]);
    }
}

#[tokio::test]
async fn checkout_sent_twice_with_one_key_buys_once() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let mug = variant(&shop, "mug-1").await;
        guest.take(&shop, mug, 1).await;
        let body = purchase("test", "test_succeeds");
        let first = guest.check_out(&shop, KEY, &body).await.expect(201);
        let second = guest.check_out(&shop, KEY, &body).await.expect(201);
        assert_eq!(first, second);
        let mut other = body.clone();
        other["note"] = json!("another request");
        let reply = guest.check_out(&shop, KEY, &other).await;
        assert_eq!(reply.error(422).1.as_deref(), Some("Idempotency-Key"));
        let reply = guest
            .ask(&shop, Method::POST, "/api/checkout", Some(&body))
            .await;
        assert_eq!(reply.error(400).1.as_deref(), Some("Idempotency-Key"));
        let reply = guest.check_out(&shop, "too-short", &body).await;
        assert_eq!(reply.error(400).1.as_deref(), Some("Idempotency-Key"));
        assert_eq!(balances(&shop).await["provider"], 1_595);
    }
}

#[tokio::test]
async fn declined_card_keeps_the_units_until_another_one_pays() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let large = variant(&shop, "TS-2002-L").await;
        guest.take(&shop, large, 2).await;
        let begun = guest.buy(&shop, KEY, "test_declined").await;
        assert_eq!(
            (&begun["state"], &begun["payment"]["state"]),
            (&json!("open"), &json!("failed"))
        );
        assert_eq!(begun["payment"]["failure"], "card_declined");
        // The last two are held: nobody else gets one.
        let mut other = Guest::default();
        let cart = other.take(&shop, large, 1).await;
        assert_eq!(cart["lines"][0]["changes"][0]["kind"], "short", "{cart}");

        let pay = format!("/api/checkout/{}/payment", begun["id"]);
        let card = json!({"method": "test_confirm"});
        let waiting = guest
            .ask(&shop, Method::POST, &pay, Some(&card))
            .await
            .expect(200);
        assert_eq!(waiting["payment"]["action"], "confirm");
        let confirm = format!("/api/checkout/{}/confirmation", begun["id"]);
        let code = json!({"code": "000000"});
        let paid = guest
            .ask(&shop, Method::POST, &confirm, Some(&code))
            .await
            .expect(200);
        assert_eq!(
            (&paid["state"], &paid["payment"]["state"]),
            (&json!("placed"), &json!("captured"))
        );
        let reply = guest.ask(&shop, Method::POST, &confirm, Some(&code)).await;
        assert_eq!(reply.error(409).0, "already_paid");
        assert_eq!(on_hand(&shop, "TS-2002-L").await, 0);
    }
}

#[tokio::test]
async fn purchase_not_paid_in_time_ends_and_its_units_are_free() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let large = variant(&shop, "TS-2002-L").await;
        guest.take(&shop, large, 2).await;
        let begun = guest.buy(&shop, KEY, "test_late").await;
        assert_eq!(begun["state"], "open");
        let later = chrono::Utc::now().timestamp_millis() + 31 * 60_000;
        assert_eq!(shop.app.commerce.tick(later).await.unwrap(), 1);
        assert_eq!(shop.app.commerce.tick(later).await.unwrap(), 0);
        let path = format!("/api/orders/{}", begun["id"]);
        let ended = guest.ask(&shop, Method::GET, &path, None).await.expect(200);
        assert_eq!(ended["purchase"]["state"], "ended", "{ended}");
        let mut other = Guest::default();
        let cart = other.take(&shop, large, 2).await;
        assert_eq!(cart["lines"][0]["changes"], json!([]));
        assert_eq!(on_hand(&shop, "TS-2002-L").await, 2);
        let pay = format!("/api/checkout/{}/payment", begun["id"]);
        let card = json!({"method": "test_succeeds"});
        let reply = guest.ask(&shop, Method::POST, &pay, Some(&card)).await;
        assert_eq!(reply.error(409).0, "checkout_ended");
    }
}

#[tokio::test]
async fn checkout_with_another_total_than_was_shown_is_refused() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let mug = variant(&shop, "mug-1").await;
        guest.take(&shop, mug, 1).await;
        let mut body = purchase("test", "test_succeeds");
        body["expected_total"] = json!(1_594);
        let reply = guest.check_out(&shop, KEY, &body).await;
        assert_eq!(reply.error(409).0, "total_changed");
        body["expected_total"] = json!(1_595);
        guest.check_out(&shop, KEY, &body).await.expect(201);
    }
}

#[tokio::test]
async fn checkout_with_bad_input_is_refused_and_names_the_field() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let good = purchase("test", "test_succeeds");
        let reply = guest.check_out(&shop, KEY, &good).await;
        assert_eq!(reply.error(409).0, "cart_empty");
        let mug = variant(&shop, "mug-1").await;
        guest.take(&shop, mug, 1).await;
        let mut cases = Vec::new();
        let mut add = |field: &'static str, change: fn(&mut serde_json::Value)| {
            let mut body = good.clone();
            change(&mut body);
            cases.push((body, field));
        };
        add("mail", |body| body["mail"] = json!("nobody"));
        add("mail", |body| {
            body.as_object_mut().unwrap().remove("mail");
        });
        add("delivery_address", |body| {
            body.as_object_mut().unwrap().remove("delivery_address");
        });
        add("delivery_address.country", |body| {
            body["delivery_address"]["country"] = json!("XX");
        });
        add("payment.provider", |body| {
            body["payment"]["provider"] = json!("stripes");
        });
        add("payment", |body| {
            body["payment"]["method"] = json!("4242424242424242")
        });
        for (body, field) in cases {
            let reply = guest.check_out(&shop, KEY, &body).await;
            assert_eq!(reply.error(422).1.as_deref(), Some(field), "{body}");
        }
    }
}

#[tokio::test]
async fn late_money_buys_what_is_still_there_or_goes_back() {
    for shop in shops().await {
        let large = variant(&shop, "TS-2002-L").await;
        let later = chrono::Utc::now().timestamp_millis() + 31 * 60_000;
        let mut ended = Vec::new();
        for key in ["the-first-late-purchase", "the-second-late-purchase"] {
            let mut guest = Guest::default();
            guest.take(&shop, large, 2).await;
            let begun = guest.buy(&shop, key, "test_late").await;
            shop.app.commerce.tick(later).await.unwrap();
            ended.push((guest, begun));
        }
        for (place, (guest, begun)) in ended.iter().enumerate() {
            let report = ProviderReport {
                provider: "test".to_owned(),
                id: format!("event-{place}"),
                reference: format!("test-{}", begun["payment"]["id"]),
                event: ProviderEvent {
                    at_ms: later,
                    kind: ProviderEventKind::Captured { amount: 4_998 },
                },
            };
            // Twice, as providers do.
            for _ in 0..2 {
                let tenant = shop.tenant.id;
                shop.app
                    .commerce
                    .apply_report(tenant, &report, later)
                    .await
                    .unwrap();
            }
            let path = format!("/api/orders/{}", begun["id"]);
            let read = guest.ask(&shop, Method::GET, &path, None).await.expect(200);
            let state = (
                &read["purchase"]["state"],
                &read["purchase"]["payment"]["refunded"],
            );
            match place {
                0 => assert_eq!(state, (&json!("placed"), &json!(0)), "{read}"),
                _ => assert_eq!(state, (&json!("ended"), &json!(4_998)), "{read}"),
            }
        }
        assert_eq!(balances(&shop).await["provider"], 4_998);
        assert_eq!(on_hand(&shop, "TS-2002-L").await, 0);
    }
}
