//! Filters as queries, each knowing the facet that it must not narrow.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};
use souk_domain::{FacetName, Filters, NumberRange, PriceFilter, value_key};

use crate::engines::elasticsearch::index::mapping::{
    ATTRIBUTE_KEY, AVAILABILITY, BRAND_KEY, CATEGORY, FANDOM, NUMBERS, OPTION_KEY, PRICE, RATING,
    SELLER, number_field, of_variant,
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
    /// Query of the products that pass, or of which a variant does.
    pub(crate) query: Value,
    /// Query of the nested documents that pass, if it is a condition on variants: given that the product passes.
    pub(crate) of_variant: Option<Value>,
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
pub(crate) struct AllOf<'a>(pub(crate) Vec<Cow<'a, Value>>);

impl Serialize for AllOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        enum Query<'a> {
            MatchAll {},
            Bool { filter: &'a [Cow<'a, Value>] },
        }
        let query = match &*self.0 {
            [] => Query::MatchAll {},
            filter => Query::Bool { filter },
        };
        query.serialize(serializer)
    }
}

/// All filters, of a plan that has offers of several sellers looked at or not.
pub(crate) fn clauses(filters: &Filters, shares_products: bool) -> Vec<Clause<'_>> {
    let one_of = |facet, field: &str, values: &BTreeSet<String>| {
        let query = (!values.is_empty()).then(|| json!({"terms": {field: values}}));
        query.map(|query| of_product(facet, query))
    };
    let brands = filters.brand.iter();
    let brands = brands.map(|brand| value_key(brand).into_owned()).collect();
    let stars = |least| {
        of_product(
            FacetName::Rating,
            json!({"range": {RATING: {"gte": least}}}),
        )
    };
    let facets = [
        one_of(FacetName::Category, CATEGORY, &filters.category),
        one_of(FacetName::Fandom, FANDOM, &filters.fandom),
        one_of(FacetName::Brand, BRAND_KEY, &brands),
        one_of(FacetName::Seller, SELLER, &filters.seller).map(|clause| Clause {
            of_variant: shares_products.then(|| offered_by(&filters.seller)),
            ..clause
        }),
        filters.price.map(price),
        filters.rating_min.map(stars),
        filters.in_stock.map(availability),
    ];
    let attributes = filters.attributes.iter().map(|(name, values)| {
        let values: Vec<_> = values
            .iter()
            .map(|value| encoding::attribute_key(name, value))
            .collect();
        let query = |field: &str| json!({"terms": {field: values}});
        of_attribute(
            name,
            query(ATTRIBUTE_KEY),
            query(&of_variant(ATTRIBUTE_KEY)),
        )
    });
    let ranges = filters.ranges.iter();
    let ranges = ranges.map(|(name, range)| number_range(name, *range));
    let facets = facets.into_iter().flatten();
    facets.chain(attributes).chain(ranges).collect()
}

/// Condition on the seller, whom nested documents have if there are several.
fn offered_by(sellers: &BTreeSet<String>) -> Value {
    let field = of_variant(SELLER);
    let own = json!({"terms": {&field: sellers}});
    let has_seller = json!({"exists": {"field": &field}});
    json!({"bool": {"should": [own, {"bool": {"must_not": [has_seller]}}]}})
}

fn of_product<'a>(facet: FacetName, query: Value) -> Clause<'a> {
    Clause {
        narrowed: Narrowed::Facet(facet),
        query,
        of_variant: None,
    }
}

/// Condition on a field that every nested document has.
fn of_each_variant<'a>(facet: FacetName, field: &str, query: impl Fn(&str) -> Value) -> Clause<'a> {
    Clause {
        of_variant: Some(query(&of_variant(field))),
        ..of_product(facet, query(field))
    }
}

/// Condition on an attribute, which nested documents have if it is an option.
fn of_attribute(name: &str, query: Value, own: Value) -> Clause<'_> {
    let is_option = json!({"term": {of_variant(OPTION_KEY): encoding::name_key(name)}});
    let of_variant = json!({"bool": {"should": [own, {"bool": {"must_not": [is_option]}}]}});
    Clause {
        narrowed: Narrowed::Attribute(name),
        query,
        of_variant: Some(of_variant),
    }
}

fn price<'a>(price: PriceFilter) -> Clause<'a> {
    let mut limits = serde_json::Map::new();
    for (end, limit) in [("gte", price.min), ("lte", price.max)] {
        if let Some(limit) = limit {
            limits.insert(end.to_owned(), limit.into());
        }
    }
    of_each_variant(
        FacetName::Price,
        PRICE,
        |field| json!({"range": {field: limits}}),
    )
}

/// A number in the range; any number if it has no limits.
fn number_range(name: &str, range: NumberRange) -> Clause<'_> {
    let mut limits = serde_json::Map::new();
    for (end, limit) in [("gte", range.min), ("lte", range.max)] {
        if let Some(limit) = limit {
            limits.insert(end.to_owned(), limit.into());
        }
    }
    let field = format!("{NUMBERS}.{}", number_field(name));
    let query = |field: &str| match limits.is_empty() {
        true => json!({"exists": {"field": field}}),
        false => json!({"range": {field: limits}}),
    };
    of_attribute(name, query(&field), query(&of_variant(&field)))
}

fn availability<'a>(in_stock: bool) -> Clause<'a> {
    let key = availability_key(in_stock);
    of_each_variant(
        FacetName::Availability,
        AVAILABILITY,
        |field| json!({"term": {field: key}}),
    )
}
