//! Addresses of an account.

use poem::http::Method;
use serde_json::{Value, json};
use souk_identity::Role;

use super::shops;
use crate::shop::{Reply, Shop, signed_in};

async fn ask(shop: &Shop, bearer: &str, method: Method, path: &str, body: Option<Value>) -> Reply {
    let mut headers = vec![("Authorization", bearer)];
    if body.is_some() {
        headers.push(("Content-Type", "application/json"));
    }
    let body = body.map(|body| serde_json::to_vec(&body).unwrap());
    shop.send(method, path, &headers, body).await
}

fn address(name: &str, country: &str) -> Value {
    json!({"name": name, "line1": "Street 1", "postcode": "10115", "city": "Berlin", "country": country})
}

#[tokio::test]
async fn first_address_is_the_default_until_another_one_is() {
    for shop in shops().await {
        let scope = shop.store.scope(shop.tenant.id);
        let ada = signed_in(&scope, "ada@mail.example", Role::Customer).await;
        let path = "/api/account/addresses";
        let body = json!({"address": address("Ada", "DE")});
        let first = ask(&shop, &ada, Method::POST, path, Some(body))
            .await
            .expect(201);
        assert_eq!(
            (&first["delivery_default"], &first["billing_default"]),
            (&json!(true), &json!(true))
        );
        let body = json!({"address": address("Ada at work", "FR"), "delivery_default": true});
        let second = ask(&shop, &ada, Method::POST, path, Some(body))
            .await
            .expect(201);
        let listed = ask(&shop, &ada, Method::GET, path, None).await.expect(200);
        let defaults = |listed: &Value, place: usize| {
            let address = &listed["addresses"][place];
            (
                address["delivery_default"].clone(),
                address["billing_default"].clone(),
            )
        };
        assert_eq!(defaults(&listed, 0), (json!(false), json!(true)));
        assert_eq!(defaults(&listed, 1), (json!(true), json!(false)));

        // Nobody else's.
        let eve = signed_in(&scope, "eve@mail.example", Role::Customer).await;
        let own = format!("{path}/{}", second["id"]);
        ask(&shop, &eve, Method::DELETE, &own, None)
            .await
            .expect(404);
        let body = json!({"address": address("Eve", "DE")});
        ask(&shop, &eve, Method::PUT, &own, Some(body))
            .await
            .expect(404);
        ask(&shop, &ada, Method::DELETE, &own, None)
            .await
            .expect(204);
        ask(&shop, &ada, Method::GET, path, None).await.expect(200);
    }
}

#[tokio::test]
async fn address_that_no_carrier_would_take_names_its_part() {
    for shop in shops().await {
        let scope = shop.store.scope(shop.tenant.id);
        let ada = signed_in(&scope, "ada@mail.example", Role::Customer).await;
        let mut cases = Vec::new();
        for (part, value) in [
            ("name", ""),
            ("line1", " "),
            ("country", "Germany"),
            ("city", ""),
        ] {
            let mut given = address("Ada", "DE");
            given[part] = json!(value);
            cases.push((given, format!("address.{part}")));
        }
        let mut stateless = address("Ada", "US");
        stateless["postcode"] = json!("10001");
        cases.push((stateless, "address.region".to_owned()));
        for (given, field) in cases {
            let body = json!({"address": given});
            let reply = ask(
                &shop,
                &ada,
                Method::POST,
                "/api/account/addresses",
                Some(body),
            )
            .await;
            assert_eq!(reply.error(422).1, Some(field));
        }
    }
}
