//! Values from JSON.

use serde::de::DeserializeOwned;
use serde_json::{Error, Value};
use serde_path_to_error::{Path, Segment};

use super::{fault::fault, strict::Strict};
use crate::error::ApiError;

/// Most fields whose nulls are taken for their absence.
const MAX_ABSENT: usize = 64;

/// Meaning of null where a field takes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    /// The field is not given: many serializers write absent values so.
    Absent,
    /// A fault: in a merge patch null takes away.
    Kept,
}

/// Reads JSON, naming the field at fault such as `variants[2].price`.
///
/// # Errors
/// If the bytes are not JSON, a field is missing or unknown, or has a value of another type.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8], nulls: Nulls) -> Result<T, ApiError> {
    let malformed = |path: &str, error| ApiError::MalformedBody(fault(path, &error));
    let mut absent: Vec<Place> = Vec::new();
    loop {
        let mut json = serde_json::from_slice(bytes).map_err(|error| malformed("", error))?;
        for place in &absent {
            remove_null(&mut json, place);
        }
        let error = match serde_path_to_error::deserialize(Strict(json)) {
            Ok(read) => return Ok(read),
            Err(error) => error,
        };
        let path = error.path().to_string();
        let place = place_of(error.path());
        let error = error.into_inner();
        let may_be_absent =
            nulls == Nulls::Absent && is_about_null(&error) && absent.len() < MAX_ABSENT;
        match place.filter(|place| may_be_absent && !absent.contains(place)) {
            Some(place) => absent.push(place),
            None => return Err(malformed(&path, error)),
        }
    }
}

/// A field in all elements of the lists around it: names, and none for each list.
type Place = Vec<Option<String>>;

/// Returns the place of a path that ends with a field.
fn place_of(path: &Path) -> Option<Place> {
    let steps = path.iter().map(|segment| match segment {
        Segment::Map { key } => Some(Some(key.clone())),
        Segment::Enum { variant } => Some(Some(variant.clone())),
        Segment::Seq { .. } => Some(None),
        Segment::Unknown => None,
    });
    let place: Place = steps.collect::<Option<_>>()?;
    matches!(place.last(), Some(Some(_))).then_some(place)
}

fn is_about_null(error: &Error) -> bool {
    error.to_string().starts_with("invalid type: null")
}

/// Takes a field that is null out of all objects at its place.
fn remove_null(value: &mut Value, place: &[Option<String>]) {
    match (value, place) {
        (Value::Array(values), [None, rest @ ..]) => {
            for value in values {
                remove_null(value, rest);
            }
        }
        (Value::Object(fields), [Some(name)]) if fields.get(name).is_some_and(Value::is_null) => {
            fields.remove(name);
        }
        (Value::Object(fields), [Some(name), rest @ ..]) => {
            if let Some(value) = fields.get_mut(name) {
                remove_null(value, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        #[serde(default)]
        name: String,
        inner: Vec<Inner>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        price: i64,
        #[serde(default)]
        stock: u32,
        note: Option<String>,
    }

    fn parsed(body: &str) -> Result<Outer, ApiError> {
        read(body.as_bytes(), Nulls::Absent)
    }

    fn blamed(body: &str) -> (Option<String>, String) {
        let problem = parsed(body).unwrap_err().problem();
        (problem.field, problem.message)
    }

    #[test]
    fn bad_body_names_the_field() {
        for (body, field) in [
            (
                r#"{"inner": [{"price": 1}, {"price": "x"}]}"#,
                Some("inner[1].price"),
            ),
            (r#"{"inner": [{}]}"#, Some("inner[0].price")),
            ("{}", Some("inner")),
            ("[]", None),
            ("{", None),
            (r#"{"inner": []} x"#, None),
            (
                r#"{"inner": [{"price": 1, "stok": 2}]}"#,
                Some("inner[0].stok"),
            ),
        ] {
            assert_eq!(blamed(body).0.as_deref(), field, "{body}");
        }
    }

    #[test]
    fn unknown_field_is_told_the_nearest() {
        let (_, message) = blamed(r#"{"inner": [], "Name": "x"}"#);
        assert_eq!(message, "is not a field here; did you mean `name`?");
        let (_, message) = blamed(r#"{"inner": [], "frobnicate": "x"}"#);
        assert_eq!(message, "is not a field here, which takes `name`, `inner`");
    }

    #[test]
    fn null_is_the_absence_of_what_need_not_be_given() {
        let body = r#"{"name": null, "inner": [
            {"price": 1, "stock": 4}, {"price": 2, "stock": null, "note": null}]}"#;
        let outer = parsed(body).unwrap();
        let stocks: Vec<_> = outer.inner.iter().map(|inner| inner.stock).collect();
        assert_eq!((outer.name.as_str(), &stocks[..]), ("", &[4, 0][..]));

        let (field, message) = blamed(r#"{"inner": [{"price": null}]}"#);
        assert_eq!(
            (field.as_deref(), message.as_str()),
            (Some("inner[0].price"), "is required")
        );
        assert_eq!(
            blamed(r#"{"inner": [null]}"#).0.as_deref(),
            Some("inner[0]")
        );
        let patch = read::<Outer>(br#"{"name": null, "inner": []}"#, Nulls::Kept);
        let problem = patch.unwrap_err().problem();
        assert_eq!(problem.message, "must be text, not null");
    }
}
