//! All definitions of a tenant.

use std::collections::BTreeMap;

use super::choices::{AttributeFilterKind, ValueOrder};
use super::definition::AttributeDefinition;
use super::natural_order::NaturalKey;
use super::value_key::{same_value, value_key};
use crate::{Attributes, FacetValue};

/// Definitions of a tenant by the key of their name: each holds for every spelling of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttributeDefinitions(BTreeMap<String, AttributeDefinition>);

impl FromIterator<AttributeDefinition> for AttributeDefinitions {
    fn from_iter<I: IntoIterator<Item = AttributeDefinition>>(definitions: I) -> Self {
        let mut by_key: BTreeMap<String, AttributeDefinition> = BTreeMap::new();
        for definition in definitions {
            let key = value_key(&definition.name).into_owned();
            // Of two spellings, one that hides the attribute holds.
            let hides = definition.is_internal();
            if by_key
                .get(&key)
                .is_none_or(|known| hides && !known.is_internal())
            {
                by_key.insert(key, definition);
            }
        }
        Self(by_key)
    }
}

impl AttributeDefinitions {
    /// Returns the definition of an attribute.
    pub fn get(&self, name: &str) -> Option<&AttributeDefinition> {
        match self.0.is_empty() {
            true => None,
            false => self.0.get(&*value_key(name)),
        }
    }

    /// Returns all definitions, by name.
    pub fn iter(&self) -> impl Iterator<Item = &AttributeDefinition> {
        self.0.values()
    }

    /// Reports whether nothing is defined.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reports whether only admins see an attribute.
    pub fn is_internal(&self, name: &str) -> bool {
        self.get(name).is_some_and(AttributeDefinition::is_internal)
    }

    /// Reports whether a product's page shows an attribute.
    pub fn is_shown(&self, name: &str) -> bool {
        use super::AttributeVisibility::Shown;
        self.get(name)
            .is_none_or(|definition| definition.visibility == Shown)
    }

    /// Reports whether products are found by an attribute's values.
    pub fn is_searched(&self, name: &str) -> bool {
        self.get(name)
            .is_none_or(|definition| definition.searched && !definition.is_internal())
    }

    /// Returns the facet of an attribute, if its definition says.
    pub fn filter(&self, name: &str) -> Option<AttributeFilterKind> {
        self.get(name).map(|definition| definition.filter)
    }

    /// Returns the definitions whose facet is a range.
    pub fn ranges(&self) -> impl Iterator<Item = &AttributeDefinition> {
        self.iter().filter(|definition| definition.is_range())
    }

    /// Removes the attributes that only admins see.
    pub fn retain_public(&self, attributes: &mut Attributes) {
        attributes.retain(|name, _| !self.is_internal(name));
    }

    /// Puts the values of an attribute's facet in the order of its definition; they come by falling count.
    pub fn sort_values(&self, name: &str, values: &mut [FacetValue]) {
        let Some(definition) = self.get(name) else {
            return;
        };
        match definition.value_order {
            ValueOrder::Count => {}
            ValueOrder::Natural => {
                let mut keyed: Vec<_> = values
                    .iter_mut()
                    .map(|value| (NaturalKey::new(&value.value, definition), value.clone()))
                    .collect();
                keyed.sort_by(|(one, _), (other, _)| one.order(other));
                for (place, (_, value)) in values.iter_mut().zip(keyed) {
                    *place = value;
                }
            }
            ValueOrder::Manual => values.sort_by_cached_key(|value| {
                let mut listed = definition.values.iter();
                let listed = listed.position(|own| same_value(own, &value.value));
                listed.unwrap_or(usize::MAX)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(definition: AttributeDefinition, values: &[&str]) -> Vec<String> {
        let value = |value: &&str| FacetValue {
            value: (*value).to_owned(),
            label: (*value).to_owned(),
            count: 1,
            selected: false,
            parent: None,
        };
        let mut values: Vec<_> = values.iter().map(value).collect();
        let definitions: AttributeDefinitions = [definition].into_iter().collect();
        definitions.sort_values("size", &mut values);
        values.into_iter().map(|value| value.value).collect()
    }

    #[test]
    fn values_are_in_the_order_of_the_definition() {
        let by = |value_order, values: &[&str]| AttributeDefinition {
            value_order,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            ..AttributeDefinition::new("size")
        };
        let counted = ["L", "S", "M", "one"];
        assert_eq!(ordered(by(ValueOrder::Count, &[]), &counted), counted);
        let natural = ordered(by(ValueOrder::Natural, &[]), &counted);
        assert_eq!(natural, ["S", "M", "L", "one"]);
        let manual = ordered(by(ValueOrder::Manual, &["one", "M", "gone"]), &counted);
        assert_eq!(manual, ["one", "M", "L", "S"]);
    }

    #[test]
    fn attribute_without_a_definition_is_public() {
        let definitions: AttributeDefinitions = [AttributeDefinition::internal("cost")]
            .into_iter()
            .collect();
        assert!(definitions.is_internal("cost") && definitions.is_internal("COST "));
        assert!(!definitions.is_shown("cost") && !definitions.is_searched("cost"));
        assert!(definitions.is_shown("color") && definitions.is_searched("color"));
        let mut attributes: Attributes = ["cost", "Cost", "color"]
            .map(|name| (name.to_owned(), vec![]))
            .into();
        definitions.retain_public(&mut attributes);
        assert!(attributes.keys().eq(["color"]));
    }
}
