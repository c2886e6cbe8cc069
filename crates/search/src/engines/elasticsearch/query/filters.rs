//! Filters as queries, each knowing the facet that it must not narrow.

use std::collections::BTreeSet;

use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};
use souk_domain::{FacetName, Filters, NumberRange, PriceFilter};

use crate::engines::elasticsearch::index::mapping::{
    ATTRIBUTE, AVAILABILITY, BRAND, CATEGORY, FANDOM, NUMBERS, PRICE, RATING, SELLER, number_field,
};
use crate::facets::encoding;
use crate::facets::listing::availability_key;

/// Property that a filter narrows, and so the facet that excludes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Narrowed<'a> {
    Facet(FacetName),
    Attribute(&'a str),
}

/// Filter of a plan.
#[derive(Debug, Clone)]
pub(crate) struct Clause<'a> {
    pub(crate) narrowed: Narrowed<'a>,
    pub(crate) query: Value,
}

impl Clause<'_> {
    /// Reports whether one of these facets excludes the filter.
    pub(crate) fn narrows_one_of(&self, facets: &BTreeSet<FacetName>) -> bool {
        facets.contains(&match self.narrowed {
            Narrowed::Facet(facet) => facet,
            Narrowed::Attribute(_) => FacetName::Attributes,
        })
    }
}

/// The query that finds what passes all of these; everything if there is none.
#[derive(Debug)]
pub(crate) struct AllOf<'a>(pub(crate) Vec<&'a Value>);

impl Serialize for AllOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        enum Query<'a> {
            MatchAll {},
            Bool { filter: &'a [&'a Value] },
        }
        let query = match &*self.0 {
            [] => Query::MatchAll {},
            filter => Query::Bool { filter },
        };
        query.serialize(serializer)
    }
}

/// All filters of a plan.
pub(crate) fn clauses(filters: &Filters) -> Vec<Clause<'_>> {
    let one_of = |field: &str, values: &BTreeSet<String>| {
        (!values.is_empty()).then(|| json!({"terms": {field: values}}))
    };
    let facets = [
        (FacetName::Category, one_of(CATEGORY, &filters.category)),
        (FacetName::Fandom, one_of(FANDOM, &filters.fandom)),
        (FacetName::Brand, one_of(BRAND, &filters.brand)),
        (FacetName::Seller, one_of(SELLER, &filters.seller)),
        (FacetName::Price, filters.price.map(price)),
        (
            FacetName::Rating,
            filters
                .rating_min
                .map(|least| json!({"range": {RATING: {"gte": least}}})),
        ),
        (FacetName::Availability, filters.in_stock.map(availability)),
    ];
    let attributes = filters.attributes.iter().map(|(name, values)| {
        let values: Vec<_> = values
            .iter()
            .map(|value| encoding::attribute(name, value))
            .collect();
        Clause {
            narrowed: Narrowed::Attribute(name),
            query: json!({"terms": {ATTRIBUTE: values}}),
        }
    });
    let facets = facets.into_iter().filter_map(|(facet, query)| {
        Some(Clause {
            narrowed: Narrowed::Facet(facet),
            query: query?,
        })
    });
    let ranges = filters.ranges.iter().map(|(name, range)| Clause {
        narrowed: Narrowed::Attribute(name),
        query: number_range(name, *range),
    });
    facets.chain(attributes).chain(ranges).collect()
}

fn price(price: PriceFilter) -> Value {
    let mut limits = serde_json::Map::new();
    for (end, limit) in [("gte", price.min), ("lte", price.max)] {
        if let Some(limit) = limit {
            limits.insert(end.to_owned(), limit.into());
        }
    }
    json!({"range": {PRICE: limits}})
}

/// A product with a number in the range; any number if it has no limits.
fn number_range(name: &str, range: NumberRange) -> Value {
    let mut limits = serde_json::Map::new();
    for (end, limit) in [("gte", range.min), ("lte", range.max)] {
        if let Some(limit) = limit {
            limits.insert(end.to_owned(), limit.into());
        }
    }
    let field = format!("{NUMBERS}.{}", number_field(name));
    match limits.is_empty() {
        true => json!({"exists": {"field": field}}),
        false => json!({"range": {field: limits}}),
    }
}

fn availability(in_stock: bool) -> Value {
    json!({"term": {AVAILABILITY: availability_key(in_stock)}})
}
