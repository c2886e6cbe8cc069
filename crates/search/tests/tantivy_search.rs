//! Matching, ranking, paging and facet counts of the embedded engine.
#![allow(clippy::unwrap_used)]

mod tantivy_support;

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{
    FacetName, Filters, Label, MatchStage, PageRequest, PriceFilter, ProductDocument, SearchQuery,
    Sort, VariantDocument, VariantId,
};
use souk_search::IndexWriter as _;
use tantivy_support::{Shop, document, text_query};

fn labels(facet: Option<&souk_domain::Facet>) -> Vec<(String, u64)> {
    let values = &facet.unwrap().values;
    values
        .iter()
        .map(|it| (it.value.clone(), it.count))
        .collect()
}

fn pairs(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected
        .iter()
        .map(|&(value, count)| (value.to_owned(), count))
        .collect()
}

fn set(values: &[&str]) -> BTreeSet<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

#[tokio::test]
async fn words_match_by_stem_beginning_and_typo_across_fields() {
    let mut mug = document(1, "Ceramic Mugs");
    mug.brand = Some("Acme".into());
    mug.description = "For tea and coffee".into();
    let shop = Shop::with(vec![
        mug,
        document(2, "Keychain"),
        document(3, "Acme poster"),
    ])
    .await;
    assert_eq!(shop.titles("acme mug ").await, ["Ceramic Mugs"]);
    assert_eq!(shop.titles("coffee cer").await, ["Ceramic Mugs"]);
    assert_eq!(
        shop.titles("mug c").await,
        ["Ceramic Mugs"],
        "a beginning of one letter"
    );
    let page = shop.search(&text_query("keychian ")).await;
    assert_eq!((page.stage, page.total), (MatchStage::Fuzzy, 1));
    let page = shop.search(&text_query("ceramic unicorn ")).await;
    assert_eq!((page.stage, page.total), (MatchStage::AnyTerm, 1));
}

#[tokio::test]
async fn titles_come_before_descriptions_and_codes_before_all() {
    let mut described = document(1, "Poster");
    described.description = "mug mug mug 1234".into();
    let mut long = document(2, "Mug");
    long.description = "word ".repeat(500);
    let mut coded = document(3, "Printer ink");
    coded.codes = vec!["MUG-12 34".into()];
    let mut begins = document(4, "Other ink");
    begins.codes = vec!["MUG-1234-5".into()];
    let shop = Shop::with(vec![described, long, coded, begins]).await;
    assert_eq!(shop.titles("mug ").await, ["Mug", "Poster"]);
    assert_eq!(
        shop.titles("mug 1234").await,
        ["Printer ink", "Other ink", "Poster"]
    );
    assert_eq!(shop.titles("mug12").await, ["Printer ink", "Other ink"]);
}

#[tokio::test]
async fn a_facets_own_selection_does_not_narrow_it() {
    let product = |id, brand: &str, colours: &[&str], price| {
        let mut product = document(id, "mug");
        product.brand = Some(brand.into());
        let colours = colours.iter().map(|&colour| colour.to_owned()).collect();
        product.attributes = BTreeMap::from([("colour".to_owned(), colours)]);
        product.price.min = price;
        product
    };
    let shop = Shop::with(vec![
        product(1, "Acme", &["red", "blue"], 100),
        product(2, "Acme", &["red"], 600),
        product(3, "Zeta", &["blue"], 600),
        product(4, "Zeta", &["green"], 100_000_000),
    ])
    .await;
    let query = |text: &str| SearchQuery {
        text: (!text.is_empty()).then(|| text.to_owned()),
        filters: Filters {
            brand: set(&["Acme", "Unheard of"]),
            attributes: BTreeMap::from([("colour".to_owned(), set(&["red"]))]),
            ..Filters::default()
        },
        facets: FacetName::ALL.into_iter().collect(),
        ..SearchQuery::default()
    };
    for text in ["mug", ""] {
        let page = shop.search(&query(text)).await;
        assert_eq!(page.total, 2);
        let brands = labels(page.facets.brand.as_ref());
        assert_eq!(brands, pairs(&[("Acme", 2), ("Unheard of", 0)]));
        let colours = labels(page.facets.attributes.first());
        assert_eq!(colours, pairs(&[("red", 2), ("blue", 1)]));
        let price = page.facets.price.unwrap();
        assert_eq!(price.bounds, Some((100, 600)));
        assert_eq!(price.buckets.len(), 2);
    }
    let all = shop
        .search(&SearchQuery {
            facets: FacetName::ALL.into_iter().collect(),
            ..text_query("")
        })
        .await;
    assert_eq!(
        labels(all.facets.attributes.first()),
        pairs(&[("blue", 2), ("red", 2), ("green", 1)])
    );
    assert_eq!(all.facets.price.unwrap().buckets.last().unwrap().to, None);
}

#[tokio::test]
async fn products_count_for_their_category_and_all_above() {
    let product = |id, path: &[&str]| {
        let mut product = document(id, "mug");
        product.categories = path
            .iter()
            .map(|&slug| Label::new(slug, slug.to_uppercase()))
            .collect();
        product
    };
    let shop = Shop::with(vec![
        product(1, &["home", "kitchen", "mugs"]),
        product(2, &["home", "kitchen"]),
        product(3, &["home", "garden"]),
        product(4, &[]),
    ])
    .await;
    let mut query = text_query("mug");
    query.facets = [FacetName::Category].into();
    let page = shop.search(&query).await;
    let facet = page.facets.category.unwrap();
    assert_eq!(
        labels(Some(&facet)),
        pairs(&[("home", 3), ("kitchen", 2), ("garden", 1), ("mugs", 1)])
    );
    assert_eq!(facet.values[3].parent.as_deref(), Some("kitchen"));
    assert_eq!(facet.values[3].label, "MUGS");
    query.filters.category = set(&["kitchen"]);
    let page = shop.search(&query).await;
    assert_eq!(page.total, 2);
    assert_eq!(page.hits[0].category, Some(Label::new("mugs", "MUGS")));
    assert_eq!(
        labels(page.facets.category.as_ref())[0],
        ("home".to_owned(), 3)
    );
}

#[tokio::test]
async fn a_renamed_category_is_called_by_its_new_name_even_after_a_restart() {
    let named = |name: &str| {
        let mut product = document(1, "mug");
        product.categories = vec![Label::new("home", name)];
        product
    };
    let shop = Shop::with(vec![named("Home"), document(2, "mug")]).await;
    shop.apply(vec![tantivy_support::upsert(2, named("House"))])
        .await;
    let mut query = text_query("");
    query.facets = [FacetName::Category].into();
    let label =
        |page: souk_domain::SearchPage| page.facets.category.unwrap().values[0].label.clone();
    assert_eq!(label(shop.search(&query).await), "House");
    let Shop { engine, directory } = shop;
    drop(engine);
    let shop = Shop {
        engine: tantivy_support::open(&directory),
        directory,
    };
    assert_eq!(label(shop.search(&query).await), "House");
}

#[tokio::test]
async fn every_order_pages_through_everything_once() {
    let documents = (1..=57).map(|id| {
        let mut product = document(id, "mug");
        product.price.min = id * 7 % 5 * 100;
        product.popularity = id % 3;
        product.created_at_ms = id % 4;
        product.rating = (id % 5 > 0).then_some((id % 5) as f32);
        product
    });
    let shop = Shop::with(documents.collect()).await;
    for sort in Sort::ALL {
        let mut query = SearchQuery {
            sort,
            ..text_query("mug")
        };
        query.page.limit = 100;
        let whole: Vec<i64> = shop
            .search(&query)
            .await
            .hits
            .iter()
            .map(|hit| hit.id.0)
            .collect();
        assert_eq!(whole.len(), 57);
        query.page.limit = 10;
        let mut paged = Vec::new();
        loop {
            let page = shop.search(&query).await;
            assert_eq!(page.total, 57);
            paged.extend(page.hits.iter().map(|hit| hit.id.0));
            let Some(next) = page.next else { break };
            query.page = PageRequest::after(next, 10).unwrap();
        }
        assert_eq!(paged, whole, "{sort}");
        query.page = PageRequest::numbered(3, 10).unwrap();
        let third: Vec<i64> = shop
            .search(&query)
            .await
            .hits
            .iter()
            .map(|hit| hit.id.0)
            .collect();
        assert_eq!(third, whole[20..30], "{sort}");
    }
}

/// Gives a product a variant of each of its colors, the first one sold out, the others dearer.
fn add_variants(product: &mut ProductDocument) {
    let colors = product.attributes["color"].iter().zip(0..);
    let variants = colors.map(|(color, place)| VariantDocument {
        id: VariantId(product.id.0 * 10 + place),
        sku: format!("{}-{color}", product.slug),
        options: [("color".to_owned(), color.clone())].into(),
        numbers: BTreeMap::new(),
        price: product.price.min + place * 2_000,
        list_price: None,
        lowest_price_30d: None,
        stock: place,
        available: place > 0,
        image: None,
        image_alt: None,
        seller: None,
        condition: souk_domain::Condition::New,
    });
    product.variants = variants.collect();
    let dearest = product.variants.last().unwrap();
    product.price.max = dearest.price;
    product.available = dearest.available;
    product.stock = product.variants.iter().map(|variant| variant.stock).sum();
}

/// Returns products of which 13 in 16 are mugs; the cheapest and the most expensive are not.
fn mostly_mugs() -> Vec<ProductDocument> {
    let products = (1..=160).map(|id| {
        let other = id % 16 < 3;
        let mut product = document(id, if other { "Plate" } else { "Mug" });
        let price = if other { id % 32 * 40_000 } else { 500 + id };
        (product.price.min, product.price.max) = (price, price);
        product.stock = id % 3;
        product.popularity = id * 7 % 50;
        product.brand = Some(format!("Brand {}", id % 5));
        product.categories = vec![
            Label::new("home", "Home"),
            Label::new(format!("c-{}", id % 4), format!("C {}", id % 4)),
        ];
        product.fandom = (id % 7 > 0).then(|| Label::new(format!("f-{}", id % 7), "F"));
        let colors = (0..=id % 3).map(|color| format!("c{color}"));
        product.attributes = [("color".to_owned(), colors.collect())].into();
        if id % 4 == 1 {
            add_variants(&mut product);
        }
        product
    });
    products.collect()
}

/// Compares shortcuts with the full pass, which a price filter that excludes nothing forces.
#[tokio::test]
async fn shortcuts_find_what_the_long_way_finds() {
    let shop = Shop::with(mostly_mugs()).await;
    for id in [16, 17, 40] {
        shop.apply(vec![tantivy_support::delete(2, id)]).await;
    }
    shop.engine.refresh().await.unwrap();
    let filters = [
        Filters::default(),
        Filters {
            category: set(&["home"]),
            ..Filters::default()
        },
        Filters {
            category: set(&["c-1", "c-3"]),
            ..Filters::default()
        },
        Filters {
            fandom: set(&["f-2", "unknown"]),
            brand: set(&["Brand 1", "Brand 3"]),
            ..Filters::default()
        },
        Filters {
            fandom: set(&["f-2"]),
            in_stock: Some(true),
            ..Filters::default()
        },
    ];
    for (text, filters) in [Some("mug "), Some("mug"), Some("plate "), None]
        .into_iter()
        .flat_map(|text| filters.iter().map(move |filters| (text, filters)))
    {
        let short = SearchQuery {
            text: text.map(str::to_owned),
            filters: filters.clone(),
            facets: FacetName::ALL.into(),
            ..SearchQuery::default()
        };
        let mut long = short.clone();
        long.filters.price = Some(PriceFilter {
            min: Some(0),
            max: None,
        });
        let (short, long) = (shop.search(&short).await, shop.search(&long).await);
        assert!(short.total > 0, "{text:?} {filters:?}");
        assert_eq!(short, long, "{text:?} {filters:?}");
    }
}

#[tokio::test]
async fn row_tables_are_small() {
    let shop = Shop::with((1..=1_000).map(|id| document(id, "mug")).collect()).await;
    let bytes = shop.engine.table_bytes(tantivy_support::TENANT).unwrap();
    assert!(
        bytes <= 1_000 * 76 + 1_000,
        "{bytes} bytes for 1,000 products"
    );
}
