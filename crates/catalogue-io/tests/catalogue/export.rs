//! What is exported can be imported again, without a change and into another installation.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use flate2::read::GzDecoder;
use proptest::{prelude::*, sample::select};
use souk_catalogue_io::export::{self, ExportArgs, ExportFormat, ExportTarget, Omission, ShopUrl};
use souk_catalogue_io::generate::{self, GenerateArgs};
use souk_catalogue_io::import::ImportArgs;
use souk_domain::{
    AttributeDefinition, Condition, Currency, Image, Measures, Prices, ProductInput, ProductStatus,
    RatingTotals, SellerOffer, StockPolicy, VariantInput, gtin_check_digit, value_key,
};
use souk_store::MissingReferences;
use souk_testkit::{databases, product};

use crate::shop::DemoShop;

async fn export(shop: &DemoShop, args: &ExportArgs) -> u64 {
    let summary = export::run(args, &shop.store, &shop.tenant).await.unwrap();
    assert!(summary.omissions.is_empty(), "{summary}");
    summary.products
}

#[tokio::test]
async fn a_demo_moves_to_another_installation() {
    for name in ["demo.jsonl", "demo.jsonl.gz", "demo.csv", "demo.csv.gz"] {
        let from = DemoShop::new().await;
        let args = GenerateArgs {
            products: 120,
            seed: 3,
        };
        generate::run(&args, &from.store, &from.tenant)
            .await
            .unwrap();
        let path = from.folder.path().join(name);
        assert_eq!(export(&from, &ExportArgs::to(&path)).await, 120);

        let unchanged = from.import(&ImportArgs::of(&path)).await.unwrap();
        assert_eq!(
            (unchanged.unchanged, unchanged.updated, unchanged.created),
            (120, 0, 0),
            "{name}"
        );

        let to = DemoShop::new().await;
        let created = to.import(&ImportArgs::of(&path)).await.unwrap();
        assert_eq!((created.created, created.skipped), (120, 0), "{name}");
        assert_eq!(to.catalogue().await, from.catalogue().await, "{name}");
        let tree = async |shop: &DemoShop, slug: &str| {
            let category = shop.scope().categories().by_slug(slug).await.unwrap();
            category.and_then(|category| category.parent)
        };
        assert_eq!(
            tree(&to, "graphic-t-shirts").await.as_deref(),
            Some("t-shirts")
        );
    }
}

#[tokio::test]
async fn only_the_wanted_status_is_exported_and_packed_on_demand() {
    let shop = DemoShop::new().await;
    let inputs = vec![
        product("a").category("mugs").seller("shop").build(),
        product("b")
            .category("mugs")
            .seller("shop")
            .status(ProductStatus::Draft)
            .build(),
    ];
    shop.scope()
        .products()
        .upsert_batch(inputs, MissingReferences::Create)
        .await
        .unwrap();
    let path = shop.folder.path().join("drafts");
    let args = ExportArgs {
        status: Some(ProductStatus::Draft),
        gzip: true,
        format: Some(ExportFormat::Jsonl),
        ..ExportArgs::to(&path)
    };
    assert_eq!(export(&shop, &args).await, 1);
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(&path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let line: ProductInput = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(
        (line.external_id.as_str(), line.status),
        ("b", ProductStatus::Draft)
    );
    assert!(!shop.folder.path().join("drafts.part").exists());
}

#[tokio::test]
async fn internal_attributes_are_in_souks_own_form_only() {
    let shop = DemoShop::new().await;
    let scope = shop.scope();
    for name in ["Cost", "Batch"] {
        let internal = AttributeDefinition::internal(name);
        scope.attributes().create(internal).await.unwrap();
    }
    let mug = product("mug")
        .category("mugs")
        .seller("shop")
        .attribute("Cost", "hushhush")
        .attribute("Glaze", "matt")
        .without_variants()
        .variant("a", 900, 1, &[("Batch", "lotword"), ("Size", "S")])
        .variant("b", 900, 1, &[("Batch", "lotword"), ("Size", "M")])
        .build();
    let written = scope.products();
    let written = written.upsert_batch(vec![mug], MissingReferences::Create);
    written.await.unwrap();
    let url = ShopUrl::parse("https://shop.example").unwrap();
    for (target, format, has_internal) in [
        (None, ExportFormat::Jsonl, true),
        (None, ExportFormat::Csv, true),
        (Some(ExportTarget::Shopify), ExportFormat::Csv, false),
        (Some(ExportTarget::Woocommerce), ExportFormat::Csv, false),
        (Some(ExportTarget::Google), ExportFormat::Csv, false),
    ] {
        let path = shop.folder.path().join("exported");
        let args = ExportArgs {
            target,
            format: target.is_none().then_some(format),
            shop_url: Some(url.clone()),
            ..ExportArgs::to(&path)
        };
        let summary = export::run(&args, &shop.store, &shop.tenant).await.unwrap();
        assert_eq!(summary.products, 1);
        let text = std::fs::read_to_string(&path).unwrap();
        for secret in ["hushhush", "lotword"] {
            assert_eq!(text.contains(secret), has_internal, "{target:?}: {text}");
        }
        let omitted = summary.omissions.get(&Omission::Internal);
        assert_eq!(omitted.is_some(), !has_internal, "{target:?}");
    }
}

/// Texts with what files stumble over.
fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9é漢\",;\\\\\\n\\t{}>|' -]{0,30}"
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Zé_\"; ,-]{0,10}[a-zA-Z]"
}

/// Options of a variant, whose names differ in more than their spelling.
fn options() -> impl Strategy<Value = BTreeMap<String, String>> {
    proptest::collection::btree_map(name(), "[a-zA-Z0-9\", ]{0,8}[a-z]", 0..3).prop_map(
        |mut options| {
            let mut names = BTreeSet::new();
            options.retain(|name, _| names.insert(value_key(name).into_owned()));
            options
        },
    )
}

/// A reduction, and the dates of the sale.
fn sale() -> impl Strategy<Value = Option<(i64, Option<i64>, Option<i64>)>> {
    let dates = (
        proptest::option::of(0..1_000_i64),
        proptest::option::of(1_000..4_000_000_000_000_i64),
    );
    proptest::option::of((1..1_000_i64, dates).prop_map(|(by, (from, until))| (by, from, until)))
}

fn measures() -> impl Strategy<Value = Measures> {
    let one = || proptest::option::of(0_i64..=1_000_000);
    (one(), one(), one(), one()).prop_map(|(weight_g, length_mm, width_mm, height_mm)| Measures {
        weight_g,
        length_mm,
        width_mm,
        height_mm,
    })
}

/// A trade item number of 13 digits.
fn gtin() -> impl Strategy<Value = String> {
    "[0-9]{12}".prop_map(|body| format!("{body}{}", gtin_check_digit(body.as_bytes())))
}

prop_compose! {
    /// An image, and the place of the variant that it shows if there is one there.
    fn image()(
        url in "https://a\\.example/[a-z,;]{1,5}[a-z]",
        alt in proptest::option::of("[a-zA-Zé\"\\[\\]{}',; ]{0,10}[a-z]"),
        shown in proptest::option::of(0_usize..6),
    ) -> (Image, Option<usize>) {
        (Image { alt, ..url.into() }, shown)
    }
}

prop_compose! {
    fn further_offer(seller: &'static str)(
        price in 0_i64..1_000_000,
        sale in sale(),
        stock in 0_i64..500,
        condition in select(&Condition::ALL[..]),
    ) -> SellerOffer {
        SellerOffer {
            seller: seller.to_owned(),
            prices: Prices {
                price,
                list_price: sale.map(|(reduction, ..)| price + reduction),
                sale_from_ms: sale.and_then(|(_, from, _)| from),
                sale_until_ms: sale.and_then(|(.., until)| until),
            },
            stock,
            condition,
            ..SellerOffer::default()
        }
    }
}

/// Offers of further sellers, which one variant of three has.
fn further_offers() -> impl Strategy<Value = Option<Vec<SellerOffer>>> {
    let offers = proptest::sample::subsequence(vec!["attic", "cellar"], 1..=2);
    let offers =
        offers.prop_flat_map(|sellers| sellers.into_iter().map(further_offer).collect::<Vec<_>>());
    proptest::option::weighted(0.3, offers)
}

prop_compose! {
    fn variants()(
        given in proptest::collection::btree_map(
            // Spaces around it are no part of it.
            "[A-Z0-9/\"]([A-Z0-9/\" ]{0,5}[A-Z0-9])?",
            ((0_i64..1_000_000, sale(), select(&Condition::ALL[..])), (0_i64..500, select(&StockPolicy::ALL[..]), further_offers()),
             proptest::option::of(gtin()),
             options(), measures()),
            1..5,
        )
    ) -> Vec<VariantInput> {
        given
            .into_iter()
            .map(|(sku, ((price, sale, condition), (stock, stock_policy, offers), gtin, options, measures))| VariantInput {
                sku,
                gtin,
                options,
                price,
                list_price: sale.map(|(reduction, ..)| price + reduction),
                sale_from_ms: sale.and_then(|(_, from, _)| from),
                sale_until_ms: sale.and_then(|(.., until)| until),
                stock: if stock_policy == StockPolicy::Untracked { 0 } else { stock },
                stock_policy,
                condition,
                offers,
                measures,
            })
            .collect()
    }
}

prop_compose! {
    fn any_product(id: String)(
        title in "[a-zA-Z0-9\"',; -]{0,20}[a-z]",
        description in text(),
        brand in proptest::option::of("[A-Z][a-zA-Z&,\" ]{0,10}[a-z]"),
        status in prop_oneof![Just(ProductStatus::Active), Just(ProductStatus::Draft), Just(ProductStatus::Unlisted),
            Just(ProductStatus::Archived)],
        category in proptest::option::of("[a-c]{1,2}"),
        fandom in proptest::option::of("[a-c]{1,2}"),
        further_categories in proptest::collection::btree_set("[a-c]{1,2}", 0..3),
        further_fandoms in proptest::collection::btree_set("[a-c]{1,2}", 0..3),
        attributes in proptest::collection::btree_map(name(), proptest::collection::vec(text(), 0..3), 0..4),
        tags in proptest::collection::btree_set("[a-zA-Z\", ]{0,5}[a-z]", 0..3),
        images in proptest::collection::vec(image(), 0..4),
        currency in prop_oneof![Just(Currency::EUR), Just(Currency::JPY)],
        variants in variants(),
        count in 0_u32..50_000,
        mean in 1_u64..=5,
        popularity in 0_i64..1_000_000,
        created_at_ms in 0_i64..2_000_000_000_000,
    ) -> ProductInput {
        let attributes = attributes
            .into_iter()
            .map(|(name, values)| (name.trim().to_owned(), values))
            .map(|(name, values)| (name, values.into_iter().filter(|value| !value.trim().is_empty()).collect()))
            .collect();
        let images = images.into_iter().map(|(mut image, shown)| {
            let shown = shown.and_then(|place| variants.get(place));
            image.variants.extend(shown.map(|variant| variant.sku.clone()));
            image
        });
        let images = images.collect();
        ProductInput {
            external_id: id.clone(),
            slug: None,
            title,
            description,
            brand,
            status,
            category,
            further_categories: further_categories.into_iter().collect(),
            fandom,
            further_fandoms: further_fandoms.into_iter().collect(),
            seller: Some("shop".into()),
            attributes,
            tags: tags.into_iter().map(|tag| tag.trim().to_owned()).collect(),
            images,
            currency,
            variants,
            ratings: Some(RatingTotals { count, sum: u64::from(count) * mean }),
            popularity: Some(popularity),
            created_at_ms: Some(created_at_ms),
        }
    }
}

fn products() -> impl Strategy<Value = Vec<ProductInput>> {
    (1_usize..6).prop_flat_map(|count| {
        (0..count)
            .map(|index| any_product(format!("id {index}")))
            .collect::<Vec<_>>()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_exported_comes_back_without_a_change(products in products()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let shop = DemoShop::new().await;
            let count = products.len() as u64;
            let results = shop.scope().products().upsert_batch(products, MissingReferences::Create).await.unwrap();
            assert!(results.iter().all(Result::is_ok), "{results:?}");
            let before = shop.catalogue().await;
            for name in ["all.jsonl", "all.csv"] {
                let path = shop.folder.path().join(name);
                assert_eq!(export(&shop, &ExportArgs::to(&path)).await, count);
                let summary = shop.import(&ImportArgs::of(&path)).await.unwrap();
                assert_eq!((summary.unchanged, summary.skipped), (count, 0), "{name}: {summary}");
                let other = DemoShop::new().await;
                other.import(&ImportArgs::of(&path)).await.unwrap();
                assert_eq!(other.catalogue().await, before, "{name}");
            }
        });
    }
}

#[tokio::test]
async fn an_export_moves_between_databases() {
    let [sqlite, postgres] = databases().await;
    let from = DemoShop::on(sqlite).await;
    let args = GenerateArgs {
        products: 60,
        seed: 5,
    };
    generate::run(&args, &from.store, &from.tenant)
        .await
        .unwrap();
    let path = from.folder.path().join("all.jsonl.gz");
    export(&from, &ExportArgs::to(&path)).await;

    let to = DemoShop::on(postgres).await;
    let created = to.import(&ImportArgs::of(&path)).await.unwrap();
    assert_eq!(created.created, 60);
    assert_eq!(to.catalogue().await, from.catalogue().await);
    let again = to.import(&ImportArgs::of(&path)).await.unwrap();
    assert_eq!(again.unchanged, 60);
}
