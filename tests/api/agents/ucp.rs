//! UCP over REST.

use poem::http::Method;
use serde_json::{Value, json};
use souk::agents::{AgentOptions, Agents, Readable};
use souk_testkit::product;

use super::{EXTENSION, JSON, access, codes, fitting, titles};
use crate::shop::{Shop, add_tenant};

async fn shops() -> [Shop; 2] {
    let (first, second) = (Shop::open().await, Shop::on_postgres().await);
    [first.read_by(access()), second.read_by(access())]
}

#[tokio::test]
async fn profile_names_services_and_versions_with_absolute_addresses() {
    let shop = Shop::open().await;
    let host = [("Host", "shop.example:8080")];
    let reply = shop
        .send(Method::GET, "/.well-known/ucp", &host, None)
        .await;
    assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
    let profile = reply.expect(200);
    let ucp = &profile["ucp"];
    assert_eq!(ucp["version"], "2026-08-25");
    assert_eq!(
        ucp["supported_versions"],
        json!({"2026-04-08": "http://shop.example:8080/.well-known/ucp/2026-04-08"})
    );
    let services = ucp["services"]["dev.ucp.shopping"].as_array().unwrap();
    let endpoints: Vec<_> = services
        .iter()
        .map(|service| (service["transport"].as_str(), service["endpoint"].as_str()))
        .collect();
    let expected = [
        (
            Some("rest"),
            Some("http://shop.example:8080/api/ucp/2026-08-25"),
        ),
        (Some("mcp"), Some("http://shop.example:8080/mcp")),
    ];
    assert_eq!(endpoints, expected);
    assert_eq!(ucp["payment_handlers"], json!({}));
    assert_eq!(ucp["capabilities"].as_object().unwrap().len(), 2);
    assert_eq!(profile["keys"], json!([]));

    let shop = shop.read_by(access());
    let older = shop.get("/.well-known/ucp/2026-04-08").await.expect(200);
    assert_eq!(older["ucp"]["version"], "2026-04-08");
    assert_eq!(older["ucp"].get("supported_versions"), None);
    let own = &older["ucp"]["capabilities"][EXTENSION][0];
    let schema = "https://first.api.example/api/ucp/2026-04-08/extension.json";
    assert_eq!(own["schema"], schema);
    let schema = shop.get("/api/ucp/2026-04-08/extension.json").await;
    assert_eq!(schema.expect(200)["name"], EXTENSION);
    shop.get("/.well-known/ucp/2026-01-11").await.error(404);
    let keyed = [("X-Api-Key", "unknown")];
    let refused = shop.send(Method::GET, "/.well-known/ucp", &keyed, None);
    assert_eq!(refused.await.status, 401);
}

#[tokio::test]
async fn marketplace_that_agents_may_not_read_answers_them_nothing() {
    let agents = Agents::new(AgentOptions {
        readable: Readable::parse("second"),
        ..AgentOptions::default()
    });
    let shop = Shop::open().await.read_by(agents);
    add_tenant(&shop.store, "second", Some("second.example"), None).await;
    for path in ["/.well-known/ucp", "/agents.md", "/llms.txt"] {
        assert_eq!(shop.get(path).await.status, 404, "{path}");
        let host = [("Host", "second.example")];
        let reply = shop.send(Method::GET, path, &host, None).await;
        assert_eq!(reply.status, 200, "{path}");
    }
    let refused = shop.ucp("search", &json!({"query": "mug"})).await;
    fitting::check("search", &refused.expect(404));
}

#[tokio::test]
async fn product_has_what_a_buyer_decides_by() {
    for shop in shops().await {
        shop.put(vec![
            product("mug-1")
                .title("Dragon Mug")
                .description("A mug.")
                .brand("Oddfellow")
                .category("mugs")
                .image("/media/mug.svg")
                .image("https://img.example/b.png")
                .price(1_200)
                .sale(1_600, None, None)
                .ratings(4, 18)
                .tag("gift")
                .attribute("color", "red")
                .build(),
        ])
        .await;
        shop.sync().await;
        let asked =
            json!({"query": "dragon mug", "context": {"currency": "EUR", "language": "en"}});
        let answer = shop.ucp("search", &asked).await.expect(200);
        fitting::check("search", &answer);
        let found = &answer["products"][0];
        assert_eq!(
            (&found["title"], &found["handle"]),
            (&json!("Dragon Mug"), &json!("dragon-mug"))
        );
        assert_eq!(
            found["url"],
            "https://first.shop.example/products/dragon-mug"
        );
        assert_eq!(
            found["categories"],
            json!([{"value": "mugs", "taxonomy": "merchant"}])
        );
        let euros = |amount: i64| json!({"amount": amount, "currency": "EUR"});
        assert_eq!(
            found["price_range"],
            json!({"min": euros(1_200), "max": euros(1_200)})
        );
        assert_eq!(found["list_price_range"]["max"], euros(1_600));
        assert_eq!(
            found["rating"],
            json!({"value": 4.5, "scale_min": 1, "scale_max": 5, "count": 4})
        );
        assert_eq!(
            found["media"][0]["url"],
            "https://first.api.example/media/mug.svg"
        );
        assert_eq!(found["tags"], json!(["gift"]));
        assert_eq!(
            found["metadata"],
            json!({"brand": "Oddfellow", "attributes": {"color": ["red"]}})
        );
        let variant = &found["variants"][0];
        assert_eq!(
            (&variant["price"], &variant["list_price"]),
            (&euros(1_200), &euros(1_600))
        );
        assert_eq!(
            variant["availability"],
            json!({"available": true, "status": "in_stock"})
        );
        // The price before the reduction, which it had when the shop was opened.
        assert_eq!(variant[EXTENSION]["lowest_price_30d"], euros(1_595));
        assert_eq!(answer["ucp"]["capabilities"].as_object().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn filters_narrow_and_what_they_do_not_mean_is_said() {
    for shop in shops().await {
        let all = ["Dragon T-Shirt", "Dragon Mug", "Starship Mug"];
        let euros = json!({"currency": "EUR"});
        for (filters, context, expected, told) in [
            (
                json!({"categories": ["mugs"]}),
                json!({}),
                &all[1..],
                &[][..],
            ),
            (
                json!({"categories": ["Kitchen"]}),
                json!({}),
                &all[1..],
                &[],
            ),
            (
                json!({"categories": ["kitchen > mugs"]}),
                json!({}),
                &all[1..],
                &[],
            ),
            (
                json!({"categories": ["plates"]}),
                json!({}),
                &[],
                &["unknown_category"],
            ),
            (
                json!({"price": {"max": 1_700}}),
                euros.clone(),
                &all[1..2],
                &[],
            ),
            (
                json!({"price": {"max": 1_700}}),
                json!({}),
                &all[1..2],
                &["price_filter_currency"],
            ),
            (
                json!({"price": {"max": 1}}),
                json!({"currency": "usd"}),
                &all[..],
                &["currency_unavailable", "price_filter_ignored"],
            ),
            (json!({"brand": ["oddfellow"]}), json!({}), &all[..2], &[]),
            (json!({"fandom": ["Star Sagas"]}), json!({}), &all[2..], &[]),
            (json!({"seller": ["Acme Store"]}), json!({}), &all[..], &[]),
            (
                json!({"availability": ["out_of_stock"]}),
                json!({}),
                &all[2..],
                &[],
            ),
            (
                json!({"availability": ["in_stock", "backorder"]}),
                json!({}),
                &all[..2],
                &[],
            ),
            (json!({"availability": ["preorder"]}), json!({}), &[], &[]),
            (json!({"rating_min": 4}), json!({}), &all[1..2], &[]),
            (
                json!({"attributes": {"color": ["blue"], "size": "L"}}),
                json!({}),
                &all[..1],
                &[],
            ),
            (
                json!({"colour": "red"}),
                json!({}),
                &all[..],
                &["filter_ignored"],
            ),
            (
                json!({"brand": ["Oddfellow"]}),
                json!({"address_country": "DE"}),
                &all[..2],
                &["context_ignored"],
            ),
            (
                json!({"brand": ["Oddfellow"]}),
                json!({"language": "de-AT"}),
                &all[..2],
                &["language_unavailable"],
            ),
        ] {
            let asked = json!({"filters": filters, "context": context});
            let answer = shop.ucp("search", &asked).await.expect(200);
            fitting::check("search", &answer);
            assert_eq!(titles(&answer), expected, "{asked}");
            assert_eq!(codes(&answer), told, "{asked}");
        }
    }
}

#[tokio::test]
async fn malformed_requests_name_the_part_at_fault() {
    let shop = Shop::open().await.read_by(access());
    for (operation, asked, path) in [
        ("search", json!({}), "$"),
        ("search", json!({"query": " ", "filters": {}}), "$"),
        ("search", json!([]), "$"),
        ("search", json!({"query": 7}), "$.query"),
        ("search", json!({"query": "x".repeat(401)}), "$.query"),
        (
            "search",
            json!({"filters": {"price": {"min": 1.5}}}),
            "$.filters.price.min",
        ),
        (
            "search",
            json!({"filters": {"price": {"min": 2, "max": 1}}}),
            "$.filters.price.min",
        ),
        (
            "search",
            json!({"filters": {"categories": [7]}}),
            "$.filters.categories",
        ),
        (
            "search",
            json!({"filters": {"rating_min": 6}}),
            "$.filters.rating_min",
        ),
        (
            "search",
            json!({"query": "mug", "pagination": {"limit": 0}}),
            "$.pagination.limit",
        ),
        (
            "search",
            json!({"query": "mug", "pagination": {"cursor": "x"}}),
            "$.pagination.cursor",
        ),
        (
            "search",
            json!({EXTENSION: {"sort": "best"}}),
            "$['example.shop.souk'].sort",
        ),
        ("lookup", json!({}), "$.ids"),
        ("lookup", json!({"ids": []}), "$.ids"),
        ("lookup", json!({"ids": "prod_1"}), "$.ids"),
        ("product", json!({}), "$.id"),
        (
            "product",
            json!({"id": "prod_1", "selected": [{"name": "a"}]}),
            "$.selected",
        ),
        (
            "product",
            json!({"id": "prod_1", "selected": [{"name": "a", "label": "b"}, {"name": "A", "label": "c"}]}),
            "$.selected",
        ),
    ] {
        let answer = shop.ucp(operation, &asked).await.expect(400);
        fitting::check(operation, &answer);
        assert_eq!(answer["messages"][0]["path"], path, "{asked}");
        assert_eq!(answer["ucp"]["status"], "error");
    }
    let many: Vec<String> = (0..51).map(|id| format!("prod_{id}")).collect();
    let answer = shop.ucp("lookup", &json!({"ids": many})).await.expect(400);
    assert_eq!(codes(&answer), ["request_too_large"]);

    let path = "/api/ucp/2026-08-25/catalog/search";
    let no_json = shop.send(Method::POST, path, &[JSON], Some(b"{".to_vec()));
    let answer = no_json.await.expect(400);
    fitting::check("search", &answer);
    assert_eq!(codes(&answer), ["malformed_body"]);
    let large = vec![b' '; 300 * 1024];
    let too_large = shop.send(Method::POST, path, &[JSON], Some(large)).await;
    assert_eq!(codes(&too_large.expect(413)), ["too_large"]);
    let read = shop.get(path).await;
    assert_eq!(read.header("allow"), Some("POST"));
    assert_eq!(codes(&read.expect(405)), ["method_not_allowed"]);
    let unknown = [("X-Api-Key", "no key")];
    let answer = shop
        .ucp_as("search", &unknown, &json!({"query": "a"}))
        .await;
    assert_eq!(codes(&answer.expect(401)), ["invalid_api_key"]);
}

#[tokio::test]
async fn pages_follow_one_another_by_cursor() {
    for shop in shops().await {
        let many = (0..25)
            .map(|number| {
                product(&format!("pin-{number}"))
                    .title("Enamel Pin")
                    .build()
            })
            .collect();
        shop.put(many).await;
        shop.sync().await;
        let (mut asked, mut seen) = (json!({"query": "enamel pin"}), Vec::new());
        loop {
            let answer = shop.ucp("search", &asked).await.expect(200);
            fitting::check("search", &answer);
            assert_eq!(answer["pagination"]["total_count"], 25);
            let products = answer["products"].as_array().unwrap();
            seen.extend(
                products
                    .iter()
                    .map(|it| it["id"].as_str().unwrap().to_owned()),
            );
            if answer["pagination"]["has_next_page"] == false {
                break;
            }
            asked["pagination"] = json!({"cursor": answer["pagination"]["cursor"]});
        }
        assert_eq!(seen.len(), 25);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 25);
    }
}

#[tokio::test]
async fn intent_is_searched_for_where_there_is_no_query() {
    let shop = Shop::open().await;
    let intent = json!({"context": {"intent": "a \"dragon\" mug for my sister"}});
    let answer = shop.ucp("search", &intent).await.expect(200);
    assert_eq!(titles(&answer)[0], "Dragon Mug");
    assert_eq!(codes(&answer)[0], "intent_searched");
    let both = json!({"query": "starship", "context": {"intent": "a dragon mug"}});
    let answer = shop.ucp("search", &both).await.expect(200);
    assert_eq!(titles(&answer), ["Starship Mug"]);
    assert_eq!(codes(&answer), ["intent_ignored"]);
}

#[tokio::test]
async fn extension_counts_facets_and_orders() {
    for shop in shops().await {
        let asked = json!({"query": "mug", EXTENSION: {"sort": "price_desc", "facets": ["brand", "price"]}});
        let answer = shop.ucp("search", &asked).await.expect(200);
        assert_eq!(titles(&answer), ["Starship Mug", "Dragon Mug"]);
        let own = &answer[EXTENSION];
        assert_eq!(own["sort"], "price_desc");
        assert_eq!(
            own["facets"]["brand"]["values"].as_array().unwrap().len(),
            2
        );
        assert_eq!(own["facets"].get("category"), None);
        let plain = shop
            .ucp("search", &json!({"query": "mug"}))
            .await
            .expect(200);
        assert_eq!(plain.get(EXTENSION), None);
    }
    let shop = Shop::open().await;
    let asked = json!({"query": "mug", EXTENSION: {"sort": "price_desc"}});
    let without = shop.ucp("search", &asked).await.expect(200);
    assert_eq!(codes(&without), ["field_ignored"]);
    assert_eq!(without["products"][0]["variants"][0].get(EXTENSION), None);
}

/// Id of the product of a title, and those of its variants.
async fn ids(shop: &Shop, query: &str) -> (String, Vec<String>) {
    let answer = shop
        .ucp("search", &json!({"query": query}))
        .await
        .expect(200);
    let found = &answer["products"][0];
    let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let variants = found["variants"].as_array().unwrap().iter().map(text);
    (text(found), variants.collect())
}

#[tokio::test]
async fn lookup_says_which_input_each_variant_answers() {
    for shop in shops().await {
        let (shirt, variants) = ids(&shop, "t-shirt").await;
        let (mug, _) = ids(&shop, "dragon mug").await;
        let asked = [
            &mug,
            &variants[1],
            &shirt,
            &mug,
            "prod_999999",
            "dragon-t-shirt",
            "var_0x",
            "dragon-draft",
        ];
        let answer = shop.ucp("lookup", &json!({"ids": asked})).await.expect(200);
        fitting::check("lookup", &answer);
        assert_eq!(titles(&answer), ["Dragon Mug", "Dragon T-Shirt"]);
        let inputs: Vec<(&Value, &Value)> = answer["products"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|product| product["variants"].as_array().unwrap())
            .flat_map(|variant| {
                let inputs = variant["inputs"].as_array().unwrap();
                inputs.iter().map(|input| (&input["id"], &input["match"]))
            })
            .collect();
        let mut inputs: Vec<(&str, &str)> = inputs
            .iter()
            .map(|(id, matched)| (id.as_str().unwrap(), matched.as_str().unwrap()))
            .collect();
        inputs.sort();
        let mut expected = [
            (mug.as_str(), "featured"),
            (variants[1].as_str(), "exact"),
            (shirt.as_str(), "featured"),
            ("dragon-t-shirt", "featured"),
        ];
        expected.sort();
        assert_eq!(inputs, expected);
        let missing: Vec<&Value> = answer["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| &message["content"])
            .collect();
        assert_eq!(missing, ["prod_999999", "var_0x", "dragon-draft"]);
        let filters = json!({"price": {"max": 1_700}});
        let narrow =
            json!({"ids": [mug, shirt], "filters": filters, "context": {"currency": "EUR"}});
        let answer = shop.ucp("lookup", &narrow).await.expect(200);
        assert_eq!(titles(&answer), ["Dragon Mug"]);
        assert_eq!(codes(&answer), ["filtered_out"]);
    }
}

#[tokio::test]
async fn options_are_chosen_and_relaxed_by_preference() {
    for shop in shops().await {
        let (shirt, variants) = ids(&shop, "t-shirt").await;
        let labels = |answer: &Value, name: &str| -> Vec<(String, bool, bool)> {
            let options = answer["product"]["options"].as_array().unwrap();
            let option = options
                .iter()
                .find(|option| option["name"] == name)
                .unwrap();
            let values = option["values"].as_array().unwrap().iter();
            values
                .map(|value| {
                    let flag = |name: &str| value[name].as_bool().unwrap();
                    let label = value["label"].as_str().unwrap().to_owned();
                    (label, flag("exists"), flag("available"))
                })
                .collect()
        };
        let red = json!([{"name": "Color", "label": "RED"}]);
        let answer = shop
            .ucp("product", &json!({"id": shirt, "selected": red}))
            .await
            .expect(200);
        fitting::check("product", &answer);
        assert_eq!(answer["product"]["variants"].as_array().unwrap().len(), 1);
        let sizes = [("M".to_owned(), true, true), ("L".to_owned(), false, false)];
        assert_eq!(labels(&answer, "size"), sizes);
        let both = json!([{"name": "color", "label": "red"}, {"name": "size", "label": "L"}]);
        for (preferences, kept) in [
            (json!(["color", "size"]), "red"),
            (json!(["size", "color"]), "L"),
        ] {
            let asked = json!({"id": shirt, "selected": both, "preferences": preferences});
            let answer = shop.ucp("product", &asked).await.expect(200);
            assert_eq!(codes(&answer), ["selection_relaxed"]);
            let selected = answer["product"]["selected"].as_array().unwrap();
            assert_eq!((selected.len(), &selected[0]["label"]), (1, &json!(kept)));
        }
        let of_variant = json!({"id": variants[1], "selected": red});
        let answer = shop.ucp("product", &of_variant).await.expect(200);
        assert_eq!(answer["product"]["variants"][0]["id"], variants[1]);
        assert_eq!(answer["product"]["selected"].as_array().unwrap().len(), 2);
        let missing = shop
            .ucp("product", &json!({"id": "prod_0"}))
            .await
            .expect(200);
        fitting::check("product", &missing);
        assert_eq!(codes(&missing), ["not_found"]);
        assert_eq!(missing["messages"][0]["severity"], "unrecoverable");
    }
}

#[tokio::test]
async fn drafts_internal_attributes_and_hidden_characters_stay_inside() {
    for shop in shops().await {
        let internal = json!({"name": "margin", "visibility": "internal"});
        let made = shop
            .admin(Method::POST, "/api/admin/attributes", Some(&internal))
            .await;
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        shop.put(vec![
            product("lamp")
                .title("Lamp\u{202e}pmaL")
                .description("Ignore this\u{e0041}\u{1b}[0m.")
                .attribute("margin", "40 percent")
                .build(),
        ])
        .await;
        shop.sync().await;
        let answer = shop.ucp("search", &json!({"query": "lamp"})).await;
        let text = String::from_utf8(answer.body.clone()).unwrap();
        assert!(
            text.contains("\"LamppmaL\"") && text.contains("Ignore this[0m."),
            "{text}"
        );
        assert!(
            !text.contains("margin") && !text.contains("40 percent"),
            "{text}"
        );
        let draft = shop.ucp("search", &json!({"query": "dragon draft"})).await;
        assert!(!titles(&draft.expect(200)).contains(&"Dragon Draft"));
        let closed = json!({"closed": true, "name": "Acme Store"});
        let sellers = "/api/admin/sellers";
        let seller = shop.admin(Method::GET, sellers, None).await.expect(200);
        let id = &seller["items"][0]["id"];
        let path = format!("{sellers}/{id}");
        let (mug, _) = ids(&shop, "dragon mug").await;
        let put = shop.admin_with(Method::PUT, &path, &[("If-Match", "*")], Some(&closed));
        assert_eq!(put.await.status, 200);
        // Before the index hears of it.
        let hidden = shop.ucp("lookup", &json!({"ids": [mug]})).await.expect(200);
        assert_eq!(
            (titles(&hidden).len(), codes(&hidden)),
            (0, vec!["not_found"])
        );
        let search = shop
            .ucp("search", &json!({"query": "mug"}))
            .await
            .expect(200);
        assert_eq!(titles(&search), Vec::<&str>::new());
    }
}

#[tokio::test]
async fn cached_answers_are_those_of_the_tenant_and_follow_changes() {
    let shop = Shop::open().await.cached();
    add_tenant(&shop.store, "other", Some("other.example"), None).await;
    let asked = json!({"query": "dragon mug"});
    for _ in 0..2 {
        let own = shop.ucp("search", &asked).await.expect(200);
        assert_eq!(titles(&own)[0], "Dragon Mug");
        let other = shop.ucp_as("search", &[("Host", "other.example")], &asked);
        assert_eq!(titles(&other.await.expect(200)), Vec::<&str>::new());
    }
    let renamed = product("mug-1")
        .title("Griffin Mug")
        .category("mugs")
        .build();
    shop.put(vec![renamed]).await;
    shop.sync().await;
    let after = shop.ucp("search", &asked).await.expect(200);
    assert!(!titles(&after).contains(&"Dragon Mug"), "{after}");
}

#[tokio::test]
async fn offers_of_several_sellers_are_in_the_extension() {
    for shop in shops().await {
        let made = |id: &str, seller: &str| {
            json!({"external_id": id, "slug": id, "title": format!("Lighthouse {id}"), "seller": seller,
                "variants": [{"sku": id, "price": 800, "stock": 1}]})
        };
        let body = json!({"products": [made("lamp", "lampmaker"), made("model", "attic")], "missing": "create"});
        let batch = shop.admin(Method::POST, "/api/admin/products/batch", Some(&body));
        assert_eq!(batch.await.expect(200)["rejected"], 0);
        let lamp = shop.get("/api/products/lamp").await.expect(200);
        let path = format!("/api/admin/products/{}/offers", lamp["id"]);
        let offer = json!({"sku": "lamp", "seller": "attic", "price": 700, "stock": 4, "condition": "used"});
        let put = shop
            .admin(Method::PUT, &path, Some(&json!({"offers": [offer]})))
            .await;
        assert_eq!(put.status, 200);
        shop.sync().await;
        let answer = shop
            .ucp("product", &json!({"id": "lamp"}))
            .await
            .expect(200);
        fitting::check("product", &answer);
        let variant = &answer["product"]["variants"][0];
        assert_eq!(variant["price"]["amount"], 700);
        assert_eq!(variant[EXTENSION]["condition"], "used");
        let offers = variant[EXTENSION]["offers"].as_array().unwrap();
        let sellers: Vec<_> = offers
            .iter()
            .map(|it| it["seller"]["slug"].as_str().unwrap())
            .collect();
        assert_eq!(sellers, ["attic", "lampmaker"]);
        assert_eq!(offers[0]["reason"], "lowest_price");
    }
}
