//! Checks of a product's input.

use super::*;

fn mug() -> ProductInput {
    ProductInput {
        external_id: " mug-1 ".into(),
        slug: None,
        title: " A mug ".into(),
        description: String::new(),
        brand: None,
        status: ProductStatus::Active,
        category: None,
        further_categories: vec![],
        fandom: None,
        further_fandoms: vec![],
        seller: None,
        attributes: Attributes::new(),
        tags: vec![],
        images: vec![],
        currency: Currency::EUR,
        variants: vec![VariantInput {
            sku: "M1".into(),
            price: 999,
            stock: 3,
            ..VariantInput::default()
        }],
        ratings: None,
        popularity: None,
        created_at_ms: None,
    }
}

fn blamed(change: impl FnOnce(&mut ProductInput)) -> String {
    let mut product = mug();
    change(&mut product);
    product
        .validated()
        .err()
        .map(|error| error.field.into_owned())
        .unwrap_or_default()
}

#[test]
fn a_good_product_is_trimmed_and_taken() {
    let product = mug().validated().unwrap();
    assert_eq!(
        (product.external_id.as_str(), product.title.as_str()),
        ("mug-1", "A mug")
    );
}

#[test]
fn further_slugs_are_kept_once_in_order_and_without_the_main_one() {
    let mut product = mug();
    product.category = Some("mugs".into());
    product.further_categories = ["sale", " gifts ", "mugs", "sale"]
        .map(str::to_owned)
        .into();
    product.further_fandoms = vec!["trek".into()];
    let product = product.validated().unwrap();
    assert_eq!(product.further_categories, ["sale", "gifts"]);
    assert_eq!(product.further_fandoms, ["trek"]);
}

#[test]
fn each_fault_names_its_field() {
    assert_eq!(
        blamed(|p| p.further_categories = vec!["sale".into(), "No Slug".into()]),
        "further_categories[1]"
    );
    let many = (0..=MAX_FURTHER).map(|number| format!("f-{number}"));
    assert_eq!(
        blamed(|p| p.further_fandoms = many.collect()),
        "further_fandoms"
    );
    assert_eq!(blamed(|p| p.title = "  ".into()), "title");
    assert_eq!(blamed(|p| p.title = "a\0b".into()), "title");
    assert_eq!(blamed(|p| p.slug = Some("No Slug".into())), "slug");
    assert_eq!(
        blamed(|p| p.images = vec!["javascript:alert(1)".into()]),
        "images[0]"
    );
    assert_eq!(blamed(|p| p.variants.clear()), "variants");
    assert_eq!(blamed(|p| p.variants[0].price = -1), "variants[0].price");
    assert_eq!(
        blamed(|p| p.variants[0].list_price = Some(998)),
        "variants[0].list_price"
    );
    assert_eq!(blamed(|p| p.tags = vec![" ".into()]), "tags");
    assert_eq!(
        blamed(|p| p.variants.push(p.variants[0].clone())),
        "variants[1].sku"
    );
    assert_eq!(
        blamed(|p| drop(p.attributes.insert("a:b".into(), vec!["c".into()]))),
        "attributes.a:b"
    );
    assert_eq!(
        blamed(|p| p.ratings = Some(RatingTotals { count: 1, sum: 6 })),
        "ratings.sum"
    );
}
