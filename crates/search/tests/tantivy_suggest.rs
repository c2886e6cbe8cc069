//! Suggestions, similar products and facet value search of the embedded engine.
#![allow(clippy::unwrap_used)]

mod tantivy_support;

use souk_domain::{FacetName, Label, Language, ProductId, Suggestion, SuggestionKind};
use souk_search::{SearchEngine, SearchPlan, SuggestRequest};
use tantivy_support::{Shop, TENANT, document, text_query};

async fn shop() -> Shop {
    let product = |id, title: &str, fandom: &str, category: &str, brand: &str| {
        let mut product = document(id, title);
        product.fandom = Some(Label::new(fandom.to_lowercase(), fandom));
        product.categories = vec![Label::new(category.to_lowercase(), category)];
        product.brand = Some(brand.into());
        product.popularity = id;
        product
    };
    Shop::with(vec![
        product(1, "Wizard mug", "Hogwarts", "Mugs", "Hamleys"),
        product(2, "Wizard hat", "Hogwarts", "Hats", "Acme"),
        product(3, "Green dragon mug", "Westeros", "Mugs", "Acme"),
        product(4, "Green dragon poster", "Westeros", "Posters", "Acme"),
    ])
    .await
}

async fn suggest(shop: &Shop, text: &str) -> Vec<Suggestion> {
    let request = SuggestRequest {
        tenant: TENANT,
        language: Language::English,
        text: text.to_owned(),
        limit: 10,
    };
    shop.engine.suggest(&request).await.unwrap()
}

fn of_kind(suggestions: &[Suggestion], kind: SuggestionKind) -> Vec<&str> {
    let of_kind = suggestions.iter().filter(|it| it.kind == kind);
    of_kind.map(|it| it.text.as_str()).collect()
}

#[tokio::test]
async fn every_kind_is_offered_from_the_first_letter() {
    let shop = shop().await;
    let offered = suggest(&shop, "h").await;
    assert_eq!(of_kind(&offered, SuggestionKind::Fandom), ["Hogwarts"]);
    assert_eq!(of_kind(&offered, SuggestionKind::Category), ["Hats"]);
    assert_eq!(of_kind(&offered, SuggestionKind::Brand), ["Hamleys"]);
    assert_eq!(of_kind(&offered, SuggestionKind::Product), ["Wizard hat"]);
    let hogwarts = offered.iter().find(|it| it.text == "Hogwarts").unwrap();
    assert_eq!(hogwarts.highlighted, "<mark>H</mark>ogwarts");
    assert_eq!(
        (hogwarts.value.as_deref(), hogwarts.count),
        (Some("hogwarts"), Some(2))
    );
}

#[tokio::test]
async fn queries_are_completed_by_words_that_stand_together() {
    let shop = shop().await;
    let offered = suggest(&shop, "green dr").await;
    assert_eq!(of_kind(&offered, SuggestionKind::Query), ["green dragon"]);
    assert_eq!(
        of_kind(&offered, SuggestionKind::Product),
        ["Green dragon poster", "Green dragon mug"],
        "the more popular one first"
    );
    assert!(of_kind(&suggest(&shop, "wizard dr").await, SuggestionKind::Query).is_empty());
}

#[tokio::test]
async fn a_typo_is_forgiven_from_the_third_letter() {
    let shop = shop().await;
    let offered = suggest(&shop, "wezard").await;
    assert_eq!(
        of_kind(&offered, SuggestionKind::Product),
        ["Wizard hat", "Wizard mug"]
    );
    assert_eq!(
        of_kind(&suggest(&shop, "hgw").await, SuggestionKind::Fandom),
        ["Hogwarts"]
    );
    assert!(suggest(&shop, "hx").await.is_empty());
    assert!(suggest(&shop, "?!").await.is_empty());
}

#[tokio::test]
async fn similar_products_share_what_describes_them() {
    let shop = shop().await;
    let similar = shop.engine.similar(TENANT, ProductId(3), 10).await.unwrap();
    let ids: Vec<i64> = similar.iter().map(|hit| hit.id.0).collect();
    assert_eq!(ids[0], 4, "{ids:?}");
    assert!(!ids.contains(&3));
    assert!(
        shop.engine
            .similar(TENANT, ProductId(99), 10)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn the_values_of_a_facet_are_searched_by_beginnings_of_words() {
    let shop = shop().await;
    let plan = SearchPlan::new(TENANT, Language::English, &text_query("mug"), 0);
    let values = async |facet, needle: &str, limit| {
        let found = souk_search::facet_values(&shop.engine, &plan, facet, None, needle, limit);
        let facet = found.await.unwrap();
        let values: Vec<_> = facet
            .values
            .into_iter()
            .map(|it| (it.value, it.count))
            .collect();
        (values, facet.left_out)
    };
    let expected = vec![("Acme".to_owned(), 1), ("Hamleys".to_owned(), 1)];
    assert_eq!(values(FacetName::Brand, "", 10).await, (expected, 0));
    assert_eq!(
        values(FacetName::Brand, "ham", 10).await,
        (vec![("Hamleys".to_owned(), 1)], 0)
    );
    assert_eq!(
        values(FacetName::Brand, "", 1).await,
        (vec![("Acme".to_owned(), 1)], 1)
    );
    assert_eq!(values(FacetName::Price, "", 10).await, (vec![], 0));
}
