//! Events of reviews.

use serde_json::json;

use super::record::ReviewRecord;
use crate::{NewEvent, Scope, StoreError, Transaction, events};

/// Fact about a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReviewEvent {
    Written,
    Published,
    Rejected,
    Answered,
}

impl ReviewEvent {
    const fn kind(self) -> &'static str {
        match self {
            Self::Written => "review.written",
            Self::Published => "review.published",
            Self::Rejected => "review.rejected",
            Self::Answered => "review.answered",
        }
    }
}

/// Writes events of a review in the transaction of their cause. Nothing may be locked after it.
pub(super) async fn tell(
    transaction: &Transaction,
    scope: &Scope,
    review: &ReviewRecord,
    facts: &[ReviewEvent],
    (actor, now_ms): (&str, i64),
) -> Result<(), StoreError> {
    let events: Vec<_> = facts
        .iter()
        .map(|fact| NewEvent {
            kind: fact.kind(),
            subject: format!("reviews/{}", review.id),
            data: json!({
                "review": review.id,
                "product": review.product_id,
                "rating": review.rating,
                "status": review.status.as_str(),
            })
            .to_string(),
            actor: actor.to_owned(),
            at_ms: now_ms,
        })
        .collect();
    match events.is_empty() {
        true => Ok(()),
        false => events::write(transaction, scope, &events).await,
    }
}
