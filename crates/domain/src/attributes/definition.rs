//! Definition of an attribute, and the checks that all writers share.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::choices::{AttributeFilterKind, AttributeType, AttributeVisibility, ValueOrder};
use crate::InvalidField;
use crate::checks::{MAX_KEY_CHARS, required, tidy_optional};
use crate::product::MAX_VALUE_CHARS;
use crate::text::tidy;

/// Most definitions of a tenant.
pub const MAX_ATTRIBUTE_DEFINITIONS: u64 = 500;
/// Most definitions of a tenant that are filtered by a range: each is a field of the index of its own.
pub const MAX_RANGE_ATTRIBUTES: u64 = 50;
/// Most labels of a definition.
pub const MAX_LABELS: usize = 50;
/// Most values that are put in order by hand.
pub const MAX_LISTED_VALUES: usize = 500;
/// Most characters of a unit.
pub const MAX_UNIT_CHARS: usize = 20;
/// Last position.
pub const MAX_ATTRIBUTE_POSITION: i64 = 1_000_000;

/// Meaning of an attribute: of products' attributes and of variants' options of the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeDefinition {
    /// Name, exactly as in products.
    pub name: String,
    /// Kind of the values.
    #[serde(rename = "type")]
    pub kind: AttributeType,
    /// Unit of numbers without one.
    pub unit: Option<String>,
    /// Display names by language tag.
    pub labels: BTreeMap<String, String>,
    /// Position among the facets, lowest first.
    pub position: i64,
    /// Readers.
    pub visibility: AttributeVisibility,
    /// True if products are found by its values.
    pub searched: bool,
    /// Facet.
    pub filter: AttributeFilterKind,
    /// Order of the facet's values.
    pub value_order: ValueOrder,
    /// First values of the order [`ValueOrder::Manual`].
    pub values: Vec<String>,
}

impl AttributeDefinition {
    /// Returns the definition that says nothing new of an attribute: shown, searched, and filtered by its values.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: AttributeType::Text,
            unit: None,
            labels: BTreeMap::new(),
            position: 0,
            visibility: AttributeVisibility::Shown,
            searched: true,
            filter: AttributeFilterKind::Values,
            value_order: ValueOrder::Count,
            values: Vec::new(),
        }
    }

    /// Returns the definition of an attribute that only admins see.
    pub fn internal(name: impl Into<String>) -> Self {
        Self {
            visibility: AttributeVisibility::Internal,
            searched: false,
            filter: AttributeFilterKind::None,
            ..Self::new(name)
        }
    }

    /// Reports whether its facet is a range.
    pub fn is_range(&self) -> bool {
        self.filter == AttributeFilterKind::Range
    }

    /// Reports whether only admins see it.
    pub fn is_internal(&self) -> bool {
        self.visibility == AttributeVisibility::Internal
    }

    /// Returns the label in the first of these languages that has one, else the name. A tag such as `pt-BR` also takes the
    /// label of its language, `pt`.
    pub fn label<'a>(&'a self, languages: impl IntoIterator<Item = &'a str>) -> &'a str {
        let found = languages.into_iter().find_map(|tag| {
            let language = tag.split('-').next().unwrap_or(tag);
            [tag, language]
                .into_iter()
                .find_map(|tag| self.labels.get(&tag.to_ascii_lowercase()))
        });
        found.unwrap_or(&self.name)
    }

    /// Trims what people type and refuses what contradicts itself.
    ///
    /// # Errors
    /// Naming the first field at fault.
    pub fn validated(mut self) -> Result<Self, InvalidField> {
        tidy(&mut self.name);
        required("name", &self.name, MAX_KEY_CHARS)?;
        if self.name.trim().is_empty() || self.name.contains(':') {
            return Err(InvalidField::new(
                "name",
                "must be no blank and have no colon",
            ));
        }
        self.check_unit()?;
        self.check_labels()?;
        if !(0..=MAX_ATTRIBUTE_POSITION).contains(&self.position) {
            let message = format!("must be from 0 to {MAX_ATTRIBUTE_POSITION}");
            return Err(InvalidField::new("position", message));
        }
        if self.is_internal() && self.searched {
            let message = "must be false for an internal attribute";
            return Err(InvalidField::new("searched", message));
        }
        if self.is_internal() && self.filter != AttributeFilterKind::None {
            let message = "must be `none` for an internal attribute";
            return Err(InvalidField::new("filter", message));
        }
        let has_numbers = matches!(self.kind, AttributeType::Number | AttributeType::Date);
        if self.is_range() && !has_numbers {
            let message = "must be `none` or `values` unless the type is `number` or `date`";
            return Err(InvalidField::new("filter", message));
        }
        self.check_values()?;
        Ok(self)
    }

    fn check_unit(&mut self) -> Result<(), InvalidField> {
        tidy_optional(&mut self.unit);
        self.unit = self.unit.take().filter(|unit| !unit.is_empty());
        let Some(unit) = &self.unit else {
            return Ok(());
        };
        required("unit", unit, MAX_UNIT_CHARS)?;
        if self.kind != AttributeType::Number {
            let message = "must be absent unless the type is `number`";
            return Err(InvalidField::new("unit", message));
        }
        if unit.starts_with(|first: char| first.is_ascii_digit()) {
            let message = "must begin with another character than a digit";
            return Err(InvalidField::new("unit", message));
        }
        Ok(())
    }

    fn check_labels(&mut self) -> Result<(), InvalidField> {
        if self.labels.len() > MAX_LABELS {
            let message = format!("must have at most {MAX_LABELS} entries");
            return Err(InvalidField::new("labels", message));
        }
        let given = std::mem::take(&mut self.labels);
        for (tag, mut label) in given {
            if !is_language_tag(&tag) {
                let message = "must be by language tag, such as `en` or `pt-br`";
                return Err(InvalidField::new("labels", message));
            }
            tidy(&mut label);
            let tag = tag.to_ascii_lowercase();
            required(&format!("labels.{tag}"), &label, MAX_KEY_CHARS)?;
            if self.labels.insert(tag, label).is_some() {
                return Err(InvalidField::new(
                    "labels",
                    "must have one label a language",
                ));
            }
        }
        Ok(())
    }

    fn check_values(&mut self) -> Result<(), InvalidField> {
        if self.value_order != ValueOrder::Manual {
            if self.values.is_empty() {
                return Ok(());
            }
            let message = "must be empty unless the order of values is `manual`";
            return Err(InvalidField::new("values", message));
        }
        if !(1..=MAX_LISTED_VALUES).contains(&self.values.len()) {
            let message = format!("must have from 1 to {MAX_LISTED_VALUES} entries");
            return Err(InvalidField::new("values", message));
        }
        let mut seen = BTreeSet::new();
        for (index, value) in self.values.iter_mut().enumerate() {
            let field = format!("values[{index}]");
            tidy(value);
            required(&field, value, MAX_VALUE_CHARS)?;
            if !seen.insert(value.clone()) {
                return Err(InvalidField::new(
                    field,
                    "must be another one than those before",
                ));
            }
        }
        Ok(())
    }
}

/// Reports whether a text has the form of a language tag: letters, and parts of letters and digits.
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let is_language =
        (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
    is_language
        && tag.len() <= 35
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blamed(definition: AttributeDefinition) -> Option<String> {
        let checked = definition.validated();
        checked.err().map(|invalid| invalid.field.into_owned())
    }

    #[test]
    fn each_fault_names_its_field() {
        let plain = || AttributeDefinition::new("weight");
        assert_eq!(blamed(plain()), None);
        assert_eq!(blamed(AttributeDefinition::internal("cost")), None);
        let number = || AttributeDefinition {
            kind: AttributeType::Number,
            unit: Some(" kg ".into()),
            filter: AttributeFilterKind::Range,
            ..plain()
        };
        assert_eq!(number().validated().unwrap().unit.as_deref(), Some("kg"));
        for (field, definition) in [
            ("name", AttributeDefinition::new("a:b")),
            ("name", AttributeDefinition::new("")),
            ("name", AttributeDefinition::new("n".repeat(201))),
            (
                "unit",
                AttributeDefinition {
                    kind: AttributeType::Text,
                    ..number()
                },
            ),
            (
                "unit",
                AttributeDefinition {
                    unit: Some("2kg".into()),
                    ..number()
                },
            ),
            (
                "filter",
                AttributeDefinition {
                    filter: AttributeFilterKind::Range,
                    ..plain()
                },
            ),
            (
                "labels",
                AttributeDefinition {
                    labels: [("english".into(), "x".into())].into(),
                    ..plain()
                },
            ),
            (
                "labels.en",
                AttributeDefinition {
                    labels: [("en".into(), " ".into())].into(),
                    ..plain()
                },
            ),
            (
                "position",
                AttributeDefinition {
                    position: -1,
                    ..plain()
                },
            ),
            (
                "searched",
                AttributeDefinition {
                    searched: true,
                    ..AttributeDefinition::internal("a")
                },
            ),
            (
                "filter",
                AttributeDefinition {
                    filter: AttributeFilterKind::Values,
                    ..AttributeDefinition::internal("a")
                },
            ),
            (
                "values",
                AttributeDefinition {
                    value_order: ValueOrder::Manual,
                    ..plain()
                },
            ),
            (
                "values",
                AttributeDefinition {
                    values: vec!["S".into()],
                    ..plain()
                },
            ),
            (
                "values[1]",
                AttributeDefinition {
                    value_order: ValueOrder::Manual,
                    values: vec!["S".into(), " S".into()],
                    ..plain()
                },
            ),
        ] {
            assert_eq!(
                blamed(definition.clone()).as_deref(),
                Some(field),
                "{definition:?}"
            );
        }
    }

    #[test]
    fn label_is_of_the_first_language_that_has_one() {
        let labels = [("de", "Gewicht"), ("pt", "Peso"), ("EN-gb", "Weight")];
        let definition = AttributeDefinition {
            labels: labels.map(|(tag, label)| (tag.into(), label.into())).into(),
            ..AttributeDefinition::new("weight")
        };
        let definition = definition.validated().unwrap();
        assert_eq!(definition.label(["pt-BR", "de"]), "Peso");
        assert_eq!(definition.label(["fr", "de"]), "Gewicht");
        assert_eq!(definition.label(["en-GB"]), "Weight");
        assert_eq!(definition.label(["en"]), "weight");
    }
}
