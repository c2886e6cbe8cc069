//! Products go to other systems in their own forms, and come back from them as they were.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select};
use souk_catalogue_io::export::{
    self, ExportArgs, ExportError, ExportSummary, ExportTarget, Omission, ShopUrl,
};
use souk_catalogue_io::import::ImportArgs;
use souk_domain::{
    Currency, Image, Measures, Prices, ProductInput, ProductStatus, StockPolicy, VariantInput,
};
use souk_store::{MissingReferences, NamedEntityInput, ProductListing, ProductRecord};
use souk_testkit::product;

use crate::shop::DemoShop;

const SHOP: &str = "https://shop.example";

fn args(shop: &DemoShop, target: ExportTarget) -> ExportArgs {
    ExportArgs {
        target: Some(target),
        shop_url: Some(ShopUrl::parse(SHOP).unwrap()),
        ..ExportArgs::to(shop.folder.path().join("exported"))
    }
}

/// Exports, and reads the file.
async fn exported(shop: &DemoShop, args: &ExportArgs) -> (String, ExportSummary) {
    let summary = export::run(args, &shop.store, &shop.tenant).await.unwrap();
    (std::fs::read_to_string(&args.file).unwrap(), summary)
}

async fn shop_of(products: Vec<ProductInput>) -> DemoShop {
    let shop = DemoShop::new().await;
    let products_of = shop.scope().products();
    let results = products_of
        .upsert_batch(products, MissingReferences::Create)
        .await
        .unwrap();
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    shop
}

async fn records(shop: &DemoShop) -> Vec<ProductRecord> {
    let listing = ProductListing {
        seller: None,
        limit: 1_000,
        ..ProductListing::default()
    };
    shop.scope().products().list(&listing).await.unwrap()
}

fn variant(sku: &str, options: &[(&str, &str)]) -> VariantInput {
    VariantInput {
        sku: sku.into(),
        options: options
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect(),
        price: 2_500,
        stock: 3,
        ..VariantInput::default()
    }
}

/// A cap in two sizes, in a sale; a poster that is not counted; a draft.
fn few_products() -> Vec<ProductInput> {
    let mut cap = product("cap")
        .title("Harbour Cap")
        .description("A cap.\nFor <rain> & sun.\n\nWool, 60 %")
        .brand("Quill, Sons & Co")
        .category("caps")
        .seller("shop")
        .attribute("Care", "cold, by hand")
        .tag("new, hot")
        .tag("wool")
        .image("/media/cap.svg")
        .image_of(
            "https://img.example/w_1,h_2/cap.jpg",
            "A cap, \"small\"",
            &["CAP-S"],
        )
        .image("https://img.example/3.jpg")
        .build();
    cap.variants = vec![
        VariantInput {
            price: 2_000,
            list_price: Some(2_500),
            sale_from_ms: Some(1_700_000_000_000),
            sale_until_ms: Some(4_000_000_000_000),
            gtin: Some("4006381333931".into()),
            measures: Measures {
                weight_g: Some(1_250),
                length_mm: Some(205),
                width_mm: Some(200),
                height_mm: None,
            },
            ..variant("CAP-S", &[("Colour", "Sea, deep"), ("Size", "S")])
        },
        VariantInput {
            stock: 0,
            stock_policy: StockPolicy::Backorder,
            ..variant("CAP-L", &[("Colour", "Sea, deep"), ("Size", "L")])
        },
    ];
    let poster = product("poster")
        .title("Attic Poster")
        .seller("shop")
        .status(ProductStatus::Unlisted)
        .stock_policy(StockPolicy::Untracked)
        .price(800);
    let draft = product("draft")
        .title("Draft")
        .seller("shop")
        .status(ProductStatus::Draft);
    vec![cap, poster.build(), draft.build()]
}

#[tokio::test]
async fn shopify_export_has_a_line_a_variant_and_an_image() {
    let shop = shop_of(few_products()).await;
    let (text, summary) = exported(&shop, &args(&shop, ExportTarget::Shopify)).await;
    insta::assert_snapshot!("shopify_export", text);
    assert_eq!(summary.products, 3);
    assert_eq!(
        summary.omissions,
        BTreeMap::from([
            (Omission::TagComma, 1),
            (Omission::SaleDates, 1),
            (Omission::Size, 1)
        ])
    );
}

#[tokio::test]
async fn woocommerce_export_has_variations_below_their_product() {
    let shop = shop_of(few_products()).await;
    let (text, summary) = exported(&shop, &args(&shop, ExportTarget::Woocommerce)).await;
    insta::assert_snapshot!("woocommerce_export", text);
    assert_eq!(summary.products, 3);
    assert_eq!(summary.omissions, BTreeMap::from([(Omission::ImageAlt, 1)]));
}

#[tokio::test]
async fn google_export_has_what_is_for_sale() {
    let shop = shop_of(few_products()).await;
    let (text, summary) = exported(&shop, &args(&shop, ExportTarget::Google)).await;
    insta::assert_snapshot!("google_export", text);
    assert_eq!(summary.products, 1);
    assert_eq!(summary.omissions[&Omission::NotForSale], 2);
}

#[tokio::test]
async fn google_export_is_read_as_a_feed() {
    let shop = shop_of(few_products()).await;
    let args = args(&shop, ExportTarget::Google);
    exported(&shop, &args).await;
    let other = DemoShop::new().await;
    let summary = other.import(&ImportArgs::of(&args.file)).await.unwrap();
    assert_eq!((summary.created, summary.skipped), (1, 0), "{summary}");
    let cap = other.product("cap").await.unwrap();
    assert_eq!(cap.title, "Harbour Cap");
    assert_eq!(cap.variants[0].options["Size"], "S");
    assert_eq!(
        cap.variants[0].prices,
        Prices {
            price: 2_000,
            list_price: Some(2_500),
            sale_from_ms: Some(1_700_000_000_000),
            sale_until_ms: Some(4_000_000_000_000),
        }
    );
    assert_eq!(cap.variants[1].stock_policy, StockPolicy::Backorder);
    assert_eq!(cap.variants[0].measures.weight_g, Some(1_250));
    assert_eq!(cap.variants[0].measures.length_mm, Some(205));
    assert_eq!(cap.variants[1].measures, Measures::default());
    let small = [cap.variants[0].sku.clone()];
    let own = cap
        .images
        .iter()
        .find(|image| image.url.ends_with("h_2/cap.jpg"));
    assert_eq!(own.unwrap().variants, small);
    let of_all = cap.images.iter().filter(|image| image.is_plain());
    assert_eq!(of_all.count(), 2);
}

#[tokio::test]
async fn google_export_without_a_shop_url_names_the_flag() {
    let shop = shop_of(few_products()).await;
    let args = ExportArgs {
        shop_url: None,
        ..args(&shop, ExportTarget::Google)
    };
    let error = export::run(&args, &shop.store, &shop.tenant).await;
    let error = error.unwrap_err();
    assert!(matches!(error, ExportError::NoShopUrl));
    assert!(error.to_string().contains("--shop-url"), "{error}");
    assert!(!args.file.exists());
}

#[tokio::test]
async fn google_export_leaves_out_the_free_and_the_hidden() {
    let mut free = product("free")
        .title("Free\u{b} \u{1}Pin")
        .seller("shop")
        .price(0)
        .build();
    free.variants.push(VariantInput {
        options: BTreeMap::new(),
        ..variant("PAID", &[])
    });
    let shut = product("shut").seller("closed-shop").build();
    let shop = shop_of(vec![free, shut]).await;
    let sellers = shop.scope().sellers();
    let seller = sellers.by_slug("closed-shop").await.unwrap().unwrap();
    let closing = NamedEntityInput {
        closed: Some(true),
        slug: None,
        name: seller.name.clone(),
        description: String::new(),
    };
    sellers.update(seller.id, closing, None).await.unwrap();
    let (text, summary) = exported(&shop, &args(&shop, ExportTarget::Google)).await;
    assert_eq!(text.matches("<item>").count(), 1, "{text}");
    assert!(
        text.contains("<g:title>Free  Pin - PAID</g:title>"),
        "{text}"
    );
    assert_eq!(
        summary.omissions,
        BTreeMap::from([(Omission::NotForSale, 1), (Omission::NoPrice, 1)])
    );
    for target in [ExportTarget::Shopify, ExportTarget::Woocommerce] {
        let (_, summary) = exported(&shop, &args(&shop, target)).await;
        assert_eq!(summary.omissions[&Omission::Hidden], 1, "{target:?}");
    }
}

#[tokio::test]
async fn export_in_one_currency_leaves_out_others_and_says_so() {
    let mut yen = product("yen").seller("shop").price(1_299).build();
    yen.currency = Currency::JPY;
    let shop = shop_of(vec![yen, product("euro").seller("shop").build()]).await;
    for target in [ExportTarget::Shopify, ExportTarget::Woocommerce] {
        let (_, summary) = exported(&shop, &args(&shop, target)).await;
        assert_eq!(summary.products, 1);
        assert_eq!(summary.omissions[&Omission::Currency], 1);
        let in_yen = ExportArgs {
            currency: Some(Currency::JPY),
            ..args(&shop, target)
        };
        let (text, summary) = exported(&shop, &in_yen).await;
        assert_eq!(summary.products, 1);
        assert!(text.contains(",1299,"), "{text}");
    }
}

#[tokio::test]
async fn shopify_export_joins_options_beyond_the_third() {
    let mut many = product("many").seller("shop").build();
    many.variants = ["S", "M"]
        .map(|size| {
            let options = [("A", "1"), ("B", "2"), ("C", "3"), ("Size", size)];
            variant(size, &options)
        })
        .to_vec();
    let shop = shop_of(vec![many]).await;
    let (text, summary) = exported(&shop, &args(&shop, ExportTarget::Shopify)).await;
    assert!(text.contains(",A,1,B,2,C / Size,3 / S,S,"), "{text}");
    assert_eq!(summary.omissions[&Omission::OptionsJoined], 1);
    assert!(summary.to_string().contains("more than three options"));
}

#[tokio::test]
async fn variants_that_nothing_sets_apart_are_told_by_their_sku() {
    let mut twins = product("twins").seller("shop").build();
    twins.variants = ["A", "B"]
        .map(|sku| variant(sku, &[("Size", "S")]))
        .to_vec();
    let shop = shop_of(vec![twins]).await;
    for target in [ExportTarget::Shopify, ExportTarget::Woocommerce] {
        let args = args(&shop, target);
        let (_, summary) = exported(&shop, &args).await;
        assert_eq!(summary.omissions[&Omission::OptionAdded], 1);
        let other = DemoShop::new().await;
        other.import(&ImportArgs::of(&args.file)).await.unwrap();
        let twins = &records(&other).await[0];
        let skus = twins.variants.iter().map(|variant| &variant.options["SKU"]);
        assert_eq!(skus.collect::<Vec<_>>(), ["A", "B"]);
    }
}

#[tokio::test]
async fn sku_of_several_products_is_made_distinct_for_woocommerce() {
    let same = |id: &str| {
        let mut product = product(id).title(id).seller("shop").build();
        product.variants = vec![variant("SAME", &[])];
        product
    };
    let shop = shop_of(vec![same("one"), same("two")]).await;
    let args = args(&shop, ExportTarget::Woocommerce);
    let (_, summary) = exported(&shop, &args).await;
    assert_eq!(summary.omissions[&Omission::RepeatedSku], 1);
    let other = DemoShop::new().await;
    other.import(&ImportArgs::of(&args.file)).await.unwrap();
    let skus: Vec<String> = records(&other)
        .await
        .into_iter()
        .map(|record| record.variants[0].sku.clone())
        .collect();
    assert_eq!(skus, ["SAME", "two-SAME"]);
}

/// Texts with what files stumble over, as one line.
fn line() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9é漢\"',;:|>/-]{1,6}( [a-zA-Z0-9\"',&-]{1,6}){0,2}"
}

/// A reduction, and the dates of the sale in whole seconds.
fn sale() -> impl Strategy<Value = Option<(i64, Option<i64>, Option<i64>)>> {
    let dates = (
        proptest::option::of(0..2_000_000_000_i64),
        proptest::option::of(2_000_000_000..4_000_000_000_i64),
    );
    let in_ms = |seconds: Option<i64>| seconds.map(|seconds| seconds * 1_000);
    proptest::option::of(
        (1..1_000_000_i64, dates)
            .prop_map(move |(by, (from, until))| (by, in_ms(from), in_ms(until))),
    )
}

/// Measures of which none is zero, as a shop writes one that it does not know.
fn measures() -> impl Strategy<Value = Measures> {
    let one = || proptest::option::of(1_i64..=1_000_000);
    (one(), one(), one(), one()).prop_map(|(weight_g, length_mm, width_mm, height_mm)| Measures {
        weight_g,
        length_mm,
        width_mm,
        height_mm,
    })
}

/// Text and places of variants of an image.
fn image() -> impl Strategy<Value = (Option<String>, Vec<usize>)> {
    let alt = proptest::option::of("[a-zA-Zé]([a-zA-Z,;\" ]{0,6}[a-z])?");
    let shown = proptest::collection::btree_set(0_usize..5, 0..3);
    (alt, shown.prop_map(|shown| shown.into_iter().collect()))
}

prop_compose! {
    fn offer()(
        price in 1_i64..10_000_000,
        sale in sale(),
        stock in 0_i64..500,
        stock_policy in select(&StockPolicy::ALL[..]),
        value in "[a-zA-Z0-9é]([a-zA-Z0-9, \"/+]{0,6}[a-z0-9])?",
        measures in measures(),
    ) -> (VariantInput, String) {
        let variant = VariantInput {
            price,
            list_price: sale.map(|(by, ..)| price + by),
            sale_from_ms: sale.and_then(|(_, from, _)| from),
            sale_until_ms: sale.and_then(|(.., until)| until),
            stock: if stock_policy == StockPolicy::Untracked { 0 } else { stock },
            stock_policy,
            measures,
            ..VariantInput::default()
        };
        (variant, value)
    }
}

prop_compose! {
    /// A product whose variants have the same options, up to three of them, and differ in the first.
    fn any_product(number: usize, currency: Currency)(
        title in line(),
        status in select(&ProductStatus::ALL[..]),
        tags in proptest::collection::btree_set("[a-zA-Z][a-zA-Z, -]{0,5}[a-z]", 0..4),
        images in proptest::collection::btree_map("https://a\\.example/[a-z]{1,6}\\.jpg", image(), 0..4),
        offers in proptest::collection::vec(offer(), 1..5),
        options in 0_usize..=3,
    ) -> ProductInput {
        let names = &["Size", "Colour", "Cut of it"][..if offers.len() > 1 { options.max(1) } else { options }];
        let variants = offers.into_iter().enumerate().map(|(place, (variant, value))| VariantInput {
            sku: format!("P{number}/{place} \"x\""),
            options: names
                .iter()
                .enumerate()
                .map(|(axis, name)| {
                    let value = if axis == 0 { format!("{value} {place}") } else { value.clone() };
                    ((*name).to_owned(), value)
                })
                .collect(),
            ..variant
        });
        let mut product = product(&format!("id {number}")).title(&format!("{title} {number}")).seller("shop").build();
        product.status = status;
        product.tags = tags.into_iter().collect();
        product.currency = currency;
        product.variants = variants.collect();
        let images = images.into_iter().map(|(url, (alt, shown))| {
            let shown = shown.iter().filter_map(|place| product.variants.get(*place));
            let variants = shown.map(|variant| variant.sku.clone()).collect();
            Image { url, alt, variants }
        });
        product.images = images.collect();
        product
    }
}

fn catalogue() -> impl Strategy<Value = (Currency, Vec<ProductInput>)> {
    let currencies = [Currency::EUR, Currency::JPY, Currency::KWD];
    (select(currencies.to_vec()), 1_usize..6).prop_flat_map(|(currency, count)| {
        let products: Vec<_> = (0..count)
            .map(|number| any_product(number, currency))
            .collect();
        (Just(currency), products)
    })
}

/// SKU, options, prices, stock and what it means, weight and size.
type VariantFacts = (
    String,
    BTreeMap<String, String>,
    Prices,
    i64,
    StockPolicy,
    Measures,
);

/// Facts of a product that both forms hold.
#[derive(Debug, PartialEq)]
struct Facts {
    status: ProductStatus,
    tags: Vec<String>,
    images: Vec<Image>,
    variants: Vec<VariantFacts>,
}

/// Images as a form can say them: one that shows all variants shows none in particular.
fn shown_images(record: &ProductRecord, form: Option<ExportTarget>) -> Vec<Image> {
    let mut images = record.images.clone();
    if form.is_some() {
        // A variant has one image there.
        for variant in &record.variants {
            let shows = |image: &&mut Image| image.variants.contains(&variant.sku);
            for image in images.iter_mut().filter(shows).skip(1) {
                image.variants.retain(|sku| *sku != variant.sku);
            }
        }
    }
    for image in &mut images {
        if image.variants.len() == record.variants.len() {
            image.variants.clear();
        }
        image.variants.sort();
        if form == Some(ExportTarget::Woocommerce) {
            image.alt = None;
        }
    }
    images
}

/// Products by title, each as the form of a system can say it.
fn facts(records: &[ProductRecord], form: Option<ExportTarget>) -> BTreeMap<String, Facts> {
    let facts = records.iter().map(|record| {
        let status = match (form, record.status) {
            // Hidden there, which comes back as a draft.
            (
                Some(ExportTarget::Woocommerce),
                ProductStatus::Unlisted | ProductStatus::Archived,
            ) => ProductStatus::Draft,
            (_, status) => status,
        };
        let mut tags = record.tags.clone();
        if form == Some(ExportTarget::Shopify) {
            for tag in &mut tags {
                let without = tag.replace(',', " ");
                *tag = without.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            tags.sort();
            tags.dedup();
        }
        let images = shown_images(record, form);
        let variants = record.variants.iter().map(|variant| {
            let prices = match form {
                // The price of today, since the form has no dates.
                Some(ExportTarget::Shopify) => Prices {
                    list_price: variant.reduced_from,
                    ..Prices::of(variant.current_price)
                },
                _ => variant.prices,
            };
            let options = variant.options.clone();
            let measures = match form {
                // There is no place for a size.
                Some(ExportTarget::Shopify) => Measures {
                    weight_g: variant.measures.weight_g,
                    ..Measures::default()
                },
                _ => variant.measures,
            };
            (
                variant.sku.clone(),
                options,
                prices,
                variant.stock,
                variant.stock_policy,
                measures,
            )
        });
        let facts = Facts {
            status,
            tags,
            images,
            variants: variants.collect(),
        };
        (record.title.clone(), facts)
    });
    facts.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn catalogue_in_the_form_of_another_system_comes_back_as_it_was((currency, products) in catalogue()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let count = products.len() as u64;
            let shop = shop_of(products).await;
            let before = records(&shop).await;
            for (target, profile) in [(ExportTarget::Shopify, "shopify"), (ExportTarget::Woocommerce, "woocommerce")] {
                let args = ExportArgs { currency: Some(currency), ..args(&shop, target) };
                let (text, summary) = exported(&shop, &args).await;
                assert_eq!(summary.products, count, "{summary}");
                let other = DemoShop::new().await;
                let import = ImportArgs {
                    from: Some(profile.into()),
                    default_currency: Some(currency),
                    ..ImportArgs::of(&args.file)
                };
                let imported = other.import(&import).await.unwrap();
                assert_eq!((imported.created, imported.skipped), (count, 0), "{imported}\n{text}");
                let after = records(&other).await;
                assert!(after.iter().all(|record| record.currency == currency));
                assert_eq!(facts(&after, None), facts(&before, Some(target)), "{text}");
            }
        });
    }
}
