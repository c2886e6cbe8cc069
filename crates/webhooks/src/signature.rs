//! Signatures of deliveries: HMAC-SHA256 over id, time and body.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::Secret;

/// Header with the id of the message, the same at each attempt.
pub const HEADER_ID: &str = "webhook-id";
/// Header with the time of the attempt, in seconds since 1970 UTC.
pub const HEADER_TIMESTAMP: &str = "webhook-timestamp";
/// Header with one signature for each secret in force.
pub const HEADER_SIGNATURE: &str = "webhook-signature";

/// Returns the value of [`HEADER_SIGNATURE`]: `v1,` and Base64 for each secret, separated by one space.
#[must_use]
pub fn signature(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let signatures = secrets.iter().map(|secret| {
        let mac = Hmac::<Sha256>::new_from_slice(secret.bytes());
        let mut mac = mac.expect("a key of any length is taken");
        mac.update(signed.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's libraries.
    #[test]
    fn signature_of_the_specification_is_the_same() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = signature(
            &[secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_secret_has_a_signature_of_its_own() {
        let (one, other) = (Secret::generate(), Secret::generate());
        let both = signature(&[one.clone(), other.clone()], "msg_1", 1, "{}");
        let of = |secret: &Secret, id: &str, timestamp: i64, body: &str| {
            signature(std::slice::from_ref(secret), id, timestamp, body)
        };
        let each = [&one, &other].map(|secret| of(secret, "msg_1", 1, "{}"));
        assert_eq!(both, each.join(" "));
        assert_ne!(each[0], each[1]);
        for (id, timestamp, body) in [("msg_2", 1, "{}"), ("msg_1", 2, "{}"), ("msg_1", 1, "[]")] {
            assert_ne!(of(&one, id, timestamp, body), each[0]);
        }
    }
}
