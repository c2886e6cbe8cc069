//! Changes as lines of a bulk request, and what the cluster says to each.

use serde::Deserialize;
use serde_json::json;

use super::document::Encoder;
use crate::engines::elasticsearch::cluster::client;
use crate::engines::elasticsearch::cluster::failure::{Cause, Failure};
use crate::{IndexOp, OpOutcome};

/// A change on its way to the index.
#[derive(Debug)]
pub(crate) struct Item {
    /// Its place among all changes.
    pub(crate) place: usize,
    /// Its lines.
    pub(crate) lines: Vec<u8>,
    pub(crate) is_deletion: bool,
}

/// What the cluster says to a change.
#[derive(Debug)]
pub(crate) enum Verdict {
    Done(OpOutcome),
    /// The cluster is busy: the same may succeed soon.
    Busy(String),
    /// There is no such index.
    Missing,
    /// Nothing is wrong with the document, but the index takes none now.
    Blocked(String),
    /// Nothing is wrong with the document, and waiting will not help.
    Failed(String),
}

/// The lines of a change to an index.
///
/// # Errors
/// The reason, if the index cannot hold the document.
pub(crate) fn item(
    place: usize,
    op: &IndexOp,
    index: &str,
    encoder: &mut Encoder,
) -> Result<Item, String> {
    let action = match op {
        IndexOp::Upsert { .. } => "index",
        IndexOp::Delete { .. } => "delete",
    };
    let action = json!({action: {
        "_index": index, "_id": op.id().0.to_string(),
        "version": op.version(), "version_type": "external",
    }});
    let mut lines = action.to_string().into_bytes();
    lines.push(b'\n');
    if let IndexOp::Upsert { document, .. } = op {
        encoder.encode(&mut lines, document)?;
    }
    Ok(Item {
        place,
        lines,
        is_deletion: matches!(op, IndexOp::Delete { .. }),
    })
}

#[derive(Deserialize)]
struct BulkAnswer {
    items: Vec<AnsweredItem>,
}

#[derive(Deserialize)]
enum AnsweredItem {
    #[serde(rename = "index")]
    Index(ItemStatus),
    #[serde(rename = "delete")]
    Delete(ItemStatus),
}

#[derive(Deserialize)]
struct ItemStatus {
    status: u16,
    #[serde(default)]
    error: Option<Cause>,
}

/// One verdict a change, in the order of the request.
pub(crate) fn verdicts(answer: &[u8]) -> Result<Vec<Verdict>, Failure> {
    let answer: BulkAnswer = client::read(answer)?;
    let verdicts = answer.items.into_iter().map(|item| match item {
        AnsweredItem::Index(item) | AnsweredItem::Delete(item) => verdict(item),
    });
    Ok(verdicts.collect())
}

fn verdict(item: ItemStatus) -> Verdict {
    let Some(error) = item.error else {
        // A deletion of what is not there is answered 404, and remembered all the same.
        return Verdict::Done(OpOutcome::Applied);
    };
    let reason = error.describe();
    match item.status {
        409 => Verdict::Done(OpOutcome::Stale),
        404 if error.is_missing_index() => Verdict::Missing,
        _ if error.is_block() => Verdict::Blocked(reason),
        429 | 503 => Verdict::Busy(reason),
        400 | 413 => Verdict::Done(OpOutcome::Rejected(reason)),
        _ => Verdict::Failed(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_judged_by_itself() {
        let answer = br#"{"took":1,"errors":true,"items":[
            {"index":{"_id":"1","status":201}},
            {"delete":{"_id":"2","status":404}},
            {"index":{"status":409,"error":{"type":"version_conflict_engine_exception"}}},
            {"index":{"status":400,"error":{"type":"document_parsing_exception","reason":"x"}}},
            {"index":{"status":429,"error":{"type":"es_rejected_execution_exception"}}},
            {"index":{"status":429,"error":{"type":"cluster_block_exception"}}},
            {"delete":{"status":404,"error":{"type":"index_not_found_exception"}}},
            {"index":{"status":500,"error":{"type":"null_pointer_exception"}}}
        ]}"#;
        let verdicts = verdicts(answer).unwrap();
        assert!(matches!(
            &verdicts[..],
            [
                Verdict::Done(OpOutcome::Applied),
                Verdict::Done(OpOutcome::Applied),
                Verdict::Done(OpOutcome::Stale),
                Verdict::Done(OpOutcome::Rejected(_)),
                Verdict::Busy(_),
                Verdict::Blocked(_),
                Verdict::Missing,
                Verdict::Failed(_),
            ]
        ));
    }
}
