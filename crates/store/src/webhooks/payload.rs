//! Bodies of deliveries.

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::StoreError;

#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: String,
    data: &'a RawValue,
}

/// Returns the body of a delivery: kind, time of the event in RFC 3339, and its data, which are JSON.
pub(super) fn payload(kind: &str, at_ms: i64, data: &str) -> Result<String, StoreError> {
    let at = DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    let data: &RawValue = serde_json::from_str(data)?;
    Ok(serde_json::to_string(&Payload {
        kind,
        timestamp: at.to_rfc3339_opts(SecondsFormat::Millis, true),
        data,
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_has_the_fields_of_the_specification() {
        let body = payload("order.paid", 1_614_265_330_001, r#"{"order":7}"#).unwrap();
        assert_eq!(
            body,
            r#"{"type":"order.paid","timestamp":"2021-02-25T15:02:10.001Z","data":{"order":7}}"#
        );
        assert!(payload("order.paid", 1, "{").is_err());
    }
}
