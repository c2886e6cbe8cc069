//! A small file of each profile, and the products that it has to become.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use souk_catalogue_io::import::{ImportArgs, ImportSummary};

use crate::shop::DemoShop;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// The products of a file, and what was lost, as text.
async fn imported(args: &ImportArgs) -> String {
    let shop = DemoShop::new().await;
    let summary = shop.import(args).await.unwrap();
    let mut text = String::new();
    for product in shop.catalogue().await {
        describe(&product, &mut text);
    }
    let _ = write!(text, "{summary}");
    text
}

fn describe(product: &Value, text: &mut String) {
    let field = |name: &str| match &product[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let _ = writeln!(
        text,
        "{} | {} | {} | brand {} | category {} | seller {}",
        field("external_id"),
        field("title"),
        field("status"),
        field("brand"),
        product["category"]["slug"],
        product["seller"]["slug"],
    );
    let _ = writeln!(text, "  slug {}, {}", field("slug"), field("currency"));
    let _ = writeln!(text, "  text {}", product["description"]);
    let _ = writeln!(text, "  images {}", product["images"]);
    let _ = writeln!(text, "  attributes {}", product["attributes"]);
    let _ = writeln!(
        text,
        "  ratings {} of {}",
        product["rating_sum"], product["rating_count"]
    );
    if product["tags"] != json!([]) {
        let _ = writeln!(text, "  tags {}", product["tags"]);
    }
    for variant in product["variants"].as_array().unwrap() {
        let _ = write!(
            text,
            "  - {} {} price {}",
            variant["sku"], variant["options"], variant["price"]
        );
        for (name, term) in [
            ("list price", "list_price"),
            ("from", "sale_from_ms"),
            ("until", "sale_until_ms"),
        ] {
            if !variant[term].is_null() {
                let _ = write!(text, " {name} {}", variant[term]);
            }
        }
        let _ = write!(text, " stock {}", variant["stock"]);
        if variant["stock_policy"] != "tracked" {
            let _ = write!(text, " {}", variant["stock_policy"]);
        }
        let _ = writeln!(text, " gtin {}", variant["gtin"]);
    }
}

macro_rules! fixtures {
    ($($test:ident $file:literal $(with $with:literal)?),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $test() {
                #[allow(unused_mut, reason = "only some have a second file")]
                let mut args = ImportArgs::of(fixture($file));
                $(args.with = Some(fixture($with));)?
                insta::assert_snapshot!(stringify!($test), imported(&args).await);
            }
        )+
    };
}

fixtures! {
    shopify_export_with_old_names_imports_as_shown "shopify_old.csv",
    shopify_export_with_new_names_imports_as_shown "shopify_new.csv",
    shopify_endpoint_imports_as_shown "shopify.json",
    woocommerce_export_imports_as_shown "woocommerce.csv",
    woocommerce_export_with_translated_names_imports_as_shown "woocommerce_translated.csv",
    google_rss_feed_imports_as_shown "google.xml",
    google_atom_feed_imports_as_shown "google_atom.xml",
    google_table_imports_as_shown "google.tsv",
    meta_catalogue_imports_as_shown "meta.csv",
    magento_export_imports_as_shown "magento.csv",
    prestashop_products_with_combinations_import_as_shown "prestashop.csv" with "prestashop_combinations.csv",
    bigcommerce_export_imports_as_shown "bigcommerce.csv",
    etsy_listings_import_as_shown "etsy.csv",
    ebay_listings_import_as_shown "ebay.csv",
    amazon_report_imports_as_shown "amazon_report.txt",
    amazon_flat_file_imports_as_shown "amazon_flat_file.txt",
    square_library_imports_as_shown "square.csv",
    wix_v1_export_imports_as_shown "wix_v1.csv",
    wix_v3_export_imports_as_shown "wix_v3.csv",
    squarespace_export_imports_as_shown "squarespace.csv",
    akeneo_products_with_models_import_as_shown "akeneo.csv" with "akeneo_models.csv",
    vendure_file_imports_as_shown "vendure.csv",
    medusa_export_imports_as_shown "medusa.csv",
    algolia_records_import_as_shown "algolia.json",
    schema_org_products_import_as_shown "schema_org.jsonld",
    yandex_feed_imports_as_shown "yandex.xml",
    list_with_reviews_imports_without_people "reviews.json",
}

/// Nothing of a shop's own, no markup and no flag is in what shoppers can find.
#[tokio::test]
async fn every_fixture_imported_leaves_nothing_private_behind() {
    let folder = std::fs::read_dir(fixture("")).unwrap();
    for file in folder {
        let path = file.unwrap().path();
        let shop = DemoShop::new().await;
        let Ok(ImportSummary { .. }) = shop.import(&ImportArgs::of(&path)).await else {
            // A second file alone.
            continue;
        };
        let text: String = shop
            .catalogue()
            .await
            .iter()
            .map(Value::to_string)
            .collect();
        let text = text.to_lowercase();
        for private in [
            "cost",
            "supplier",
            "wholesale",
            "zaro",
            "mill",
            "m-1",
            "@",
            "<p>",
            "<strong>",
            "\\\\n",
            "true\"",
            "doe",
            "deny",
        ] {
            assert!(!text.contains(private), "{}: {private}", path.display());
        }
    }
}
