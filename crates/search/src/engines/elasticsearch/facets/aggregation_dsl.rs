//! Aggregations of a request, written as they are sent, and the names by which their answers are found.

use std::borrow::Cow;

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use crate::engines::elasticsearch::index::mapping::number_field;
use crate::engines::elasticsearch::query::filters::AllOf;

/// Key of products without a value, where they have to be counted: no value is empty.
pub(crate) const NO_VALUE: &str = "";

/// Prefix of the names of groups whose counts are added to those of the group around them.
pub(crate) const PART: &str = "part_";

/// Names of the counts of attributes of which variants have different options, which are added to those of all others.
pub(crate) const OPTION_NAMES: &str = "option_names";
pub(crate) const OPTION_VALUES: &str = "option_values";

/// Aggregations by name, written as they are sent without a tree of values in between.
#[derive(Debug, Default)]
pub(crate) struct Aggregations<'a>(Vec<(Cow<'static, str>, Aggregation<'a>)>);

/// Group of one facet.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Aggregation<'a> {
    Terms(Terms),
    Stats {
        field: Cow<'static, str>,
    },
    /// Groups that count products passing these filters.
    #[serde(untagged)]
    Group {
        filter: AllOf<'a>,
        aggs: Aggregations<'a>,
    },
    /// Groups that count nested documents.
    #[serde(untagged)]
    Nested {
        nested: Nested,
        aggs: Aggregations<'a>,
    },
    /// Values of nested documents, each with the number of its products.
    #[serde(untagged)]
    OfVariants {
        terms: Terms,
        aggs: Products,
    },
}

impl Aggregation<'_> {
    pub(super) fn stats(field: impl Into<Cow<'static, str>>) -> Self {
        let field = field.into();
        Self::Stats { field }
    }
}

/// The most frequent values of a field.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub(crate) struct Terms {
    pub(super) field: Cow<'static, str>,
    pub(super) size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) missing: Option<&'static str>,
}

impl Terms {
    pub(super) fn new(field: &'static str, size: usize) -> Self {
        Self {
            field: field.into(),
            size,
            ..Self::default()
        }
    }

    /// The same of another field.
    pub(super) fn of(self, field: impl Into<Cow<'static, str>>) -> Self {
        let field = field.into();
        Self { field, ..self }
    }
}

impl<'a> Aggregations<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, name: impl Into<Cow<'static, str>>, aggregation: Aggregation<'a>) {
        self.0.push((name.into(), aggregation));
    }

    /// Adds others under filters.
    pub(super) fn add_group(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        filters: Vec<Cow<'a, Value>>,
        aggs: Self,
    ) {
        if !aggs.is_empty() {
            let filter = AllOf(filters);
            self.add(name, Aggregation::Group { filter, aggs });
        }
    }
}

impl Serialize for Aggregations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, one)| (name, one)))
    }
}

/// Prefix of the names of bounds of attributes' numbers.
pub(crate) const NUMBER_BOUNDS: &str = "number_bounds_";

/// The name of the bounds of an attribute's numbers.
pub(crate) fn number_bounds(name: &str) -> String {
    format!("{NUMBER_BOUNDS}{}", number_field(name))
}

/// Path of nested documents.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Nested {
    path: &'static str,
}

impl Nested {
    pub(super) fn at(path: &'static str) -> Self {
        Self { path }
    }
}

/// Number of products of the nested documents in a bucket.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct Products {
    products: ReverseNested,
}

#[derive(Debug, Default, serde::Serialize)]
struct ReverseNested {
    reverse_nested: Empty,
}

#[derive(Debug, Default, serde::Serialize)]
struct Empty {}
