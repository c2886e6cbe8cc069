//! Weight and size of a variant.

use serde::{Deserialize, Serialize};

use crate::InvalidField;

/// Highest weight of a variant in grams.
pub const MAX_WEIGHT_G: i64 = 1_000_000_000;
/// Greatest length, width or height of a variant in millimetres.
pub const MAX_LENGTH_MM: i64 = 1_000_000;

/// Weight and size of a variant, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Measures {
    /// Weight in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<i64>,
    /// Length in millimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_mm: Option<i64>,
    /// Width in millimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width_mm: Option<i64>,
    /// Height in millimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height_mm: Option<i64>,
}

impl Measures {
    /// Takes what is not known from others.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            weight_g: self.weight_g.or(others.weight_g),
            length_mm: self.length_mm.or(others.length_mm),
            width_mm: self.width_mm.or(others.width_mm),
            height_mm: self.height_mm.or(others.height_mm),
        }
    }

    /// Reports whether each of them is known.
    pub fn is_complete(&self) -> bool {
        self.fields()
            .iter()
            .all(|(_, measure, _)| measure.is_some())
    }

    /// Reports whether a length, width or height is known.
    pub fn has_size(&self) -> bool {
        self.length_mm.is_some() || self.width_mm.is_some() || self.height_mm.is_some()
    }

    /// Checks that each lies within its bounds.
    ///
    /// # Errors
    /// Naming the field at fault, such as `weight_g`.
    pub fn check(&self) -> Result<(), InvalidField> {
        for (field, measure, most) in self.fields() {
            if measure.is_some_and(|measure| !(0..=most).contains(&measure)) {
                let message = format!("lies between 0 and {most}");
                return Err(InvalidField::new(field, message));
            }
        }
        Ok(())
    }

    fn fields(&self) -> [(&'static str, Option<i64>, i64); 4] {
        [
            ("weight_g", self.weight_g, MAX_WEIGHT_G),
            ("length_mm", self.length_mm, MAX_LENGTH_MM),
            ("width_mm", self.width_mm, MAX_LENGTH_MM),
            ("height_mm", self.height_mm, MAX_LENGTH_MM),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_measure_has_its_bounds() {
        let most = Measures {
            weight_g: Some(MAX_WEIGHT_G),
            length_mm: Some(MAX_LENGTH_MM),
            width_mm: Some(0),
            height_mm: None,
        };
        assert_eq!(most.check(), Ok(()));
        for (beyond, field) in [
            (
                Measures {
                    weight_g: Some(MAX_WEIGHT_G + 1),
                    ..most
                },
                "weight_g",
            ),
            (
                Measures {
                    length_mm: Some(MAX_LENGTH_MM + 1),
                    ..most
                },
                "length_mm",
            ),
            (
                Measures {
                    width_mm: Some(-1),
                    ..most
                },
                "width_mm",
            ),
            (
                Measures {
                    height_mm: Some(i64::MAX),
                    ..most
                },
                "height_mm",
            ),
        ] {
            assert_eq!(beyond.check().unwrap_err().field, field);
        }
        let height = Measures {
            height_mm: Some(7),
            width_mm: Some(7),
            ..Measures::default()
        };
        assert!(!most.is_complete() && most.or(height).is_complete());
        assert_eq!(most.or(height).width_mm, Some(0));
    }
}
