//! Aggregations that count facets.
//!
//! Facets that the same filters narrow are counted together. A facet with a filter of its own is counted in a group
//! that leaves that filter out. Attributes are counted as keywords of name and value, all names in one go: an
//! aggregation a name would have to know the names first, and nested documents are several times as many. Over 40,000
//! products of six attributes, nested documents took three times as long to count.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};
use souk_domain::{AttributeDefinition, AttributeDefinitions, FacetName};

use crate::engines::elasticsearch::index::mapping::{
    ATTRIBUTE, ATTRIBUTE_NAME, AVAILABILITY, BRAND, CATEGORY_PATH, FANDOM_LABEL,
    FURTHER_CATEGORY_PATH, NUMBERS, PRICE, PRICE_STEP, RATING_LEVEL, SELLER_LABEL, number_field,
};
use crate::engines::elasticsearch::query::filters::{AllOf, Clause, Narrowed};
use crate::facets::encoding::{self, SEPARATOR};

/// More values than this are not looked at: what is left out is then counted at least, and the facet says so.
const VALUES: usize = 1_000;
/// The same where values are searched.
const SEARCHED_VALUES: usize = 20_000;
/// The same for the values of all attributes together.
const ATTRIBUTE_VALUES: usize = 4_000;
const ATTRIBUTE_NAMES: usize = 1_000;
const FEW: usize = 100;

/// Key of products without a value, where they have to be counted: no value is empty.
pub(crate) const NO_VALUE: &str = "";

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
}

/// The most frequent values of a field.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct Terms {
    field: &'static str,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    include: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'static str>,
}

impl<'a> Aggregations<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, name: impl Into<Cow<'static, str>>, aggregation: Aggregation<'a>) {
        self.0.push((name.into(), aggregation));
    }

    /// Adds others under filters.
    fn add_group(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        filters: Vec<&'a Value>,
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

/// The name of the group that leaves out the filter at a place.
pub(crate) fn group_name(place: usize) -> String {
    format!("past_{place}")
}

/// The aggregations, of which the query has applied all filters but these.
pub(crate) fn aggregations<'a>(
    counted: RequestedCounts<'_>,
    among: Among,
    filters: &'a [Clause<'_>],
    definitions: &AttributeDefinitions,
) -> Aggregations<'a> {
    let facets = counted.facets();
    let is_narrowed = |by: Narrowed<'_>| filters.iter().any(|clause| clause.narrowed == by);
    let mut together = Aggregations::default();
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
        return together;
    }
    let mut top = Aggregations::default();
    let all: Vec<_> = filters.iter().map(|clause| &clause.query).collect();
    for (place, clause) in filters.iter().enumerate() {
        let mut own = Aggregations::default();
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
        let mut others = all.clone();
        others.remove(place);
        top.add_group(group_name(place), others, own);
    }
    top.add_group("together", all, together);
    top
}

fn has_range(definitions: &AttributeDefinitions, name: &str) -> bool {
    definitions
        .get(name)
        .is_some_and(AttributeDefinition::is_range)
}

/// The bounds of an attribute's numbers.
fn add_number_bounds(to: &mut Aggregations<'_>, name: &str) {
    let field = format!("{NUMBERS}.{}", number_field(name)).into();
    to.add(number_bounds(name), Aggregation::Stats { field });
}

fn add_facet(
    to: &mut Aggregations<'_>,
    facet: FacetName,
    counted: RequestedCounts<'_>,
    among: Among,
) {
    let values = |field| many_terms(field, counted.values(), among);
    match (facet, counted) {
        (FacetName::Category, _) => {
            to.add("category", values(CATEGORY_PATH));
            let further = terms(FURTHER_CATEGORY_PATH, counted.values());
            to.add("further_category", further);
        }
        (FacetName::Fandom, _) => to.add("fandom", values(FANDOM_LABEL)),
        (FacetName::Brand, _) => to.add("brand", values(BRAND)),
        (FacetName::Seller, _) => to.add("seller", values(SELLER_LABEL)),
        (FacetName::Price, RequestedCounts::Facets(_)) => {
            to.add(
                "price_bounds",
                Aggregation::Stats {
                    field: PRICE.into(),
                },
            );
            to.add("price_steps", terms(PRICE_STEP, FEW));
        }
        (FacetName::Rating, RequestedCounts::Facets(_)) => {
            to.add("rating", terms(RATING_LEVEL, FEW))
        }
        (FacetName::Availability, _) => to.add("availability", terms(AVAILABILITY, FEW)),
        (FacetName::Attributes, RequestedCounts::Facets(_)) => {
            to.add("attribute_names", terms(ATTRIBUTE_NAME, ATTRIBUTE_NAMES));
            to.add("attributes", terms(ATTRIBUTE, ATTRIBUTE_VALUES));
        }
        (FacetName::Price | FacetName::Rating | FacetName::Attributes, _) => {}
    }
}

/// The values of one attribute.
fn add_attribute(to: &mut Aggregations<'_>, name: &str, counted: RequestedCounts<'_>) {
    let name = encoding::plain(name);
    let values = format!("{}{SEPARATOR}.*", escaped(&name));
    let included = |field, size, include| {
        Aggregation::Terms(Terms {
            field,
            size,
            include: Some(include),
            ..Terms::default()
        })
    };
    to.add(
        "attribute_names",
        included(ATTRIBUTE_NAME, 1, json!([name])),
    );
    to.add(
        "attributes",
        included(ATTRIBUTE, counted.values(), values.into()),
    );
}

pub(crate) fn terms<'a>(field: &'static str, size: usize) -> Aggregation<'a> {
    Aggregation::Terms(Terms {
        field,
        size,
        ..Terms::default()
    })
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
        field,
        size,
        missing: (among == Among::Found).then_some(NO_VALUE),
        ..Terms::default()
    })
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
        let (facets, none) = (FacetName::ALL.into(), AttributeDefinitions::default());
        let groups = aggregations(
            RequestedCounts::Facets(&facets),
            Among::All,
            &filters,
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
        }];
        let (facets, none) = ([FacetName::Brand].into(), AttributeDefinitions::default());
        let groups = aggregations(RequestedCounts::Facets(&facets), Among::Found, &only, &none);
        let groups = serde_json::to_value(&groups).unwrap();
        assert_eq!(groups["past_0"]["filter"], json!({"match_all": {}}));
        let brand = &groups["past_0"]["aggs"]["brand"]["terms"];
        assert_eq!(brand["missing"], json!(NO_VALUE));
        assert!(groups.get("together").is_none());
    }
}
