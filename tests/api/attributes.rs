//! Definitions of attributes: edited by admins, and what shoppers see of them.

use std::{sync::Arc, time::Duration};

use poem::http::Method;
use serde_json::{Value, json};
use souk::{cdn::Cdn, feeds::Feeds};
use souk_catalogue_io::export::{FeedForm, ShopUrl};

use crate::shop::{Reply, Shop};

const PATH: &str = "/api/admin/attributes";
const BATCH: &str = "/api/admin/products/batch";
const ANY: [(&str, &str); 1] = [("If-Match", "*")];

async fn write(shop: &Shop, products: Value) {
    let body = json!({"products": products, "missing": "create"});
    let written = shop.admin(Method::POST, BATCH, Some(&body)).await;
    assert_eq!(written.expect(200)["rejected"], 0);
    shop.sync().await;
}

fn boots(id: &str, weight: &str, released: &str) -> Value {
    json!({
        "external_id": id, "slug": id, "title": "Lighthouse boots", "seller": "cobbler",
        "attributes": {
            "Cost": ["hushhush"], "weight": [weight], "released": [released], "care": ["carefully"],
        },
        "variants": [
            {"sku": format!("{id}-a"), "price": 800, "options": {"size": "9.5", "Batch": "lotword one"}},
            {"sku": format!("{id}-b"), "price": 800, "options": {"size": "10", "Batch": "lotword two"}},
            {"sku": format!("{id}-c"), "price": 800, "options": {"size": "9", "Batch": "lotword two"}},
        ],
    })
}

async fn define(shop: &Shop, definition: &Value) -> Reply {
    shop.admin(Method::POST, PATH, Some(definition)).await
}

async fn search(shop: &Shop, query: &str) -> Value {
    shop.get(&format!("/api/search?{query}")).await.expect(200)
}

#[tokio::test]
async fn definition_is_edited_as_other_resources_are() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let made = define(
            &shop,
            &json!({"name": "weight", "type": "number", "unit": "kg"}),
        )
        .await;
        let body = made.expect(201);
        assert_eq!(body["filter"], "values");
        assert_eq!(
            (&body["value_order"], &body["searched"]),
            (&json!("natural"), &json!(true))
        );
        let path = made.header("Location").unwrap().to_owned();
        let etag = made.header("ETag").unwrap().to_owned();
        let read = shop.admin(Method::GET, &path, None).await;
        assert_eq!(read.expect(200), body);
        assert_eq!(read.header("ETag"), Some(etag.as_str()));

        let internal = define(&shop, &json!({"name": "Cost", "visibility": "internal"})).await;
        let internal = internal.expect(201);
        assert_eq!(
            (&internal["filter"], &internal["searched"]),
            (&json!("none"), &json!(false))
        );
        let page = shop
            .admin(Method::GET, &format!("{PATH}?per_page=1"), None)
            .await;
        let page = page.expect(200);
        assert_eq!(page["items"], json!([body]));
        let next = format!("{PATH}?per_page=1&after={}", page["next_after"]);
        let next = shop.admin(Method::GET, &next, None).await.expect(200);
        assert_eq!(next["items"], json!([internal]));

        let taken = define(&shop, &json!({"name": "weight"})).await;
        assert_eq!(taken.error(409).1.as_deref(), Some("name"));
        let change = json!({"name": "weight", "type": "number", "unit": "g", "filter": "range"});
        let without = shop.admin(Method::PUT, &path, Some(&change)).await;
        assert_eq!(without.error(428).0, "precondition_required");
        let stale = [("If-Match", "\"stale\"")];
        let stale = shop
            .admin_with(Method::PUT, &path, &stale, Some(&change))
            .await;
        assert_eq!(stale.error(412).0, "precondition_failed");
        let current = [("If-Match", etag.as_str())];
        let changed = shop
            .admin_with(Method::PUT, &path, &current, Some(&change))
            .await;
        assert_eq!(changed.expect(200)["unit"], "g");
        assert_ne!(changed.header("ETag"), Some(etag.as_str()));

        let unknown = shop.admin_with(Method::DELETE, &path, &current, None).await;
        assert_eq!(unknown.error(412).0, "precondition_failed");
        let gone = shop.admin_with(Method::DELETE, &path, &ANY, None).await;
        assert_eq!(gone.status, 204);
        assert_eq!(shop.admin(Method::GET, &path, None).await.status, 404);
        let anyone = shop.get(PATH).await;
        assert_eq!(anyone.status, 401);
    }
}

#[tokio::test]
async fn contradiction_is_refused_by_field() {
    let shop = Shop::open().await;
    for (definition, field) in [
        (json!({"name": "a:b"}), "name"),
        (json!({"name": "a", "unit": "kg"}), "unit"),
        (json!({"name": "a", "filter": "range"}), "filter"),
        (
            json!({"name": "a", "visibility": "internal", "searched": true}),
            "searched",
        ),
        (
            json!({"name": "a", "visibility": "internal", "filter": "values"}),
            "filter",
        ),
        (json!({"name": "a", "values": ["S"]}), "values"),
        (json!({"name": "a", "value_order": "manual"}), "values"),
        (json!({"name": "a", "labels": {"english": "A"}}), "labels"),
        (json!({"name": "a", "position": -1}), "position"),
    ] {
        let refused = define(&shop, &definition).await;
        let (_, named) = refused.error(422);
        assert_eq!(named.as_deref(), Some(field), "{definition}");
    }
}

#[tokio::test]
async fn internal_attribute_is_seen_by_admins_alone() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let shop = shop.cached();
        write(&shop, json!([boots("boots", "1", "2024")])).await;
        // In caches, before.
        let seen = shop.get("/api/products/boots").await.expect(200);
        assert_eq!(seen["attributes"]["Cost"], json!(["hushhush"]));
        assert_eq!(search(&shop, "q=hushhush").await["total"], 1);
        assert_eq!(search(&shop, "attr=Cost:hushhush").await["total"], 1);

        for name in ["Cost", "Batch"] {
            define(&shop, &json!({"name": name, "visibility": "internal"}))
                .await
                .expect(201);
        }
        define(&shop, &json!({"name": "care", "visibility": "hidden"}))
            .await
            .expect(201);
        // At once, while the index has yet to follow.
        assert_eq!(search(&shop, "attr=Cost:hushhush").await["total"], 0);
        let facets = search(&shop, "q=lighthouse").await["facets"].to_string();
        assert!(
            !facets.contains("hushhush") && !facets.contains("lotword"),
            "{facets}"
        );
        shop.sync().await;
        for query in [
            "q=hushhush",
            "q=lotword",
            "q=hush",
            "attr=Batch:lotword%20one",
        ] {
            assert_eq!(search(&shop, query).await["total"], 0, "{query}");
        }
        assert_eq!(search(&shop, "q=carefully").await["total"], 1);
        for path in [
            "/api/search?q=lighthouse",
            "/api/products/boots",
            "/api/products/boots/similar",
            "/api/products?seller=cobbler",
            "/api/search/facets/attr:Cost",
            "/api/search/facets/attr:Batch?q=lot",
            "/api/search/suggestions?q=hush",
        ] {
            let shown = shop.get(path).await.expect(200).to_string();
            for secret in ["hushhush", "lotword", "\"Cost\":", "\"Batch\":"] {
                assert!(!shown.contains(secret), "{path}: {shown}");
            }
        }
        let page = shop.get("/api/products/boots").await.expect(200);
        assert!(
            page["attributes"].get("care").is_none(),
            "hidden from pages"
        );
        assert_eq!(page["variants"][0]["options"], json!({"size": "9.5"}));
        let listed = shop
            .admin(Method::GET, "/api/admin/products?q=boots", None)
            .await;
        let listed = listed.expect(200).to_string();
        assert!(
            listed.contains("hushhush") && listed.contains("lotword"),
            "{listed}"
        );
    }
}

#[tokio::test]
async fn feed_is_made_again_without_what_became_internal() {
    let url = ShopUrl::parse("https://{tenant}.shop.example").unwrap();
    let feeds = Feeds::new(FeedForm::Google, url, "", Duration::from_secs(600));
    let shop = Shop::open().await.feeding(feeds, Cdn::default());
    write(&shop, json!([boots("boots", "1", "2024")])).await;
    let feed = || async {
        let reply = shop.get("/feeds/google.xml").await;
        assert_eq!(reply.status, 200);
        String::from_utf8(reply.body).unwrap()
    };
    assert!(
        feed().await.contains("lotword"),
        "titles tell variants apart"
    );
    let batch = json!({"name": "Batch", "visibility": "internal"});
    define(&shop, &batch).await.expect(201);
    let after = feed().await;
    assert!(
        !after.contains("lotword") && after.contains("9.5"),
        "{after}"
    );
}

#[tokio::test]
async fn facets_show_labels_orders_and_bounds() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        let shop = Arc::new(shop.cached());
        let size = json!({"name": "size", "value_order": "natural", "labels": {"de": "Größe", "en": "Size"}});
        let size = define(&shop, &size)
            .await
            .header("Location")
            .unwrap()
            .to_owned();
        let weight = json!({
            "name": "weight", "type": "number", "unit": "kg", "filter": "range", "position": 1,
            "labels": {"en": "Weight"},
        });
        define(&shop, &weight).await.expect(201);
        define(
            &shop,
            &json!({"name": "released", "type": "date", "filter": "range", "position": 2}),
        )
        .await
        .expect(201);
        write(
            &shop,
            json!([
                boots("light", "500 g", "2023-05"),
                boots("heavy", "2,5 kg", "2024-12-31")
            ]),
        )
        .await;
        let page = search(&shop, "q=lighthouse").await;
        let facet = &page["facets"]["attributes"][0];
        assert_eq!(
            (&facet["name"], &facet["label"], &facet["type"]),
            (&json!("size"), &json!("Size"), &json!("text"))
        );
        let values = facet["values"].as_array().unwrap().iter();
        let values: Vec<_> = values
            .map(|value| value["value"].as_str().unwrap())
            .collect();
        assert_eq!(values, ["9", "9.5", "10"]);
        assert_eq!(
            page["facets"]["ranges"],
            json!([
                {"name": "weight", "label": "Weight", "type": "number", "unit": "kg", "min": "0.5",
                 "max": "2.5", "exact": true},
                {"name": "released", "label": "released", "type": "date", "min": "2023-05-01",
                 "max": "2024-12-31", "exact": true},
            ])
        );
        let german = search(&shop, "q=lighthouse&lang=de-AT").await;
        assert_eq!(german["facets"]["attributes"][0]["label"], "Größe");
        let values = shop
            .get("/api/search/facets/attr:size?lang=de")
            .await
            .expect(200);
        assert_eq!(values["facet"]["label"], "Größe");

        for (query, total) in [
            ("attr_min=weight:0.5", 2),
            ("attr_min=weight:600%20g", 1),
            ("attr_min=weight:0.1&attr_max=weight:1", 1),
            ("attr_max=released:2023", 1),
            ("attr_min=released:2024&attr_max=released:2024", 1),
            ("attr_min=released:2025", 0),
        ] {
            let found = search(&shop, &format!("q=lighthouse&{query}")).await;
            assert_eq!(found["total"], total, "{query}");
        }
        let renamed =
            json!({"name": "size", "value_order": "natural", "labels": {"en": "Shoe size"}});
        let changed = shop
            .admin_with(Method::PUT, &size, &ANY, Some(&renamed))
            .await;
        assert_eq!(changed.status, 200);
        let page = search(&shop, "q=lighthouse").await;
        assert_eq!(
            page["facets"]["attributes"][0]["label"], "Shoe size",
            "not as cached"
        );
    }
}

#[tokio::test]
async fn bad_limit_names_its_parameter() {
    let shop = Shop::open().await;
    let weight = json!({"name": "weight", "type": "number", "unit": "kg", "filter": "range"});
    define(&shop, &weight).await.expect(201);
    define(&shop, &json!({"name": "Cost", "visibility": "internal"}))
        .await
        .expect(201);
    for (query, parameter) in [
        ("attr_min=weight", "attr_min"),
        ("attr_min=:1", "attr_min"),
        ("attr_max=weight:heavy", "attr_max"),
        ("attr_max=weight:1e99", "attr_max"),
        ("attr_min=weight:NaN", "attr_min"),
        ("attr_min=weight:1%20cm", "attr_min"),
        ("attr_min=unknown:1", "attr_min"),
        ("attr_max=Cost:1", "attr_max"),
        ("attr_min=weight:1&attr_min=weight:2", "attr_min"),
        ("attr_min=weight:2&attr_max=weight:1", "attr_min"),
        ("attr_max=weight:2&attr=weight:2", "attr_max"),
        ("lang=english", "lang"),
    ] {
        for path in ["/api/search", "/api/search/facets/brand"] {
            let refused = shop.get(&format!("{path}?{query}")).await;
            let (code, field) = refused.error(400);
            assert_eq!(code, "invalid_parameter", "{query}");
            assert_eq!(field.as_deref(), Some(parameter), "{query}");
        }
    }
}
