//! Packings, encodings and syntaxes in which files come.

use std::io::Write;

use souk_catalogue_io::import::{ImportArgs, ImportError};

use crate::shop::{DemoShop, gzip};

const TABLE: &str = "id;title;price;description;brand\n1;Käsebrett;12,50;Für Käse – groß;Müller\n2;Tasse;1.299,00;Weiß;Müller\n";

async fn check(shop: &DemoShop, name: &str, content: impl AsRef<[u8]>) {
    let summary = shop.import_text(name, content).await;
    assert_eq!((summary.created, summary.skipped), (2, 0), "{name}");
    let board = shop.product("1").await.unwrap();
    assert_eq!(board.title, "Käsebrett", "{name}");
    assert_eq!(board.price.min, 1250, "{name}");
    assert_eq!(board.brand.as_deref(), Some("Müller"), "{name}");
    assert_eq!(
        shop.product("2").await.unwrap().price.min,
        129_900,
        "{name}"
    );
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn tables_in_every_packing_and_encoding_are_read() {
    let utf16 = TABLE
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect::<Vec<u8>>();
    let windows: Vec<u8> = TABLE
        .chars()
        .map(|c| {
            if c == '–' {
                0x96
            } else {
                u8::try_from(u32::from(c)).unwrap()
            }
        })
        .collect();
    let with_mark = |text: &str| format!("\u{feff}{text}").into_bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("plain.csv", TABLE.into()),
        ("mark.csv", with_mark(TABLE)),
        (
            "blank.csv",
            [b"\n\n".as_slice(), &with_mark(TABLE)].concat(),
        ),
        ("utf16.txt", [b"\xff\xfe".as_slice(), &utf16].concat()),
        ("windows.csv", windows),
        (
            "sep.csv",
            with_mark(&format!("sep=;\r\n{}", TABLE.replace('\n', "\r\n"))),
        ),
        ("mac.csv", TABLE.replace('\n', "\r").into_bytes()),
        ("tab.txt", TABLE.replace(';', "\t").into_bytes()),
        ("title.csv", format!("Our products\n\n{TABLE}").into_bytes()),
        ("packed.csv.gz", gzip(TABLE.as_bytes())),
        ("packed.zst", zstd::encode_all(TABLE.as_bytes(), 3).unwrap()),
        (
            "packed.zip",
            zip(&[
                ("export/products.csv", TABLE.as_bytes()),
                ("__MACOSX/._products.csv", b"x"),
            ]),
        ),
    ];
    for (name, content) in cases {
        check(&DemoShop::new().await, name, content).await;
    }
}

#[tokio::test]
async fn json_in_every_form_is_read() {
    let one = r#"{"id":1,"title":"Käsebrett","price":12.5,"brand":"Müller"}"#;
    let two = r#"{"id":2,"title":"Tasse","price":1299,"brand":"Müller"}"#;
    for text in [
        format!("[{one},\n{two}]"),
        format!("{{\"total\":2,\"products\":[{one},{two}]}}"),
        format!("{one}\n{two}\n"),
    ] {
        check(&DemoShop::new().await, "products.json", text).await;
    }
}

#[tokio::test]
async fn archive_that_unpacks_to_far_more_is_refused() {
    let shop = DemoShop::new().await;
    let bomb = gzip(&vec![b'a'; 80 * 1024 * 1024]);
    let args = ImportArgs::of(shop.file("bomb.csv.gz", bomb));
    let Err(ImportError::Read { source, .. }) = shop.import(&args).await else {
        panic!("it was taken");
    };
    assert!(source.to_string().contains("unpacks to more"), "{source}");
    let two = zip(&[("a.csv", b"x"), ("b.csv", b"y")]);
    let args = ImportArgs::of(shop.file("two.zip", two));
    let Err(ImportError::Open { source, .. }) = shop.import(&args).await else {
        panic!("it was taken");
    };
    assert!(source.to_string().contains("2 data files"), "{source}");
}

#[tokio::test]
async fn endless_line_is_refused_with_a_clear_message() {
    let shop = DemoShop::new().await;
    let args = ImportArgs::of(shop.file("line.csv", "a,".repeat(10 * 1024 * 1024)));
    let Err(ImportError::Header { reason, .. }) = shop.import(&args).await else {
        panic!("it was taken");
    };
    assert!(reason.contains("longer than 16 MiB"), "{reason}");
}

#[tokio::test]
async fn mixed_decimal_marks_are_refused_before_anything_is_written() {
    let shop = DemoShop::new().await;
    let args = ImportArgs::of(shop.file("mixed.csv", "id;title;price\n1;A;1,50\n2;B;2.50\n"));
    let Err(ImportError::Header { reason, .. }) = shop.import(&args).await else {
        panic!("it was taken");
    };
    assert!(reason.contains("decimal comma"), "{reason}");
    assert!(shop.catalogue().await.is_empty());
}

#[tokio::test]
async fn doubtful_amounts_without_yes_are_not_imported() {
    let shop = DemoShop::new().await;
    let path = shop.file("doubt.csv", "id;title;price\n1;A;1.299\n2;B;2.500\n");
    let args = ImportArgs::of(&path);
    assert!(matches!(
        shop.import(&args).await,
        Err(ImportError::Unsure(_))
    ));
    assert!(shop.catalogue().await.is_empty());
    let args = ImportArgs { yes: true, ..args };
    assert_eq!(shop.import(&args).await.unwrap().created, 2);
    assert_eq!(shop.product("1").await.unwrap().price.min, 129_900);
}

#[tokio::test]
async fn dry_run_writes_nothing() {
    let shop = DemoShop::new().await;
    let args = ImportArgs {
        dry_run: true,
        ..ImportArgs::of(shop.file("a.csv", TABLE))
    };
    let summary = shop.import(&args).await.unwrap();
    assert_eq!((summary.read, summary.created), (2, 0));
    assert!(shop.catalogue().await.is_empty());
}

#[tokio::test]
async fn same_fault_on_a_hundred_rows_stops_the_import() {
    let shop = DemoShop::new().await;
    let rows: String = (0..200)
        .map(|number| format!("{number},T,1,x,y\n"))
        .collect();
    let args = ImportArgs::of(shop.file("shifted.csv", format!("id,title,price\n{rows}")));
    let Err(ImportError::SameFault {
        rows, looks_like, ..
    }) = shop.import(&args).await
    else {
        panic!("it went on");
    };
    assert_eq!(rows, 100);
    assert!(looks_like.contains("table of 3 columns"), "{looks_like}");
}

#[tokio::test]
async fn blank_cells_keep_what_is_there_unless_told() {
    let shop = DemoShop::new().await;
    let full =
        "id,title,price,description,brand,stock,category,status\n1,A,5.00,Text,Ash,7,Mugs,draft\n";
    shop.import_text("full.csv", full).await;
    let blank = "id,title,price,description,brand,stock,category,status\n1,B,,,,,,\n";
    assert_eq!(shop.import_text("blank.csv", blank).await.updated, 1);
    let product = shop.product("1").await.unwrap();
    assert_eq!(
        (product.title.as_str(), product.description.as_str()),
        ("B", "Text")
    );
    assert_eq!((product.price.min, product.stock), (500, 7));
    assert_eq!(product.brand.as_deref(), Some("Ash"));
    assert_eq!(product.status.as_str(), "draft");
    let args = ImportArgs {
        clear_blank: true,
        ..ImportArgs::of(shop.file("blank.csv", blank))
    };
    shop.import(&args).await.unwrap();
    let product = shop.product("1").await.unwrap();
    assert_eq!((product.description.as_str(), product.brand), ("", None));
}

#[tokio::test]
async fn sellers_whose_names_make_one_slug_stay_two() {
    let shop = DemoShop::new().await;
    let text = "id,title,price,seller\n1,A,5,Café Noir\n2,B,6,Cafe-Noir!\n3,C,7,café noir\n";
    shop.import_text("a.csv", text).await;
    let mut slugs = Vec::new();
    for id in ["1", "2", "3"] {
        slugs.push(shop.product(id).await.unwrap().seller.slug);
    }
    assert_eq!(slugs, ["cafe-noir", "cafe-noir-2", "cafe-noir"]);
}

#[tokio::test]
async fn rows_of_one_id_far_apart_are_merged() {
    let shop = DemoShop::new().await;
    let text = "id,title,price,size\n1,Tee,5,S\n2,Mug,6,\n1,Tee,7,M\n";
    let summary = shop.import_text("a.csv", text).await;
    assert_eq!((summary.created, summary.variants), (2, 1));
    let tee = shop.product("1").await.unwrap();
    let sizes: Vec<_> = tee
        .variants
        .iter()
        .map(|variant| variant.options["Size"].as_str())
        .collect();
    assert_eq!(sizes, ["S", "M"]);
}
