//! What is asked for to count facets.
//!
//! Facets that the same filters narrow are counted together. A facet with a filter of its own is counted in a group
//! that leaves that filter out. Attributes are counted as keywords of name and value, all names in one go: an
//! aggregation a name would have to know the names first, and nested documents are several times as many.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use souk_domain::FacetName;

use super::filters::{Clause, Narrowed};
use super::mapping::{
    ATTRIBUTE, ATTRIBUTE_NAME, AVAILABILITY, BRAND, CATEGORY_PATH, FANDOM_LABEL, PRICE, PRICE_STEP,
    RATING_LEVEL, SELLER_LABEL,
};
use crate::encoding::{self, SEPARATOR};

/// More values than this are not looked at: what is left out is then counted at least, and the facet says so.
const VALUES: usize = 1_000;
/// The same where values are searched.
const SEARCHED_VALUES: usize = 20_000;
/// The same for the values of all attributes together.
const ATTRIBUTE_VALUES: usize = 4_000;
const ATTRIBUTE_NAMES: usize = 1_000;
const FEW: usize = 100;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Counted<'a> {
    /// What these facets list.
    Facets(&'a BTreeSet<FacetName>),
    /// All values of one facet.
    Values(FacetName),
    /// All values of one attribute.
    Attribute(&'a str),
}

impl Counted<'_> {
    /// The facets that something is counted for.
    pub(super) fn facets(&self) -> BTreeSet<FacetName> {
        match self {
            Self::Facets(facets) => (*facets).clone(),
            Self::Values(facet) => [*facet].into(),
            Self::Attribute(_) => [FacetName::Attributes].into(),
        }
    }

    fn values(&self) -> usize {
        match self {
            Self::Facets(_) => VALUES,
            Self::Values(_) | Self::Attribute(_) => SEARCHED_VALUES,
        }
    }
}

/// The name of the group that leaves out the filter at a place.
pub(super) fn group_name(place: usize) -> String {
    format!("past_{place}")
}

/// The aggregations, of which the query has applied all filters but these.
pub(super) fn aggregations(counted: Counted<'_>, filters: &[Clause<'_>]) -> Map<String, Value> {
    let mut top = Map::new();
    let facets = counted.facets();
    let is_filtered = |facet: FacetName| {
        let own = Narrowed::Facet(facet);
        filters.iter().any(|clause| clause.narrowed == own)
    };
    let mut together = Map::new();
    for &facet in facets.iter().filter(|&&facet| !is_filtered(facet)) {
        together.extend(of_facet(facet, counted));
    }
    if let Counted::Attribute(name) = counted
        && filters
            .iter()
            .all(|clause| clause.narrowed != Narrowed::Attribute(name))
    {
        together.extend(of_attribute(name, counted));
    }
    let all: Vec<_> = filters.iter().map(|clause| &clause.query).collect();
    add_group(&mut top, "together", &all, together);
    for (place, clause) in filters.iter().enumerate() {
        let own = match clause.narrowed {
            Narrowed::Facet(facet) => of_facet(facet, counted),
            Narrowed::Attribute(name) => match counted {
                Counted::Attribute(wanted) if wanted != name => Map::new(),
                _ => of_attribute(name, counted),
            },
        };
        let mut others = all.clone();
        others.remove(place);
        add_group(&mut top, &group_name(place), &others, own);
    }
    top
}

/// Adds aggregations under filters, or as they are if there is none.
fn add_group(
    top: &mut Map<String, Value>,
    name: &str,
    filters: &[&Value],
    aggregations: Map<String, Value>,
) {
    if aggregations.is_empty() {
        return;
    }
    let filter = match filters {
        // Nothing to narrow, but a group of its own keeps its counts apart.
        [] if name == "together" => return top.extend(aggregations),
        [] => json!({"match_all": {}}),
        filters => json!({"bool": {"filter": filters}}),
    };
    top.insert(
        name.to_owned(),
        json!({"filter": filter, "aggs": aggregations}),
    );
}

fn of_facet(facet: FacetName, counted: Counted<'_>) -> Map<String, Value> {
    let values = counted.values();
    let counts: Vec<(&str, Value)> = match (facet, counted) {
        (FacetName::Category, _) => vec![("category", terms(CATEGORY_PATH, values))],
        (FacetName::Fandom, _) => vec![("fandom", terms(FANDOM_LABEL, values))],
        (FacetName::Brand, _) => vec![("brand", terms(BRAND, values))],
        (FacetName::Seller, _) => vec![("seller", terms(SELLER_LABEL, values))],
        (FacetName::Price, Counted::Facets(_)) => vec![
            ("price_bounds", json!({"stats": {"field": PRICE}})),
            ("price_steps", terms(PRICE_STEP, FEW)),
        ],
        (FacetName::Rating, Counted::Facets(_)) => vec![("rating", terms(RATING_LEVEL, FEW))],
        (FacetName::Availability, _) => vec![("availability", terms(AVAILABILITY, FEW))],
        (FacetName::Attributes, Counted::Facets(_)) => vec![
            ("attribute_names", terms(ATTRIBUTE_NAME, ATTRIBUTE_NAMES)),
            ("attributes", terms(ATTRIBUTE, ATTRIBUTE_VALUES)),
        ],
        (FacetName::Price | FacetName::Rating | FacetName::Attributes, _) => vec![],
    };
    counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
}

/// The values of one attribute.
fn of_attribute(name: &str, counted: Counted<'_>) -> Map<String, Value> {
    let name = encoding::plain(name);
    let mut names = terms(ATTRIBUTE_NAME, 1);
    names["terms"]["include"] = json!([name]);
    let mut values = terms(ATTRIBUTE, counted.values());
    values["terms"]["include"] = format!("{}{SEPARATOR}.*", escaped(&name)).into();
    let counts = [("attribute_names", names), ("attributes", values)];
    counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
}

fn terms(field: &str, size: usize) -> Value {
    json!({"terms": {"field": field, "size": size}})
}

/// A text as a regular expression of Lucene that matches only it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if letter.is_ascii() && !letter.is_ascii_alphanumeric() {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_expression() {
        assert_eq!(escaped("a.b (c) Ö"), "a\\.b\\ \\(c\\)\\ Ö");
    }

    #[test]
    fn facets_with_the_same_filters_are_counted_together() {
        let clause = |narrowed| Clause {
            narrowed,
            query: json!({"narrowed": format!("{narrowed:?}")}),
        };
        let filters = [
            clause(Narrowed::Facet(FacetName::Brand)),
            clause(Narrowed::Attribute("Size")),
        ];
        let facets = FacetName::ALL.into();
        let groups = aggregations(Counted::Facets(&facets), &filters);
        let names: Vec<_> = groups.keys().collect();
        assert_eq!(names, ["past_0", "past_1", "together"]);
        assert_eq!(
            groups["past_0"]["filter"]["bool"]["filter"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert!(groups["past_0"]["aggs"].get("brand").is_some());
        assert!(groups["together"]["aggs"].get("brand").is_none());
    }
}
