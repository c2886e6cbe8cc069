//! Filters on one variant in the embedded engine: products with many options, and segments that are merged.
#![allow(clippy::unwrap_used)]

mod tantivy_support;

use std::collections::BTreeMap;

use souk_domain::{
    FacetName, Filters, PriceFilter, ProductDocument, SearchPage, SearchQuery, Sort,
    VariantDocument, VariantId,
};
use tantivy_support::{Shop, document, upsert};

fn variant(id: i64, price: i64, available: bool, options: &[(&str, &str)]) -> VariantDocument {
    let options = options.iter();
    VariantDocument {
        id: VariantId(id),
        sku: format!("SKU-{id}"),
        options: options
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        numbers: BTreeMap::new(),
        price,
        list_price: None,
        lowest_price_30d: None,
        stock: i64::from(available),
        available,
        image: None,
        image_alt: None,
        seller: None,
        condition: souk_domain::Condition::New,
    }
}

/// Returns a product of these variants, with further values of attributes that no variant has as an option.
fn product(id: i64, variants: Vec<VariantDocument>, common: &[(&str, &str)]) -> ProductDocument {
    let mut product = document(id, "Shoe");
    let options = variants.iter().flat_map(|variant| &variant.options);
    let options = options.map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in options.chain(common.iter().copied()) {
        let values = product.attributes.entry(name.to_owned()).or_default();
        values.push(value.to_owned());
        values.sort();
        values.dedup();
    }
    let prices = || variants.iter().map(|variant| variant.price);
    product.price.min = prices().min().unwrap();
    product.price.max = prices().max().unwrap();
    product.available = variants.iter().any(|variant| variant.available);
    product.stock = variants.iter().map(|variant| variant.stock).sum();
    product.variants = variants;
    product
}

fn filters(attributes: &[(&str, &str)]) -> Filters {
    let mut filters = Filters::default();
    for &(name, value) in attributes {
        let values = filters.attributes.entry(name.to_owned()).or_default();
        values.insert(value.to_owned());
    }
    filters
}

async fn search(shop: &Shop, filters: Filters, sort: Sort) -> SearchPage {
    let query = SearchQuery {
        filters,
        sort,
        facets: FacetName::ALL.into_iter().collect(),
        ..SearchQuery::default()
    };
    shop.search(&query).await
}

fn counted(page: &SearchPage, name: &str) -> BTreeMap<String, u64> {
    let facets = page.facets.attributes.iter();
    let facet = facets.filter(|facet| facet.name == name);
    let values = facet.flat_map(|facet| facet.values.iter());
    values
        .map(|value| (value.value.clone(), value.count))
        .collect()
}

/// Returns a product with 150 sizes, the even ones in stock, in one of two colours and at rising prices.
fn sizes(id: i64) -> ProductDocument {
    let variants = (0..150).map(|size| {
        let color = ["red", "blue"][usize::from(size >= 75)];
        let name = format!("{size:03}");
        let options = [("Size", name.as_str()), ("Color", color)];
        let price = 1_000 + size * 10;
        variant(id * 1_000 + size, price, size % 2 == 0, &options)
    });
    product(
        id,
        variants.collect(),
        &[("Size", "any"), ("Sole", "rubber")],
    )
}

#[tokio::test]
async fn many_options_are_told_apart() {
    let shop = Shop::with(vec![sizes(1)]).await;
    for (size, color, found) in [
        ("002", "red", 1),
        ("003", "red", 0),
        ("074", "red", 1),
        ("074", "blue", 0),
        ("100", "blue", 1),
        ("148", "blue", 1),
        ("148", "red", 0),
        ("any", "blue", 1),
    ] {
        let mut wanted = filters(&[("Size", size), ("Color", color)]);
        wanted.in_stock = Some(true);
        let page = search(&shop, wanted, Sort::PriceAsc).await;
        assert_eq!(page.total, found, "{size} {color}");
        let shown = page.hits.first().and_then(|hit| hit.variant.as_ref());
        let shown = shown.map(|variant| variant.options["Size"].as_str());
        let expected = if size == "any" { "076" } else { size };
        assert_eq!(shown, (found > 0).then_some(expected));
        let colors = counted(&page, "Color");
        assert_eq!(colors.get(color).copied().unwrap_or(0), found);
    }
    let mut blue = filters(&[("Color", "blue")]);
    blue.in_stock = Some(true);
    blue.price = Some(PriceFilter {
        min: Some(2_000),
        max: Some(2_300),
    });
    let page = search(&shop, blue, Sort::PriceDesc).await;
    let sizes = counted(&page, "Size");
    // One more value, which all variants have.
    assert_eq!(sizes.len(), (100..=130).step_by(2).count() + 1);
    assert_eq!(sizes["100"], 1);
    let hit = &page.hits[0];
    assert_eq!(
        (hit.price.min, hit.price.max, hit.stock),
        (2_000, 2_300, 16)
    );
    let price = page.facets.price.unwrap();
    assert_eq!(price.bounds, Some((1_760, 2_480)));
}

/// The number of products with an attribute decides the order of attributes: it must not grow by the number of values.
#[tokio::test]
async fn attributes_count_products_with_a_passing_value() {
    let shoe = |id| {
        let sized = |size, available| {
            let options = [("Size", size), ("Width", "wide")];
            variant(id * 10 + available as i64, 1_000, available, &options)
        };
        let variants = vec![sized("S", false), sized("M", true)];
        product(id, variants, &[("Size", "L"), ("Sole", "rubber")])
    };
    let plain = |id| {
        let mut plain = document(id, "Shoe");
        let brands = ["a", "b"].map(str::to_owned).into();
        plain.attributes.insert("Zip".to_owned(), brands);
        plain
    };
    let shop = Shop::with(vec![shoe(1), shoe(2), plain(3), plain(4), plain(5)]).await;
    for in_stock in [None, Some(true)] {
        let wanted = Filters {
            in_stock,
            ..Filters::default()
        };
        let page = search(&shop, wanted, Sort::Popular).await;
        let names: Vec<_> = page
            .facets
            .attributes
            .iter()
            .map(|facet| &facet.name)
            .collect();
        // Three products have a zip; two have a size, in several values each.
        assert_eq!(names, ["Zip", "Size", "Sole", "Width"]);
    }
}

#[tokio::test]
async fn merged_segments_keep_the_variants() {
    let shop = Shop::new().await;
    for id in 1..=40 {
        let price = 1_000 + id * 100;
        let variants = vec![
            variant(id * 10, price, false, &[("Size", "S")]),
            variant(id * 10 + 1, price + 50, true, &[("Size", "M")]),
        ];
        let made = match id % 3 {
            0 => document(id, "Shoe"),
            _ => product(
                id,
                variants,
                &[("Sole", if id % 2 == 0 { "rubber" } else { "leather" })],
            ),
        };
        shop.apply(vec![upsert(1, made)]).await;
    }
    let soled = |sole| filters(&[("Sole", sole), ("Size", "M")]);
    let page = search(&shop, soled("rubber"), Sort::PriceAsc).await;
    let expected: Vec<i64> = (1..=40).filter(|id| id % 3 != 0 && id % 2 == 0).collect();
    assert_eq!(page.total, expected.len() as u64);
    let found = page.hits.iter().map(|hit| hit.id.0);
    assert!(found.eq(expected.iter().copied().take(page.hits.len())));
    for hit in &page.hits {
        let price = 1_050 + hit.id.0 * 100;
        assert_eq!((hit.price.min, hit.price.max), (price, price));
        assert_eq!(hit.variant.as_ref().unwrap().id.0, hit.id.0 * 10 + 1);
    }
    let mut none = soled("rubber");
    none.in_stock = Some(false);
    assert_eq!(search(&shop, none, Sort::Popular).await.total, 0);
}
