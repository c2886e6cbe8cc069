//! Prices of variants in a file that is imported again, and amounts that decide what is charged.

use souk_catalogue_io::import::{ImportArgs, Loss};
use souk_domain::{Currency, ProductStatus};

use crate::shop::DemoShop;

const HEADER: &str = "id,title,sku,option_size,price";

/// SKU and price of each variant.
async fn prices(shop: &DemoShop, id: &str) -> Vec<(String, i64)> {
    let product = shop.product(id).await.unwrap();
    let variants = product.variants.into_iter();
    variants
        .map(|variant| (variant.sku, variant.prices.price))
        .collect()
}

async fn shop_with_tees() -> DemoShop {
    let shop = DemoShop::new().await;
    let text = format!("{HEADER}\n1,Tee,T-S,S,5.00\n1,Tee,T-M,M,7.00\n1,Tee,T-L,L,9.00\n");
    shop.import_text("a.csv", text).await;
    shop
}

#[tokio::test]
async fn variant_without_a_readable_price_keeps_the_stored_one() {
    for unread in ["", "call us", "12 x 3", "-1", "n/a", "99999999999999999999"] {
        for place in 0..3 {
            let shop = shop_with_tees().await;
            let mut expected = [500, 700, 900];
            let rows: String = [("S", "6"), ("M", "8"), ("L", "10")]
                .iter()
                .enumerate()
                .map(|(index, (size, price))| {
                    let price = match index == place {
                        true => unread,
                        false => {
                            expected[index] += 100;
                            price
                        }
                    };
                    format!("1,Tee,T-{size},{size},{price}\n")
                })
                .collect();
            let summary = shop.import_text("b.csv", format!("{HEADER}\n{rows}")).await;
            let found: Vec<i64> = prices(&shop, "1")
                .await
                .iter()
                .map(|found| found.1)
                .collect();
            assert_eq!(found, expected, "`{unread}` in row {place}");
            assert_eq!(
                shop.product("1").await.unwrap().status,
                ProductStatus::Active
            );
            assert!(!summary.losses.contains_key(&Loss::NoVariantPrice));
        }
    }
}

#[tokio::test]
async fn one_price_for_all_variants_goes_on_as_one() {
    let shop = DemoShop::new().await;
    let file = |price: &str| format!("{HEADER}\n1,Tee,T-S,S,{price}\n1,Tee,T-M,M,\n");
    shop.import_text("a.csv", file("5")).await;
    shop.import_text("b.csv", file("6")).await;
    assert_eq!(
        prices(&shop, "1").await,
        [("T-S".into(), 600), ("T-M".into(), 600)]
    );
}

#[tokio::test]
async fn variant_without_any_price_is_lost_and_counted() {
    let shop = DemoShop::new().await;
    let text = format!("{HEADER}\n1,Tee,T-S,S,\n1,Tee,T-M,M,7.00\n");
    let summary = shop.import_text("a.csv", text).await;
    assert_eq!(summary.losses[&Loss::NoVariantPrice], 1);
    assert_eq!(prices(&shop, "1").await, [("T-M".into(), 700)]);

    let text = format!("{HEADER}\n1,Tee,T-XL,XL,call us\n1,Tee,T-M,M,\n");
    let summary = shop.import_text("b.csv", text).await;
    assert_eq!(summary.losses[&Loss::NoVariantPrice], 1);
    assert_eq!(prices(&shop, "1").await, [("T-M".into(), 700)]);
    assert_eq!(
        shop.product("1").await.unwrap().status,
        ProductStatus::Active
    );
}

#[tokio::test]
async fn product_whose_price_was_never_known_stays_a_draft() {
    let shop = DemoShop::new().await;
    let text = "id,title,price,status\n1,Tee,,active\n";
    for _ in 0..2 {
        let summary = shop.import_text("a.csv", text).await;
        assert_eq!(summary.losses[&Loss::NoPrice], 1);
        assert_eq!(
            shop.product("1").await.unwrap().status,
            ProductStatus::Draft
        );
    }
}

#[tokio::test]
async fn variant_priced_in_another_currency_keeps_the_stored_price() {
    let shop = shop_with_tees().await;
    let text = format!("{HEADER}\n1,Tee,T-S,S,6.00 EUR\n1,Tee,T-M,M,9.00 USD\n1,Tee,T-L,L,9\n");
    let summary = shop.import_text("b.csv", text).await;
    assert!(!summary.losses.contains_key(&Loss::FurtherCurrency));
    let found = prices(&shop, "1").await;
    assert_eq!(found[1], ("T-M".into(), 700));
}

#[tokio::test]
async fn parent_without_its_variants_keeps_the_stored_ones() {
    let shop = DemoShop::new().await;
    let header =
        "ID,Type,SKU,Name,Published,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)";
    let parent = "1,variable,TEE,Tee,1,,,Size,\"S, M\"";
    let rows =
        "2,variation,TEE-S,Tee - S,1,5.00,TEE,Size,S\n3,variation,TEE-M,Tee - M,1,6.00,TEE,Size,M";
    shop.import_text("a.csv", format!("{header}\n{parent}\n{rows}\n"))
        .await;
    let before = prices(&shop, "1").await;
    assert_eq!(before.len(), 2);
    shop.import_text("b.csv", format!("{header}\n{parent}\n"))
        .await;
    assert_eq!(prices(&shop, "1").await, before);
}

#[tokio::test]
async fn blank_price_keeps_the_stored_one_even_if_blanks_clear() {
    let shop = shop_with_tees().await;
    let text = format!("{HEADER}\n1,Tee,T-S,S,call us\n1,Tee,T-M,M,8\n1,Tee,T-L,L,9\n");
    let args = ImportArgs {
        clear_blank: true,
        ..ImportArgs::of(shop.file("b.csv", text))
    };
    shop.import(&args).await.unwrap();
    assert_eq!(prices(&shop, "1").await[0], ("T-S".into(), 500));
}

#[tokio::test]
async fn sale_whose_end_cannot_be_read_charges_the_list_price() {
    let shop = DemoShop::new().await;
    let text = "id,title,price,sale_price,sale_price_to\n1,A,20,15,soon\n2,B,20,15,2099-01-01\n3,C,20,12 x 3,\n";
    let summary = shop.import_text("a.csv", text).await;
    let mut charged = Vec::new();
    for id in ["1", "2", "3"] {
        charged.push(shop.product(id).await.unwrap().price.min);
    }
    assert_eq!(charged, [2000, 1500, 2000]);
    assert_eq!(summary.losses[&Loss::SaleUnread], 1);
    assert_eq!(summary.losses[&Loss::Amount], 1);
}

#[tokio::test]
async fn amounts_have_the_decimals_of_their_own_currency() {
    let shop = DemoShop::new().await;
    let text = "id,title,price,currency\n1,A,4.500,KWD\n2,B,12.250,KWD\n3,C,\"1,299\",JPY\n";
    shop.import_text("a.csv", text).await;
    for (id, minor, currency) in [
        ("1", 4500, Currency::KWD),
        ("2", 12_250, Currency::KWD),
        ("3", 1299, Currency::JPY),
    ] {
        let price = shop.product(id).await.unwrap().price;
        assert_eq!((price.min, price.currency), (minor, currency), "{id}");
    }
}

#[tokio::test]
async fn number_in_a_list_is_a_number() {
    let shop = DemoShop::new().await;
    let text = r#"[{"id":1,"title":"A","price":[1.299]},{"id":2,"title":"B","price":[12.5]}]"#;
    shop.import_text("a.json", text).await;
    assert_eq!(shop.product("1").await.unwrap().price.min, 130);
    assert_eq!(shop.product("2").await.unwrap().price.min, 1250);
}

#[tokio::test]
async fn price_that_cannot_be_read_in_a_second_file_loses_no_count() {
    let shop = DemoShop::new().await;
    let header = "Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Reference #;Quantity;URL rewritten";
    let products = format!(
        "{header}\n1;1;Mug;Home,Mugs;5,00;MUG;-4;Not A Slug!\n2;1;Tee;Home,Tees;5 x 3;TEE;1;tee\n"
    );
    let combinations = "Product ID*;Attribute (Name:Type:Position)*;Value (Value:Position)*;Reference;Impact on price;Quantity\n\
        2;Size:select:0;S:0;TEE-S;0;-1\n2;Size:select:0;M:0;TEE-M;0;-1\n";
    let args = ImportArgs {
        with: Some(shop.file("combinations.csv", combinations)),
        ..ImportArgs::of(shop.file("products.csv", products))
    };
    let summary = shop.import(&args).await.unwrap();
    assert_eq!((summary.created, summary.skipped), (1, 2));
    assert_eq!(summary.losses[&Loss::NegativeStock], 3);
}
