//! Feeds over HTTP.

use std::{io::Read, sync::Arc, time::Duration};

use poem::http::Method;
use serde_json::{Value, json};
use souk::{
    cdn::Cdn,
    feeds::{Feeds, LIFETIME},
};
use souk_cache::TagHeader;
use souk_catalogue_io::export::{FeedForm, OPENAI_EDITIONS, OpenAiTerms, ShopUrl};
use souk_testkit::product;

use crate::shop::{Reply, Shop, add_tenant};

const FEED: &str = "/feeds/google.xml";

fn feeds(lifetime: Duration) -> Feeds {
    let url = ShopUrl::parse("https://{tenant}.shop.example").unwrap();
    Feeds::new(FeedForm::Google, url, "https://cdn.example", lifetime)
}

async fn shop(lifetime: Duration) -> Shop {
    let cdn = Cdn {
        tags: Some(TagHeader::CacheTag),
        ..Cdn::default()
    };
    Shop::open().await.feeding(feeds(lifetime), cdn)
}

fn text(reply: &Reply) -> String {
    assert_eq!(
        reply.status,
        200,
        "{}",
        String::from_utf8_lossy(&reply.body)
    );
    String::from_utf8(reply.body.clone()).unwrap()
}

#[tokio::test]
async fn feed_without_a_shop_url_is_absent() {
    let shop = Shop::open().await;
    assert_eq!(shop.get(FEED).await.error(404).0, "route_not_found");
}

#[tokio::test]
async fn feed_has_an_item_for_each_variant_for_sale() {
    let shop = shop(LIFETIME).await;
    let reply = shop.get(FEED).await;
    let feed = text(&reply);
    assert_eq!(feed.matches("<item>").count(), 4, "{feed}");
    for part in [
        "<g:id>shirt-1~TS-2001-M</g:id>",
        "<g:item_group_id>shirt-1</g:item_group_id>",
        "<g:link>https://first.shop.example/products/dragon-mug</g:link>",
        "<g:image_link>https://cdn.example/media/mug.svg</g:image_link>",
        "<g:description>A mug for dragons &amp; riders.</g:description>",
        "<g:product_type>Kitchen &gt; Mugs</g:product_type>",
        "<g:price>15.95 EUR</g:price>",
        "<g:availability>out_of_stock</g:availability>",
    ] {
        assert!(feed.contains(part), "{part} in {feed}");
    }
    assert!(!feed.contains("Dragon Draft") && feed.ends_with("</rss>\n"));
    let header = |name| reply.header(name).unwrap();
    assert_eq!(header("content-type"), "application/xml; charset=utf-8");
    assert!(header("cache-control").starts_with("public, max-age="));
    assert!(header("last-modified").ends_with("GMT"));
    assert_eq!(header("cache-tag"), format!("{}:all", shop.tenant.id));
}

#[tokio::test]
async fn packed_feed_is_the_same_as_the_plain_one() {
    let shop = shop(LIFETIME).await;
    let packed = shop
        .send(Method::GET, FEED, &[("Accept-Encoding", "gzip")], None)
        .await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(packed.body.as_slice())
        .read_to_string(&mut unpacked)
        .unwrap();
    let plain = shop.get(FEED).await;
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(text(&plain), unpacked);
}

#[tokio::test]
async fn feed_of_many_pages_is_read_while_it_grows() {
    let shop = Arc::new(shop(LIFETIME).await);
    let many = (0..1_100)
        .map(|number| product(&format!("p{number}")).title("Pin").build())
        .collect();
    shop.put(many).await;
    let asked = (0..4).map(|_| {
        let shop = Arc::clone(&shop);
        tokio::spawn(async move { text(&shop.get(FEED).await) })
    });
    let mut feeds = Vec::new();
    for answer in asked.collect::<Vec<_>>() {
        feeds.push(answer.await.unwrap());
    }
    assert_eq!(feeds[0].matches("<item>").count(), 1_104);
    assert!(feeds.iter().all(|feed| *feed == feeds[0]));
}

#[tokio::test]
async fn feed_changes_after_its_lifetime_only() {
    for (lifetime, expected) in [(LIFETIME, 4), (Duration::ZERO, 5)] {
        let shop = shop(lifetime).await;
        text(&shop.get(FEED).await);
        shop.put(vec![product("new").title("New Pin").build()])
            .await;
        let feed = text(&shop.get(FEED).await);
        assert_eq!(feed.matches("<item>").count(), expected);
    }
}

#[tokio::test]
async fn feed_is_that_of_the_tenant_and_private_by_key() {
    let shop = shop(LIFETIME).await;
    let key = "a key for tests";
    add_tenant(&shop.store, "other", Some("other.example"), Some(key)).await;
    for headers in [("Host", "other.example"), ("X-Api-Key", key)] {
        let reply = shop.send(Method::GET, FEED, &[headers], None).await;
        assert!(!text(&reply).contains("<item>"));
        let control = reply.header("cache-control").unwrap();
        let by_key = headers.0 == "X-Api-Key";
        assert_eq!(control == "private, no-store", by_key, "{control}");
        assert_eq!(reply.header("cache-tag").is_none(), by_key);
    }
}

#[tokio::test]
async fn feed_without_database_is_unavailable() {
    let shop = shop(LIFETIME).await;
    shop.get("/api/search?q=mug").await.expect(200);
    shop.store.clone().close().await.unwrap();
    shop.get(FEED).await.error(503);
}

#[tokio::test]
async fn feed_for_openai_has_a_complete_row_for_each_variant() {
    for shop in [Shop::open().await, Shop::on_postgres().await] {
        assert_eq!(
            shop.get("/feeds/openai.jsonl").await.error(404).0,
            "route_not_found"
        );
        let pin = product("pin")
            .title("Dragon Pin")
            .brand("Oddfellow")
            .image("https://img.example/pin.png")
            .without_variants()
            .variant("PIN-R", 900, 3, &[("color", "red")])
            .variant("PIN-B", 950, 0, &[("color", "blue")]);
        let sale = product("sale")
            .brand("Oddfellow")
            .image("/media/sale.svg")
            .price(700)
            .sale(1_000, None, None);
        shop.put(vec![pin.build(), sale.build()]).await;
        let terms = OpenAiTerms {
            store_country: "DE".to_owned(),
            target_countries: vec!["DE".to_owned(), "AT".to_owned()],
            return_policy: Some("https://shop.example/returns".to_owned()),
        };
        let url = ShopUrl::parse("https://{tenant}.shop.example").unwrap();
        let feeds = Feeds::new(
            FeedForm::OpenAi(terms),
            url,
            "https://cdn.example",
            LIFETIME,
        );
        let shop = shop.feeding_openai(feeds);
        let agents = text(&shop.get("/agents.md").await);
        assert!(
            agents.contains("/feeds/openai.jsonl>") && !agents.contains("google.xml"),
            "{agents}"
        );
        let reply = shop.get("/feeds/openai.jsonl").await;
        assert_eq!(
            reply.header("content-type"),
            Some("application/jsonl; charset=utf-8")
        );
        let feed = text(&reply);
        let rows: Vec<Value> = feed
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for edition in &OPENAI_EDITIONS {
            for (row, field) in rows
                .iter()
                .flat_map(|row| edition.required.iter().map(move |field| (row, field)))
            {
                assert!(
                    row.get(*field).is_some(),
                    "{}: {field} in {row}",
                    edition.name
                );
            }
        }
        // Products without an image or a brand have no row, and drafts never do.
        let ids: Vec<&str> = rows
            .iter()
            .map(|row| row["item_id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["mug-1", "pin~PIN-R", "pin~PIN-B", "sale"]);
        let pin = &rows[2];
        assert_eq!(
            (&pin["group_id"], &pin["listing_has_variations"]),
            (&json!("pin"), &json!(true))
        );
        assert_eq!(pin["variant_dict"], json!({"color": "blue"}));
        assert_eq!(
            (&pin["price"], &pin["availability"]),
            (&json!("9.50 EUR"), &json!("out_of_stock"))
        );
        assert_eq!(
            pin["url"],
            "https://first.shop.example/products/dragon-pin?variant=PIN-B"
        );
        assert_eq!(pin["is_eligible_checkout"], false);
        assert_eq!(pin["target_countries"], json!(["DE", "AT"]));
        let sale = &rows[3];
        assert_eq!(
            (&sale["price"], &sale["sale_price"]),
            (&json!("10.00 EUR"), &json!("7.00 EUR"))
        );
        assert_eq!(sale["image_url"], "https://cdn.example/media/sale.svg");
    }
}
