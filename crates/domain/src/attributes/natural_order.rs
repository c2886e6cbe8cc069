//! Natural order of values: sizes from small to large, numbers by value, texts with the numbers in them by value.

use std::cmp::Ordering;

use super::choices::AttributeType;
use super::definition::AttributeDefinition;
use super::measures::measure_of;
use super::numbers::leading_number;

/// Key that sorts a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NaturalKey {
    /// Size of clothes, counted from M.
    Size(i32, String),
    /// Measure, number in its smallest unit, and what follows the number.
    Number(u8, f64, Vec<Chunk>, String),
    Text(Vec<Chunk>, String),
}

/// Part of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Chunk {
    /// Number of digits without leading zeros, and the digits.
    Digits(usize, String),
    Letters(String),
}

impl NaturalKey {
    /// Returns the key of a value of an attribute.
    pub(super) fn new(value: &str, definition: &AttributeDefinition) -> Self {
        if let Some(size) = size(value) {
            return Self::Size(size, value.to_owned());
        }
        if definition.kind == AttributeType::Date
            && let Some(moment) = definition.number(value)
        {
            return Self::Number(0, moment, Vec::new(), value.to_owned());
        }
        match leading_number(value) {
            Some((number, rest)) => Self::number(number, rest.trim(), value, definition),
            None => Self::Text(chunks(value), value.to_owned()),
        }
    }

    fn number(number: f64, rest: &str, value: &str, definition: &AttributeDefinition) -> Self {
        let unit = match rest {
            "" => definition.unit.as_deref().unwrap_or_default(),
            rest => rest,
        };
        match measure_of(unit) {
            Some((measure, size)) => {
                Self::Number(measure, number * size, Vec::new(), value.to_owned())
            }
            None => Self::Number(0, number, chunks(rest), value.to_owned()),
        }
    }

    fn class(&self) -> u8 {
        match self {
            Self::Size(..) => 0,
            Self::Number(..) => 1,
            Self::Text(..) => 2,
        }
    }

    /// Compares two keys: a total order, in which only equal values are equal.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Size(one, text), Self::Size(other, other_text)) => {
                (one, text).cmp(&(other, other_text))
            }
            (
                Self::Number(measure, number, rest, text),
                Self::Number(other_measure, other_number, other_rest, other_text),
            ) => measure
                .cmp(other_measure)
                .then_with(|| number.total_cmp(other_number))
                .then_with(|| (rest, text).cmp(&(other_rest, other_text))),
            (Self::Text(one, text), Self::Text(other, other_text)) => {
                (one, text).cmp(&(other, other_text))
            }
            _ => self.class().cmp(&other.class()),
        }
    }
}

/// Returns the place of a size of clothes, M being 0: `XXS`, `2XL` and the like.
fn size(value: &str) -> Option<i32> {
    let value = value.trim().to_ascii_uppercase();
    if value == "M" {
        return Some(0);
    }
    let (many, sign) = match value.strip_suffix('S') {
        Some(many) => (many, -1),
        None => (value.strip_suffix('L')?, 1),
    };
    let steps = match many.strip_suffix('X') {
        None if many.is_empty() => 0,
        None => return None,
        Some("") => 1,
        Some(xs) if xs.bytes().all(|byte| byte == b'X') => i32::try_from(xs.len()).ok()? + 1,
        Some(digits) if digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok()?
        }
        Some(_) => return None,
    };
    (steps <= 20).then_some(sign * (steps + 1))
}

/// Splits a text into digits and other characters, without regard to case.
fn chunks(text: &str) -> Vec<Chunk> {
    let text = text.to_lowercase();
    let mut chunks = Vec::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let is_digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_digits);
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        chunks.push(if is_digits {
            let digits = part.trim_start_matches('0');
            Chunk::Digits(digits.len(), digits.to_owned())
        } else {
            Chunk::Letters(part.to_owned())
        });
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(definition: &AttributeDefinition, values: &[&'static str]) -> Vec<&'static str> {
        let mut values = values.to_vec();
        values.sort_by(|one, other| {
            let key = |value| NaturalKey::new(value, definition);
            key(one).order(&key(other))
        });
        values
    }

    #[test]
    fn values_are_sorted_as_people_count() {
        let plain = AttributeDefinition::new("size");
        for expected in [
            &["9", "9.5", "10", "42", "42 2/3", "43", "100"][..],
            &["XXS", "XS", "s", "M", "L", "XL", "2XL", "XXXL", "10XL"],
            &["Model 2", "model 10", "Model 10b", "series 1"],
            &["500 g", "1 kg", "1.5 kg"],
            &["-5 °C", "0 °C", "20 °C"],
            &["S", "L", "38", "40", "one size"],
            &["007", "8"],
        ] {
            let mut shuffled = expected.to_vec();
            shuffled.reverse();
            assert_eq!(sorted(&plain, &shuffled), expected);
        }
    }

    #[test]
    fn number_without_a_unit_is_in_that_of_the_definition() {
        let definition = AttributeDefinition {
            kind: AttributeType::Number,
            unit: Some("kg".into()),
            ..AttributeDefinition::new("weight")
        };
        assert_eq!(
            sorted(&definition, &["2", "900 g", "1"]),
            ["900 g", "1", "2"]
        );
        let date = AttributeDefinition {
            kind: AttributeType::Date,
            ..AttributeDefinition::new("released")
        };
        let dates = ["2024-05", "2023", "2024-01-31"];
        assert_eq!(sorted(&date, &dates), ["2023", "2024-01-31", "2024-05"]);
    }

    #[test]
    fn only_sizes_are_sizes() {
        for value in ["", "X", "XM", "LX", "XSL", "Small", "-1XL", "999XL", "+2XL"] {
            assert!(size(value).is_none(), "{value}");
        }
        assert_eq!(
            (size("S"), size("XS"), size("2XS")),
            (Some(-1), Some(-2), Some(-3))
        );
        assert_eq!(
            (size("L"), size("XXL"), size("2xl")),
            (Some(1), Some(3), Some(3))
        );
    }
}
