//! Parameter types of keys and the audit log.

use poem_openapi::registry::MetaSchema;

use super::{Parameter, parameters, read_name, string};
use crate::api::views::Timestamp;

/// Length of an API key's id.
const KEY_ID_CHARS: usize = 11;
/// Longest name of an action, an actor or a target.
const MAX_AUDIT_NAME_CHARS: usize = 300;

parameters! {
    /// Public id of an API key.
    ApiKeyId(String);
    /// An actor, an action or a target of the audit log.
    AuditName(String);
    /// A moment.
    Moment(Timestamp);
}

impl Parameter for ApiKeyId {
    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(KEY_ID_CHARS),
            pattern: Some("^[0-9A-Za-z]+$".to_owned()),
            ..string(KEY_ID_CHARS)
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let is_id =
            text.len() == KEY_ID_CHARS && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match is_id {
            true => Ok(Self(text.to_owned())),
            false => Err(format!("is {KEY_ID_CHARS} letters and digits")),
        }
    }
}

impl Parameter for AuditName {
    fn schema() -> MetaSchema {
        string(MAX_AUDIT_NAME_CHARS)
    }

    fn read(text: &str) -> Result<Self, String> {
        read_name(text, MAX_AUDIT_NAME_CHARS).map(Self)
    }
}

impl Parameter for Moment {
    fn schema() -> MetaSchema {
        MetaSchema::new_with_format("string", "date-time")
    }

    fn read(text: &str) -> Result<Self, String> {
        Timestamp::parse(text).map(Self)
    }
}
