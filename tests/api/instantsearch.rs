//! Requests of front ends made with InstantSearch, as these send them.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::{Reply, Shop};

const BASE: &str = "/api/instantsearch/1";
const TEXT: (&str, &str) = ("Content-Type", "text/plain");

impl Shop {
    async fn instant(&self, path: &str, body: &Value) -> Reply {
        let body = Some(body.to_string().into_bytes());
        Box::pin(self.send(Method::POST, &format!("{BASE}{path}"), &[TEXT], body)).await
    }

    /// Results of some searches.
    async fn queries(&self, requests: Value) -> Vec<Value> {
        let answer = self
            .instant("/indexes/*/queries", &json!({"requests": requests}))
            .await
            .expect(200);
        answer["results"].as_array().unwrap().clone()
    }

    /// Titles that one search finds.
    async fn titles(&self, mut request: Value) -> Vec<String> {
        request["indexName"] = "products".into();
        let results = self.queries(json!([request])).await;
        let hits = results[0]["hits"].as_array().unwrap().iter();
        let mut titles: Vec<_> = hits
            .map(|hit| hit["title"].as_str().unwrap().to_owned())
            .collect();
        titles.sort();
        titles
    }
}

const MUG: &str = "Dragon Mug";
const SHIP: &str = "Starship Mug";
const SHIRT: &str = "Dragon T-Shirt";

#[tokio::test]
async fn a_page_has_the_fields_that_widgets_need() {
    let shop = Shop::open().await;
    let request = json!({"indexName": "products", "query": "dragon", "hitsPerPage": 1, "page": 0, "facets": ["*"],
        "highlightPreTag": "__ais-highlight__", "highlightPostTag": "__/ais-highlight__", "clickAnalytics": true});
    let page = &shop.queries(json!([request])).await[0];
    assert_eq!(
        (
            &page["nbHits"],
            &page["nbPages"],
            &page["page"],
            &page["hitsPerPage"]
        ),
        (&json!(2), &json!(2), &json!(0), &json!(1))
    );
    let hit = &page["hits"][0];
    assert!(hit["objectID"].is_string() && hit["price"].is_number());
    let title = hit["_highlightResult"]["title"]["value"].as_str().unwrap();
    assert!(
        title.starts_with("__ais-highlight__Dragon__/ais-highlight__"),
        "{title}"
    );
    assert_eq!(page["facets"]["brand"], json!({"Oddfellow": 2}));
    assert_eq!(page["facets"]["attributes.color"]["red"], 2);
    assert_eq!(
        page["facets"]["categories.lvl0"].as_object().unwrap().len(),
        2
    );
    assert_eq!(
        page["facets_stats"]["price"],
        json!({"min": 15.95, "max": 24.99})
    );
    let order = page["renderingContent"]["facetOrdering"]["facets"]["order"]
        .as_array()
        .unwrap();
    assert!(order.contains(&json!("brand")) && order.contains(&json!("price")));
    let id = page["queryID"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[tokio::test]
async fn every_kind_of_filter_narrows_exactly() {
    let shop = Shop::open().await;
    for (filters, expected) in [
        (
            json!({"facetFilters": ["brand:Oddfellow"]}),
            vec![MUG, SHIRT],
        ),
        (
            json!({"facetFilters": [["brand:Oddfellow", "brand:Northlight"]]}),
            vec![MUG, SHIRT, SHIP],
        ),
        (json!({"facetFilters": [["brand:-Oddfellow"]]}), vec![SHIP]),
        (
            json!({"facetFilters": ["brand:Oddfellow", "brand:Northlight"]}),
            vec![],
        ),
        (
            json!({"facetFilters": "attributes.color:red"}),
            vec![MUG, SHIRT],
        ),
        (
            json!({"numericFilters": ["price>=15.95", "price<19.99"]}),
            vec![MUG],
        ),
        (json!({"numericFilters": ["price!=20"]}), vec![MUG, SHIRT]),
        (json!({"numericFilters": "price=15.95"}), vec![MUG]),
        (json!({"numericFilters": ["price>20", "price<10"]}), vec![]),
        (
            json!({"numericFilters": ["rating<=5", "rating>=4"]}),
            vec![MUG],
        ),
        (json!({"numericFilters": ["rating<=4"]}), vec![]),
        (json!({"facetFilters": ["rating:4"]}), vec![MUG]),
        (json!({"facetFilters": ["in_stock:false"]}), vec![SHIP]),
        (
            json!({"facetFilters": [["in_stock:false", "in_stock:true"]]}),
            vec![MUG, SHIRT, SHIP],
        ),
        (
            json!({"filters": "NOT brand:Northlight AND price:10 TO 16"}),
            vec![MUG],
        ),
        (
            json!({"filters": "(brand:Oddfellow OR brand:Northlight) AND NOT in_stock:true"}),
            vec![SHIP],
        ),
        (json!({"filters": "brand:Unknown"}), vec![]),
        (json!({"filters": "category_slug:mugs"}), vec![MUG, SHIP]),
        (json!({"filters": "NOT category_slug:mugs"}), vec![SHIRT]),
        (
            json!({"params": "query=&facetFilters=%5B%5B%22brand%3ANorthlight%22%5D%5D"}),
            vec![SHIP],
        ),
        (
            json!({"filters": null, "facetFilters": null, "query": null}),
            vec![MUG, SHIRT, SHIP],
        ),
    ] {
        assert_eq!(shop.titles(filters.clone()).await, expected, "{filters}");
    }
}

#[tokio::test]
async fn names_of_categories_fandoms_and_sellers_are_filters() {
    let shop = Shop::open().await;
    let facets = json!({"indexName": "products", "facets": ["categories.lvl0", "fandom", "seller"], "hitsPerPage": 0});
    let counted = &shop.queries(json!([facets])).await[0]["facets"];
    for attribute in ["categories.lvl0", "fandom", "seller"] {
        let counts = counted[attribute].as_object().unwrap();
        assert!(!counts.is_empty(), "{counted}");
        for (value, count) in counts {
            let found = shop
                .titles(json!({"facetFilters": [[format!("{attribute}:{value}")]]}))
                .await;
            assert_eq!(
                found.len() as u64,
                count.as_u64().unwrap(),
                "{attribute}:{value}"
            );
            let rest = shop
                .titles(json!({"facetFilters": [format!("-{attribute}:{value}")]}))
                .await;
            assert_eq!(rest.len(), 3 - found.len(), "{attribute}:{value}");
        }
        assert!(
            shop.titles(json!({"facetFilters": [format!("{attribute}:None such")]}))
                .await
                .is_empty()
        );
    }
}

#[tokio::test]
async fn what_cannot_be_answered_exactly_is_refused_in_the_clients_form() {
    let shop = Shop::open().await;
    for (request, part) in [
        (
            json!({"filters": "brand:a OR price>5"}),
            "different attributes",
        ),
        (json!({"filters": "colour:red"}), "`colour`"),
        (json!({"filters": "a:1 AND b:2 OR c:3"}), "parentheses"),
        (json!({"filters": "NOT (brand:a AND fandom:b)"}), "NOT"),
        (json!({"numericFilters": [["price<5", "price>10"]]}), "gap"),
        (json!({"numericFilters": ["price"]}), "numericFilters"),
        (json!({"facetFilters": [7]}), "facetFilters"),
        (json!({"offset": 5}), "offset"),
        (json!({"page": -1}), "page"),
        (json!({"query": "x".repeat(500)}), "query"),
    ] {
        let mut request = request;
        request["indexName"] = "products".into();
        let refused = shop
            .instant("/indexes/*/queries", &json!({"requests": [request]}))
            .await
            .expect(400);
        assert_eq!(refused["status"], 400);
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    }
    let missing = shop.queries_refused("other", 404).await;
    assert!(missing.contains("index"), "{missing}");
    let many: Vec<Value> = (0..51).map(|_| json!({"indexName": "products"})).collect();
    shop.instant("/indexes/*/queries", &json!({"requests": many}))
        .await
        .expect(400);
    shop.instant("/indexes/*/nothing", &json!({}))
        .await
        .expect(404);
}

impl Shop {
    async fn queries_refused(&self, index: &str, status: u16) -> String {
        let body = json!({"requests": [{"indexName": index}]});
        let refused = self
            .instant("/indexes/*/queries", &body)
            .await
            .expect(status);
        refused["message"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn queries_of_one_page_count_as_if_each_were_asked_alone() {
    let shop = Shop::open().await;
    let main = json!({"indexName": "products", "query": "", "facets": ["brand", "attributes.color", "price"],
        "facetFilters": [["brand:Oddfellow"], ["attributes.color:red"]], "numericFilters": ["price>=10"]});
    let without = |family: &str| {
        let mut other = json!({"indexName": "products", "query": "", "hitsPerPage": 0, "facets": family,
            "numericFilters": ["price>=10"]});
        let refinements = [
            ("brand", "brand:Oddfellow"),
            ("attributes.color", "attributes.color:red"),
        ];
        let kept = refinements.iter().filter(|(name, _)| *name != family);
        other["facetFilters"] = kept.map(|(_, filter)| json!([filter])).collect();
        if family == "price" {
            other.as_object_mut().unwrap().remove("numericFilters");
        }
        other
    };
    let extras = ["brand", "attributes.color", "price"].map(without);
    let mut requests = vec![main.clone()];
    requests.extend(extras.clone());
    let together = shop.queries(json!(requests)).await;
    assert_eq!(together.len(), 4);
    assert_eq!(together[0]["nbHits"], 2);
    for (place, extra) in extras.iter().enumerate() {
        let alone = &shop.queries(json!([extra])).await[0];
        let shared = &together[place + 1];
        assert_eq!(shared["facets"], alone["facets"], "{extra}");
        assert_eq!(shared["facets_stats"], alone["facets_stats"], "{extra}");
        assert_eq!(shared["hits"], json!([]));
    }
    assert_eq!(
        together[2]["facets"]["attributes.color"],
        json!({"red": 2, "blue": 1})
    );
    // By itself, a search counts what is selected within it.
    let alone = &shop.queries(json!([main])).await[0];
    assert_eq!(alone["facets"]["brand"], json!({"Oddfellow": 2}));
    assert_eq!(alone["facets"]["attributes.color"]["red"], 2);
}

#[tokio::test]
async fn values_of_a_facet_are_searched() {
    let shop = Shop::open().await;
    let asked = json!({"facetQuery": "odd", "maxFacetHits": 5, "highlightPreTag": "[", "highlightPostTag": "]"});
    let expected = json!([{"value": "Oddfellow", "highlighted": "[Odd]fellow", "count": 2}]);
    let found = shop
        .instant("/indexes/products/facets/brand/query", &asked)
        .await
        .expect(200);
    assert_eq!(found["facetHits"], expected);
    let mut among = asked.clone();
    among["type"] = "facet".into();
    among["facet"] = "brand".into();
    among["indexName"] = "products".into();
    let mixed = shop
        .queries(json!([{"indexName": "products"}, among]))
        .await;
    assert_eq!(mixed[0]["nbHits"], 3);
    assert_eq!(mixed[1]["facetHits"], expected);
    let level = shop
        .instant("/indexes/products/facets/categories.lvl0/query", &json!({}))
        .await
        .expect(200);
    assert_eq!(level["facetHits"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn orders_are_indices_and_bodies_come_in_every_form() {
    let shop = Shop::open().await;
    let cheapest = shop
        .instant(
            "/indexes/products_price_asc/query",
            &json!({"hitsPerPage": 1}),
        )
        .await
        .expect(200);
    assert_eq!(cheapest["hits"][0]["title"], MUG);
    let body = json!({"requests": [{"indexName": "products_price_desc", "params": "hitsPerPage=1&attributesToRetrieve=title"}]});
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(body.to_string().as_bytes()).unwrap();
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Content-Encoding", "gzip"),
    ];
    let path = format!("{BASE}/indexes/%2A/queries?x-algolia-agent=x&x-algolia-api-key=public");
    let dearest = shop
        .send(Method::POST, &path, &headers, packed.finish().ok())
        .await
        .expect(200);
    let hit = &dearest["results"][0]["hits"][0];
    assert_eq!((&hit["title"], &hit["brand"]), (&json!(SHIP), &Value::Null));
    let none = shop.titles(json!({"hitsPerPage": 0})).await;
    assert!(none.is_empty());
    let beyond = &shop
        .queries(json!([{"indexName": "products", "page": 900, "hitsPerPage": 20}]))
        .await[0];
    assert_eq!(
        (&beyond["hits"], &beyond["nbHits"]),
        (&json!([]), &json!(3))
    );
    let key = format!("{BASE}/indexes/*/queries?x-algolia-api-key=unknown");
    let refused = shop
        .send(Method::POST, &key, &[], Some(body.to_string().into_bytes()))
        .await
        .expect(401);
    assert_eq!(refused["status"], 401);
}

#[tokio::test]
async fn records_are_read_listed_and_recommended() {
    let shop = Shop::open().await;
    let hits = shop
        .queries(json!([{"indexName": "products", "query": "dragon mug"}]))
        .await;
    let id = hits[0]["hits"][0]["objectID"].as_str().unwrap().to_owned();
    let record = shop
        .get(&format!("{BASE}/indexes/products/{id}"))
        .await
        .expect(200);
    assert_eq!(
        (&record["title"], &record["price"]),
        (&json!(MUG), &json!(15.95))
    );
    assert_eq!(record["attributes"]["color"], json!(["red"]));
    shop.get(&format!("{BASE}/indexes/products/999999"))
        .await
        .expect(404);
    let asked = json!({"requests": [{"indexName": "products", "objectID": id, "attributesToRetrieve": ["title"]},
        {"indexName": "products", "objectID": "999999"}]});
    let several = shop.instant("/indexes/*/objects", &asked).await.expect(200);
    assert_eq!(
        several["results"],
        json!([{"objectID": id, "title": MUG}, null])
    );

    let mut seen = Vec::new();
    let mut asked = json!({"hitsPerPage": 1});
    loop {
        let page = shop
            .instant("/indexes/products/browse", &asked)
            .await
            .expect(200);
        seen.extend(
            page["hits"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hit| hit["objectID"].clone()),
        );
        let Some(cursor) = page["cursor"].as_str() else {
            break;
        };
        asked["cursor"] = cursor.into();
    }
    seen.sort_by_key(Value::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 3);

    let model = |model: &str| json!({"indexName": "products", "model": model, "objectID": id, "threshold": 0});
    let asked = json!({"requests": [model("related-products"), model("bought-together")]});
    let found = shop
        .instant("/indexes/*/recommendations", &asked)
        .await
        .expect(200);
    assert!(!found["results"][0]["hits"].as_array().unwrap().is_empty());
    assert_eq!(found["results"][1]["hits"], json!([]));
}

#[tokio::test]
async fn searches_and_events_are_counted_by_the_same_id() {
    let shop = Shop::open().await.cached();
    let asked = json!({"indexName": "products", "query": "dragon", "clickAnalytics": true, "userToken": "anonymous-1"});
    let mut pages = Vec::new();
    for _ in 0..2 {
        pages.push(shop.queries(json!([asked])).await.remove(0));
    }
    shop.queries(json!([{"indexName": "products", "query": "dragon", "analytics": false}]))
        .await;
    let page = &pages[1];
    let event = |kind: &str, query: &Value| {
        json!({"eventType": kind, "eventName": "x", "index": "products", "userToken": "anonymous-1",
            "queryID": query, "objectIDs": [page["hits"][0]["objectID"]], "positions": [1]})
    };
    let events = json!({"events": [
        event("click", &page["queryID"]),
        event("conversion", &page["queryID"]),
        event("view", &page["queryID"]),
        {"eventType": "instantsearch", "eventName": "__start__", "widgets": []},
        event("click", &json!("0123456789abcdef0123456789abcdef")),
        event("click", &Value::Null),
        {"eventType": "click", "queryID": page["queryID"], "objectIDs": ["x"], "positions": [null]},
    ]});
    let taken = shop
        .instant("/events?X-Algolia-API-Key=public", &events)
        .await
        .expect(200);
    assert_eq!(taken["status"], 200);
    shop.app.analytics.finish().await;
    let report = shop
        .admin(Method::GET, "/api/admin/search/analytics/queries", None)
        .await
        .expect(200);
    let row = &report["queries"][0];
    let figures = &row["figures"];
    assert_eq!(
        (&row["query"], &figures["searches"], &figures["clicks"]),
        (&json!("dragon"), &json!(2), &json!(1)),
        "{report}"
    );
    for malformed in [json!({}), json!([]), json!(7), json!({"events": 7})] {
        shop.instant("/events", &malformed).await.expect(400);
        shop.instant("/indexes/*/queries", &malformed)
            .await
            .expect(400);
    }
}

#[tokio::test]
async fn wrong_methods_are_told_the_right_ones() {
    let shop = Shop::open().await;
    for (method, path, allowed) in [
        (Method::GET, "/indexes/*/queries", "POST"),
        (Method::PUT, "/indexes/products/query", "POST"),
        (
            Method::DELETE,
            "/indexes/products/facets/brand/query",
            "POST",
        ),
        (Method::GET, "/events", "POST"),
        (Method::PUT, "/indexes/products/1", "GET, HEAD"),
    ] {
        let path = format!("{BASE}{path}");
        let refused = Box::pin(shop.send(method.clone(), &path, &[TEXT], None)).await;
        assert_eq!(
            (refused.status, refused.header("allow")),
            (405, Some(allowed)),
            "{method} {path}"
        );
    }
}
