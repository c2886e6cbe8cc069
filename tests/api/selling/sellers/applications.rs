//! Applications of sellers, and decisions on them.

use poem::http::Method;
use serde_json::json;
use souk_testkit::product;

use super::{Potter, applied, bought, order_of, trader};
use crate::selling::shops;

#[tokio::test]
async fn application_with_a_whole_checklist_is_approved_and_its_goods_go_on_sale() {
    for shop in shops().await {
        let potter = applied(&shop).await;
        shop.put(vec![product("vase").seller("pottery").build()])
            .await;
        shop.sync().await;
        shop.get("/api/sellers/pottery").await.expect(404);
        shop.get("/api/products/vase").await.expect(404);
        let early = potter.decide(&shop, "approve", None).await;
        assert_eq!(early.error(409).0, "checklist_incomplete");

        let wrong = json!({"holder": "Pottery Ltd", "iban": "DE89370400440532013001"});
        let path = "/payout-account";
        let wrong = potter.ask(&shop, Method::PUT, path, Some(&wrong)).await;
        assert_eq!(
            wrong.error(422),
            ("invalid_field".to_owned(), Some("iban".to_owned()))
        );
        let account = json!({"holder": "Pottery Ltd", "iban": "DE89 3704 0044 0532 0130 00"});
        let profile = potter.ask(&shop, Method::PUT, path, Some(&account)).await;
        assert_eq!(profile.expect(200)["payout_iban"], "DE** **** 3000");
        let profile = potter
            .ask(&shop, Method::POST, "/terms", None)
            .await
            .expect(200);
        let done = profile["checklist"].as_array().unwrap();
        assert!(done.iter().all(|item| item["done"] == true), "{profile}");

        let listed = shop.admin(
            Method::GET,
            "/api/admin/seller-profiles?status=applied",
            None,
        );
        assert_eq!(listed.await.expect(200)["sellers"][0]["id"], potter.seller);
        let approved = potter.decide(&shop, "approve", None).await.expect(200);
        assert_eq!(approved["status"], "approved");
        shop.sync().await;
        let shown = shop.get("/api/sellers/pottery").await.expect(200);
        assert_eq!(shown["trader"]["legal_name"], "Pottery Ltd");
        shop.get("/api/products/vase").await.expect(200);
        let again = potter.decide(&shop, "approve", None).await;
        assert_eq!(again.error(409).0, "step_refused");

        let scope = shop.store.scope(shop.tenant.id);
        let events = scope.events().after(0, 10).await.unwrap();
        let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["seller.applied", "seller.approved"]);
    }
}

#[tokio::test]
async fn seller_that_was_rejected_applies_again_with_other_details() {
    for shop in shops().await {
        let potter = applied(&shop).await;
        let path = format!("/api/admin/seller-profiles/{}/reject", potter.seller);
        let unreasoned = shop
            .admin(Method::POST, &path, Some(&json!({"reason": " "})))
            .await;
        assert_eq!(unreasoned.error(422).1.as_deref(), Some("reason"));
        let reason = "no company of this name";
        potter
            .decide(&shop, "reject", Some(reason))
            .await
            .expect(200);
        let profile = potter.ask(&shop, Method::GET, "", None).await.expect(200);
        assert_eq!(
            (&profile["status"], &profile["reason"]),
            (&json!("rejected"), &json!(reason))
        );
        let profile = potter
            .ask(&shop, Method::PUT, "/trader", Some(&trader()))
            .await;
        assert_eq!(profile.expect(200)["status"], "applied");
    }
}

#[tokio::test]
async fn suspended_seller_leaves_sale_at_once_and_comes_back_unharmed() {
    for shop in shops().await {
        let potter = Potter::approved(&shop).await;
        let purchase = bought(&shop).await;
        shop.sync().await;
        let order = order_of(&purchase, potter.seller)["id"].clone();
        let suspended = potter
            .decide(&shop, "suspend", Some("counterfeits"))
            .await
            .expect(200);
        assert_eq!(suspended["status"], "suspended");
        shop.sync().await;
        shop.get("/api/products/vase").await.expect(404);
        let found = shop.get("/api/search?q=vase").await.expect(200);
        assert_eq!(found["hits"].as_array().unwrap().len(), 0);
        // Its owner is told why, once.
        while shop.app.commerce.read_events().await.unwrap() {}
        let queue = shop.store.mail_queue();
        let mails = queue.claim("test", 100, 1, i64::MAX - 1).await.unwrap();
        let mails = mails.iter().filter(|it| it.template == "seller_suspended");
        let mails: Vec<_> = mails.collect();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].recipient, "pat@pottery.example");
        assert!(mails[0].data.contains("counterfeits"), "{}", mails[0].data);
        // What was bought is sent all the same.
        let path = format!("/orders/{order}/parcels");
        potter
            .ask(&shop, Method::POST, &path, Some(&json!({})))
            .await
            .expect(200);
        potter.decide(&shop, "reinstate", None).await.expect(200);
        shop.sync().await;
        let vase = shop.get("/api/products/vase").await.expect(200);
        assert_eq!(vase["variants"][0]["price"]["amount"], 2_000, "{vase}");
    }
}
