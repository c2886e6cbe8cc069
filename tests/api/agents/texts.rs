//! Texts that agents read first.

use super::{EXTENSION, access};
use crate::shop::Shop;

#[tokio::test]
async fn texts_name_what_is_on() {
    let shop = Shop::open().await.read_by(access());
    let agents = shop.get("/agents.md").await;
    assert_eq!(
        agents.header("content-type"),
        Some("text/markdown; charset=utf-8")
    );
    assert_eq!(agents.header("cache-control"), Some("public, max-age=300"));
    let text = String::from_utf8(agents.body).unwrap();
    for part in [
        "# first",
        "https://first.api.example/mcp",
        "minor units of EUR",
        EXTENSION,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let llms = String::from_utf8(shop.get("/llms.txt").await.body).unwrap();
    assert!(llms.starts_with("# first\n\n> "), "{llms}");
    assert!(
        llms.contains("https://first.api.example/agents.md"),
        "{llms}"
    );
    let plain = Shop::open().await;
    let text = String::from_utf8(plain.get("/agents.md").await.body).unwrap();
    assert!(!text.contains("Extension"), "{text}");
}
