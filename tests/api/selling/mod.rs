//! Selling through HTTP, on both databases: carts, checkout, payments, orders and the ledger.

mod addresses;
mod carts;
mod checkouts;
mod orders;
mod papers;
mod races;
mod sales;
mod sellers;
mod terms;

use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::{Reply, Shop};

/// Shops on both databases.
pub(crate) async fn shops() -> [Shop; 2] {
    [Shop::open().await, Shop::on_postgres().await]
}

/// A guest with a cart, and perhaps a purchase.
#[derive(Clone, Default)]
pub(crate) struct Guest {
    cart: Option<String>,
    order: Option<String>,
}

impl Guest {
    /// Token of the purchase.
    pub(crate) fn order_token(&self) -> &str {
        self.order.as_deref().unwrap()
    }

    pub(crate) async fn ask(
        &self,
        shop: &Shop,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        self.ask_with(shop, method, path, &[], body).await
    }

    async fn ask_with(
        &self,
        shop: &Shop,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let mut all = headers.to_vec();
        all.extend(self.cart.as_deref().map(|token| ("X-Cart-Token", token)));
        all.extend(self.order.as_deref().map(|token| ("X-Order-Token", token)));
        if body.is_some() {
            all.push(("Content-Type", "application/json"));
        }
        let bytes = body.map(|body| serde_json::to_vec(body).unwrap());
        shop.send(method, path, &all, bytes).await
    }

    /// Puts units of a variant into the cart, and keeps its token.
    pub(crate) async fn take(&mut self, shop: &Shop, variant: i64, quantity: i64) -> Value {
        let line = json!({"variant": variant, "quantity": quantity});
        let reply = self
            .ask(shop, Method::POST, "/api/cart/lines", Some(&line))
            .await;
        let cart = reply.expect(200);
        if let Some(token) = cart["token"].as_str() {
            self.cart = Some(token.to_owned());
        }
        cart
    }

    async fn cart(&self, shop: &Shop) -> Value {
        self.ask(shop, Method::GET, "/api/cart", None)
            .await
            .expect(200)
    }

    async fn check_out(&self, shop: &Shop, key: &str, body: &Value) -> Reply {
        let headers = [("Idempotency-Key", key)];
        self.ask_with(shop, Method::POST, "/api/checkout", &headers, Some(body))
            .await
    }

    /// Buys what is in the cart with a test card.
    pub(crate) async fn buy(&mut self, shop: &Shop, key: &str, card: &str) -> Value {
        let reply = self.check_out(shop, key, &purchase("test", card)).await;
        let purchase = reply.expect(201);
        self.order = Some(purchase["token"].as_str().unwrap().to_owned());
        purchase
    }
}

/// Body of a checkout by a guest.
pub(crate) fn purchase(provider: &str, method: &str) -> Value {
    json!({
        "mail": "Ada@Mail.example",
        "delivery_address": {
            "name": "Ada Lovelace",
            "line1": "Analytical Street 1",
            "postcode": "10115",
            "city": "Berlin",
            "country": "DE",
        },
        "payment": {"provider": provider, "method": method},
    })
}

/// Id of a variant by its SKU.
pub(crate) async fn variant(shop: &Shop, sku: &str) -> i64 {
    let offers = shop.admin(Method::GET, "/api/admin/products?per_page=100", None);
    let products = offers.await.expect(200);
    let products = products["products"].as_array().unwrap().clone();
    for product in products {
        let path = format!("/api/admin/products/{}", product["id"]);
        let product = shop.admin(Method::GET, &path, None).await.expect(200);
        for variant in product["variants"].as_array().unwrap() {
            if variant["sku"] == sku {
                return variant["id"].as_i64().unwrap();
            }
        }
    }
    panic!("no variant {sku}");
}

/// Units on hand of a SKU, as the admin API says.
async fn on_hand(shop: &Shop, sku: &str) -> i64 {
    let products = shop.admin(Method::GET, "/api/admin/products?per_page=100", None);
    let products = products.await.expect(200);
    for product in products["products"].as_array().unwrap() {
        let path = format!("/api/admin/products/{}", product["id"]);
        let product = shop.admin(Method::GET, &path, None).await.expect(200);
        for variant in product["variants"].as_array().unwrap() {
            if variant["sku"] == sku {
                return variant["stock"].as_i64().unwrap();
            }
        }
    }
    panic!("no variant {sku}");
}

/// Balances of the ledger by account, after each journal was found to sum to zero.
async fn balances(shop: &Shop) -> std::collections::BTreeMap<String, i64> {
    let trial = shop
        .admin(Method::GET, "/api/admin/ledger", None)
        .await
        .expect(200);
    assert_eq!(trial["is_balanced"], true, "{trial}");
    let balances = trial["balances"].as_array().unwrap().iter();
    let balances = balances.map(|it| {
        let account = it["account"].as_str().unwrap().to_owned();
        (account, it["balance"].as_i64().unwrap())
    });
    let balances: std::collections::BTreeMap<String, i64> = balances.collect();
    assert_eq!(balances.values().sum::<i64>(), 0, "{balances:?}");
    balances
}
