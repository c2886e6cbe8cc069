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
    #[serde(rename = "_seq_no")]
    sequence_number: u64,
    #[serde(rename = "_primary_term")]
    primary_term: u64,
}

/// Query of Souk's own documents.
pub(super) fn own() -> Value {
    json!({"bool": {"filter": [{"exists": {"field": ID}}, {"exists": {"field": CONTENT_HASH}}]}})
}

/// Names of the others, rising; all that was written is among them.
pub(crate) async fn names(client: &Client, index: &str) -> Result<Vec<String>, Failure> {
    let refresh = format!("{index}/_refresh");
    client.manage(Request::new(Method::Post, &refresh)).await?;
    let foreign = search(client, index, json!({"bool": {"must_not": [own()]}})).await?;
    let mut names: Vec<_> = foreign.into_iter().map(|hit| hit.name).collect();
    names.sort_unstable();
    Ok(names)
}

/// Deletes those of the names that are not Souk's own, unless somebody changes them meanwhile.
///
/// A search and a bulk request, since not every cluster has the module with `_delete_by_query`.
pub(crate) async fn delete(client: &Client, index: &str, names: &[String]) -> Result<(), Failure> {
    let query = json!({"bool": {"filter": [{"ids": {"values": names}}], "must_not": [own()]}});
    let mut lines = String::new();
    for hit in search(client, index, query).await? {
        let target = json!({
            "_id": hit.name, "if_seq_no": hit.sequence_number, "if_primary_term": hit.primary_term,
        });
        lines.push_str(&format!("{}\n", json!({"delete": target})));
    }
    if lines.is_empty() {
        return Ok(());
    }
    let path = format!("{index}/_bulk");
    let request = Request::new(Method::Post, &path)
        .parameters(&[("refresh", "true"), ("filter_path", "errors")])
        .body(lines);
    client.manage(request).await.map(drop)
}

/// Returns the documents that a query finds, at most [`MOST`].
async fn search(client: &Client, index: &str, query: Value) -> Result<Vec<Found>, Failure> {
    let path = format!("{index}/_search");
    let request = Request::new(Method::Post, &path)
        .parameters(&[("allow_partial_search_results", "false")])
        .json(&json!({
            "size": MOST, "track_total_hits": false, "_source": false,
            "seq_no_primary_term": true, "query": query,
        }));
    let answer: Answer = client::read(&client.manage(request).await?)?;
    Ok(answer.hits.hits)
}
