//! Orders after they are placed: sent, cancelled, taken back, and the money that follows.

use poem::http::Method;
use serde_json::{Value, json};
use souk_domain::{AccountId, ProductInput, StockPolicy};
use souk_identity::Role;
use souk_store::StoreError;
use souk_testkit::product;

use super::{Guest, balances, on_hand, shops, variant};
use crate::shop::{Shop, signed_in};

const KEY: &str = "3f6c8a50-3a5f-4a8e-9a58-1f7f7f0a0002";

/// Does something with an order as staff.
async fn act(shop: &Shop, order: &Value, step: &str, body: Value) -> crate::shop::Reply {
    let path = format!("/api/admin/orders/{order}/{step}");
    shop.admin(Method::POST, &path, Some(&body)).await
}

async fn bought(shop: &Shop, card: &str) -> (Guest, Value) {
    let mut guest = Guest::default();
    let (mug, shirt) = (
        variant(shop, "mug-1").await,
        variant(shop, "TS-2001-M").await,
    );
    guest.take(shop, mug, 2).await;
    guest.take(shop, shirt, 1).await;
    let purchase = guest.buy(shop, KEY, card).await;
    (guest, purchase)
}

#[tokio::test]
async fn order_sent_in_parts_earns_what_was_sent_and_completes_on_delivery() {
    for shop in shops().await {
        let (guest, purchase) = bought(&shop, "test_succeeds").await;
        let order = &purchase["orders"][0];
        let (mug, shirt) = (&order["lines"][0], &order["lines"][1]);
        let lines = json!({"lines": [{"line": mug["id"], "units": 1}], "carrier": "Post", "tracking": "1Z"});
        let sent = act(&shop, &order["id"], "parcels", lines).await.expect(200);
        assert_eq!(sent["orders"][0]["fulfilment_status"], "partly_fulfilled");
        let seller = format!("seller:{}", order["seller"]);
        assert_eq!(balances(&shop).await[&seller], -1_595);
        let too_many = json!({"lines": [{"line": mug["id"], "units": 2}]});
        let reply = act(&shop, &order["id"], "parcels", too_many).await;
        assert_eq!(reply.error(409).0, "step_refused");
        // The rest goes in a second parcel.
        let sent = act(&shop, &order["id"], "parcels", json!({}))
            .await
            .expect(200);
        assert_eq!(sent["orders"][0]["fulfilment_status"], "fulfilled");
        assert_eq!(balances(&shop).await[&seller], -(2 * 1_595 + 1_999));
        let reply = act(&shop, &order["id"], "cancel", json!({})).await;
        assert_eq!(
            reply.error(409).0,
            "step_refused",
            "what was sent is not cancelled"
        );

        let path = format!("/api/orders/{}", purchase["id"]);
        let detail = guest.ask(&shop, Method::GET, &path, None).await.expect(200);
        assert_eq!(detail["parcels"][0]["tracking"], "1Z");
        for parcel in detail["parcels"].as_array().unwrap() {
            let path = format!(
                "/api/admin/orders/{}/parcels/{}/delivered",
                order["id"], parcel["id"]
            );
            shop.admin(Method::POST, &path, None).await.expect(200);
            shop.admin(Method::POST, &path, None).await.expect(404);
        }
        let detail = guest.ask(&shop, Method::GET, &path, None).await.expect(200);
        assert_eq!(detail["purchase"]["status"], "completed");

        // A return gives the line's money back, and takes it from the seller.
        let back = json!({"lines": [{"line": shirt["id"], "units": 1}], "restock": true, "reason": "too small"});
        let before = on_hand(&shop, "TS-2001-M").await;
        let returned = act(&shop, &order["id"], "returns", back).await.expect(200);
        assert_eq!(returned["orders"][0]["refunded"], 1_999);
        assert_eq!(returned["payment_status"], "partly_refunded");
        assert_eq!(on_hand(&shop, "TS-2001-M").await, before + 1);
        let balances = balances(&shop).await;
        assert_eq!((balances[&seller], balances["provider"]), (-3_190, 3_190));
    }
}

#[tokio::test]
async fn order_cancelled_by_its_customer_is_refunded_whole_and_restocked() {
    for shop in shops().await {
        let before = on_hand(&shop, "mug-1").await;
        let (guest, purchase) = bought(&shop, "test_succeeds").await;
        let order = &purchase["orders"][0]["id"];
        let path = format!("/api/orders/{}/orders/{order}/cancel", purchase["id"]);
        let body = json!({"reason": "changed my mind"});
        let stranger = Guest::default();
        stranger
            .ask(&shop, Method::POST, &path, Some(&body))
            .await
            .expect(404);
        let cancelled = guest
            .ask(&shop, Method::POST, &path, Some(&body))
            .await
            .expect(200);
        assert_eq!(cancelled["payment_status"], "refunded", "{cancelled}");
        let reply = guest.ask(&shop, Method::POST, &path, Some(&body)).await;
        assert_eq!(reply.error(409).0, "step_refused");
        assert_eq!(on_hand(&shop, "mug-1").await, before);
        let balances = balances(&shop).await;
        assert!(
            balances.values().all(|balance| *balance == 0),
            "{balances:?}"
        );
        let detail = format!("/api/orders/{}", purchase["id"]);
        let detail = guest
            .ask(&shop, Method::GET, &detail, None)
            .await
            .expect(200);
        assert_eq!(detail["refunds"][0]["sent"], true);
        assert_eq!(detail["purchase"]["payment"]["refunded"], 5_189);
    }
}

#[tokio::test]
async fn invoice_is_sent_before_it_is_paid_and_paid_once() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let mug = variant(&shop, "mug-1").await;
        guest.take(&shop, mug, 1).await;
        let body = super::purchase("manual", "");
        let mut body = body;
        body["payment"].as_object_mut().unwrap().remove("method");
        let purchase = guest.check_out(&shop, KEY, &body).await.expect(201);
        assert_eq!(
            (&purchase["state"], &purchase["payment"]["state"]),
            (&json!("placed"), &json!("authorised"))
        );
        let order = &purchase["orders"][0];
        act(&shop, &order["id"], "parcels", json!({}))
            .await
            .expect(200);
        let seller = format!("seller:{}", order["seller"]);
        assert_eq!(
            balances(&shop).await["customer"],
            1_595,
            "the customer owes it"
        );
        let path = format!("/api/admin/orders/{}/paid", order["id"]);
        let paid = shop.admin(Method::POST, &path, None).await.expect(200);
        assert_eq!(paid["payment_status"], "paid");
        let reply = shop.admin(Method::POST, &path, None).await;
        assert_eq!(reply.error(409).0, "already_paid");
        let balances = balances(&shop).await;
        assert_eq!((balances["provider"], balances[&seller]), (1_595, -1_595));
        assert_eq!(balances.get("customer").copied().unwrap_or(0), 0);
    }
}

#[tokio::test]
async fn refund_beyond_what_was_paid_is_refused() {
    for shop in shops().await {
        let (_, purchase) = bought(&shop, "test_succeeds").await;
        let order = &purchase["orders"][0];
        let line = &order["lines"][0]["id"];
        let part = json!({"lines": [{"line": line, "amount": 500}], "reason": "a scratch"});
        let refunded = act(&shop, &order["id"], "refunds", part).await.expect(200);
        assert_eq!(refunded["payment_status"], "partly_refunded");
        for (body, why) in [
            (
                json!({"lines": [{"line": line, "amount": 2_691}]}),
                "of the line",
            ),
            (json!({"goodwill": 4_690}), "of the order"),
            (json!({"delivery": 1}), "of the delivery"),
            (json!({}), "nothing at all"),
        ] {
            let reply = act(&shop, &order["id"], "refunds", body).await;
            assert_eq!(reply.error(409).0, "step_refused", "{why}");
        }
        let rest = json!({"goodwill": 4_689});
        let refunded = act(&shop, &order["id"], "refunds", rest).await.expect(200);
        assert_eq!(
            refunded["payment_status"], "refunded",
            "a fully refunded order says so"
        );
        assert_eq!(balances(&shop).await["provider"], 0);
    }
}

#[tokio::test]
async fn orders_are_listed_by_seller_and_status() {
    for shop in shops().await {
        let (_, purchase) = bought(&shop, "test_succeeds").await;
        let seller = &purchase["orders"][0]["seller"];
        for (query, count) in [
            (String::new(), 1),
            ("?status=open".to_owned(), 1),
            ("?status=completed".to_owned(), 0),
            (format!("?seller={seller}"), 1),
            (format!("?seller={seller}&status=open&per_page=1"), 1),
            ("?seller=999999".to_owned(), 0),
        ] {
            let path = format!("/api/admin/orders{query}");
            let listed = shop.admin(Method::GET, &path, None).await.expect(200);
            assert_eq!(listed["orders"].as_array().unwrap().len(), count, "{query}");
        }
        let reply = shop
            .admin(Method::GET, "/api/admin/orders?status=lost", None)
            .await;
        assert_eq!(reply.error(400).1.as_deref(), Some("status"));
        let statement = "/api/admin/ledger/statement?account=provider";
        let statement = shop.admin(Method::GET, statement, None).await.expect(200);
        assert_eq!(statement["entries"][0]["amount"], 5_189);
    }
}

#[tokio::test]
async fn erased_customer_leaves_figures_and_no_person() {
    for shop in shops().await {
        let scope = shop.store.scope(shop.tenant.id);
        let ada = signed_in(&scope, "ada@mail.example", Role::Customer).await;
        let own = [
            ("Authorization", ada.as_str()),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", KEY),
        ];
        let send = async |method, path: &str, body: Option<Value>| {
            let body = body.map(|body| serde_json::to_vec(&body).unwrap());
            shop.send(method, path, &own, body).await
        };
        let mug = variant(&shop, "mug-1").await;
        let line = json!({"variant": mug});
        send(Method::POST, "/api/cart/lines", Some(line))
            .await
            .expect(200);
        let mut body = super::purchase("test", "test_succeeds");
        body.as_object_mut().unwrap().remove("mail");
        let bought = send(Method::POST, "/api/checkout", Some(body))
            .await
            .expect(201);
        let listed = send(Method::GET, "/api/orders", None).await.expect(200);
        assert_eq!(listed["purchases"][0]["id"], bought["id"]);
        let exported = send(Method::GET, "/api/account/export", None)
            .await
            .expect(200);
        assert_eq!(exported["purchases"][0]["id"], bought["id"]);

        let account = exported["account"]["id"].as_i64().unwrap();
        let erase = async || scope.accounts().erase(AccountId(account), 2).await;
        let refused = erase().await.unwrap_err();
        assert!(
            matches!(
                refused,
                StoreError::Conflict {
                    field: "orders",
                    ..
                }
            ),
            "{refused}"
        );
        let order = &bought["orders"][0]["id"];
        act(&shop, order, "cancel", json!({})).await.expect(200);
        erase().await.unwrap();
        let path = format!("/api/admin/orders/{order}");
        let kept = shop.admin(Method::GET, &path, None).await.expect(200);
        let purchase = &kept["purchase"];
        assert_eq!(
            (&purchase["mail"], &purchase["totals"]["total"]),
            (&json!(""), &json!(1_595))
        );
        let address = &purchase["delivery_address"];
        assert_eq!(
            (&address["name"], &address["country"]),
            (&json!(""), &json!("DE"))
        );
        assert!(!kept.to_string().contains("Ada"), "{kept}");
    }
}

#[tokio::test]
async fn cancelled_back_order_puts_no_more_on_sale_than_there_was() {
    for shop in shops().await {
        let goods = product("mug-9")
            .title("Ordered Mug")
            .category("mugs")
            .stock(2);
        let mut goods: ProductInput = goods.into();
        goods.variants[0].stock_policy = StockPolicy::Backorder;
        let sku = goods.variants[0].sku.clone();
        shop.put(vec![goods]).await;
        let mug = variant(&shop, &sku).await;
        let mut guest = Guest::default();
        guest.take(&shop, mug, 5).await;
        let purchase = guest.buy(&shop, KEY, "test_succeeds").await;
        assert_eq!(on_hand(&shop, &sku).await, 0);
        let order = &purchase["orders"][0]["id"];
        act(&shop, order, "cancel", json!({})).await.expect(200);
        assert_eq!(on_hand(&shop, &sku).await, 2);
    }
}
