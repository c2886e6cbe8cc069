//! Writes a delivery that is signed now, as JSON, for the libraries of other languages to verify.
//!
//! It has two signatures, as after a rotation, of which the secret made the second one.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use serde_json::json;
use souk_webhooks::{HEADER_ID, HEADER_SIGNATURE, HEADER_TIMESTAMP, Secret, message_id, signature};

fn main() {
    let (new, old) = (Secret::generate(), Secret::generate());
    let secret = old.expose();
    let (id, now) = (message_id(), chrono::Utc::now());
    let body = json!({
        "type": "order.placed",
        "timestamp": now.to_rfc3339(),
        "data": {"order": 7, "seller": 3, "note": "Übergröße ☕"},
    });
    let body = body.to_string();
    let signature = signature(&[new, old], &id, now.timestamp(), &body);
    let delivery = json!({
        "secret": secret,
        "headers": {
            HEADER_ID: id,
            HEADER_TIMESTAMP: now.timestamp().to_string(),
            HEADER_SIGNATURE: signature,
        },
        "body": body,
    });
    println!("{delivery}");
}
