//! Units of measure that values of one attribute may mix, such as grams and kilograms.

/// Units of each measure: the size in the smallest of them, and how they are written, in lower case.
const MEASURES: [&[(f64, &[&str])]; 11] = [
    &[
        (0.001, &["mg"]),
        (1.0, &["g", "gram", "grams"]),
        (1_000.0, &["kg", "kilogram", "kilograms"]),
        (1_000_000.0, &["t"]),
    ],
    &[
        (1.0, &["mm", "millimeter", "millimetre"]),
        (10.0, &["cm", "centimeter", "centimetre"]),
        (1_000.0, &["m", "meter", "metre", "meters", "metres"]),
        (1_000_000.0, &["km"]),
    ],
    &[
        (1.0, &["\"", "″", "”", "''", "in", "inch", "inches"]),
        (12.0, &["'", "′", "ft", "foot", "feet"]),
    ],
    &[
        (1.0, &["ml", "milliliter", "millilitre"]),
        (10.0, &["cl", "centiliter", "centilitre"]),
        (1_000.0, &["l", "liter", "litre", "liters", "litres"]),
    ],
    &[
        (1.0, &["oz", "ounce", "ounces"]),
        (16.0, &["lb", "lbs", "pound", "pounds"]),
    ],
    &[
        (1.0, &["kb"]),
        (1_000.0, &["mb"]),
        (1_000_000.0, &["gb"]),
        (1_000_000_000.0, &["tb"]),
    ],
    &[(1.0, &["w", "watt", "watts"]), (1_000.0, &["kw"])],
    &[(1.0, &["mah"]), (1_000.0, &["ah"])],
    &[
        (1.0, &["hz"]),
        (1_000.0, &["khz"]),
        (1_000_000.0, &["mhz"]),
        (1_000_000_000.0, &["ghz"]),
    ],
    &[
        (1.0, &["s", "sec", "second", "seconds"]),
        (60.0, &["min", "minute", "minutes"]),
        (3_600.0, &["h", "hour", "hours"]),
    ],
    &[(1.0, &["mv"]), (1_000.0, &["v", "volt", "volts"])],
];

/// Returns the number of a unit's measure, from 1, and the unit's size in it.
pub(super) fn measure_of(unit: &str) -> Option<(u8, f64)> {
    let unit = unit.trim().to_lowercase();
    (1..).zip(MEASURES).find_map(|(measure, units)| {
        let found = units
            .iter()
            .find(|(_, written)| written.contains(&unit.as_str()))?;
        Some((measure, found.0))
    })
}

/// Returns the factor from one unit to another: 1 for the same one, none for those of different measures.
pub(super) fn factor(from: &str, to: &str) -> Option<f64> {
    if from.trim().to_lowercase() == to.trim().to_lowercase() {
        return Some(1.0);
    }
    let ((one, from), (other, to)) = (measure_of(from)?, measure_of(to)?);
    (one == other).then_some(from / to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_one_measure_are_converted() {
        assert_eq!(factor("KG", "g"), Some(1_000.0));
        assert_eq!(factor("pcs", "PCS"), Some(1.0));
        assert_eq!(factor("g", "cm"), None);
        assert_eq!(factor("pcs", "g"), None);
    }
}
