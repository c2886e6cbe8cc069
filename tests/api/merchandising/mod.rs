//! What the shop's people say of search: kept, put in force, and followed by every process.

mod configs;
mod experiments;
mod following;
mod lists;
mod preview;

use poem::http::Method;
use serde_json::{Value, json};

use crate::shop::{Reply, Shop};

pub(super) const CONFIG: &str = "/api/admin/search/config";
pub(super) const RULES: &str = "/api/admin/search/rules";

/// Puts a whole configuration in force.
pub(super) async fn configure(shop: &Shop, config: &Value) -> Reply {
    let reply = shop
        .admin_with(Method::PUT, CONFIG, &[("If-Match", "*")], Some(config))
        .await;
    reply.expect(200);
    reply
}

/// A configuration that sends a query elsewhere.
pub(super) fn redirecting(query: &str, url: &str) -> Value {
    json!({"redirects": [{"id": "it", "query": {"is": query}, "url": url}]})
}

/// Where a query is sent.
pub(super) async fn redirect(shop: &Shop, query: &str) -> Value {
    let path = format!("/api/search?q={query}&facets=none");
    shop.get(&path).await.expect(200)["redirect"].clone()
}
