//! Sellers as partners: application, decisions, workspace, payouts.

use poem::http::Method;
use serde_json::{Value, json};
use souk_commerce::{CommerceError, PayoutAction};
use souk_domain::{AccountId, SellerId};
use souk_identity::{Role, SessionKind};
use souk_store::{Membership, Scope};
use souk_testkit::product;

use super::{Guest, balances, shops, variant};
use crate::shop::{Reply, Shop, begin_session, signed_in};

const KEY: &str = "3f6c8a50-3a5f-4a8e-9a58-1f7f7f0a0009";
const DAY_MS: i64 = 24 * 3_600_000;

/// A seller that has applied, with the account of its owner.
struct Potter {
    seller: i64,
    account: AccountId,
    /// `Authorization` of the owner at work.
    owner: String,
}

async fn ask(shop: &Shop, who: &str, method: Method, path: &str, body: Option<&Value>) -> Reply {
    let mut headers = vec![("Authorization", who)];
    if body.is_some() {
        headers.push(("Content-Type", "application/json"));
    }
    let bytes = body.map(|body| serde_json::to_vec(body).unwrap());
    shop.send(method, path, &headers, bytes).await
}

fn trader() -> Value {
    json!({
        "legal_name": "Pottery Ltd",
        "address": {
            "name": "Pat Potter", "line1": "Kiln Lane 1", "postcode": "10115", "city": "Berlin", "country": "DE",
        },
        "mail": "shop@pottery.example",
        "phone": "+49 30 123456",
        "vat_id": "DE123456789",
    })
}

async fn applied(shop: &Shop) -> Potter {
    let scope = shop.store.scope(shop.tenant.id);
    let shopper = signed_in(&scope, "pat@pottery.example", Role::Customer).await;
    let application = json!({"name": "Pottery", "trader": trader()});
    let profile = ask(
        shop,
        &shopper,
        Method::POST,
        "/api/seller",
        Some(&application),
    )
    .await;
    let profile = profile.expect(201);
    assert_eq!(profile["status"], "applied");
    let seller = profile["id"].as_i64().unwrap();
    let path = format!("/api/seller/{seller}");
    let refused = ask(shop, &shopper, Method::GET, &path, None).await;
    assert_eq!(refused.error(401).0, "sign_in_required");
    let people = scope.accounts().of_seller(SellerId(seller), 10).await;
    let account = people.unwrap()[0].account.id;
    Potter {
        seller,
        account,
        owner: begin_session(&scope, account, SessionKind::Trusted).await,
    }
}

impl Potter {
    async fn ask(&self, shop: &Shop, method: Method, rest: &str, body: Option<&Value>) -> Reply {
        let path = format!("/api/seller/{}{rest}", self.seller);
        ask(shop, &self.owner, method, &path, body).await
    }

    async fn decide(&self, shop: &Shop, decision: &str, reason: Option<&str>) -> Reply {
        let path = format!("/api/admin/seller-profiles/{}/{decision}", self.seller);
        let body = reason.map(|reason| json!({"reason": reason}));
        shop.admin(Method::POST, &path, body.as_ref()).await
    }

    async fn approved(shop: &Shop) -> Self {
        let potter = applied(shop).await;
        let account = json!({"holder": "Pottery Ltd", "iban": "DE89 3704 0044 0532 0130 00"});
        let path = "/payout-account";
        potter
            .ask(shop, Method::PUT, path, Some(&account))
            .await
            .expect(200);
        potter
            .ask(shop, Method::POST, "/terms", None)
            .await
            .expect(200);
        potter.decide(shop, "approve", None).await.expect(200);
        potter
    }
}

/// Session of somebody with a role of a seller.
async fn worker(scope: &Scope, mail: &str, role: Role, seller: i64) -> String {
    signed_in(scope, mail, Role::Customer).await;
    let mail = souk_identity::MailAddress::parse(mail).unwrap();
    let account = scope.accounts().by_mail(&mail).await.unwrap().unwrap();
    let membership = Membership {
        role,
        seller: Some(SellerId(seller)),
    };
    let id = account.account.id;
    scope.accounts().grant(id, membership, 1).await.unwrap();
    begin_session(scope, id, SessionKind::Trusted).await
}

/// A vase of the potter's and a mug of another seller's, bought together.
async fn bought(shop: &Shop) -> Value {
    shop.put(vec![
        product("vase")
            .seller("pottery")
            .price(2_000)
            .stock(5)
            .build(),
        product("lamp")
            .seller("acme-store")
            .price(3_000)
            .stock(5)
            .build(),
    ])
    .await;
    let mut guest = Guest::default();
    guest.take(shop, variant(shop, "vase").await, 2).await;
    guest.take(shop, variant(shop, "lamp").await, 1).await;
    guest.buy(shop, KEY, "test_succeeds").await
}

/// Order of a seller in a purchase.
fn order_of(purchase: &Value, seller: i64) -> &Value {
    let mut orders = purchase["orders"].as_array().unwrap().iter();
    orders.find(|order| order["seller"] == seller).unwrap()
}

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
async fn goodwill_of_a_seller_is_the_sellers_money() {
    for shop in shops().await {
        let potter = Potter::approved(&shop).await;
        let purchase = bought(&shop).await;
        let own = order_of(&purchase, potter.seller)["id"].clone();
        let parcels = format!("/orders/{own}/parcels");
        potter
            .ask(&shop, Method::POST, &parcels, Some(&json!({})))
            .await
            .expect(200);
        let account = format!("seller:{}", potter.seller);
        let earned = balances(&shop).await[&account];
        let refunds = format!("/orders/{own}/refunds");
        let goodwill = json!({"goodwill": 150, "reason": "a scratch"});
        potter
            .ask(&shop, Method::POST, &refunds, Some(&goodwill))
            .await
            .expect(200);
        let after = balances(&shop).await;
        assert_eq!(after[&account], earned + 150);
        assert_eq!(after.get("goodwill"), None);
    }
}

#[tokio::test]
async fn payout_pays_what_is_past_its_reserve_and_comes_back_when_the_bank_returns_it() {
    for shop in shops().await {
        let potter = Potter::approved(&shop).await;
        let purchase = bought(&shop).await;
        let own = order_of(&purchase, potter.seller)["id"].clone();
        let parcels = format!("/orders/{own}/parcels");
        potter
            .ask(&shop, Method::POST, &parcels, Some(&json!({})))
            .await
            .expect(200);
        let shown = potter
            .ask(&shop, Method::GET, "/balances", None)
            .await
            .expect(200);
        let eur = &shown["balances"][0];
        assert_eq!(
            (&eur["balance"], &eur["held"], &eur["payable"]),
            (&json!(4_000), &json!(4_000), &json!(0))
        );
        let early = json!({"seller": potter.seller});
        let early = shop
            .admin(Method::POST, "/api/admin/payouts", Some(&early))
            .await;
        assert_eq!(early.error(409).0, "not_payable");

        // Two weeks later.
        let later = chrono::Utc::now().timestamp_millis() + 15 * DAY_MS;
        let (tenant, commerce) = (shop.tenant.id, &shop.app.commerce);
        let seller = SellerId(potter.seller);
        let too_much = commerce.make_payout(tenant, seller, ("EUR", Some(4_001)), ("test", later));
        let refused = too_much.await.unwrap_err();
        assert!(
            matches!(refused, CommerceError::NotPayable { most: 4_000, .. }),
            "{refused}"
        );
        let made = commerce
            .make_due_payouts(tenant, "EUR", ("test", later))
            .await
            .unwrap();
        assert_eq!(
            made.iter()
                .map(|it| (it.seller.0, it.amount))
                .collect::<Vec<_>>(),
            [(potter.seller, 4_000)]
        );
        assert_eq!(
            balances(&shop)
                .await
                .get(&format!("seller:{}", potter.seller)),
            Some(&0)
        );
        let again = commerce
            .make_payout(tenant, seller, ("EUR", None), ("test", later))
            .await;
        assert!(matches!(
            again.unwrap_err(),
            CommerceError::NotPayable { .. }
        ));

        let path = format!("/api/admin/payouts/{}", made[0].id);
        let paid = json!({"reference": "SEPA-1"});
        let shown = shop
            .admin(Method::POST, &format!("{path}/paid"), Some(&paid))
            .await
            .expect(200);
        assert_eq!(
            (&shown["state"], &shown["iban"]),
            (&json!("paid"), &json!("DE89370400440532013000"))
        );
        let twice = shop
            .admin(Method::POST, &format!("{path}/paid"), Some(&paid))
            .await;
        assert_eq!(twice.error(409).0, "step_refused");
        let returned = json!({"reason": "account closed"});
        shop.admin(Method::POST, &format!("{path}/returned"), Some(&returned))
            .await
            .expect(200);
        assert_eq!(
            balances(&shop).await[&format!("seller:{}", potter.seller)],
            -4_000
        );
        let action = PayoutAction::Cancelled("late".to_owned());
        let late = commerce
            .act_on_payout(tenant, made[0].id, action, ("test", later))
            .await;
        assert!(matches!(late.unwrap_err(), CommerceError::PayoutState(_)));
        let own = potter
            .ask(&shop, Method::GET, "/payouts", None)
            .await
            .expect(200);
        assert_eq!(
            (&own["payouts"][0]["state"], &own["payouts"][0]["iban"]),
            (&json!("returned"), &json!("DE** **** 3000"))
        );
        let statement = potter
            .ask(&shop, Method::GET, "/statement", None)
            .await
            .expect(200);
        let entries = statement["entries"].as_array().unwrap().iter();
        let entries: Vec<_> = entries
            .map(|it| (it["kind"].as_str().unwrap(), it["amount"].as_i64().unwrap()))
            .collect();
        assert_eq!(
            entries,
            [
                ("earning", 4_000),
                ("payout", -4_000),
                ("payout_returned", 4_000)
            ]
        );
    }
}

#[tokio::test]
async fn payout_without_a_bank_account_or_money_is_refused() {
    for shop in shops().await {
        let acme = shop
            .admin(Method::GET, "/api/admin/sellers", None)
            .await
            .expect(200);
        let acme = acme["items"][0]["id"].as_i64().unwrap();
        let body = json!({"seller": acme});
        let refused = shop
            .admin(Method::POST, "/api/admin/payouts", Some(&body))
            .await;
        assert_eq!(refused.error(409).0, "payout_account_missing");
        let nobody = json!({"seller": 999_999});
        shop.admin(Method::POST, "/api/admin/payouts", Some(&nobody))
            .await
            .expect(404);

        // An invoice that nobody has paid yet: the seller is owed what is not there.
        let potter = Potter::approved(&shop).await;
        shop.put(vec![
            product("vase")
                .seller("pottery")
                .price(2_000)
                .stock(5)
                .build(),
        ])
        .await;
        let mut guest = Guest::default();
        guest.take(&shop, variant(&shop, "vase").await, 1).await;
        let bought = guest
            .check_out(&shop, KEY, &super::purchase("manual", "invoice"))
            .await
            .expect(201);
        let path = format!("/orders/{}/parcels", bought["orders"][0]["id"]);
        potter
            .ask(&shop, Method::POST, &path, Some(&json!({})))
            .await
            .expect(200);
        let later = chrono::Utc::now().timestamp_millis() + 15 * DAY_MS;
        let (tenant, commerce) = (shop.tenant.id, &shop.app.commerce);
        let owed = commerce
            .seller_balances(tenant, SellerId(potter.seller), later)
            .await
            .unwrap();
        assert_eq!(
            (owed[0].amounts.balance, owed[0].amounts.payable),
            (2_000, 0)
        );
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
