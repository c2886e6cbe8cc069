//! Images with their texts and variants, and weights and sizes, as systems write them.

use souk_catalogue_io::import::{ImportArgs, Loss};
use souk_domain::{Image, Measures, ProductPatch};
use souk_store::ProductRecord;

use crate::shop::DemoShop;

/// Images as `file name / text / SKUs`.
fn images(product: &ProductRecord) -> Vec<String> {
    let images = product.images.iter().map(|image| {
        let name = image.url.rsplit('/').next().unwrap_or_default();
        let alt = image.alt.as_deref().unwrap_or("-");
        format!("{name} / {alt} / {}", image.variants.join(" "))
    });
    images.collect()
}

/// Weights in grams, and length, width and height in millimetres.
fn measures(product: &ProductRecord) -> Vec<(Option<i64>, [Option<i64>; 3])> {
    let measures = product.variants.iter().map(|variant| variant.measures);
    measures
        .map(|it: Measures| (it.weight_g, [it.length_mm, it.width_mm, it.height_mm]))
        .collect()
}

const NO_SIZE: [Option<i64>; 3] = [None; 3];

#[tokio::test]
async fn shopify_rows_name_texts_variants_and_grams() {
    let shop = DemoShop::new().await;
    let text = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Price,Image Src,Image Position,\
                Image Alt Text,Variant Image,Variant Weight Unit\n\
                cap,Cap,Size,S,CAP-S,250,9.00,https://a.example/1.jpg,1,Front,https://a.example/2.jpg,kg\n\
                cap,,,M,CAP-M,0,9.00,https://a.example/2.jpg,2,Small one,,kg\n\
                cap,,,,,,,https://a.example/3.jpg,3,,,\n";
    shop.import_text("a.csv", text).await;
    let cap = shop.product("cap").await.unwrap();
    assert_eq!(
        images(&cap),
        [
            "1.jpg / Front / ",
            "2.jpg / Small one / CAP-S",
            "3.jpg / - / "
        ]
    );
    assert_eq!(measures(&cap), [(Some(250), NO_SIZE), (None, NO_SIZE)]);
}

#[tokio::test]
async fn products_json_binds_images_by_the_ids_of_variants() {
    let shop = DemoShop::new().await;
    let text = r#"{"products": [{"id": 1, "handle": "cap", "title": "Cap", "body_html": "A cap",
        "vendor": "Quill", "options": [{"name": "Size"}],
        "variants": [
            {"id": 11, "sku": "CAP-S", "option1": "S", "price": "9.00", "grams": 250},
            {"id": 12, "sku": "CAP-M", "option1": "M", "price": "9.00", "weight": 0.3, "weight_unit": "kg"},
            {"id": 13, "sku": "CAP-L", "option1": "L", "price": "9.00", "weight": 1, "weight_unit": "lb"}],
        "images": [
            {"src": "https://a.example/1.jpg", "position": 1, "alt": "Front", "variant_ids": []},
            {"src": "https://a.example/2.jpg", "position": 2, "alt": null, "variant_ids": [12, 13]}]}]}"#;
    shop.import_text("products.json", text).await;
    let cap = shop.product("cap").await.unwrap();
    assert_eq!(
        images(&cap),
        ["1.jpg / Front / ", "2.jpg / - / CAP-M CAP-L"]
    );
    let weights: Vec<_> = measures(&cap).into_iter().map(|it| it.0).collect();
    assert_eq!(weights, [Some(250), Some(300), Some(454)]);
}

#[tokio::test]
async fn woocommerce_variation_has_an_image_and_inherits_its_weight() {
    let shop = DemoShop::new().await;
    let text = "ID,Type,SKU,Name,Published,Regular price,Images,Parent,Weight (lbs),Length (in),Width (in),Height (in),\
                Attribute 1 name,Attribute 1 value(s)\n\
                1,variable,CAP,Cap,1,,\"https://a.example/1.jpg, https://a.example/2.jpg\",,2,10,,,Size,\"S, M\"\n\
                2,variation,CAP-S,Cap - S,1,9,https://a.example/2.jpg,CAP,,,,,Size,S\n\
                3,variation,CAP-M,Cap - M,1,9,,CAP,1,,5,,Size,M\n";
    shop.import_text("a.csv", text).await;
    let cap = shop.product("1").await.unwrap();
    assert_eq!(images(&cap), ["1.jpg / - / ", "2.jpg / - / CAP-S"]);
    let inherited = [Some(254), None, None];
    assert_eq!(
        measures(&cap),
        [
            (Some(907), inherited),
            (Some(454), [Some(254), Some(127), None])
        ]
    );
}

#[tokio::test]
async fn google_items_of_a_group_have_images_of_their_own() {
    let shop = DemoShop::new().await;
    let item = |id: &str, size: &str, image: &str, weight: &str| {
        format!(
            "<item><g:id>{id}</g:id><g:item_group_id>cap</g:item_group_id><g:title>Cap</g:title>\
             <g:price>9.00 EUR</g:price><g:availability>in_stock</g:availability><g:size>{size}</g:size>\
             <g:image_link>https://a.example/{image}.jpg</g:image_link>\
             <g:additional_image_link>https://a.example/all.jpg</g:additional_image_link>\
             <g:shipping_weight>{weight}</g:shipping_weight><g:shipping_length>20.5 cm</g:shipping_length></item>"
        )
    };
    let text = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\"><channel>{}{}{}</channel></rss>",
        item("CAP-S", "S", "small", "1.2 kg"),
        item("CAP-M", "M", "medium", "1 stone"),
        item("CAP-L", "L", "medium", "17")
    );
    let summary = shop.import_text("feed.xml", text).await;
    let cap = shop.product("cap").await.unwrap();
    assert_eq!(
        images(&cap),
        [
            "small.jpg / - / CAP-S",
            "all.jpg / - / ",
            "medium.jpg / - / CAP-M CAP-L"
        ]
    );
    let size = [Some(205), None, None];
    assert_eq!(
        measures(&cap),
        [(Some(1_200), size), (None, size), (None, size)]
    );
    // One has an unknown unit, and one has none.
    assert_eq!(summary.losses[&Loss::Measure], 2);
}

#[tokio::test]
async fn what_a_file_leaves_open_stays() {
    let shop = DemoShop::new().await;
    let full = "id,title,sku,price,image,weight_kg,length_cm\n1,Tee,T,5.00,https://a.example/1.jpg,\"1,5\",20\n";
    shop.import_text("a.csv", full).await;
    let patch = ProductPatch {
        images: Some(vec![Image {
            url: "https://a.example/1.jpg".into(),
            alt: Some("A tee".into()),
            variants: vec!["T".into()],
        }]),
        ..ProductPatch::default()
    };
    let id = shop.product("1").await.unwrap().id;
    shop.scope()
        .products()
        .patch(id, patch, None)
        .await
        .unwrap();
    let bare = "id,title,sku,price,image\n1,Tee,T,6.00,https://a.example/1.jpg\n";
    shop.import_text("b.csv", bare).await;
    let tee = shop.product("1").await.unwrap();
    assert_eq!(images(&tee), ["1.jpg / A tee / T"]);
    assert_eq!(measures(&tee), [(Some(1_500), [Some(200), None, None])]);

    // Another variant than the image was bound to.
    let other = "id,title,sku,price\n1,Tee,U,6.00\n";
    let summary = shop.import_text("c.csv", other).await;
    assert_eq!((summary.updated, summary.skipped), (1, 0), "{summary}");
    assert_eq!(
        images(&shop.product("1").await.unwrap()),
        ["1.jpg / A tee / "]
    );

    let cleared = ImportArgs {
        clear_blank: true,
        ..ImportArgs::of(shop.file("d.csv", "id,title,sku,price\n1,Tee,U,6.00\n"))
    };
    shop.import(&cleared).await.unwrap();
    let tee = shop.product("1").await.unwrap();
    assert_eq!(
        (tee.images.len(), tee.variants[0].measures),
        (0, Measures::default())
    );
}

#[tokio::test]
async fn magento_labels_stand_beside_their_images() {
    let shop = DemoShop::new().await;
    let text = "sku,attribute_set_code,product_type,name,price,product_online,base_image,base_image_label,additional_images,\
                additional_image_labels\n\
                cap,Default,simple,Cap,9.00,1,/c/a.jpg,\"Cap, blue\",\"/c/a.jpg,/c/b.jpg,/c/c.jpg\",\"Cap, blue,,Back\"\n\
                tee,Default,simple,Tee,9.00,1,/t/a.jpg,Tee,\"/t/b.jpg,/t/c.jpg\",\"Sleeve,Back\"\n";
    shop.import_text("a.csv", text).await;
    let tee = shop.product("tee").await.unwrap();
    assert_eq!(
        images(&tee),
        ["a.jpg / Tee / ", "b.jpg / Sleeve / ", "c.jpg / Back / "]
    );
    // Commas that are no marks between texts: which text belongs to which image is not known but of the first.
    let cap = shop.product("cap").await.unwrap();
    assert_eq!(images(&cap)[0], "a.jpg / Cap, blue / ");
}
