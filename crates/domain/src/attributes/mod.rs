//! Attributes as a tenant defines them: meaning, visibility, and order of their values.

mod choices;
mod definition;
mod definitions;
mod measures;
mod natural_order;
mod numbers;
mod value_key;

pub use choices::{AttributeFilterKind, AttributeType, AttributeVisibility, ValueOrder};
pub use definition::{
    AttributeDefinition, MAX_ATTRIBUTE_DEFINITIONS, MAX_ATTRIBUTE_POSITION, MAX_LABELS,
    MAX_LISTED_VALUES, MAX_RANGE_ATTRIBUTES, MAX_UNIT_CHARS,
};
pub use definitions::AttributeDefinitions;
pub use numbers::{NumberRange, number_text};
pub use value_key::{most_frequent, same_value, share_values, unify_spellings, value_key};
