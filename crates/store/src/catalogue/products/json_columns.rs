//! Reading JSON columns. Forgiving, because plain SQL may have written them: what cannot be shown is left out.

use std::collections::BTreeMap;

use serde_json::Value;
use souk_domain::{Attributes, Image};

/// Attribute name to values, of which a single one may stand without a list.
pub(crate) fn attributes_from(text: &str) -> Attributes {
    if let Ok(attributes) = serde_json::from_str(text) {
        return attributes;
    }
    let values = object(text).into_iter().map(|(name, value)| {
        let values = match value {
            Value::Array(values) => values.iter().filter_map(shown).collect(),
            single => Vec::from_iter(shown(&single)),
        };
        (name, values)
    });
    values.filter(|(_, values)| !values.is_empty()).collect()
}

/// Option name to its value.
pub(crate) fn options_from(text: &str) -> BTreeMap<String, String> {
    if let Ok(options) = serde_json::from_str(text) {
        return options;
    }
    let options = object(text).into_iter();
    options
        .filter_map(|(name, value)| Some((name, shown(&value)?)))
        .collect()
}

/// Texts of a list, such as tags.
pub(crate) fn texts_from(text: &str) -> Vec<String> {
    let texts: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    texts.iter().filter_map(shown).collect()
}

/// Images of a list, each an address or an object.
pub(crate) fn images_from(text: &str) -> Vec<Image> {
    let images: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    images.iter().filter_map(image).collect()
}

fn image(value: &Value) -> Option<Image> {
    let Value::Object(members) = value else {
        return shown(value).map(Image::from);
    };
    let variants = members.get("variants").and_then(Value::as_array);
    Some(Image {
        url: shown(members.get("url")?)?,
        alt: members.get("alt").and_then(shown),
        variants: variants.into_iter().flatten().filter_map(shown).collect(),
    })
}

fn object(text: &str) -> serde_json::Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_written_by_plain_sql_is_shown_where_possible() {
        let attributes = attributes_from(r#"{"colour": "red", "size": [1, "M", {}], "odd": null}"#);
        let expected = Attributes::from([
            ("colour".into(), vec!["red".into()]),
            ("size".into(), vec!["1".into(), "M".into()]),
        ]);
        assert_eq!(attributes, expected);
        assert_eq!(attributes_from("no json"), Attributes::new());
        assert_eq!(
            options_from(r#"{"size": 42}"#),
            BTreeMap::from([("size".into(), "42".into())])
        );
        assert_eq!(texts_from(r#"["/a.png", 1]"#), ["/a.png", "1"]);
        let odd = r#"["/a.png", 1, {"alt": "nowhere"}, {"url": "/b.png", "alt": 2, "variants": "all"}, null]"#;
        let images = ["/a.png", "1", "/b.png"].map(Image::from);
        assert_eq!(images_from(odd)[..2], images[..2]);
        let alt = Some("2".to_owned());
        assert_eq!(
            images_from(odd)[2..],
            [Image {
                alt,
                ..images[2].clone()
            }]
        );
    }
}
