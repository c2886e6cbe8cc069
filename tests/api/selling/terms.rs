//! Terms of selling, and what they do to a purchase.

use poem::http::Method;
use serde_json::{Value, json};

use super::{Guest, balances, purchase, shops, variant};
use crate::shop::Shop;

async fn add(shop: &Shop, path: &str, body: Value) -> Value {
    let path = format!("/api/admin/{path}");
    shop.admin(Method::POST, &path, Some(&body))
        .await
        .expect(201)
}

/// Slug of the seller of the usual products.
async fn seller(shop: &Shop) -> String {
    let sellers = shop.get("/api/sellers").await.expect(200);
    sellers["sellers"][0]["slug"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn delivery_method_lives_and_is_chosen_before_the_checkout() {
    for shop in shops().await {
        let seller = seller(&shop).await;
        let post = json!({"seller": seller, "name": "Post", "kind": "free_from", "price": 490, "free_from": 5_000, "countries": ["DE", "FR"], "days_min": 2, "days_max": 4});
        let made = add(&shop, "delivery-methods", post).await;
        let path = format!("/api/admin/delivery-methods/{}", made["id"]);
        let read = shop.admin(Method::GET, &path, None).await;
        let etag = read.header("ETag").unwrap().to_owned();
        assert_eq!(read.expect(200), made);

        let mut guest = Guest::default();
        let mug = variant(&shop, "mug-1").await;
        guest.take(&shop, mug, 1).await;
        let cart = guest.cart(&shop).await;
        assert_eq!(
            (&cart["estimate"], &cart["sellers"][0]["needs_delivery"]),
            (&json!(true), &json!(true))
        );
        let key = cart["sellers"][0]["id"].to_string();
        let body = purchase("test", "test_succeeds");
        let reply = guest
            .check_out(&shop, "a-purchase-without-delivery", &body)
            .await;
        assert_eq!(reply.error(422).1, Some(format!("delivery.{key}")));

        let mut abroad = body.clone();
        abroad["delivery"] = json!({&*key: made["id"]});
        abroad["delivery_address"]["country"] = json!("CH");
        let reply = guest
            .check_out(&shop, "a-purchase-to-elsewhere", &abroad)
            .await;
        assert_eq!(reply.error(422).1, Some(format!("delivery.{key}")));
        let mut chosen = body;
        chosen["delivery"] = json!({&*key: made["id"]});
        let bought = guest
            .check_out(&shop, "a-purchase-with-delivery", &chosen)
            .await
            .expect(201);
        assert_eq!(
            (&bought["totals"]["delivery"], &bought["totals"]["total"]),
            (&json!(490), &json!(2_085))
        );

        let dearer = json!({"seller": seller, "name": "Post", "kind": "flat", "price": 590});
        let reply = shop.admin(Method::PUT, &path, Some(&dearer)).await;
        assert_eq!(reply.error(428).0, "precondition_required");
        let with = [("If-Match", etag.as_str())];
        shop.admin_with(Method::PUT, &path, &with, Some(&dearer))
            .await
            .expect(200);
        let reply = shop.admin_with(Method::DELETE, &path, &with, None).await;
        assert_eq!(reply.error(412).0, "precondition_failed");
        let any = [("If-Match", "*")];
        shop.admin_with(Method::DELETE, &path, &any, None)
            .await
            .expect(204);
        shop.admin(Method::GET, &path, None).await.expect(404);
    }
}

#[tokio::test]
async fn term_that_cannot_be_kept_names_its_field() {
    for shop in shops().await {
        let seller = seller(&shop).await;
        let cases = [
            (
                "delivery-methods",
                json!({"seller": "nobody", "name": "Post", "kind": "flat", "price": 1}),
                "seller",
            ),
            (
                "delivery-methods",
                json!({"seller": seller, "name": "Post", "kind": "flat"}),
                "price",
            ),
            (
                "delivery-methods",
                json!({"seller": seller, "name": "Post", "kind": "flat", "price": 1, "countries": ["DE", "ZZ"]}),
                "countries[1]",
            ),
            (
                "tax-rates",
                json!({"name": "VAT", "country": "Germany", "rate_ppm": 1}),
                "country",
            ),
            (
                "tax-rates",
                json!({"name": "VAT", "country": "DE", "rate_ppm": 190_000, "category": "nothing"}),
                "category",
            ),
            (
                "tax-rates",
                json!({"name": "VAT", "country": "DE", "rate_ppm": 190_000, "from": "yesterday"}),
                "from",
            ),
            (
                "promotions",
                json!({"name": "Ten", "benefit": "percent"}),
                "rate_ppm",
            ),
            (
                "promotions",
                json!({"name": "Ten", "benefit": "amount", "amount": 1, "categories": ["mugs", "nothing"]}),
                "categories[1]",
            ),
            (
                "promotions",
                json!({"name": "Ten", "benefit": "amount", "amount": 1, "code": "a b"}),
                "code",
            ),
            (
                "commission-rates",
                json!({"basis_points": 1_000, "seller": "nobody"}),
                "seller",
            ),
        ];
        for (path, body, field) in cases {
            let path = format!("/api/admin/{path}");
            let reply = shop.admin(Method::POST, &path, Some(&body)).await;
            assert_eq!(reply.error(422).1.as_deref(), Some(field), "{body}");
        }
    }
}

#[tokio::test]
async fn tax_and_commission_are_frozen_with_the_purchase() {
    for shop in shops().await {
        add(
            &shop,
            "tax-rates",
            json!({"name": "VAT", "country": "DE", "rate_ppm": 190_000}),
        )
        .await;
        let reduced =
            json!({"name": "VAT", "country": "DE", "rate_ppm": 70_000, "category": "kitchen"});
        add(&shop, "tax-rates", reduced).await;
        add(&shop, "commission-rates", json!({"basis_points": 1_000})).await;
        let mut guest = Guest::default();
        let (mug, shirt) = (
            variant(&shop, "mug-1").await,
            variant(&shop, "TS-2001-M").await,
        );
        guest.take(&shop, mug, 1).await;
        guest.take(&shop, shirt, 1).await;
        let bought = guest
            .buy(&shop, "a-purchase-with-its-tax", "test_succeeds")
            .await;
        let lines = &bought["orders"][0]["lines"];
        // Within the price: 1,595 - 1,595 / 1.07 and 1,999 - 1,999 / 1.19.
        assert_eq!(
            (&lines[0]["tax"], &lines[1]["tax"]),
            (&json!(104), &json!(319))
        );
        assert_eq!(bought["totals"]["total"], 3_594, "no commission in it");

        let order = &bought["orders"][0];
        let path = format!("/api/admin/orders/{}/parcels", order["id"]);
        shop.admin(Method::POST, &path, Some(&json!({})))
            .await
            .expect(200);
        let balances = balances(&shop).await;
        // A tenth of the nets 1,491 and 1,680.
        assert_eq!(balances["commission"], -(149 + 168));
        assert_eq!(
            balances[&format!("seller:{}", order["seller"])],
            -(3_594 - 317)
        );

        let exclusive = json!({"tax_pricing": "exclusive"});
        shop.admin(Method::PUT, "/api/admin/selling", Some(&exclusive))
            .await
            .expect(200);
        guest.take(&shop, mug, 1).await;
        let place = json!({"destination": {"country": "DE"}});
        let cart = guest
            .ask(&shop, Method::PATCH, "/api/cart", Some(&place))
            .await
            .expect(200);
        assert_eq!(
            (&cart["totals"]["tax"], &cart["totals"]["total"]),
            (&json!(112), &json!(1_707))
        );
        let detail = format!("/api/orders/{}", bought["id"]);
        let detail = guest
            .ask(&shop, Method::GET, &detail, None)
            .await
            .expect(200);
        assert_eq!(
            detail["purchase"]["totals"]["total"], 3_594,
            "the purchase stays"
        );
    }
}

#[tokio::test]
async fn promotion_with_one_use_left_goes_to_one_of_two_checkouts_at_once() {
    for shop in shops().await {
        let ten = json!({"name": "Ten percent", "code": "ten-off", "benefit": "percent", "rate_ppm": 100_000, "limit": 1});
        let made = add(&shop, "promotions", ten.clone()).await;
        assert_eq!(
            (&made["code"], &made["uses"]),
            (&json!("TEN-OFF"), &json!(0))
        );
        let reply = shop
            .admin(Method::POST, "/api/admin/promotions", Some(&ten))
            .await;
        assert_eq!(reply.error(409).1.as_deref(), Some("code"));

        let mug = variant(&shop, "mug-1").await;
        let mut guests = Vec::new();
        for _ in 0..2 {
            let mut guest = Guest::default();
            guest.take(&shop, mug, 1).await;
            let codes = json!({"codes": ["ten-off", "unknown"]});
            let cart = guest
                .ask(&shop, Method::PATCH, "/api/cart", Some(&codes))
                .await
                .expect(200);
            assert_eq!(cart["totals"]["discount"], 160, "{cart}");
            assert_eq!(cart["refused_promotions"][0]["reason"], "unknown_code");
            guests.push(guest);
        }
        let body = purchase("test", "test_succeeds");
        let (one, two) = tokio::join!(
            guests[0].check_out(&shop, "the-first-of-two-checkouts", &body),
            guests[1].check_out(&shop, "the-second-of-two-checkouts", &body)
        );
        let mut totals = Vec::new();
        for reply in [one, two] {
            match reply.status {
                201 => totals.push(reply.expect(201)["totals"]["total"].as_i64().unwrap()),
                _ => assert_eq!(reply.error(409).0, "promotion_used_up"),
            }
        }
        // Whoever came later pays in full, or was told.
        assert_eq!(
            totals.iter().filter(|total| **total == 1_435).count(),
            1,
            "{totals:?}"
        );
        let listed = shop
            .admin(Method::GET, "/api/admin/promotions", None)
            .await
            .expect(200);
        assert_eq!(listed["promotions"][0]["uses"], 1);
    }
}
