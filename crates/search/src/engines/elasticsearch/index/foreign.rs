//! Documents that somebody else has put into an index: they lack what Souk gives each of its own.

use serde::Deserialize;
use serde_json::{Value, json};

use super::mapping::{CONTENT_HASH, ID};
use crate::engines::elasticsearch::cluster::client::{self, Client, Method, Request};
use crate::engines::elasticsearch::cluster::failure::Failure;

/// Names returned at most.
const MOST: usize = 1_000;

#[derive(Deserialize)]
struct Answer {
    hits: Hits,
}

#[derive(Deserialize)]
struct Hits {
    hits: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "_id")]
    name: String,
}

/// Query of Souk's own documents.
pub(super) fn own() -> Value {
    json!({"bool": {"filter": [{"exists": {"field": ID}}, {"exists": {"field": CONTENT_HASH}}]}})
}

/// Names of the others, rising; all that was written is among them.
pub(crate) async fn names(client: &Client, index: &str) -> Result<Vec<String>, Failure> {
    let refresh = format!("{index}/_refresh");
    client.manage(Request::new(Method::Post, &refresh)).await?;
    let path = format!("{index}/_search");
    let request = Request::new(Method::Post, &path)
        .parameters(&[("allow_partial_search_results", "false")])
        .json(&json!({
            "size": MOST, "track_total_hits": false, "_source": false,
            "query": {"bool": {"must_not": [own()]}},
        }));
    let answer: Answer = client::read(&client.manage(request).await?)?;
    let mut names: Vec<_> = answer.hits.hits.into_iter().map(|hit| hit.name).collect();
    names.sort_unstable();
    Ok(names)
}

/// Deletes those of the names that are not Souk's own.
pub(crate) async fn delete(client: &Client, index: &str, names: &[String]) -> Result<(), Failure> {
    let path = format!("{index}/_delete_by_query");
    let request = Request::new(Method::Post, &path)
        .parameters(&[("refresh", "true"), ("conflicts", "proceed")])
        .json(&json!({
            "query": {"bool": {"filter": [{"ids": {"values": names}}], "must_not": [own()]}},
        }));
    client.manage(request).await.map(drop)
}
