//! Attributes as a tenant defines them: meaning, visibility, and order of their values.

mod definition;
mod definitions;
mod measures;
mod natural_order;
mod numbers;

pub use definition::{
    AttributeDefinition, AttributeFilterKind, AttributeType, AttributeVisibility,
    MAX_ATTRIBUTE_DEFINITIONS, MAX_ATTRIBUTE_POSITION, MAX_LABELS, MAX_LISTED_VALUES,
    MAX_RANGE_ATTRIBUTES, MAX_UNIT_CHARS, ValueOrder,
};
pub use definitions::AttributeDefinitions;
pub use numbers::{NumberRange, number_text};
