//! Weights and lengths as people write them: `1.2 kg`, `0,35`, `12"`, with the unit beside them or in the column's name.

use serde_json::Value;
use souk_domain::{MAX_LENGTH_MM, MAX_WEIGHT_G, Measures};

use crate::import::losses::{Loss, Losses, lose};
use crate::import::profile::fields::Field;
use crate::import::profile::names::plain;
use crate::import::read::columns::{Columns, Taken};
use crate::import::read::value;

/// Words of a unit, and how many of the smallest unit it is.
type Unit = (&'static [&'static str], f64);

/// Units of weight in grams.
const WEIGHTS: &[Unit] = &[
    (
        &["g", "gr", "gram", "grams", "gramm", "grammes", "grm"],
        1.0,
    ),
    (
        &[
            "kg",
            "kgs",
            "kilo",
            "kilos",
            "kilogram",
            "kilograms",
            "kilogramm",
            "kgm",
        ],
        1_000.0,
    ),
    (&["mg", "milligram", "milligrams"], 0.001),
    (&["lb", "lbs", "pound", "pounds", "lbr"], 453.592_37),
    (&["oz", "ounce", "ounces", "onz"], 28.349_523_125),
];

/// Units of length in millimetres.
const LENGTHS: &[Unit] = &[
    (
        &[
            "mm",
            "millimeter",
            "millimeters",
            "millimetre",
            "millimetres",
            "mmt",
        ],
        1.0,
    ),
    (
        &[
            "cm",
            "centimeter",
            "centimeters",
            "centimetre",
            "centimetres",
            "cmt",
        ],
        10.0,
    ),
    (&["m", "meter", "meters", "metre", "metres", "mtr"], 1_000.0),
    (&["in", "inch", "inches", "\"", "″", "inh"], 25.4),
    (&["ft", "foot", "feet", "'", "fot"], 304.8),
];

/// Reads weight and size from the columns of a row; what cannot be read is counted.
pub(in crate::import::read) fn measures(columns: &Columns, losses: &mut Losses) -> Measures {
    let mut length = |field| {
        measure(
            columns,
            field,
            Field::LengthUnit,
            LENGTHS,
            MAX_LENGTH_MM,
            losses,
        )
    };
    Measures {
        length_mm: length(Field::Length),
        width_mm: length(Field::Width),
        height_mm: length(Field::Height),
        weight_g: measure(
            columns,
            Field::Weight,
            Field::WeightUnit,
            WEIGHTS,
            MAX_WEIGHT_G,
            losses,
        ),
    }
}

/// A measure in the smallest unit, of the likeliest column that tells one.
fn measure(
    columns: &Columns,
    field: Field,
    unit_field: Field,
    units: &[Unit],
    most: i64,
    losses: &mut Losses,
) -> Option<i64> {
    let given_unit = columns.text(unit_field).and_then(|text| unit(&text, units));
    let mut is_lost = false;
    for Taken { name, value, .. } in columns.all(field) {
        let named = || {
            plain(name)
                .split('_')
                .rev()
                .find_map(|word| unit(word, units))
        };
        match quantity(value, units) {
            // A shop that knows none writes zero.
            Some((0.0, _)) => {}
            Some((number, own)) => {
                let factor = own.or_else(named).or(given_unit);
                match factor.map(|factor| (number * factor).round().max(1.0)) {
                    Some(amount) if amount <= most as f64 => return Some(amount as i64),
                    _ => is_lost = true,
                }
            }
            None => is_lost = true,
        }
    }
    lose(losses, Loss::Measure, usize::from(is_lost));
    None
}

fn unit(word: &str, units: &[Unit]) -> Option<f64> {
    let word = word.trim().trim_end_matches('.').to_lowercase();
    let (_, factor) = units
        .iter()
        .find(|(words, _)| words.contains(&word.as_str()))?;
    Some(*factor)
}

/// A number that is not negative, and its unit if there is one beside it.
fn quantity(given: &Value, units: &[Unit]) -> Option<(f64, Option<f64>)> {
    if let Value::Object(members) = given {
        let number = members.get("value").or_else(|| members.get("amount"))?;
        let (number, own) = quantity(number, units)?;
        let words = ["unit", "units", "unitText", "unitCode"];
        let word = words.iter().find_map(|name| members.get(*name));
        let beside = word
            .and_then(value::text)
            .and_then(|text| unit(&text, units));
        return Some((number, own.or(beside)));
    }
    let given = value::single(given)?;
    if let Value::Number(number) = given {
        let number = number.as_f64()?;
        return (number >= 0.0).then_some((number, None));
    }
    let text = value::text(given)?;
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\''))
        .unwrap_or(text.len());
    // An apostrophe behind the digits stands for feet.
    let digits = text[..end].trim_end_matches([' ', '\u{a0}', '\'']);
    let rest = text[digits.len()..].trim();
    let own = match rest {
        "" => None,
        rest => Some(unit(rest, units)?),
    };
    let is_small = own == Some(1.0);
    Some((number(digits, is_small)?, own))
}

/// Reads digits with marks. A single comma is the decimal one, unless three digits follow that count whole small units.
fn number(digits: &str, is_small: bool) -> Option<f64> {
    let digits: String = digits
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\''))
        .collect();
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    let thousands = |mark: char| digits.rsplit(mark).next().is_some_and(|end| end.len() == 3);
    let plain = match (points, commas) {
        (_, 0) if points < 2 => digits,
        (0, 1) if is_small && thousands(',') => digits.replace(',', ""),
        (0, 1) => digits.replace(',', "."),
        (0, _) => digits.replace(',', ""),
        (_, 0) => digits.replace('.', ""),
        // The last of both marks is the decimal one.
        _ if digits.rfind('.') > digits.rfind(',') => digits.replace(',', ""),
        _ => digits.replace('.', "").replace(',', "."),
    };
    plain.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn grams(given: &Value) -> Option<i64> {
        let (number, unit) = quantity(given, WEIGHTS)?;
        Some((number * unit?).round() as i64)
    }

    #[test]
    fn weights_are_read_with_their_units() {
        for (given, expected) in [
            (json!("1.2 kg"), 1_200),
            (json!("1,2kg"), 1_200),
            (json!("0,350 kg"), 350),
            (json!("1,200 g"), 1_200),
            (json!("1.234,5 Gramm"), 1_235),
            (json!("1,234.5 g"), 1_235),
            (json!("2 lbs."), 907),
            (json!("16 OZ"), 454),
            (json!({"value": "1.5", "unitCode": "KGM"}), 1_500),
            (json!(["3 kg"]), 3_000),
        ] {
            assert_eq!(grams(&given), Some(expected), "{given}");
        }
        for given in ["heavy", "1 stone", "-1 kg", "", "kg", "1.2.3 kg 4"] {
            assert_eq!(grams(&json!(given)), None, "{given}");
        }
    }

    #[test]
    fn lengths_are_read_with_their_units() {
        let millimetres = |given: &str| {
            let (number, unit) = quantity(&json!(given), LENGTHS)?;
            Some((number * unit?).round() as i64)
        };
        for (given, expected) in [
            ("20 cm", 200),
            ("12\"", 305),
            ("6'", 1_829),
            ("1.5 m", 1_500),
            ("1 000 mm", 1_000),
        ] {
            assert_eq!(millimetres(given), Some(expected), "{given}");
        }
        assert_eq!(quantity(&json!("12.5"), LENGTHS), Some((12.5, None)));
        assert_eq!(quantity(&json!(-1), LENGTHS), None);
    }
}
