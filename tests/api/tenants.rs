use souk_search_service::api_key_hash;

use crate::shop::{Shop, add_tenant};

async fn total(shop: &Shop, headers: &[(&str, &str)]) -> Option<u64> {
    let reply = shop
        .send(poem::http::Method::GET, "/api/products", headers, None)
        .await;
    match reply.status {
        404 => {
            assert_eq!(reply.error(404).0, "unknown_marketplace");
            None
        }
        _ => reply.expect(200)["total"].as_u64(),
    }
}

#[tokio::test]
async fn a_single_marketplace_needs_no_name() {
    let shop = Shop::open().await;
    for headers in [
        vec![],
        vec![("Host", "anything.example")],
        vec![("X-Api-Key", "anything")],
    ] {
        assert_eq!(total(&shop, &headers).await, Some(3), "{headers:?}");
    }
}

#[tokio::test]
async fn of_several_the_host_decides_and_then_the_key() {
    let shop = Shop::open().await;
    add_tenant(&shop.store, "by-host", Some("Other.Example"), None).await;
    add_tenant(
        &shop.store,
        "by-key",
        None,
        Some(api_key_hash("open sesame")),
    )
    .await;
    shop.sync().await;
    // What was read before the others were added is believed for a while; a new front door has read nothing.
    let shop = shop.reopen();

    assert_eq!(total(&shop, &[]).await, None);
    assert_eq!(
        total(&shop, &[("Host", "first")]).await,
        None,
        "a slug is no host"
    );
    assert_eq!(
        total(&shop, &[("Host", "other.example:8080")]).await,
        Some(0)
    );
    assert_eq!(total(&shop, &[("X-Api-Key", "open sesame")]).await, Some(0));
    assert_eq!(total(&shop, &[("X-Api-Key", "open says me")]).await, None);
    let both = [("Host", "other.example"), ("X-Api-Key", "nonsense")];
    assert_eq!(total(&shop, &both).await, Some(0), "the host decides first");
    for forged in ["X-Tenant", "X-Tenant-Id", "X-Forwarded-Host"] {
        assert_eq!(
            total(&shop, &[(forged, "other.example")]).await,
            None,
            "{forged}"
        );
    }
}
