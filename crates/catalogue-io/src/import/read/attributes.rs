//! Attributes as they are collected, within the bounds of what a product may have.

use serde_json::Value;
use souk_domain::{Attributes, MAX_ATTRIBUTES, MAX_KEY_CHARS, MAX_VALUE_CHARS, MAX_VALUES};

use super::email::has_email;
use super::options::{parted, tidy};
use super::text;
use super::value::{self, is_blank};
use crate::import::losses::{Loss, Losses, lose};
use crate::import::profile::fields::ValueKind;
use crate::import::profile::names::plain;
use crate::import::profile::private::is_private_attribute;

/// Adds a value; one that does not fit is counted as lost and costs neither the row nor the other values.
pub(in crate::import) fn add(
    attributes: &mut Attributes,
    losses: &mut Losses,
    name: &str,
    value: String,
) {
    let name = name.trim();
    if name.is_empty() || value.trim().is_empty() {
        return;
    }
    if has_email(&value) {
        return lose(losses, Loss::Email, 1);
    }
    if name.chars().count() > MAX_KEY_CHARS {
        return lose(losses, Loss::LongName, 1);
    }
    if value.chars().count() > MAX_VALUE_CHARS {
        return lose(losses, Loss::LongValue, 1);
    }
    if let Some(values) = attributes.get_mut(name) {
        if values.contains(&value) {
            return;
        }
        if values.len() >= MAX_VALUES {
            return lose(losses, Loss::ManyValues, 1);
        }
        values.push(value);
        return;
    }
    if attributes.len() >= MAX_ATTRIBUTES {
        return lose(losses, Loss::ManyAttributes, 1);
    }
    attributes.insert(name.to_owned(), vec![value]);
}

/// Adds what a column says, value by value, as plain text.
pub(in crate::import) fn add_column(
    attributes: &mut Attributes,
    losses: &mut Losses,
    name: &str,
    kind: ValueKind,
    given: &Value,
) {
    value::each_attribute(name, kind, given, &mut |name, value| {
        for value in joined_values(&value) {
            add(attributes, losses, name, text::line(&value));
        }
    });
}

/// Adds the members of an object, or of a text such as `a=b,c=d|e` or `Material:Wool:1, Care:Cold:2`.
pub(in crate::import) fn add_members(
    attributes: &mut Attributes,
    losses: &mut Losses,
    given: &Value,
) {
    match given {
        Value::Object(members) => {
            for (name, value) in members {
                if !is_private_attribute(&plain(name), ValueKind::Text) && !is_blank(value) {
                    add_column(attributes, losses, &tidy(name), ValueKind::Text, value);
                }
            }
        }
        Value::String(text) => {
            if let Ok(value @ Value::Object(_)) = serde_json::from_str(text) {
                return add_members(attributes, losses, &value);
            }
            for (name, value) in members_of_text(text) {
                if is_private_attribute(&plain(&name), ValueKind::Text) {
                    continue;
                }
                for value in value.split('|').filter(|value| !is_flag(value)) {
                    add(attributes, losses, &tidy(&name), text::line(value));
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                add_pair(attributes, losses, value);
            }
        }
        _ => {}
    }
}

/// An object of a list: `{"name": "Material", "value": "Wool"}`, or any other.
fn add_pair(attributes: &mut Attributes, losses: &mut Losses, given: &Value) {
    let member = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| given.get(name))
            .and_then(value::text)
    };
    let name = member(&["name", "attribute_name", "key"]);
    match (name, member(&["value", "attribute_value"])) {
        (Some(name), Some(value)) if !is_private_attribute(&plain(&name), ValueKind::Text) => {
            add(attributes, losses, &tidy(&name), text::line(&value));
        }
        (None, None) => add_members(attributes, losses, given),
        _ => {}
    }
}

fn members_of_text(text: &str) -> Vec<(String, String)> {
    if !text.contains('=') {
        // Name:Value:Position, or facets such as category:Shoes|brand:Acme.
        let mark = if text.contains('|') { '|' } else { ',' };
        return text
            .split(mark)
            .filter_map(|member| {
                let mut pieces = member.split(':');
                Some((
                    pieces.next()?.trim().to_owned(),
                    pieces.next()?.trim().to_owned(),
                ))
            })
            .collect();
    }
    // Here a bar stands between values of one attribute.
    let without_bars = text.replace('|', "\u{1}");
    parted(&without_bars, '=')
        .into_iter()
        .map(|(name, value)| (name, value.replace('\u{1}', "|")))
        .collect()
}

/// Values that a system joins by `; `, as Shopify does in metafields.
fn joined_values(value: &str) -> Vec<String> {
    let short = value.len() <= 300 && !value.contains('<') && !value.contains('&');
    match short && value.contains("; ") {
        true => value.split("; ").map(str::to_owned).collect(),
        false => vec![value.to_owned()],
    }
}

fn is_flag(value: &str) -> bool {
    matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(given: &Value) -> Value {
        let (mut attributes, mut losses) = (Attributes::new(), Losses::new());
        add_members(&mut attributes, &mut losses, given);
        serde_json::to_value(attributes).unwrap()
    }

    #[test]
    fn members_are_read_in_every_form() {
        assert_eq!(
            members(&json!(
                "activity=Gym|Yoga,material=Cotton, soft,is_new=Yes,style_bags=Tote"
            )),
            json!({"Activity": ["Gym", "Yoga"], "Material": ["Cotton, soft"], "Style bags": ["Tote"]})
        );
        assert_eq!(
            members(&json!("Material=Linen;Care=Wash cold")),
            json!({"Material": ["Linen"], "Care": ["Wash cold"]})
        );
        assert_eq!(
            members(&json!("Material:Wool:1, Care:Cold:2")),
            json!({"Material": ["Wool"], "Care": ["Cold"]})
        );
        assert_eq!(
            members(&json!("category:Shoes|brand:Acme")),
            json!({"Category": ["Shoes"], "Brand": ["Acme"]})
        );
        assert_eq!(
            members(&json!("{\"UPC\": \"1\", \"cost_price\": 3}")),
            json!({"UPC": ["1"]})
        );
    }

    #[test]
    fn omitted_values_are_counted() {
        let (mut attributes, mut losses) = (Attributes::new(), Losses::new());
        add(
            &mut attributes,
            &mut losses,
            "a",
            "x".repeat(MAX_VALUE_CHARS + 1),
        );
        add(
            &mut attributes,
            &mut losses,
            &"n".repeat(MAX_KEY_CHARS + 1),
            "x".into(),
        );
        for number in 0..=MAX_VALUES {
            add(&mut attributes, &mut losses, "many", number.to_string());
        }
        for number in 0..=MAX_ATTRIBUTES {
            add(
                &mut attributes,
                &mut losses,
                &format!("name {number}"),
                "x".into(),
            );
        }
        add(&mut attributes, &mut losses, "many", "0".into());
        add(
            &mut attributes,
            &mut losses,
            "by",
            "ada@shop.example".into(),
        );
        assert_eq!(attributes.len(), MAX_ATTRIBUTES);
        assert_eq!(attributes["many"].len(), MAX_VALUES);
        let counts: Vec<_> = losses.into_iter().collect();
        assert_eq!(
            counts,
            [
                (Loss::LongValue, 1),
                (Loss::ManyValues, 1),
                (Loss::LongName, 1),
                (Loss::ManyAttributes, 2),
                (Loss::Email, 1),
            ]
        );
    }
}
