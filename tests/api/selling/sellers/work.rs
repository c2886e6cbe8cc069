//! Work of a seller's people: orders, goods, people.

use poem::http::Method;
use serde_json::json;
use souk_identity::Role;
use souk_testkit::product;

use super::{Potter, ask, bought, order_of, trader, worker};
use crate::{
    selling::{Guest, shops, variant},
    shop::signed_in,
};

#[tokio::test]
async fn seller_sees_and_changes_its_own_orders_alone() {
    for shop in shops().await {
        let potter = Potter::approved(&shop).await;
        let purchase = bought(&shop).await;
        let own = order_of(&purchase, potter.seller);
        let mut orders = purchase["orders"].as_array().unwrap().iter();
        let other = orders
            .find(|order| order["seller"] != potter.seller)
            .unwrap();
        let listed = potter
            .ask(&shop, Method::GET, "/orders", None)
            .await
            .expect(200);
        let listed: Vec<_> = listed["orders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["id"])
            .cloned()
            .collect();
        assert_eq!(listed, [own["id"].clone()]);
        for (method, step, body) in [
            (Method::GET, "", None),
            (Method::POST, "/cancel", Some(json!({}))),
            (Method::POST, "/parcels", Some(json!({}))),
            (Method::POST, "/refunds", Some(json!({"goodwill": 1}))),
        ] {
            let path = format!("/orders/{}{step}", other["id"]);
            potter
                .ask(&shop, method, &path, body.as_ref())
                .await
                .expect(404);
        }
        let path = format!("/orders/{}", own["id"]);
        let detail = potter.ask(&shop, Method::GET, &path, None).await;
        let text = String::from_utf8(detail.body.clone()).unwrap();
        let detail = detail.expect(200);
        assert_eq!(detail["delivery_address"]["name"], "Ada Lovelace");
        assert!(
            !text.contains("lamp") && !text.to_lowercase().contains("ada@mail"),
            "{text}"
        );

        // What a role may not do, and what nobody of another seller may.
        let scope = shop.store.scope(shop.tenant.id);
        let staff = worker(
            &scope,
            "staff@pottery.example",
            Role::SellerStaff,
            potter.seller,
        )
        .await;
        let path = format!("/api/seller/{}/orders/{}", potter.seller, own["id"]);
        let refund = json!({"goodwill": 1});
        let refused = ask(
            &shop,
            &staff,
            Method::POST,
            &format!("{path}/refunds"),
            Some(&refund),
        )
        .await;
        assert_eq!(refused.error(403).0, "forbidden");
        let path_money = format!("/api/seller/{}/balances", potter.seller);
        ask(&shop, &staff, Method::GET, &path_money, None)
            .await
            .expect(403);
        let sent = ask(
            &shop,
            &staff,
            Method::POST,
            &format!("{path}/parcels"),
            Some(&json!({})),
        )
        .await;
        assert_eq!(sent.expect(200)["order"]["fulfilment_status"], "fulfilled");
        let other_seller = other["seller"].as_i64().unwrap();
        let stranger = worker(&scope, "boss@acme.example", Role::SellerOwner, other_seller).await;
        ask(&shop, &stranger, Method::GET, &path, None)
            .await
            .expect(404);
        shop.send(Method::GET, &path, &[], None).await.expect(401);
    }
}

#[tokio::test]
async fn invoice_names_the_trader_as_it_was_when_it_was_issued() {
    for shop in shops().await {
        let potter = Potter::approved(&shop).await;
        let purchase = bought(&shop).await;
        let other = json!({"legal_name": "Pottery Group", "mail": "new@pottery.example"});
        let mut changed = trader();
        changed
            .as_object_mut()
            .unwrap()
            .extend(other.as_object().unwrap().clone());
        potter
            .ask(&shop, Method::PUT, "/trader", Some(&changed))
            .await
            .expect(200);
        let own = order_of(&purchase, potter.seller);
        let path = format!("/api/admin/orders/{}/invoice", own["id"]);
        let page = shop.admin(Method::GET, &path, None).await;
        assert_eq!(page.status, 200);
        let page = String::from_utf8(page.body).unwrap();
        for text in ["Pottery Ltd", "Kiln Lane 1", "DE123456789"] {
            assert!(page.contains(text), "{text}\n{page}");
        }
        assert!(!page.contains("Pottery Group"), "{page}");
    }
}

#[tokio::test]
async fn owner_invites_people_and_stays_the_last_owner() {
    for shop in shops().await {
        let potter = Potter::approved(&shop).await;
        let wrong = json!({"mail": "a@b.example", "role": "admin"});
        let wrong = potter
            .ask(&shop, Method::POST, "/people", Some(&wrong))
            .await;
        assert_eq!(wrong.error(422).1.as_deref(), Some("role"));
        let staff = json!({"mail": "kim@pottery.example", "role": "seller_staff"});
        let staff = potter
            .ask(&shop, Method::POST, "/people", Some(&staff))
            .await
            .expect(201);
        assert_eq!(staff["roles"], json!(["seller_staff"]));
        // Somebody of the marketplace's staff is no seller's to invite.
        let scope = shop.store.scope(shop.tenant.id);
        signed_in(&scope, "boss@souk.example", Role::Admin).await;
        let boss = json!({"mail": "boss@souk.example", "role": "seller_staff"});
        potter
            .ask(&shop, Method::POST, "/people", Some(&boss))
            .await
            .expect(403);
        let last = format!("/people/{}", potter.account);
        let last = potter.ask(&shop, Method::DELETE, &last, None).await;
        assert_eq!(last.error(409).1.as_deref(), Some("account"));
        let path = format!("/people/{}", staff["id"]);
        potter
            .ask(&shop, Method::DELETE, &path, None)
            .await
            .expect(204);
        let people = potter
            .ask(&shop, Method::GET, "/people", None)
            .await
            .expect(200);
        assert_eq!(people["people"].as_array().unwrap().len(), 1);
        // Each change is an entry of the audit log.
        let log = shop
            .admin(Method::GET, "/api/admin/audit", None)
            .await
            .expect(200);
        let text = log.to_string();
        for action in [
            "inviteSellerPerson",
            "removeSellerPerson",
            "setSellerPayoutAccount",
            "adminApproveSeller",
        ] {
            assert!(text.contains(action), "{action}: {text}");
        }
    }
}

#[tokio::test]
async fn seller_writes_its_own_goods_and_nothing_that_is_the_marketplaces() {
    for shop in shops().await {
        let potter = Potter::approved(&shop).await;
        let vase = json!({"external_id": "vase", "title": "Vase", "variants": [{"sku": "vase", "price": 2_000, "stock": 5}]});
        let batch = json!({"products": [vase]});
        let path = "/products/batch";
        let written = potter
            .ask(&shop, Method::POST, path, Some(&batch))
            .await
            .expect(200);
        assert_eq!(written["results"][0]["outcome"], "created", "{written}");
        shop.sync().await;
        let found = shop.get("/api/search?q=vase").await.expect(200);
        assert_eq!(found["hits"][0]["seller"]["slug"], "pottery", "{found}");
        for (change, field) in [
            (json!({"seller": "acme-store"}), "products[0].seller"),
            (
                json!({"ratings": {"count": 9, "sum": 45}}),
                "products[0].ratings",
            ),
            (json!({"popularity": 1_000}), "products[0].popularity"),
        ] {
            let mut product = batch["products"][0].clone();
            product
                .as_object_mut()
                .unwrap()
                .extend(change.as_object().unwrap().clone());
            let refused = json!({"products": [product]});
            let refused = potter.ask(&shop, Method::POST, path, Some(&refused)).await;
            assert_eq!(refused.error(422).1.as_deref(), Some(field));
        }

        let listed = potter
            .ask(&shop, Method::GET, "/products", None)
            .await
            .expect(200);
        let own: Vec<_> = listed["products"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["external_id"].clone())
            .collect();
        assert_eq!(own, ["vase"]);
        let id = &listed["products"][0]["id"];
        let all = shop
            .admin(Method::GET, "/api/admin/products?per_page=100", None)
            .await
            .expect(200);
        let mut all = all["products"].as_array().unwrap().iter();
        let others = &all.find(|it| it["external_id"] != "vase").unwrap()["id"];
        let scope = shop.store.scope(shop.tenant.id);
        let staff = worker(
            &scope,
            "staff@pottery.example",
            Role::SellerStaff,
            potter.seller,
        )
        .await;
        for (product, who, body, status) in [
            (
                id,
                &potter.owner,
                json!({"variants": [{"sku": "vase", "price": 1_900}]}),
                200,
            ),
            (
                id,
                &staff,
                json!({"variants": [{"sku": "vase", "stock": 7}]}),
                200,
            ),
            (
                id,
                &staff,
                json!({"variants": [{"sku": "vase", "price": 1}]}),
                403,
            ),
            (others, &potter.owner, json!({"title": "Mine now"}), 404),
        ] {
            let path = format!("/api/seller/{}/products/{product}", potter.seller);
            let headers = [
                ("Authorization", who.as_str()),
                ("Content-Type", "application/merge-patch+json"),
                ("If-Match", "*"),
            ];
            let bytes = serde_json::to_vec(&body).unwrap();
            let reply = shop.send(Method::PATCH, &path, &headers, Some(bytes)).await;
            assert_eq!(reply.status, status, "{body}");
        }
        let path = format!("/products/{others}");
        potter
            .ask(&shop, Method::GET, &path, None)
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn delivery_methods_of_a_seller_are_offered_by_the_cart_and_nobody_elses_to_change() {
    for shop in shops().await {
        let potter = Potter::approved(&shop).await;
        let flat = |seller: &str, price: i64| json!({"seller": seller, "name": "Post", "kind": "flat", "price": price});
        let path = "/delivery-methods";
        let foreign = flat("acme-store", 490);
        let refused = potter.ask(&shop, Method::POST, path, Some(&foreign)).await;
        assert_eq!(refused.error(422).1.as_deref(), Some("seller"));
        let negative = flat("pottery", -1);
        let refused = potter.ask(&shop, Method::POST, path, Some(&negative)).await;
        assert_eq!(refused.error(422).1.as_deref(), Some("price"));
        let own = flat("pottery", 490);
        let made = potter
            .ask(&shop, Method::POST, path, Some(&own))
            .await
            .expect(201);
        let others = "/api/admin/delivery-methods";
        let others = shop
            .admin(Method::POST, others, Some(&foreign))
            .await
            .expect(201);
        let listed = potter.ask(&shop, Method::GET, path, None).await.expect(200);
        let listed: Vec<_> = listed["delivery_methods"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].clone())
            .collect();
        assert_eq!(listed, [made["id"].clone()]);
        let foreign = format!("{path}/{}", others["id"]);
        potter
            .ask(&shop, Method::GET, &foreign, None)
            .await
            .expect(404);

        shop.put(vec![
            product("vase")
                .seller("pottery")
                .price(2_000)
                .stock(5)
                .build(),
        ])
        .await;
        let mut guest = Guest::default();
        let cart = guest.take(&shop, variant(&shop, "vase").await, 1).await;
        assert_eq!(cart["sellers"][0]["needs_delivery"], true, "{cart}");
    }
}

#[tokio::test]
async fn change_of_the_bank_account_is_told_to_the_owners_once() {
    for shop in shops().await {
        let potter = Potter::approved(&shop).await;
        for iban in ["GB29 NWBK 6016 1331 9268 19", "gb29nwbk60161331926819"] {
            let account = json!({"holder": "Pottery Ltd", "iban": iban});
            potter
                .ask(&shop, Method::PUT, "/payout-account", Some(&account))
                .await
                .expect(200);
        }
        while shop.app.commerce.read_events().await.unwrap() {}
        let queue = shop.store.mail_queue();
        let mails = queue.claim("test", 100, 1, i64::MAX - 1).await.unwrap();
        let mails = mails
            .iter()
            .filter(|mail| mail.template == "seller_payout_account");
        let recipients: Vec<_> = mails.map(|mail| mail.recipient.as_str()).collect();
        assert_eq!(recipients, ["pat@pottery.example"]);
    }
}
