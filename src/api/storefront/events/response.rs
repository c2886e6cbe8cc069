//! Outcome of a batch of events on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::InvalidField;

/// Outcome of a batch of events.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
pub struct EventsTaken {
    /// Number of accepted events. Duplicates within half an hour count once.
    pub accepted: u32,
    /// Number of accepted events whose search is unknown; they count for no query. Only for holders of an API key: others
    /// could find out what somebody has searched for.
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<u32>,
    /// Number of rejected events.
    pub rejected: u32,
    /// Reasons for rejection, of the first ten rejected events.
    pub errors: Vec<EventFault>,
}

/// Reason why an event was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
pub struct EventFault {
    /// Index of the event, from 0.
    pub index: u32,
    /// The field at fault, such as `events[3].position`.
    pub field: String,
    /// Error message.
    pub message: String,
}

impl EventFault {
    /// Error of the event at an index.
    pub fn new(index: usize, fault: InvalidField) -> Self {
        let event = format!("events[{index}]");
        Self {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            field: match &*fault.field {
                "" => event,
                field => format!("{event}.{field}"),
            },
            message: fault.message,
        }
    }
}
