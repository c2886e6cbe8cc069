//! Ids of messages.

/// Makes an id that no other message has: `msg_` and 32 hexadecimal digits.
#[must_use]
pub fn message_id() -> String {
    format!("msg_{:032x}", rand::random::<u128>())
}
