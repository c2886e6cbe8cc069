use serde_json::{Value, json};
use souk_store::CategoryInput;
use souk_testkit::product;

use crate::shop::Shop;

fn slugs(page: &Value, of: &str) -> Vec<String> {
    let hits = page[of].as_array().unwrap();
    hits.iter()
        .map(|hit| hit["slug"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_search_answers_hits_facets_and_how_it_was_answered() {
    let shop = Shop::open().await;
    let page = shop.get("/api/search?q=dragon+mug").await.expect(200);
    insta::assert_json_snapshot!("search", page, {
        ".query_id" => "[query id]",
        ".took_ms" => "[ms]",
        ".hits[].score" => "[score]",
    });
}

#[tokio::test]
async fn a_draft_is_never_found() {
    let shop = Shop::open().await;
    let page = shop.get("/api/search?q=draft").await.expect(200);
    assert_eq!(page["total"], 0, "{page}");
}

#[tokio::test]
async fn filters_are_alternatives_within_and_conditions_between() {
    let shop = Shop::open().await;
    for (query, expected) in [
        ("category=kitchen", vec!["dragon-mug", "starship-mug"]),
        (
            "category=mugs&category=clothing",
            vec!["dragon-t-shirt", "dragon-mug", "starship-mug"],
        ),
        ("category=mugs&fandom=dragon-tales", vec!["dragon-mug"]),
        ("brand=Oddfellow&price_max=1600", vec!["dragon-mug"]),
        ("attr=color:blue&in_stock=true", vec!["dragon-t-shirt"]),
        (
            "attr=color:red&attr=color:blue&in_stock=false",
            vec!["starship-mug"],
        ),
        ("rating_min=4", vec!["dragon-mug"]),
        ("seller=nobody", vec![]),
        (
            "sort=price_asc",
            vec!["dragon-mug", "dragon-t-shirt", "starship-mug"],
        ),
        ("sort=newest&per_page=1", vec!["dragon-t-shirt"]),
    ] {
        let page = shop.get(&format!("/api/search?{query}")).await.expect(200);
        assert_eq!(slugs(&page, "hits"), expected, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_continues_where_the_page_ended() {
    let shop = Shop::open().await;
    let mut seen = Vec::new();
    let mut address = "/api/search?sort=price_asc&per_page=1&facets=none".to_owned();
    loop {
        let page = shop.get(&address).await.expect(200);
        seen.extend(slugs(&page, "hits"));
        match page["next_cursor"].as_str() {
            Some(cursor) => {
                address =
                    format!("/api/search?sort=price_asc&per_page=1&facets=none&cursor={cursor}");
            }
            None => break,
        }
    }
    assert_eq!(seen, ["dragon-mug", "dragon-t-shirt", "starship-mug"]);
}

#[tokio::test]
async fn only_the_facets_asked_for_are_counted() {
    let shop = Shop::open().await;
    let facets = |page: Value| {
        page["facets"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let all = shop.get("/api/search").await.expect(200);
    assert_eq!(facets(all).len(), 9);
    let some = shop
        .get("/api/search?facets=brand&facets=price")
        .await
        .expect(200);
    assert_eq!(facets(some), ["attributes", "brand", "price", "ranges"]);
    let none = shop.get("/api/search?facets=none").await.expect(200);
    assert_eq!(facets(none), ["attributes", "ranges"]);
}

#[tokio::test]
async fn a_part_number_finds_its_product_first() {
    let shop = Shop::open().await;
    for text in ["TS-2002-L", "ts2002l", "TS-2002"] {
        let page = shop.get(&format!("/api/search?q={text}")).await.expect(200);
        assert_eq!(
            slugs(&page, "hits").first().map(String::as_str),
            Some("dragon-t-shirt"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_facets_values_are_searched_within_the_result() {
    let shop = Shop::open().await;
    let answer = shop
        .get("/api/search/facets/brand?q=odd&query=dragon&brand=Northlight")
        .await
        .expect(200);
    let values = answer["facet"]["values"].as_array().unwrap();
    assert_eq!(values.len(), 1);
    assert_eq!(values[0]["value"], "Oddfellow");
    assert_eq!(values[0]["count"], 2);

    let colours = shop
        .get("/api/search/facets/attributes?attribute=color&category=mugs")
        .await
        .expect(200);
    assert_eq!(colours["facet"]["name"], "color");
    assert_eq!(colours["facet"]["values"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn values_of_one_attribute_are_searched_by_the_name_of_its_facet() {
    let shop = Shop::open().await;
    let named = shop
        .get("/api/search/facets/attr:color?category=mugs&attr=color:red")
        .await
        .expect(200);
    let parameter = shop
        .get("/api/search/facets/attributes?attribute=color&category=mugs&attr=color:red")
        .await
        .expect(200);
    assert_eq!(named["facet"], parameter["facet"]);
    assert_eq!(named["facet"]["name"], "color");
    let values = named["facet"]["values"].as_array().unwrap();
    assert_eq!(values.len(), 2, "its own selection does not narrow it");
    let first = values[0]["value"].as_str().unwrap();
    let found = format!("/api/search/facets/attr%3Acolor?category=mugs&q={first}");
    let found = shop.get(&found).await.expect(200);
    assert_eq!(found["facet"]["values"][0]["value"], first);
    let unknown = shop
        .get("/api/search/facets/attr:nothing")
        .await
        .expect(200);
    assert_eq!(unknown["facet"]["values"], serde_json::json!([]));
}

#[tokio::test]
async fn a_facets_values_count_what_the_search_shows_in_any_order() {
    let shop = Shop::open().await;
    let mut totals = Vec::new();
    for order in ["", "&sort=relevance", "&sort=price_asc"] {
        let page = format!("/api/search?q=dragon+mug&facets=brand{order}");
        let page = shop.get(&page).await.expect(200);
        let values = format!("/api/search/facets/brand?query=dragon+mug{order}");
        let values = shop.get(&values).await.expect(200);
        let counts = |facet: &Value| {
            let values = facet["values"].as_array().unwrap().iter();
            let counts = values.map(|it| (it["value"].to_string(), it["count"].as_u64().unwrap()));
            counts.collect::<std::collections::BTreeMap<_, _>>()
        };
        let shown = counts(&page["facets"]["brand"]);
        assert_eq!(counts(&values["facet"]), shown, "{order}");
        totals.push(shown.values().sum::<u64>());
    }
    assert!(
        totals[2] < totals[1],
        "{totals:?}: nothing is filled up by price"
    );
}

#[tokio::test]
async fn suggestions_are_kinds_with_what_matched() {
    let shop = Shop::open().await;
    let answer = shop
        .get("/api/search/suggestions?q=dra&limit=5")
        .await
        .expect(200);
    let suggestions = answer["suggestions"].as_array().unwrap();
    assert!(
        !suggestions.is_empty() && suggestions.len() <= 5,
        "{answer}"
    );
    for suggestion in suggestions {
        let kind = suggestion["kind"].as_str().unwrap();
        assert!(["query", "product", "category", "fandom", "brand"].contains(&kind));
        assert!(
            suggestion["highlighted"]
                .as_str()
                .unwrap()
                .contains("<mark>"),
            "{suggestion}"
        );
    }
    let nothing = shop.get("/api/search/suggestions?q=+").await.expect(200);
    assert_eq!(nothing["suggestions"], json!([]));
}

#[tokio::test]
async fn a_change_by_plain_sql_is_found_too() {
    use sea_orm::ConnectionTrait;

    let shop = Shop::open().await;
    shop.store
        .connection()
        .execute_unprepared("UPDATE products SET title = 'Phoenix Mug' WHERE external_id = 'mug-1'")
        .await
        .unwrap();
    shop.sync().await;
    let page = shop.get("/api/search?q=phoenix").await.expect(200);
    assert_eq!(page["total"], 1);
    assert_eq!(
        page["hits"][0]["highlights"]["title"],
        "<mark>Phoenix</mark> Mug"
    );
}

#[tokio::test]
async fn what_is_highlighted_is_escaped() {
    let shop = Shop::open().await;
    shop.put(vec![
        product("xss")
            .title("<script>alert(1)</script> Griffin")
            .into(),
    ])
    .await;
    shop.sync().await;
    let page = shop.get("/api/search?q=griffin").await.expect(200);
    let title = page["hits"][0]["highlights"]["title"].as_str().unwrap();
    assert!(
        !title.contains("<script>") && title.contains("<mark>Griffin</mark>"),
        "{title}"
    );
}

#[tokio::test]
async fn another_spelling_is_offered_for_words_that_nobody_knows() {
    let shop = Shop::open().await;
    let mugs = (0..6).map(|number| {
        let title = format!("Enamel mug number {number}");
        product(&format!("enamel-{number}")).title(&title).build()
    });
    shop.put(mugs.collect()).await;
    shop.sync().await;
    let asked = "/api/search?q=enamle+MUG&facets=none";
    let before = shop.get(asked).await.expect(200);
    assert_eq!(before.get("did_you_mean"), None, "nothing was learnt yet");
    shop.learn().await;
    let page = shop.get(asked).await.expect(200);
    assert_eq!(page["did_you_mean"], "enamel MUG", "{page}");
    assert_eq!(
        page["total"], before["total"],
        "typos are forgiven as before"
    );
    let page = shop
        .get("/api/search?q=enamel+mug&facets=none")
        .await
        .expect(200);
    assert_eq!(page.get("did_you_mean"), None, "{page}");
}

#[tokio::test]
async fn a_word_that_means_a_category_puts_its_products_first() {
    let shop = Shop::open().await;
    let scope = shop.store.scope(shop.tenant.id);
    for (slug, name) in [("laptops", "Laptops"), ("bags", "Bags")] {
        let category = CategoryInput {
            closed: None,
            slug: Some(slug.to_owned()),
            name: name.to_owned(),
            parent: None,
            position: 0,
        };
        scope.categories().create(category).await.unwrap();
    }
    let products = (0..5).flat_map(|number| {
        let bag = product(&format!("bag-{number}"))
            .title("Laptop bag")
            .category("bags");
        let laptop = product(&format!("laptop-{number}"))
            .title("Aurora 14 laptop with sixteen gigabytes of memory and a bright screen")
            .category("laptops");
        [bag.build(), laptop.build()]
    });
    shop.put(products.collect()).await;
    shop.sync().await;
    let asked = "/api/search?q=laptop&facets=none";
    let first = |page: &Value| slugs(page, "hits")[0].clone();
    let before = shop.get(asked).await.expect(200);
    assert!(
        first(&before).contains("bag"),
        "the shorter title counts more"
    );
    shop.learn().await;
    let page = shop.get(asked).await.expect(200);
    let firsts = slugs(&page, "hits");
    let laptops = firsts[..5].iter().filter(|slug| slug.contains("aurora"));
    assert_eq!(laptops.count(), 5, "{firsts:?}");
    assert_eq!(page["total"], before["total"]);
    let bags = shop
        .get("/api/search?q=laptop+bag&facets=none")
        .await
        .expect(200);
    assert!(first(&bags).contains("bag"));
}
