//! The demo marketplace: repeatable, valid, and shaped like a real one.

use std::collections::{HashMap, HashSet};

use souk_catalogue_io::generate::{self, DemoShop, FANDOMS, GenerateArgs, query_log};
use souk_domain::ProductInput;

const SEED: u64 = 42;

fn products(count: u64) -> Vec<ProductInput> {
    DemoShop::new(SEED, count).products().collect()
}

#[test]
fn the_same_seed_makes_the_same_marketplace() {
    assert_eq!(products(200), products(200));
    let other: Vec<_> = DemoShop::new(SEED + 1, 200).products().collect();
    assert_ne!(products(200), other);
}

#[test]
fn a_larger_marketplace_contains_the_smaller_one() {
    assert_eq!(products(3_000)[..300], products(300)[..]);
}

#[test]
fn a_known_product_stays_what_it_is() {
    insta::assert_json_snapshot!(DemoShop::new(SEED, 1).product(7));
}

#[test]
fn every_product_passes_the_checks_unchanged() {
    for product in products(3_000) {
        assert_eq!(product.clone().validated(), Ok(product));
    }
}

#[test]
fn keys_are_unique() {
    let products = products(5_000);
    let mut slugs = HashSet::new();
    let mut codes = HashSet::new();
    for product in &products {
        assert!(slugs.insert(product.slug.as_deref()));
        for variant in &product.variants {
            assert!(codes.insert(variant.sku.as_str()), "{}", variant.sku);
            assert!(codes.insert(variant.gtin.as_deref().unwrap()));
        }
    }
}

#[test]
fn references_exist_and_the_tree_has_three_levels() {
    let shop = DemoShop::new(SEED, 1_000);
    let categories = shop.categories();
    let mut depths: HashMap<&str, usize> = HashMap::new();
    for category in &categories {
        let above = category
            .parent
            .as_deref()
            .map_or(0, |parent| depths[parent]);
        assert!(
            depths.insert(&category.slug, above + 1).is_none(),
            "{}",
            category.slug
        );
    }
    let leaves = depths.values().filter(|&&depth| depth == 3).count();
    assert!(leaves >= 100, "{leaves}");
    assert_eq!(depths.values().max(), Some(&3));

    let fandoms: HashSet<&str> = shop
        .fandoms()
        .iter()
        .map(|fandom| fandom.slug.as_str())
        .collect();
    assert_eq!(fandoms.len(), FANDOMS);
    let sellers: HashSet<&str> = shop
        .sellers()
        .iter()
        .map(|seller| seller.slug.as_str())
        .collect();
    for product in shop.products() {
        assert_eq!(depths[product.category.as_deref().unwrap()], 3);
        assert!(fandoms.contains(product.fandom.as_deref().unwrap()));
        assert!(sellers.contains(product.seller.as_deref().unwrap()));
    }
}

#[test]
fn it_is_shaped_like_a_marketplace() {
    let products = products(20_000);
    let share = |matches: &dyn Fn(&ProductInput) -> bool| {
        products.iter().filter(|product| matches(product)).count() as f64 / products.len() as f64
    };
    let stock = |product: &ProductInput| product.variants.iter().map(|v| v.stock).sum::<i64>();
    let sold_out = share(&|product| stock(product) == 0);
    assert!((0.02..0.06).contains(&sold_out), "{sold_out}");
    let partly =
        share(&|product| stock(product) > 0 && product.variants.iter().any(|v| v.stock == 0));
    assert!((0.05..0.3).contains(&partly), "{partly}");
    let unrated = share(&|product| product.ratings.is_none_or(|ratings| ratings.count == 0));
    assert!((0.1..0.5).contains(&unrated), "{unrated}");

    let mut of_seller: HashMap<&str, usize> = HashMap::new();
    for product in &products {
        *of_seller
            .entry(product.seller.as_deref().unwrap())
            .or_default() += 1;
    }
    let mut sizes: Vec<usize> = of_seller.into_values().collect();
    sizes.sort_unstable();
    assert!(sizes.len() > 250, "{}", sizes.len());
    assert!(sizes[sizes.len() - 1] > 20 * sizes[sizes.len() / 2]);

    let titles: HashSet<&str> = products
        .iter()
        .map(|product| product.title.as_str())
        .collect();
    assert!(titles.len() > products.len() * 9 / 10, "{}", titles.len());
    let texts: HashSet<&str> = products
        .iter()
        .map(|product| product.description.as_str())
        .collect();
    assert!(texts.len() > products.len() * 99 / 100, "{}", texts.len());
}

#[test]
fn texts_have_no_gaps() {
    for product in products(5_000) {
        for text in [&product.title, &product.description] {
            let gap = [
                "{", "}", "  ", " .", " ,", "..", " a a", " a e", " a o", "the the", "the The",
            ]
            .into_iter()
            .find(|gap| text.contains(gap));
            assert_eq!(gap, None, "{text}");
        }
        assert!(
            product.description.ends_with('.'),
            "{}",
            product.description
        );
    }
}

#[tokio::test]
async fn generating_twice_changes_nothing_and_more_completes_it() {
    let shop = crate::shop::DemoShop::new().await;
    let run = async |products| {
        let args = GenerateArgs {
            products,
            seed: SEED,
        };
        generate::run(&args, &shop.store, &shop.tenant)
            .await
            .unwrap()
    };
    let first = run(300).await;
    assert_eq!((first.created, first.unchanged), (300, 0));
    let again = run(300).await;
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 300));
    let more = run(400).await;
    assert_eq!((more.created, more.updated, more.unchanged), (100, 0, 300));

    let tree = shop.scope().categories().list().await.unwrap();
    let shirts = tree
        .iter()
        .find(|category| category.slug == "graphic-t-shirts")
        .unwrap();
    assert_eq!(
        (shirts.name.as_str(), shirts.parent.as_deref()),
        ("Graphic T-Shirts", Some("t-shirts"))
    );
}

#[test]
fn a_query_log_is_the_same_for_the_same_marketplace_and_falls_off_as_zipf_says() {
    let shop = DemoShop::new(SEED, 3_000);
    let log: Vec<_> = query_log::sessions(&shop, SEED).take(20_000).collect();
    let again: Vec<_> = query_log::sessions(&shop, SEED).take(20).collect();
    assert_eq!(log[..20], again);
    insta::assert_json_snapshot!("session", log[0]);

    let mut counts: HashMap<&str, usize> = HashMap::new();
    for session in &log {
        *counts.entry(session.product.as_str()).or_default() += 1;
    }
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    assert!(counts.len() > 1_000, "{}", counts.len());
    let ratio = counts[0] as f64 / counts[9] as f64;
    assert!(
        (5.0..20.0).contains(&ratio),
        "the tenth is a tenth: {ratio}"
    );
}

#[test]
fn shoppers_ask_for_what_the_marketplace_has() {
    let shop = DemoShop::new(SEED, 500);
    let products: HashSet<String> = shop
        .products()
        .map(|product| format!("/api/products/{}", product.slug.unwrap()))
        .collect();
    for session in query_log::sessions(&shop, SEED).take(500) {
        assert!(products.contains(&session.product), "{session:?}");
        assert!(session.narrowed.starts_with(&session.search), "{session:?}");
        assert!(!session.search.ends_with("q="), "{session:?}");
        for path in session
            .suggestions
            .iter()
            .chain([&session.browse, &session.narrowed])
        {
            assert!(path.parse::<hyper::Uri>().is_ok(), "{path}");
        }
    }
}
