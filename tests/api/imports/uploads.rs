//! Files that are uploaded, and options that are given.

use poem::http::Method;
use serde_json::json;

use super::{IMPORTS, TABLE};
use crate::shop::{MAX_IMPORT_BYTES, Shop};

#[tokio::test]
async fn form_upload_takes_name_and_content_of_first_file() {
    let shop = Shop::open().await;
    let form = "--X\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n\
        --X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../lamps.csv\"\r\n\r\nid,title\r\n--X--\r\n";
    let headers = [("Content-Type", "multipart/form-data; boundary=X")];
    let import = shop
        .post_file(IMPORTS, &headers, form.into())
        .await
        .expect(201);
    assert_eq!(
        (&import["file_name"], &import["bytes"]),
        (&json!("lamps.csv"), &json!(8))
    );

    let headers = [("Content-Disposition", "attachment; filename=\"a b.csv\"")];
    let import = shop
        .post_file(IMPORTS, &headers, b"id".into())
        .await
        .expect(201);
    assert_eq!(import["file_name"], "a b.csv");
    let import = shop.post_file(IMPORTS, &[], b"id".into()).await.expect(201);
    assert_eq!(import["file_name"], "upload");
    assert_eq!(shop.kept_files(), 3);
}

#[tokio::test]
async fn unusable_upload_is_refused_and_leaves_nothing() {
    let shop = Shop::open().await;
    let large = vec![b'a'; usize::try_from(MAX_IMPORT_BYTES).unwrap() + 1];
    let refused = shop.post_file(IMPORTS, &[], large.clone()).await;
    assert_eq!(refused.error(413).0, "too_large");
    let length = (10 * MAX_IMPORT_BYTES).to_string();
    let announced = [("Content-Length", length.as_str())];
    let refused = shop.post_file(IMPORTS, &announced, b"id".into()).await;
    assert_eq!(refused.error(413).0, "too_large");

    let form = [("Content-Type", "multipart/form-data; boundary=X")];
    let start = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let body = [start.as_bytes(), &large, b"\r\n--X--\r\n"].concat();
    let refused = shop.post_file(IMPORTS, &form, body).await;
    assert_eq!(refused.error(413).0, "too_large");
    for cut in [start.as_bytes().to_vec(), b"--X--\r\n".to_vec()] {
        let refused = shop.post_file(IMPORTS, &form, cut).await;
        assert_eq!(refused.error(400).0, "malformed_body");
    }
    let empty = shop.post_file(IMPORTS, &[], Vec::new()).await;
    assert_eq!(
        empty.error(422),
        ("invalid_field".into(), Some("file".into()))
    );
    let unnamed = format!("{IMPORTS}?name=");
    let refused = shop.post_file(&unnamed, &[], b"id".into()).await;
    assert_eq!(refused.error(400).1.as_deref(), Some("name"));
    assert_eq!(shop.kept_files(), 0);
}

#[tokio::test]
async fn file_that_is_no_catalogue_fails_without_telling_paths() {
    let shop = Shop::open().await;
    let noise: Vec<u8> = b"\x7fELF\x00\x01\xff"
        .iter()
        .cycle()
        .take(9_000)
        .copied()
        .collect();
    let import = shop.upload("noise.bin", noise).await;
    let preview = format!("{IMPORTS}/{}/preview", import["id"]);
    let refused = shop.admin(Method::GET, &preview, None).await;
    assert_eq!(
        refused.error(422),
        ("invalid_field".into(), Some("file".into()))
    );

    shop.start(&import["id"], json!({})).await.expect(202);
    shop.run_imports().await;
    let failed = shop.import(&import["id"]).await;
    assert_eq!(failed["state"], "failed");
    let reason = failed["error"].as_str().unwrap();
    let folder = shop.imports.files.path("");
    assert!(!reason.contains(folder.to_str().unwrap()), "{reason}");
    // Started again, it fails again.
    shop.start(&import["id"], json!({"from": "shopify"}))
        .await
        .expect(202);
    shop.run_imports().await;
    assert_eq!(shop.import(&import["id"]).await["state"], "failed");
}

#[tokio::test]
async fn doubtful_file_is_imported_only_once_doubts_are_accepted() {
    let shop = Shop::open().await;
    let import = shop
        .upload("marks.csv", "id;title;price\n1;A;1.299\n2;B;2.599\n")
        .await;
    let preview = format!("{IMPORTS}/{}/preview", import["id"]);
    let preview = shop.admin(Method::GET, &preview, None).await.expect(200);
    assert!(
        preview["doubt"].as_str().unwrap().contains("price"),
        "{preview}"
    );

    shop.start(&import["id"], json!({})).await.expect(202);
    shop.run_imports().await;
    let failed = shop.import(&import["id"]).await;
    assert!(
        failed["error"].as_str().unwrap().contains("not sure"),
        "{failed}"
    );
    shop.start(&import["id"], json!({"accept_doubts": true}))
        .await
        .expect(202);
    shop.run_imports().await;
    assert_eq!(shop.import(&import["id"]).await["state"], "done");
}

#[tokio::test]
async fn invalid_option_is_named() {
    let shop = Shop::open().await;
    let import = shop.upload("lamps.csv", TABLE).await;
    for (options, field) in [
        (json!({"from": "my-shop"}), "from"),
        (json!({"default_currency": "XYZ"}), "default_currency"),
        (json!({"default_stock": -1}), "default_stock"),
        (json!({"seller": "No Slug"}), "seller"),
    ] {
        let refused = shop.start(&import["id"], options).await.error(422);
        assert_eq!(refused.1.as_deref(), Some(field));
    }
    for (query, field) in [
        ("from=x", "from"),
        ("price_unit=x", "price_unit"),
        ("default_currency=eur", "default_currency"),
    ] {
        let path = format!("{IMPORTS}/{}/preview?{query}", import["id"]);
        let refused = shop.admin(Method::GET, &path, None).await.error(400);
        assert_eq!(refused.1.as_deref(), Some(field));
    }
}
