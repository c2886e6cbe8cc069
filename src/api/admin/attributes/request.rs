//! Definitions of attributes as admins send them.

use std::collections::BTreeMap;

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};
use souk_domain::{
    AttributeDefinition, AttributeFilterKind, AttributeType, AttributeVisibility, ValueOrder,
};

use crate::api::views::AttributeTypeName;

/// A definition to be written.
#[derive(Debug, Object, Deserialize)]
pub struct AttributeBody {
    /// Name of the attribute or option, exactly as in products; without a colon.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^:\x00]*[^:\s\x00][^:\x00]*$"
    ))]
    pub name: String,
    /// Type of its values, default `text`.
    #[oai(rename = "type", default)]
    #[serde(rename = "type", default)]
    pub kind: AttributeTypeName,
    /// Unit of numbers that are written without one, such as `kg`; only for numbers.
    #[oai(
        nullable,
        validator(max_length = 20, pattern = r"^([^0-9\x00][^\x00]*)?$")
    )]
    pub unit: Option<String>,
    /// Display names by language tag, such as `en` or `pt-br`.
    #[oai(default, validator(max_properties = 50))]
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Position among the facets, lowest first.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "1000000")))]
    #[serde(default)]
    pub position: i64,
    /// Readers, default `shown`.
    #[oai(default)]
    #[serde(default)]
    pub visibility: VisibilityName,
    /// True if products are found by its values; default true unless it is internal.
    #[oai(nullable)]
    pub searched: Option<bool>,
    /// Facet; default `values` unless it is internal. `range` is for numbers and dates.
    #[oai(nullable)]
    pub filter: Option<FilterName>,
    /// Order of the facet's values; default `natural` for numbers and dates, `count` for others.
    #[oai(nullable)]
    pub value_order: Option<ValueOrderName>,
    /// First values of the facet, for the order `manual` only.
    #[oai(default, validator(max_items = 500))]
    #[serde(default)]
    pub values: Vec<String>,
}

/// Declares the names of a choice on the wire, and what they mean in the domain.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident = $wire:literal of $domain:ident { $($(#[$choice:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum, Serialize, Deserialize)]
        #[oai(rename = $wire, rename_all = "snake_case")]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$choice])* $variant),+
        }

        impl From<$name> for $domain {
            fn from(name: $name) -> Self {
                match name { $($name::$variant => Self::$variant),+ }
            }
        }

        impl From<$domain> for $name {
            fn from(choice: $domain) -> Self {
                match choice { $($domain::$variant => Self::$variant),+ }
            }
        }
    };
}

names! {
    /// Readers of an attribute.
    VisibilityName = "AttributeVisibility" of AttributeVisibility {
        /// Everyone.
        #[default]
        Shown,
        /// Search, but not products' pages.
        Hidden,
        /// Admins alone: no index, page or feed has it.
        Internal,
    }
}

names! {
    /// Facet of an attribute.
    FilterName = "AttributeFilter" of AttributeFilterKind {
        /// No facet; `attr` finds its values all the same.
        #[default]
        None,
        /// Values with counts.
        Values,
        /// Bounds, with `attr_min` and `attr_max` as filters.
        Range,
    }
}

names! {
    /// Order of a facet's values.
    ValueOrderName = "AttributeValueOrder" of ValueOrder {
        /// By falling count.
        #[default]
        Count,
        /// Numbers by value, sizes from small to large, texts with the numbers in them by value.
        Natural,
        /// As listed in `values`; others follow by falling count.
        Manual,
    }
}

impl From<AttributeBody> for AttributeDefinition {
    fn from(body: AttributeBody) -> Self {
        let kind = body.kind.into();
        let visibility = body.visibility.into();
        let is_public = visibility != AttributeVisibility::Internal;
        let filter = if is_public {
            AttributeFilterKind::Values
        } else {
            AttributeFilterKind::None
        };
        let value_order = match kind {
            AttributeType::Number | AttributeType::Date => ValueOrder::Natural,
            _ => ValueOrder::Count,
        };
        Self {
            name: body.name,
            kind,
            unit: body.unit,
            labels: body.labels,
            position: body.position,
            visibility,
            searched: body.searched.unwrap_or(is_public),
            filter: body.filter.map_or(filter, AttributeFilterKind::from),
            value_order: body.value_order.map_or(value_order, ValueOrder::from),
            values: body.values,
        }
    }
}
