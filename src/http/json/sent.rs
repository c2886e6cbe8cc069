//! Bodies as the audit log keeps them.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Most bytes of a body that is kept as it is.
const MOST_KEPT: usize = 4 * 1024;
/// Parts of names whose values are secrets.
const SECRET: [&str; 4] = ["password", "secret", "token", "code_verifier"];

/// Returns a body without its secrets, or of a long one its length and SHA-256.
pub(super) fn of(body: &[u8]) -> Value {
    if body.len() <= MOST_KEPT
        && let Ok(mut value) = serde_json::from_slice(body)
    {
        leave_out_secrets(&mut value);
        return value;
    }
    json!({"bytes": body.len(), "sha256": hex::encode(Sha256::digest(body))})
}

fn leave_out_secrets(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.to_ascii_lowercase();
                if SECRET.iter().any(|secret| name.contains(secret)) {
                    *value = "(secret)".into();
                } else {
                    leave_out_secrets(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(leave_out_secrets),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_wherever_they_are() {
        let body =
            br#"{"name": "a", "list": [{"NewPassword": "b", "x": 1}], "client_secret": {"c": 2}}"#;
        let kept = json!({
            "name": "a",
            "list": [{"NewPassword": "(secret)", "x": 1}],
            "client_secret": "(secret)",
        });
        assert_eq!(of(body), kept);
    }

    #[test]
    fn long_body_is_kept_as_its_hash() {
        let body = format!("\"{}\"", "a".repeat(MOST_KEPT));
        let kept = of(body.as_bytes());
        assert_eq!(kept["bytes"], MOST_KEPT + 2);
        assert_eq!(kept["sha256"].as_str().unwrap().len(), 64);
        assert!(!kept.to_string().contains("aaaa"));
    }
}
