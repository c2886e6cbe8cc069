//! Size of the positions that exact phrases need in the embedded index.
#![allow(missing_docs, clippy::unwrap_used, dead_code)]

#[path = "../benches/catalogue/mod.rs"]
mod catalogue;
mod tantivy_support;

use std::path::{Path, PathBuf};

use tantivy::Index;
use tantivy_support::{Shop, upsert};

const PRODUCTS: i64 = 5_000;

/// Returns the folder with an index's segments below a folder.
fn index_folder(folder: &Path) -> Option<PathBuf> {
    if folder.join("meta.json").is_file() {
        return Some(folder.to_owned());
    }
    let folders = folder.read_dir().ok()?.flatten();
    folders
        .map(|entry| entry.path())
        .find_map(|path| index_folder(&path))
}

#[tokio::test]
async fn positions_take_little_of_the_index() {
    let shop = Shop::new().await;
    let products = (1..=PRODUCTS).map(|id| upsert(1, catalogue::product(id)));
    shop.apply(products.collect()).await;
    let index = Index::open_in_dir(index_folder(shop.directory.path()).unwrap()).unwrap();
    let usage = index.reader().unwrap().searcher().space_usage().unwrap();
    let of_field = |name: &str| -> u64 {
        let segments = usage.segments().iter();
        let parts = segments
            .flat_map(|segment| [segment.postings(), segment.positions(), segment.termdict()]);
        let fields = parts.flat_map(|part| part.fields());
        let fields = fields.filter(|field| field.field_name() == name);
        fields.map(|field| field.total().get_bytes()).sum()
    };
    let all = usage.total().get_bytes();
    let (phrases, inner_codes) = (of_field("phrases"), of_field("inner_codes"));
    println!("{PRODUCTS} products: {all} bytes, phrases {phrases}, inner codes {inner_codes}");
    assert!(phrases * 100 < all * 20, "{phrases} of {all} bytes");
    assert!(inner_codes * 100 < all, "{inner_codes} of {all} bytes");
}
