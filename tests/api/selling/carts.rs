//! Carts say what has changed, and are merged.

use poem::http::Method;
use serde_json::json;
use souk_identity::Role;
use souk_testkit::product;

use super::{Guest, purchase, shops, variant};
use crate::shop::signed_in;

#[tokio::test]
async fn guest_cart_lives_from_the_first_line_to_the_last() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let empty = guest.cart(&shop).await;
        assert_eq!(
            (&empty["lines"], &empty["totals"]["total"]),
            (&json!([]), &json!(0))
        );
        let (mug, shirt) = (
            variant(&shop, "mug-1").await,
            variant(&shop, "TS-2001-M").await,
        );
        guest.take(&shop, mug, 2).await;
        let cart = guest.take(&shop, shirt, 1).await;
        assert_eq!(cart["totals"]["total"], 2 * 1_595 + 1_999, "{cart}");
        assert_eq!(
            cart["token"],
            serde_json::Value::Null,
            "only a new cart has one to tell"
        );
        // Units of one offer are one line.
        let cart = guest.take(&shop, mug, 1).await;
        assert_eq!(cart["lines"].as_array().unwrap().len(), 2);
        assert_eq!(cart["lines"][0]["quantity"], 3);

        let line = format!("/api/cart/lines/{}", cart["lines"][0]["id"]);
        let saved = json!({"saved": true});
        let cart = guest
            .ask(&shop, Method::PATCH, &line, Some(&saved))
            .await
            .expect(200);
        assert_eq!(cart["totals"]["total"], 1_999);
        assert_eq!(cart["saved"][0]["quantity"], 3);
        let back = json!({"saved": false, "quantity": 2, "note": "as a gift"});
        let cart = guest
            .ask(&shop, Method::PATCH, &line, Some(&back))
            .await
            .expect(200);
        assert_eq!(cart["lines"][0]["note"], "as a gift");
        let cart = guest
            .ask(&shop, Method::DELETE, &line, None)
            .await
            .expect(200);
        assert_eq!(cart["totals"]["total"], 1_999);
        guest
            .ask(&shop, Method::DELETE, &line, None)
            .await
            .expect(404);
        guest
            .ask(&shop, Method::DELETE, "/api/cart", None)
            .await
            .expect(204);
        assert_eq!(guest.cart(&shop).await["lines"], json!([]));
    }
}

#[tokio::test]
async fn cart_with_bad_input_is_refused_and_names_the_field() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let mug = variant(&shop, "mug-1").await;
        guest.take(&shop, mug, 1).await;
        let cases = [
            (json!({"variant": 999_999}), 422, "variant"),
            (json!({"variant": mug, "quantity": 0}), 422, "quantity"),
            (json!({"variant": mug, "quantity": 10_001}), 422, "quantity"),
            (json!({"variant": mug, "quantity": 10_000}), 422, "quantity"),
            (json!({"quantity": 1}), 400, "variant"),
        ];
        for (body, status, field) in cases {
            let reply = guest
                .ask(&shop, Method::POST, "/api/cart/lines", Some(&body))
                .await;
            assert_eq!(reply.error(status).1.as_deref(), Some(field), "{body}");
        }
        let cases = [
            (json!({"codes": ["ab"]}), "codes[0]"),
            (
                json!({"destination": {"country": "Germany"}}),
                "destination.country",
            ),
            (json!({"delivery": {"x": 1}}), "delivery.x"),
        ];
        for (body, field) in cases {
            let reply = guest
                .ask(&shop, Method::PATCH, "/api/cart", Some(&body))
                .await;
            assert_eq!(reply.error(422).1.as_deref(), Some(field), "{body}");
        }
        let stranger = Guest {
            cart: Some("souk_ct_1".to_owned()),
            order: None,
        };
        let reply = stranger.ask(&shop, Method::GET, "/api/cart", None).await;
        assert_eq!(reply.error(400).1.as_deref(), Some("X-Cart-Token"));
    }
}

#[tokio::test]
async fn cart_says_what_changed_and_checkout_waits_for_an_acknowledgement() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let (mug, large) = (
            variant(&shop, "mug-1").await,
            variant(&shop, "TS-2002-L").await,
        );
        guest.take(&shop, mug, 1).await;
        guest.take(&shop, large, 2).await;
        let dearer = product("mug-1")
            .title("Dragon Mug")
            .category("mugs")
            .price(1_700);
        shop.put(vec![dearer.into()]).await;

        let cart = guest.cart(&shop).await;
        assert_eq!(cart["changed"], true);
        let change = &cart["lines"][0]["changes"][0];
        assert_eq!(
            (&change["kind"], &change["was"], &change["now"]),
            (&json!("price"), &json!(1_595), &json!(1_700))
        );
        let key = "the-first-try-of-it";
        let reply = guest
            .check_out(&shop, key, &purchase("test", "test_succeeds"))
            .await;
        assert_eq!(reply.error(409).0, "cart_changed");
        let cart = guest
            .ask(&shop, Method::POST, "/api/cart/acknowledge", None)
            .await
            .expect(200);
        assert_eq!(cart["changed"], false);

        // Too few units, and a product that is gone, are no matter of agreement.
        let fewer = product("shirt-1")
            .title("Dragon T-Shirt")
            .category("clothing")
            .without_variants()
            .variant("TS-2001-M", 1_999, 5, &[("size", "M")])
            .variant("TS-2002-L", 2_499, 1, &[("size", "L")]);
        shop.put(vec![fewer.into()]).await;
        let cart = guest
            .ask(&shop, Method::POST, "/api/cart/acknowledge", None)
            .await
            .expect(200);
        let change = &cart["lines"][1]["changes"][0];
        assert_eq!(
            (&change["kind"], &change["available"]),
            (&json!("short"), &json!(1))
        );
        let reply = guest
            .check_out(&shop, key, &purchase("test", "test_succeeds"))
            .await;
        assert_eq!(reply.error(409).0, "cart_changed");
    }
}

#[tokio::test]
async fn guest_cart_merged_at_sign_in_adds_to_the_account() {
    for shop in shops().await {
        let scope = shop.store.scope(shop.tenant.id);
        let bearer = signed_in(&scope, "ada@mail.example", Role::Customer).await;
        let mug = variant(&shop, "mug-1").await;
        let line = serde_json::to_vec(&json!({"variant": mug, "quantity": 1})).unwrap();
        let own = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        let cart = shop
            .send(Method::POST, "/api/cart/lines", &own, Some(line))
            .await
            .expect(200);
        assert_eq!(cart["lines"][0]["quantity"], 1);

        let mut guest = Guest::default();
        guest.take(&shop, mug, 2).await;
        let token = guest.cart.clone().unwrap();
        let headers = [
            ("Authorization", bearer.as_str()),
            ("X-Cart-Token", token.as_str()),
        ];
        let cart = shop
            .send(Method::POST, "/api/cart/merge", &headers, None)
            .await
            .expect(200);
        assert_eq!(cart["lines"][0]["quantity"], 3);
        assert_eq!(
            guest.cart(&shop).await["lines"],
            json!([]),
            "the guest's is gone"
        );
    }
}

#[tokio::test]
async fn cart_left_alone_for_a_month_is_gone() {
    for shop in shops().await {
        let mut guest = Guest::default();
        let mug = variant(&shop, "mug-1").await;
        guest.take(&shop, mug, 1).await;
        let day = 24 * 3_600_000;
        let now = chrono::Utc::now().timestamp_millis();
        assert_eq!(shop.app.commerce.prune(now + 29 * day).await.unwrap(), 0);
        assert_eq!(
            guest.cart(&shop).await["lines"].as_array().unwrap().len(),
            1
        );
        assert_eq!(shop.app.commerce.prune(now + 31 * day).await.unwrap(), 1);
        assert_eq!(guest.cart(&shop).await["lines"], json!([]));
    }
}
