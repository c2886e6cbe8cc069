//! Money of sellers: what they bear, are owed and are paid.

use poem::http::Method;
use serde_json::json;
use souk_commerce::{CommerceError, PayoutAction};
use souk_domain::SellerId;
use souk_testkit::product;

use super::{KEY, Potter, bought, order_of};
use crate::selling::{Guest, balances, purchase as body_of, shops, variant};

const DAY_MS: i64 = 24 * 3_600_000;

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
            .check_out(&shop, KEY, &body_of("manual", "invoice"))
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
