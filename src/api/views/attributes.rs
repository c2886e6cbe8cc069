//! Attributes on the wire, as their definitions say.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};
use souk_domain::{AttributeDefinition, AttributeDefinitions, AttributeType};

/// Type of an attribute's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum, Serialize, Deserialize)]
#[oai(rename = "AttributeType", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AttributeTypeName {
    /// Any text.
    #[default]
    Text,
    /// Numbers, with the unit of the definition or one of the same measure: `9.5`, `500 g`.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Dates: `2026-01-31`, `2026-01` or `2026`.
    Date,
    /// Names or codes of colours.
    Colour,
}

impl From<AttributeTypeName> for AttributeType {
    fn from(name: AttributeTypeName) -> Self {
        match name {
            AttributeTypeName::Text => Self::Text,
            AttributeTypeName::Number => Self::Number,
            AttributeTypeName::Boolean => Self::Boolean,
            AttributeTypeName::Date => Self::Date,
            AttributeTypeName::Colour => Self::Colour,
        }
    }
}

impl From<AttributeType> for AttributeTypeName {
    fn from(kind: AttributeType) -> Self {
        match kind {
            AttributeType::Text => Self::Text,
            AttributeType::Number => Self::Number,
            AttributeType::Boolean => Self::Boolean,
            AttributeType::Date => Self::Date,
            AttributeType::Colour => Self::Colour,
        }
    }
}

/// Definitions of a tenant's attributes, in the languages that a request prefers.
#[derive(Debug, Clone, Copy)]
pub struct AttributeLabels<'a> {
    /// Definitions.
    pub definitions: &'a AttributeDefinitions,
    /// Language of the request.
    pub requested: Option<&'a str>,
    /// Language of the marketplace.
    pub usual: &'a str,
}

impl<'a> AttributeLabels<'a> {
    /// Returns the definition of an attribute.
    pub fn definition(&self, name: &str) -> Option<&'a AttributeDefinition> {
        self.definitions.get(name)
    }

    /// Returns the display name of an attribute.
    pub fn label(&self, definition: &AttributeDefinition) -> String {
        let languages = self.requested.into_iter().chain([self.usual]);
        definition.label(languages).to_owned()
    }
}
