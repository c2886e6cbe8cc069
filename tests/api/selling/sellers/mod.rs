//! Sellers as partners: application, decisions, workspace, payouts.

mod applications;
mod payouts;
mod work;

use poem::http::Method;
use serde_json::{Value, json};
use souk_domain::{AccountId, SellerId};
use souk_identity::{Role, SessionKind};
use souk_store::{Membership, Scope};
use souk_testkit::product;

use super::{Guest, variant};
use crate::shop::{Reply, Shop, begin_session, signed_in};

const KEY: &str = "3f6c8a50-3a5f-4a8e-9a58-1f7f7f0a0009";

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
