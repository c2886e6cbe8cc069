//! Aggregations that count facets.
//!
//! Facets that the same filters narrow are counted together. A facet with a filter of its own is counted in a group
//! that leaves that filter out. Attributes are counted as keywords of name and value, all names in one go: an
//! aggregation a name would have to know the names first. What variants have is counted as in [`super::variant_counts`]:
//! nested documents are several times as many as products, and only asked where a condition tells variants apart.

use std::collections::BTreeSet;

use souk_domain::{AttributeDefinition, AttributeDefinitions, FacetName};

use super::aggregation_dsl::{Aggregation, Aggregations, NO_VALUE, Terms, number_bounds};
use super::variant_counts::Counting;
use crate::engines::elasticsearch::index::mapping::{
    ATTRIBUTE, ATTRIBUTE_NAME, AVAILABILITY, BRAND, CATEGORY_PATH, FANDOM_LABEL,
    FURTHER_CATEGORY_PATH, NUMBERS, PRICE, PRICE_STEP, RATING_LEVEL, SELLER_LABEL, number_field,
};
use crate::engines::elasticsearch::query::filters::{Clause, Narrowed};
use crate::engines::elasticsearch::query::variants::{of_variant, passing};
use crate::facets::encoding::{self, SEPARATOR};

/// More values than this are not looked at: what is left out is then counted at least, and the facet says so.
const VALUES: usize = 1_000;
/// The same where values are searched.
const SEARCHED_VALUES: usize = 20_000;
/// The same for the values of all attributes together.
const ATTRIBUTE_VALUES: usize = 4_000;
const ATTRIBUTE_NAMES: usize = 1_000;
const FEW: usize = 100;
/// Longest part of a name that an expression spells out; a cluster takes expressions of 1,000 characters.
const MAX_EXPRESSION_BYTES: usize = 900;

/// Set of products that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// All products.
    All,
    /// Products that a query finds.
    Found,
}

/// Counts that are requested.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RequestedCounts<'a> {
    /// Values that these facets list.
    Facets(&'a BTreeSet<FacetName>),
    /// All values of one facet.
    Values(FacetName),
    /// All values of one attribute.
    Attribute(&'a str),
}

impl RequestedCounts<'_> {
    /// The facets that something is counted for.
    pub(crate) fn facets(&self) -> BTreeSet<FacetName> {
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
pub(crate) fn group_name(place: usize) -> String {
    format!("past_{place}")
}

/// Filters of a search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applied<'a> {
    /// Filters that the query has applied.
    pub(crate) before: &'a [Clause<'a>],
    /// Filters that some facet looks past.
    pub(crate) after: &'a [Clause<'a>],
    /// True if products may have offers of several sellers.
    pub(crate) shares_products: bool,
}

/// The aggregations of a search.
pub(crate) fn aggregations<'a>(
    counted: RequestedCounts<'_>,
    among: Among,
    Applied {
        before,
        after: filters,
        shares_products,
    }: Applied<'a>,
    definitions: &AttributeDefinitions,
) -> Aggregations<'a> {
    let counting = |own: &[&Clause<'_>]| {
        let conditions = of_variant(before.iter().chain(own.iter().copied()));
        Counting::new(conditions, shares_products)
    };
    let all: Vec<_> = filters.iter().collect();
    let facets = counted.facets();
    let is_narrowed = |by: Narrowed<'_>| filters.iter().any(|clause| clause.narrowed == by);
    let mut together = counting(&all);
    for &facet in &facets {
        if !is_narrowed(Narrowed::Facet(facet)) {
            add_facet(&mut together, facet, counted, among);
        }
    }
    if matches!(counted, RequestedCounts::Facets(_)) && facets.contains(&FacetName::Attributes) {
        for range in definitions.ranges() {
            if !is_narrowed(Narrowed::Attribute(&range.name)) {
                add_number_bounds(&mut together, &range.name);
            }
        }
    }
    if let RequestedCounts::Attribute(name) = counted
        && !is_narrowed(Narrowed::Attribute(name))
    {
        add_attribute(&mut together, name, counted);
    }
    if filters.is_empty() {
        return together.finish();
    }
    let mut top = Aggregations::default();
    for (place, clause) in filters.iter().enumerate() {
        let mut others = all.clone();
        others.remove(place);
        let mut own = counting(&others);
        match (clause.narrowed, counted) {
            (Narrowed::Facet(facet), _) => add_facet(&mut own, facet, counted, among),
            (Narrowed::Attribute(name), RequestedCounts::Attribute(wanted)) if wanted != name => {}
            (Narrowed::Attribute(name), RequestedCounts::Facets(_))
                if has_range(definitions, name) =>
            {
                add_number_bounds(&mut own, name);
            }
            (Narrowed::Attribute(name), _) => add_attribute(&mut own, name, counted),
        }
        top.add_group(group_name(place), passing(&others, before), own.finish());
    }
    top.add_group("together", passing(&all, before), together.finish());
    top
}

fn has_range(definitions: &AttributeDefinitions, name: &str) -> bool {
    definitions
        .get(name)
        .is_some_and(AttributeDefinition::is_range)
}

/// The bounds of an attribute's numbers.
fn add_number_bounds(to: &mut Counting<'_>, name: &str) {
    let field = format!("{NUMBERS}.{}", number_field(name));
    to.add_numbers(number_bounds(name), field, name);
}

fn add_facet(to: &mut Counting<'_>, facet: FacetName, counted: RequestedCounts<'_>, among: Among) {
    let values = |field| many_terms(field, counted.values(), among);
    match (facet, counted) {
        (FacetName::Category, _) => {
            to.add("category", values(CATEGORY_PATH));
            let further = terms(FURTHER_CATEGORY_PATH, counted.values());
            to.add("further_category", further);
        }
        (FacetName::Fandom, _) => to.add("fandom", values(FANDOM_LABEL)),
        (FacetName::Brand, _) => to.add("brand", values(BRAND)),
        (FacetName::Seller, _) => {
            to.add_sellers("seller", values(SELLER_LABEL), counted.values());
        }
        (FacetName::Price, RequestedCounts::Facets(_)) => {
            to.add_prices("price_bounds", PRICE);
            to.add_values("price_steps", Terms::new(PRICE_STEP, FEW));
        }
        (FacetName::Rating, RequestedCounts::Facets(_)) => {
            to.add("rating", terms(RATING_LEVEL, FEW))
        }
        (FacetName::Availability, _) => {
            to.add_values("availability", Terms::new(AVAILABILITY, FEW));
        }
        (FacetName::Attributes, RequestedCounts::Facets(_)) => {
            to.add_values(
                "attribute_names",
                Terms::new(ATTRIBUTE_NAME, ATTRIBUTE_NAMES),
            );
            to.add_values("attributes", Terms::new(ATTRIBUTE, ATTRIBUTE_VALUES));
        }
        (FacetName::Price | FacetName::Rating | FacetName::Attributes, _) => {}
    }
}

/// The values of one attribute.
fn add_attribute(to: &mut Counting<'_>, name: &str, counted: RequestedCounts<'_>) {
    let name = spellings(&encoding::name_key(name));
    let values = format!("{name}{SEPARATOR}.*");
    let included = |field, size, include| Terms {
        include: Some(include),
        ..Terms::new(field, size)
    };
    to.add_values(
        "attribute_names",
        included(ATTRIBUTE_NAME, FEW, name.into()),
    );
    to.add_values(
        "attributes",
        included(ATTRIBUTE, counted.values(), values.into()),
    );
}

pub(crate) fn terms<'a>(field: &'static str, size: usize) -> Aggregation<'a> {
    Aggregation::Terms(Terms::new(field, size))
}

/// The same of names, of which there may be some hundred.
///
/// Elasticsearch makes a filter of each value of a field that has up to 1,000 and looks whether counting what they match
/// is cheaper than looking at what was found (`MAX_ORDS_TO_TRY_FILTERS`). Where everything was found, it is. Else, making
/// them takes as long as much of the counting, and they are dropped: a quarter of the time of a usual search. It makes none
/// where products without a value count as well (`ValuesSourceConfig.alignesWithSearchIndex`), which costs some time for each
/// product that is found: attributes, of which a product has several and a catalogue thousands, go without it.
pub(crate) fn many_terms<'a>(field: &'static str, size: usize, among: Among) -> Aggregation<'a> {
    Aggregation::Terms(Terms {
        missing: (among == Among::Found).then_some(NO_VALUE),
        ..Terms::new(field, size)
    })
}

/// A regular expression of Lucene that matches the usual spellings of a key, and not much else. One that has rarer letters
/// (`ﬁ` for `fi`) could be any letters.
fn spellings(key: &str) -> String {
    let mut expression = String::with_capacity(key.len() * 6);
    let mut letters = key.chars().peekable();
    while let Some(letter) = letters.next() {
        if expression.len() > MAX_EXPRESSION_BYTES {
            expression.push_str(".*");
            break;
        }
        match letter {
            's' if letters.next_if_eq(&'s').is_some() => expression.push_str("([sS][sS]|ß|ẞ)"),
            ' ' => expression.push_str("[ \u{a0}]+"),
            _ if letter.is_ascii_alphabetic() => {
                let capital = letter.to_ascii_uppercase();
                expression.extend(['[', letter, capital, wide(letter), wide(capital), ']']);
            }
            _ if letter.is_ascii_digit() => expression.push(letter),
            _ if letter.is_ascii() => expression.extend(['\\', letter]),
            // Capitals of some letters are several.
            _ => expression.push_str(".{1,3}"),
        }
    }
    expression
}

/// The letter in the width of ideographs.
fn wide(letter: char) -> char {
    char::from_u32(u32::from(letter) + 0xFEE0).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_no_expression() {
        assert_eq!(spellings("a.1 (ö"), "[aAａＡ]\\.1[ \u{a0}]+\\(.{1,3}");
        assert_eq!(spellings("ss"), "([sS][sS]|ß|ẞ)");
        let long = spellings(&"a".repeat(200));
        assert!(long.chars().count() < 1_000 && long.ends_with(".*"));
    }

    #[test]
    fn facets_with_the_same_filters_are_counted_together() {
        let clause = |narrowed| Clause {
            narrowed,
            query: json!({"narrowed": format!("{narrowed:?}")}),
            of_variant: None,
        };
        let filters = [
            clause(Narrowed::Facet(FacetName::Brand)),
            clause(Narrowed::Attribute("Size")),
        ];
        let (facets, none) = (FacetName::ALL.into(), AttributeDefinitions::default());
        let groups = aggregations(
            RequestedCounts::Facets(&facets),
            Among::All,
            Applied {
                before: &[],
                after: &filters,
                shares_products: true,
            },
            &none,
        );
        let groups = serde_json::to_value(&groups).unwrap();
        let names: Vec<_> = groups.as_object().unwrap().keys().collect();
        assert_eq!(names, ["past_0", "past_1", "together"]);
        assert_eq!(
            groups["past_0"]["filter"],
            json!({"bool": {"filter": [filters[1].query]}})
        );
        let brand = json!({"terms": {"field": BRAND, "size": VALUES}});
        assert_eq!(groups["past_0"]["aggs"]["brand"], brand);
        assert!(groups["together"]["aggs"].get("brand").is_none());
    }

    #[test]
    fn facet_excluding_the_only_filter_counts_everything() {
        let only = [Clause {
            narrowed: Narrowed::Facet(FacetName::Brand),
            query: json!({"narrowed": "brand"}),
            of_variant: None,
        }];
        let (facets, none) = ([FacetName::Brand].into(), AttributeDefinitions::default());
        let only = Applied {
            before: &[],
            after: &only,
            shares_products: true,
        };
        let groups = aggregations(RequestedCounts::Facets(&facets), Among::Found, only, &none);
        let groups = serde_json::to_value(&groups).unwrap();
        assert_eq!(groups["past_0"]["filter"], json!({"match_all": {}}));
        let brand = &groups["past_0"]["aggs"]["brand"]["terms"];
        assert_eq!(brand["missing"], json!(NO_VALUE));
        assert!(groups.get("together").is_none());
    }
}
