//! Orders as customers and staff are told of them.

use poem::http::Method;
use serde_json::{Value, json};
use souk::live::LiveOptions;
use souk_identity::Role;

use super::{Connection, admin, kinds, options};
use crate::{
    selling::{Guest, purchase, shops, variant},
    shop::{Shop, add_tenant, signed_in},
};

const ORDERS: &str = "/api/live/orders";
const STAFF: &str = "/api/admin/live";
const KEY: &str = "3f6c8a50-3a5f-4a8e-9a58-1f7f7f0a0050";
const HOST: &str = "second.example";

/// Buys a mug as somebody who is signed in.
async fn buy(shop: &Shop, customer: &str) -> Value {
    let headers = [
        ("Authorization", customer),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", KEY),
    ];
    let send = async |path: &str, body: Value| {
        let body = serde_json::to_vec(&body).unwrap();
        shop.send(Method::POST, path, &headers, Some(body)).await
    };
    let line = json!({"variant": variant(shop, "mug-1").await});
    send("/api/cart/lines", line).await.expect(200);
    let mut body = purchase("test", "test_succeeds");
    body.as_object_mut().unwrap().remove("mail");
    send("/api/checkout", body).await.expect(201)
}

/// Buys a mug as a guest.
async fn bought(shop: &Shop) -> (Guest, Value) {
    let mut guest = Guest::default();
    guest.take(shop, variant(shop, "mug-1").await, 1).await;
    let purchase = guest.buy(shop, KEY, "test_succeeds").await;
    (guest, purchase)
}

/// Sends an order as staff.
async fn send_parcel(shop: &Shop, purchase: &Value) {
    let path = format!("/api/admin/orders/{}/parcels", purchase["orders"][0]["id"]);
    shop.admin(Method::POST, &path, Some(&json!({})))
        .await
        .expect(200);
}

#[tokio::test]
async fn order_placed_is_told_to_its_customer_and_staff_and_nobody_else() {
    for shop in shops().await {
        let shop = shop.living(options());
        let scope = shop.store.scope(shop.tenant.id);
        let ada = signed_in(&scope, "ada@mail.example", Role::Customer).await;
        let bob = signed_in(&scope, "bob@mail.example", Role::Customer).await;
        add_tenant(&shop.store, "second", Some(HOST), None).await;
        let key = admin();

        let mut of_ada = Connection::open(&shop, ORDERS, &[("Authorization", &ada)]).await;
        let mut of_bob = Connection::open(&shop, ORDERS, &[("Authorization", &bob)]).await;
        let mut staff = Connection::open(&shop, STAFF, &[("Authorization", &key)]).await;
        let elsewhere = [("Authorization", key.as_str()), ("Host", HOST)];
        let mut other_staff = Connection::open(&shop, STAFF, &elsewhere).await;
        for customer in [&mut of_ada, &mut of_bob] {
            assert_eq!(kinds(&customer.waiting().await), ["hello"]);
        }
        for staff in [&mut staff, &mut other_staff] {
            assert_eq!(kinds(&staff.waiting().await), ["hello", "revenue"]);
        }

        let purchase = buy(&shop, &ada).await;
        let order = &purchase["orders"][0];
        let told = of_ada.next().await;
        assert_eq!(told.kind, "order.placed");
        assert_eq!(told.data["order"], order["id"]);
        assert_eq!(told.data["purchase"], purchase["id"]);
        assert_eq!(told.data.get("seller"), None, "that is staff's");
        assert_eq!(of_ada.next().await.kind, "order.paid");

        let told = staff.next().await;
        assert_eq!(told.kind, "order.placed");
        assert_eq!(told.data["total"], order["totals"]["total"]);
        assert_eq!(told.data["seller"], order["seller"]);
        assert_eq!(staff.until("order.paid").await.data["order"], order["id"]);

        // All were told at once, so that what others were told would be there.
        assert_eq!(of_bob.waiting().await, []);
        assert_eq!(other_staff.waiting().await, []);
        let purchase = buy(&shop, &bob).await;
        let told = of_bob.next().await;
        assert_eq!(told.data["purchase"], purchase["id"]);
        assert_eq!(of_bob.next().await.kind, "order.paid");
        assert_eq!(of_ada.waiting().await, []);
    }
}

#[tokio::test]
async fn staff_is_told_of_low_stock_and_the_revenue_of_the_day() {
    for shop in shops().await {
        let shop = shop.living(LiveOptions {
            low_stock: 1_000_000,
            ..options()
        });
        let key = admin();
        let mut staff = Connection::open(&shop, STAFF, &[("Authorization", &key)]).await;
        let before = staff.until("revenue").await;
        assert_eq!(before.data["currencies"], json!([]));
        assert_eq!(before.id, None, "nobody resumes after it");
        let mug = variant(&shop, "mug-1").await;
        let (_, purchase) = bought(&shop).await;
        let low = staff.until("stock.low").await;
        assert_eq!(
            (&low.data["variant"], &low.data["sku"]),
            (&json!(mug), &json!("mug-1"))
        );
        let revenue = loop {
            // The first sum may have come before the payment.
            let told = staff.until("revenue").await;
            if told.data["currencies"] != json!([]) {
                break told;
            }
        };
        let of_day = json!([{
            "currency": "EUR", "purchases": 1, "sold": purchase["totals"]["total"], "refunded": 0,
        }]);
        assert_eq!(revenue.data["currencies"], of_day);
    }
}

#[tokio::test]
async fn connection_resumed_by_its_last_id_is_told_what_it_missed_once() {
    for shop in shops().await {
        let shop = shop.living(options());
        let key = admin();
        let mut staff = Connection::open(&shop, STAFF, &[("Authorization", &key)]).await;
        let (guest, purchase) = bought(&shop).await;
        let placed = staff.until("order.placed").await.id.unwrap();
        drop(staff);
        send_parcel(&shop, &purchase).await;

        let last = placed.to_string();
        let headers = [("Authorization", key.as_str()), ("Last-Event-ID", &last)];
        let by_query = format!("{STAFF}?last_event_id={placed}");
        let header_alone = [("Authorization", key.as_str())];
        for (path, headers) in [(STAFF, &headers[..]), (&by_query, &header_alone[..])] {
            let mut resumed = Connection::open(&shop, path, headers).await;
            let told = resumed.waiting().await;
            assert_eq!(
                kinds(&told),
                ["hello", "revenue", "order.paid", "order.fulfilled"],
                "{path}"
            );
            assert_eq!(told[0].id, Some(placed));
            assert_eq!(told[2].id, Some(placed + 1));
            assert_eq!(resumed.waiting().await, [], "each once");
        }

        // A guest by the token of the purchase, from the beginning on, and then as it happens.
        let token = guest.order_token();
        let headers = [("X-Order-Token", token), ("Last-Event-ID", "0")];
        let mut own = Connection::open(&shop, ORDERS, &headers).await;
        let told = own.waiting().await;
        let steps = ["hello", "order.placed", "order.paid", "order.fulfilled"];
        assert_eq!(kinds(&told), steps);
    }
}

#[tokio::test]
async fn connection_that_missed_pruned_events_is_reset() {
    for shop in shops().await {
        let shop = shop.living(options());
        let (guest, _) = bought(&shop).await;
        let head = shop.store.scope(shop.tenant.id).events();
        let head = head.head().await.unwrap();
        let later = chrono::Utc::now().timestamp_millis() + 31 * 24 * 3_600_000;
        assert!(shop.store.prune_events(later).await.unwrap() > 0);
        for known in ["0", "999999"] {
            let headers = [
                ("X-Order-Token", guest.order_token()),
                ("Last-Event-ID", known),
            ];
            let mut own = Connection::open(&shop, ORDERS, &headers).await;
            let told = own.waiting().await;
            assert_eq!(kinds(&told), ["hello", "reset"], "{known}");
            assert_eq!(told[1].id, Some(head));
        }
        // Whoever knows all has missed nothing.
        let known = head.to_string();
        let headers = [
            ("X-Order-Token", guest.order_token()),
            ("Last-Event-ID", &known),
        ];
        let mut own = Connection::open(&shop, ORDERS, &headers).await;
        assert_eq!(kinds(&own.waiting().await), ["hello"]);
    }
}

#[tokio::test]
async fn connection_to_orders_needs_a_session_or_a_token() {
    let shop = Shop::open().await.living(options());
    let none = shop.get(ORDERS).await;
    assert_eq!(none.error(401).0, "sign_in_required");
    let bad = [("X-Order-Token", "nonsense")];
    let bad = shop.send(Method::GET, ORDERS, &bad, None).await;
    assert_eq!(bad.error(400).1.as_deref(), Some("X-Order-Token"));
    let unknown = souk_identity::Token::new(souk_identity::TokenKind::Order, rand::random());
    let unknown = unknown.text();
    let unknown = [("X-Order-Token", unknown.as_str())];
    let unknown = shop.send(Method::GET, ORDERS, &unknown, None).await;
    assert_eq!(unknown.error(404).0, "not_found");
    let bad = format!("{STAFF}?last_event_id=x");
    let bad = shop.admin(Method::GET, &bad, None).await;
    assert_eq!(bad.error(400).1.as_deref(), Some("last_event_id"));
}
