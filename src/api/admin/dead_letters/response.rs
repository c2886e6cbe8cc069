//! Dead letters on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::DeadLetter;

use crate::api::{admin::next_id, views::Timestamp};

/// A change that the index has refused too often.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "DeadLetter")]
pub struct AdminDeadLetter {
    /// The dead letter.
    pub id: i64,
    /// Kind of change: `product`, `category`, `fandom` or `seller`.
    pub entity: String,
    /// The id of what changed.
    pub entity_id: i64,
    /// Number of attempts.
    pub attempts: i64,
    /// Reason of the last failure.
    pub last_error: String,
    /// Time of the change.
    pub created_at: Timestamp,
    /// Time it became a dead letter.
    pub parked_at: Timestamp,
}

/// A page of dead letters.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "DeadLetters", skip_serializing_if_is_none)]
pub struct AdminDeadLetters {
    /// The dead letters, oldest first.
    pub dead_letters: Vec<AdminDeadLetter>,
    /// Give it as `after` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

/// Number of dead letters to retry.
#[derive(Debug, Object, Serialize)]
pub struct Retried {
    /// Number of dead letters.
    pub retried: u64,
}

impl AdminDeadLetters {
    /// A page of at most `limit`.
    pub fn new(letters: Vec<DeadLetter>, limit: u32) -> Self {
        let dead_letters: Vec<_> = letters.into_iter().map(AdminDeadLetter::from).collect();
        Self {
            next_after: next_id(&dead_letters, limit, |letter| letter.id),
            dead_letters,
        }
    }
}

impl From<DeadLetter> for AdminDeadLetter {
    fn from(letter: DeadLetter) -> Self {
        Self {
            id: letter.id,
            entity: letter.entity,
            entity_id: letter.entity_id,
            attempts: letter.attempts,
            last_error: letter.last_error,
            created_at: Timestamp::from_ms(letter.created_at_ms),
            parked_at: Timestamp::from_ms(letter.parked_at_ms),
        }
    }
}
