//! Files as people have them, and what becomes of them.

use souk_catalogue_io::import::{Format, ImportArgs, ImportError, Loss, PriceUnit};
use souk_domain::{Currency, Label, ProductStatus};
use souk_testkit::TestDatabase;

use crate::shop::{DemoShop, gzip};

/// In the manner of an electronics catalogue; every value is made up.
const ELECTRONICS: &str = r#"{"id":"11","name":"QX-100B/2","title":"Quill QX-100B/2 toner cartridge","ean":["4006381333932","4006381333931"],"short_description":"Toner, black","img_500x500":"http://images.example/11.jpg","date_released":"2019-12-10T00:00:00Z","maker":"Quill","price_cents":4995,"attr_t_type":"Original","attr_n_page_yield":23000.0,"attr_b_refillable":false,"attr_t_notes":""}
{"id":"12","name":"Null Modem Adapter","title":"Tolliver Null Modem Adapter","ean":[],"maker":"Tolliver","price_cents":595,"img_500x500":"not an address","attr_n_weight":0.512,"attr_t_weight":"512 g"}
"#;

#[tokio::test]
async fn an_electronics_catalogue_imports_with_defaults() {
    let shop = DemoShop::new().await;
    let summary = shop
        .import_text("products.jsonl.gz", gzip(ELECTRONICS.as_bytes()))
        .await;
    assert_eq!((summary.read, summary.created, summary.skipped), (2, 2, 0));
    assert_eq!(summary.losses[&Loss::ImageAddress], 1);
    assert_eq!(summary.losses[&Loss::DefaultStock], 2);

    let toner = shop.product("11").await.unwrap();
    assert_eq!(toner.title, "Quill QX-100B/2 toner cartridge");
    assert_eq!(toner.brand.as_deref(), Some("Quill"));
    assert_eq!(toner.description, "Toner, black");
    assert_eq!(toner.images, ["http://images.example/11.jpg".into()]);
    assert_eq!(toner.created_at_ms, 1_575_936_000_000);
    let variant = &toner.variants[0];
    assert_eq!(
        (variant.sku.as_str(), variant.prices.price, variant.stock),
        ("QX-100B/2", 4995, 0)
    );
    assert_eq!(variant.gtin.as_deref(), Some("4006381333931"));
    assert_eq!(
        serde_json::to_value(&toner.attributes).unwrap(),
        serde_json::json!({
            "ean": ["4006381333932"], "type": ["Original"], "page yield": ["23000"], "refillable": ["no"],
        })
    );
    assert_eq!(toner.seller, Label::new("fan-market", "Fan Market"));

    let adapter = shop.product("12").await.unwrap();
    assert_eq!(adapter.variants[0].sku, "12");
    assert_eq!(adapter.attributes["weight"], ["0.512", "512 g"]);
    assert!(!adapter.attributes.contains_key("name"));
}

#[tokio::test]
async fn importing_again_changes_nothing_and_a_change_is_an_update() {
    let shop = DemoShop::new().await;
    shop.import_text("a.jsonl", ELECTRONICS).await;
    let again = shop.import_text("a.jsonl", ELECTRONICS).await;
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 2));
    let changed = shop
        .import_text("a.jsonl", ELECTRONICS.replace("595", "695"))
        .await;
    assert_eq!(
        (changed.created, changed.updated, changed.unchanged),
        (0, 1, 1)
    );
    assert_eq!(shop.product("12").await.unwrap().price.min, 695);
}

#[tokio::test]
async fn csv_rows_of_one_id_are_variants_and_paths_make_a_tree() {
    let shop = DemoShop::new().await;
    let csv = "ID;Name;Category;Fandom;Seller;Price;SKU;Option_Size;Stock;Material;Rating;Review Count\n\
        t1;A shirt;Clothing > Shirts;The Paper Foxes;Crooked Lantern;19.90;T1-S;S;3;Cotton;4.5;10\n\
        t1;A shirt;Clothing > Shirts;The Paper Foxes;Crooked Lantern;21.90;T1-M;M;4;Cotton;4.5;10\n\
        m1;A mug;Home > Mugs > Shirts;;;9;M1;;1;;0;0\n";
    let summary = shop.import_text("shop.csv", csv).await;
    assert_eq!((summary.read, summary.created, summary.variants), (3, 2, 1));

    let shirt = shop.product("t1").await.unwrap();
    let variants: Vec<_> = shirt
        .variants
        .iter()
        .map(|variant| {
            (
                variant.sku.as_str(),
                variant.options["Size"].as_str(),
                variant.prices.price,
                variant.stock,
            )
        })
        .collect();
    assert_eq!(variants, [("T1-S", "S", 1990, 3), ("T1-M", "M", 2190, 4)]);
    assert_eq!(shirt.attributes["Material"], ["Cotton"]);
    assert_eq!((shirt.rating_count, shirt.rating_sum), (10, 45));
    assert_eq!(
        shirt.fandom,
        Some(Label::new("the-paper-foxes", "The Paper Foxes"))
    );
    assert_eq!(
        shirt.seller,
        Label::new("crooked-lantern", "Crooked Lantern")
    );
    assert_eq!(shirt.category, Some(Label::new("shirts", "Shirts")));

    // Another category of the same name has a slug of its own, and is found again.
    let mug = shop.product("m1").await.unwrap();
    assert_eq!(mug.category, Some(Label::new("mugs-shirts", "Shirts")));
    assert_eq!((mug.price.min, mug.rating_count), (900, 0));
    assert_eq!(shop.import_text("shop.csv", csv).await.unchanged, 2);
    let tree = shop.scope().categories().list().await.unwrap();
    let mut names: Vec<_> = tree
        .iter()
        .map(|category| (category.slug.as_str(), category.parent.as_deref()))
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            ("clothing", None),
            ("home", None),
            ("mugs", Some("home")),
            ("mugs-shirts", Some("mugs")),
            ("shirts", Some("clothing"))
        ]
    );
}

#[tokio::test]
async fn faulty_rows_are_skipped_reported_and_written_down() {
    let shop = DemoShop::new().await;
    let mut text =
        b"{\"id\":1,\"title\":\"One\",\"price\":100}\n{\"id\":2,\"title\":\"Two\"}\nno json\n"
            .to_vec();
    text.extend(b"{\"id\":4,\"title\":\"bad \xff byte\",\"price\":1}\n");
    text.extend(b"{\"id\":5,\"title\":\"Five\",\"price\":-1}\n");
    text.extend(b"{\"title\":\"No id\",\"price\":1}\n");
    text.extend(b"{\"id\":7,\"title\":\"Seven\",\"price\":\"12,50\"}\n");
    text.extend(
        format!(
            "{{\"id\":8,\"title\":\"{}\",\"price\":1}}\n",
            "x".repeat(17 * 1024 * 1024)
        )
        .bytes(),
    );
    text.extend(b"{\"id\":9,\"title\":\"Nine\",\"price\":900,\"status\":\"sold\"}\n");
    text.extend(b"{\"id\":10,\"title\":\"Ten\",\"price\":1000}\n");
    let args = ImportArgs {
        errors: Some(shop.folder.path().join("faults.csv")),
        ..ImportArgs::of(shop.file("mixed.jsonl", text))
    };
    let summary = shop.import(&args).await.unwrap();
    assert_eq!((summary.read, summary.created, summary.skipped), (10, 6, 4));
    assert_eq!(summary.losses[&Loss::UnknownStatus], 1);
    for hidden in ["2", "9"] {
        let product = shop.product(hidden).await.unwrap();
        assert_eq!(product.status, ProductStatus::Draft, "{hidden}");
    }
    assert_eq!(shop.product("4").await.unwrap().title, "bad ÿ byte");
    assert_eq!(shop.product("7").await.unwrap().price.min, 1250);

    let faults = std::fs::read_to_string(args.errors.unwrap()).unwrap();
    let named: Vec<(&str, &str, &str)> = faults
        .lines()
        .skip(1)
        .map(|line| {
            let mut columns = line.split(',');
            let mut next = || columns.next().unwrap_or_default();
            (next(), next(), next())
        })
        .collect();
    assert_eq!(
        named,
        [
            ("3", "", ""),
            ("5", "5", "price"),
            ("6", "", "external_id"),
            ("8", "", ""),
        ]
    );
}

#[tokio::test]
async fn strict_stops_at_the_first_fault_and_keeps_what_came_before() {
    let shop = DemoShop::new().await;
    let text = "id,title,price\n1,One,100\n2,Two,-5\n3,Three,300\n";
    let args = ImportArgs {
        strict: true,
        ..ImportArgs::of(shop.file("a.csv", text))
    };
    let Err(ImportError::Strict(fault)) = shop.import(&args).await else {
        panic!("the import went on");
    };
    assert_eq!((fault.line, fault.field.as_deref()), (3, Some("price")));
    assert!(shop.product("1").await.is_some());
    assert!(shop.product("3").await.is_none());
}

#[tokio::test]
async fn batches_side_by_side_come_out_as_one_after_the_other() {
    // Titles, and so slugs, and some products come again in the next batch.
    let rows = (0..4_000).map(|number| {
        let id = if number % 1_300 == 0 { 5 } else { number };
        format!("{id},Poster {},{number}\n", number % 700)
    });
    let text = "id,title,price\n".to_owned() + &rows.collect::<String>();
    let mut catalogues = Vec::new();
    for strict in [true, false] {
        let shop = DemoShop::on(TestDatabase::postgres().await).await;
        let args = ImportArgs {
            strict,
            ..ImportArgs::of(shop.file("feed.csv", &text))
        };
        let summary = shop.import(&args).await.unwrap();
        assert_eq!((summary.created, summary.skipped), (3_996, 0));
        let mut catalogue = shop.catalogue().await;
        catalogue.sort_by_key(|product| product["external_id"].to_string());
        for product in &mut catalogue {
            product["created_at_ms"] = 0.into();
        }
        catalogues.push(catalogue);
    }
    assert_eq!(catalogues[0], catalogues[1]);
}

#[tokio::test]
async fn options_decide() {
    let shop = DemoShop::new().await;
    let text = "code|label|maker|net|internal\n1|One|Ash|12|secret\n";
    let map = |text: &str| {
        use clap::Parser;
        #[derive(Parser)]
        struct Cli {
            #[command(flatten)]
            import: ImportArgs,
        }
        let path = shop.file("feed", text).into_os_string();
        let options = [
            "souk",
            "--format",
            "csv",
            "--map",
            "external_id=code",
            "--map",
            "title=label",
            "--map",
            "price=net",
            "--ignore",
            "internal",
            "--price-unit",
            "major",
            "--default-stock",
            "7",
            "--default-currency",
            "usd",
            "--seller",
            "my-shop",
        ];
        let words = options.iter().map(std::ffi::OsString::from).chain([path]);
        Cli::parse_from(words).import
    };
    let args = map(text);
    assert_eq!(
        (args.format, args.price_unit),
        (Some(Format::Csv), Some(PriceUnit::Major))
    );
    let summary = shop.import(&args).await.unwrap();
    assert_eq!(summary.created, 1);
    let product = shop.product("1").await.unwrap();
    assert_eq!(product.brand.as_deref(), Some("Ash"));
    assert_eq!(
        (product.price.min, product.price.currency, product.stock),
        (1200, Currency::USD, 7)
    );
    assert_eq!(product.seller, Label::new("my-shop", "My Shop"));
    assert!(product.attributes.is_empty());
}

#[tokio::test]
async fn prices_are_major_unless_a_name_says_minor() {
    let shop = DemoShop::new().await;
    shop.import_text("a.tsv", "id\ttitle\tprice\n1\tOne\t12\n2\tTwo\t13\n")
        .await;
    assert_eq!(shop.product("1").await.unwrap().price.min, 1200);
    shop.import_text("b.tsv", "id\ttitle\tprice_minor\n1\tOne\t1300\n")
        .await;
    assert_eq!(shop.product("1").await.unwrap().price.min, 1300);
}

#[tokio::test]
async fn of_two_rows_the_later_wins_across_many_batches() {
    let shop = DemoShop::new().await;
    let mut text: String = (0..2_500)
        .map(|number| format!("{{\"id\":{number},\"title\":\"T {number}\",\"price\":{number}}}\n"))
        .collect();
    text.push_str("{\"id\":2499,\"title\":\"Again\",\"price\":5}\n{\"id\":0,\"title\":\"Zero again\",\"price\":6}\n");
    let summary = shop.import_text("many.jsonl", text).await;
    assert_eq!(
        (
            summary.read,
            summary.created,
            summary.updated,
            summary.skipped
        ),
        (2_502, 2_500, 0, 0)
    );
    assert_eq!(shop.product("2499").await.unwrap().title, "Again");
    assert_eq!(shop.product("0").await.unwrap().title, "Zero again");
}

#[tokio::test]
async fn a_file_cut_short_says_so_and_leaves_nothing_half_written() {
    let shop = DemoShop::new().await;
    let text: String = (0..3_000)
        .map(|number| {
            format!(
                "{{\"id\":{number},\"title\":\"Title {}\",\"price\":1}}\n",
                number * 7919
            )
        })
        .collect();
    let whole = gzip(text.as_bytes());
    let args = ImportArgs::of(shop.file("cut.jsonl.gz", &whole[..whole.len() / 2]));
    assert!(matches!(
        shop.import(&args).await,
        Err(ImportError::Read { .. })
    ));
    assert!(shop.product("0").await.is_none());

    let whole = ImportArgs::of(shop.file("cut.jsonl.gz", &whole));
    let summary = shop.import(&whole).await.unwrap();
    assert_eq!((summary.created, summary.updated), (3_000, 0));
}

#[tokio::test]
async fn what_is_no_catalogue_is_refused() {
    let shop = DemoShop::new().await;
    let absent = ImportArgs::of(shop.folder.path().join("absent.csv"));
    assert!(matches!(
        shop.import(&absent).await,
        Err(ImportError::Open { .. })
    ));
    let empty = ImportArgs::of(shop.file("empty.csv", ""));
    assert!(matches!(
        shop.import(&empty).await,
        Err(ImportError::Header { .. })
    ));
    assert_eq!(shop.import_text("empty.jsonl", "").await.read, 0);
}
