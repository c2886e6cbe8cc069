//! What the index holds, by id, for comparing it with the database.

use serde::Deserialize;
use serde_json::json;
use souk_domain::{MAX_OFFSET, ProductId};

use super::foreign;
use super::mapping::{CONTENT_HASH, ID};
use crate::IndexEntry;
use crate::engines::elasticsearch::cluster::client::{self, Client, Method, Request};
use crate::engines::elasticsearch::cluster::failure::Failure;

/// The cluster hands out no longer pages.
const PAGE: usize = MAX_OFFSET as usize;

#[derive(Deserialize)]
struct SearchBody {
    hits: Hits,
}

#[derive(Deserialize)]
struct Hits {
    hits: Vec<RawHit>,
}

#[derive(Deserialize)]
struct RawHit {
    #[serde(rename = "_version")]
    version: u64,
    fields: Fields,
    sort: [i64; 1],
}

#[derive(Deserialize)]
struct Fields {
    content_hash: [i64; 1],
}

/// Up to so many entries with ids above the given one, rising; all that was applied is among them, and nothing else.
pub(crate) async fn entries(
    client: &Client,
    index: &str,
    after: Option<ProductId>,
    limit: usize,
) -> Result<Vec<IndexEntry>, Failure> {
    let refresh = format!("{index}/_refresh");
    client.manage(Request::new(Method::Post, &refresh)).await?;
    let path = format!("{index}/_search");
    let mut entries: Vec<IndexEntry> = Vec::new();
    let mut after = after.map(|after| after.0);
    while entries.len() < limit {
        let size = (limit - entries.len()).min(PAGE);
        let mut body = json!({
            "size": size, "track_total_hits": false, "version": true,
            "query": foreign::own(),
            "sort": [{ID: "asc"}],
            "stored_fields": "_none_", "docvalue_fields": [CONTENT_HASH],
        });
        if let Some(after) = after {
            body["search_after"] = json!([after]);
        }
        let request = Request::new(Method::Post, &path)
            .parameters(&[("allow_partial_search_results", "false")])
            .json(&body);
        let answer: SearchBody = client::read(&client.manage(request).await?)?;
        let found = answer.hits.hits;
        let is_last = found.len() < size;
        entries.extend(found.iter().map(|found| IndexEntry {
            id: ProductId(found.sort[0]),
            version: found.version,
            content_hash: found.fields.content_hash[0].cast_unsigned(),
        }));
        after = entries.last().map(|last| last.id.0);
        if is_last {
            break;
        }
    }
    Ok(entries)
}
