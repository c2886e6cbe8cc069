//! What agents ask: UCP over REST, MCP, and texts.

mod catalogues;
mod fitting;
mod mcp;
mod texts;
mod ucp;

use poem::http::Method;
use serde_json::Value;
use souk::agents::{AgentOptions, Agents, ExtensionName};
use souk_catalogue_io::export::ShopUrl;

use crate::shop::{Reply, Shop};

const EXTENSION: &str = "example.shop.souk";
const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Access with everything that can be set.
fn access() -> Agents {
    Agents::new(AgentOptions {
        url: Some(ShopUrl::parse("https://{tenant}.api.example").unwrap()),
        extension: Some(ExtensionName::parse(EXTENSION).unwrap()),
        shop: Some(ShopUrl::parse("https://{tenant}.shop.example").unwrap()),
        ..AgentOptions::default()
    })
}

impl Shop {
    /// Asks one operation of UCP's newest version.
    async fn ucp(&self, operation: &str, body: &Value) -> Reply {
        self.ucp_as(operation, &[], body).await
    }

    async fn ucp_as(&self, operation: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let path = format!("/api/ucp/2026-08-25/catalog/{operation}");
        let headers: Vec<_> = [JSON].into_iter().chain(headers.iter().copied()).collect();
        let body = Some(body.to_string().into_bytes());
        Box::pin(self.send(Method::POST, &path, &headers, body)).await
    }
}

/// Titles of the products of an answer.
fn titles(answer: &Value) -> Vec<&str> {
    let products = answer["products"].as_array().unwrap();
    products
        .iter()
        .map(|product| product["title"].as_str().unwrap())
        .collect()
}

/// Codes of the messages of an answer.
fn codes(answer: &Value) -> Vec<&str> {
    let messages = answer["messages"].as_array();
    messages
        .into_iter()
        .flatten()
        .map(|message| message["code"].as_str().unwrap())
        .collect()
}
