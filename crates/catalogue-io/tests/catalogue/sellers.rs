//! Files of sellers: ids that two of them have, and files that replace what a seller had.

use souk_catalogue_io::import::{ImportArgs, ImportError, ImportSummary};
use souk_domain::ProductStatus;
use souk_store::{NamedEntityInput, ProductKey, ProductListing, ProductRecord};
use souk_testkit::{TestDatabase, databases};

use crate::shop::DemoShop;

async fn shops() -> Vec<DemoShop> {
    let mut shops = Vec::new();
    for database in databases().await {
        shops.push(DemoShop::on(database).await);
    }
    shops
}

async fn sqlite() -> DemoShop {
    DemoShop::on(TestDatabase::sqlite().await).await
}

fn table(ids: impl IntoIterator<Item = u32>) -> String {
    let rows = ids.into_iter().map(|id| format!("{id},Lamp {id},5.00\n"));
    format!("id,title,price\n{}", rows.collect::<String>())
}

async fn import(
    shop: &DemoShop,
    content: &str,
    change: impl FnOnce(&mut ImportArgs),
) -> Result<ImportSummary, ImportError> {
    let mut args = ImportArgs::of(shop.file("file.csv", content));
    change(&mut args);
    shop.import(&args).await
}

async fn of_seller(shop: &DemoShop, seller: &str) -> Vec<ProductRecord> {
    let listing = ProductListing {
        seller: None,
        limit: 10_000,
        ..ProductListing::default()
    };
    let records = shop.scope().products().list(&listing).await.unwrap();
    let records = records.into_iter();
    records
        .filter(|record| record.seller.slug == seller)
        .collect()
}

/// External ids of a seller's products that are not archived.
async fn live(shop: &DemoShop, seller: &str) -> Vec<String> {
    let records = of_seller(shop, seller).await.into_iter();
    let live = records.filter(|record| record.status != ProductStatus::Archived);
    live.map(|record| record.external_id).collect()
}

fn replace(args: &mut ImportArgs) {
    args.replace_seller = Some("acme".to_owned());
}

#[tokio::test]
async fn files_of_two_sellers_with_the_same_ids_stay_apart() {
    for shop in shops().await {
        for seller in ["acme", "bolt", "acme"] {
            let by = |args: &mut ImportArgs| args.seller = Some(seller.to_owned());
            import(&shop, &table(1..=3), by).await.unwrap();
        }
        assert_eq!(of_seller(&shop, "acme").await.len(), 3);
        assert_eq!(of_seller(&shop, "bolt").await.len(), 3);
        // A blank price keeps that of the seller's own product.
        let blank = "id,title,price,seller\n1,Lamp,,bolt\n1,Lamp,7.00,acme\n";
        import(&shop, blank, |_| {}).await.unwrap();
        for (seller, price) in [("bolt", 500), ("acme", 700)] {
            let key = ProductKey::OfSeller {
                seller: seller.to_owned(),
                external_id: "1".to_owned(),
            };
            let record = shop.scope().products().get(&key).await.unwrap().unwrap();
            assert_eq!(record.variants[0].prices.price, price, "{seller}");
        }
        // Without a seller, an id that both have means neither.
        let summary = import(&shop, &table(1..=1), |_| {}).await.unwrap();
        assert_eq!(
            (summary.skipped, summary.updated, summary.created),
            (1, 0, 0)
        );
    }
}

#[tokio::test]
async fn variants_of_two_sellers_in_one_file_are_not_mixed() {
    let shop = sqlite().await;
    let text = "id,title,sku,option_size,price,seller\n\
        1,Tee,A-S,S,5,acme\n1,Tee,B-S,S,6,bolt\n1,Tee,A-M,M,7,acme\n1,Tee,B-M,M,8,bolt\n";
    import(&shop, text, |_| {}).await.unwrap();
    for (seller, skus) in [("acme", ["A-S", "A-M"]), ("bolt", ["B-S", "B-M"])] {
        let records = of_seller(&shop, seller).await;
        let found: Vec<&str> = records[0]
            .variants
            .iter()
            .map(|it| it.sku.as_str())
            .collect();
        assert_eq!(found, skus);
    }
}

#[tokio::test]
async fn products_that_the_file_no_longer_has_are_archived() {
    for shop in shops().await {
        import(&shop, &table(1..=10), replace).await.unwrap();
        let by_bolt = |args: &mut ImportArgs| args.seller = Some("bolt".to_owned());
        import(&shop, &table(1..=5), by_bolt).await.unwrap();
        let next = table(4..=12);
        let told = import(&shop, &next, |args| {
            replace(args);
            args.dry_run = true;
        });
        let told = told.await.unwrap();
        assert_eq!(told.archived, 3);
        assert!(
            told.to_string().contains("3 products would be archived"),
            "{told}"
        );
        assert_eq!(live(&shop, "acme").await.len(), 10);

        let summary = import(&shop, &table(4..=12), replace).await.unwrap();
        assert_eq!((summary.archived, summary.created), (3, 2));
        assert!(summary.to_string().contains(", 3 archived"), "{summary}");
        let expected: Vec<String> = (4..=12).map(|id| id.to_string()).collect();
        assert_eq!(live(&shop, "acme").await, expected);
        assert_eq!(of_seller(&shop, "acme").await.len(), 12);
        assert_eq!(live(&shop, "bolt").await.len(), 5);
        let again = import(&shop, &table(4..=12), replace).await.unwrap();
        assert_eq!((again.archived, again.unchanged), (0, 9));
    }
}

#[tokio::test]
async fn archiving_more_than_half_has_to_be_wanted() {
    let shop = sqlite().await;
    import(&shop, &table(1..=10), replace).await.unwrap();
    let refused = import(&shop, &table(1..=4), replace).await.unwrap_err();
    let reason = refused.to_string();
    assert!(matches!(refused, ImportError::Unsure(_)), "{reason}");
    assert!(reason.contains("6 of the seller's 10 products"), "{reason}");
    let changed = table(1..=4).replace("Lamp", "Torch");
    let _ = import(&shop, &changed, replace).await.unwrap_err();
    let records = of_seller(&shop, "acme").await;
    assert!(
        records.iter().all(|it| it.title.starts_with("Lamp")),
        "written before it was refused"
    );
    let half = import(&shop, &table(1..=5), replace).await.unwrap();
    assert_eq!(half.archived, 5);
    let one = table(1..=1);
    let wanted = import(&shop, &one, |args| {
        replace(args);
        args.yes = true;
    });
    assert_eq!(wanted.await.unwrap().archived, 4);
    assert_eq!(live(&shop, "acme").await, ["1"]);
}

#[tokio::test]
async fn product_whose_row_has_a_fault_is_still_in_the_file() {
    let shop = sqlite().await;
    import(&shop, &table(1..=4), replace).await.unwrap();
    let text = format!("{}2,,5.00\n", table([1, 4]));
    let summary = import(&shop, &text, replace).await.unwrap();
    assert_eq!((summary.skipped, summary.archived), (1, 1));
    assert_eq!(live(&shop, "acme").await, ["1", "2", "4"]);
}

#[tokio::test]
async fn nothing_is_archived_by_a_file_that_breaks_off_or_is_refused() {
    let shop = sqlite().await;
    import(&shop, &table(1..=10), replace).await.unwrap();
    // Cut within a packed file.
    let packed = crate::shop::gzip(table(1..=9).as_bytes());
    let args = |content: &[u8], name: &str| {
        let mut args = ImportArgs::of(shop.file(name, content));
        replace(&mut args);
        args
    };
    let cut = args(&packed[..packed.len() - 12], "cut.csv.gz");
    shop.import(&cut).await.unwrap_err();
    // Strict, with a fault.
    let mut strict = args(
        format!("{}2,,5.00\n", table(3..=10)).as_bytes(),
        "strict.csv",
    );
    strict.strict = true;
    let refused = shop.import(&strict).await.unwrap_err();
    assert!(matches!(refused, ImportError::Strict(_)), "{refused}");
    // Of another seller altogether.
    let mut other = args(table(1..=9).as_bytes(), "other.csv");
    other.seller = Some("bolt".to_owned());
    let refused = shop.import(&other).await.unwrap_err().to_string();
    assert!(
        refused.contains("no product of the seller `acme`"),
        "{refused}"
    );
    // From a pipe.
    let mut piped = ImportArgs::of("-");
    replace(&mut piped);
    let refused = shop.import(&piped).await.unwrap_err().to_string();
    assert!(refused.contains("standard input"), "{refused}");
    assert_eq!(live(&shop, "acme").await.len(), 10);
    assert!(live(&shop, "bolt").await.is_empty());
}

#[tokio::test]
async fn seller_is_replaced_by_its_former_slug_as_well() {
    let shop = sqlite().await;
    import(&shop, &table(1..=4), replace).await.unwrap();
    let sellers = shop.scope().sellers();
    let seller = sellers.by_slug("acme").await.unwrap().unwrap();
    let renamed = NamedEntityInput {
        closed: None,
        slug: Some("acme-goods".to_owned()),
        name: "Acme Goods".to_owned(),
        description: String::new(),
    };
    sellers.update(seller.id, renamed, None).await.unwrap();
    let summary = import(&shop, &table(2..=4), replace).await.unwrap();
    assert_eq!((summary.archived, summary.unchanged), (1, 3));
    assert_eq!(live(&shop, "acme-goods").await, ["2", "3", "4"]);
    assert!(sellers.by_slug("acme").await.unwrap().is_none());
}

#[tokio::test]
async fn archived_product_that_comes_back_is_on_sale_again() {
    let shop = sqlite().await;
    import(&shop, &table(1..=4), replace).await.unwrap();
    import(&shop, &table(1..=3), replace).await.unwrap();
    assert_eq!(live(&shop, "acme").await.len(), 3);
    // A file that replaces nothing leaves the status alone.
    let plain = |args: &mut ImportArgs| args.seller = Some("acme".to_owned());
    import(&shop, &table(1..=4), plain).await.unwrap();
    assert_eq!(live(&shop, "acme").await.len(), 3);
    import(&shop, &table(1..=4), replace).await.unwrap();
    assert_eq!(live(&shop, "acme").await.len(), 4);
}

#[tokio::test]
async fn exports_keep_products_of_one_id_apart() {
    use souk_catalogue_io::export::{self, ExportArgs, ExportTarget, ShopUrl};

    let shop = sqlite().await;
    for seller in ["acme", "bolt"] {
        let by = |args: &mut ImportArgs| args.seller = Some(seller.to_owned());
        import(&shop, &table(1..=2), by).await.unwrap();
    }
    for name in ["all.csv", "all.jsonl"] {
        let path = shop.folder.path().join(name);
        let args = ExportArgs::to(&path);
        export::run(&args, &shop.store, &shop.tenant).await.unwrap();
        let same = shop.import(&ImportArgs::of(&path)).await.unwrap();
        assert_eq!((same.unchanged, same.skipped), (4, 0), "{name}");
        let to = sqlite().await;
        let moved = to.import(&ImportArgs::of(&path)).await.unwrap();
        assert_eq!((moved.created, moved.skipped), (4, 0), "{name}");
        assert_eq!(to.catalogue().await, shop.catalogue().await, "{name}");
    }
    let feed = ExportArgs {
        target: Some(ExportTarget::Google),
        shop_url: Some(ShopUrl::parse("https://shop.example").unwrap()),
        ..ExportArgs::to(shop.folder.path().join("feed.xml"))
    };
    export::run(&feed, &shop.store, &shop.tenant).await.unwrap();
    let text = std::fs::read_to_string(&feed.file).unwrap();
    for id in ["1", "2", "1~bolt", "2~bolt"] {
        assert!(text.contains(&format!("<g:id>{id}</g:id>")), "{id}");
    }
}
