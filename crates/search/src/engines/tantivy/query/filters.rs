//! Filters of a query, resolved to the dictionary's numbers.

use std::collections::BTreeSet;

use souk_domain::{FacetName, Filters, PriceFilter};

use crate::SearchPlan;
use crate::engines::tantivy::index::dictionary::{AttributeName, Dictionary, Places};
use crate::engines::tantivy::index::row::Row;
use crate::facets::ranges;

/// Maximum number of accepted attribute values for a linear scan of the document's values, which vectorises. More
/// values are found by binary search.
const FEW: usize = 4;

/// Filter on one facet: the accepted values.
#[derive(Debug)]
pub(crate) enum Filter {
    /// Accepted sets of categories, indexed by number.
    Category(Vec<bool>),
    /// Accepted sets of fandoms, indexed by number.
    Fandom(Vec<bool>),
    Brand(Vec<bool>),
    Seller {
        /// Accepted sets of sellers, indexed by number.
        sets: Vec<bool>,
        /// Accepted sellers, indexed by number.
        sellers: Vec<bool>,
        /// True if some product has several sellers.
        is_shared: bool,
    },
    Price(PriceFilter),
    Rating(f32),
    InStock(bool),
    /// Numbers of the accepted attribute values, ascending; attributes have too many values for a flag per value.
    Attribute {
        name: String,
        /// Identifies the attribute, see
        /// [`NameSpelling::repeats`](crate::engines::tantivy::index::dictionary::NameSpelling::repeats), in each spelling of its name; none if no
        /// product has it.
        repeats: Vec<u32>,
        accepted: Vec<u32>,
    },
}

/// Result of applying all filters to a document, each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Document in the result.
    Match,
    /// Document that only the filter with this index excludes; it counts for that filter's own facet.
    MissedBy(usize),
    /// Document that two or more filters exclude; it is not counted.
    Out,
}

impl Filter {
    /// Returns true if the filter accepts a document. With several variants, each filter may mean another one; between
    /// the limits of a price there may be none.
    pub(crate) fn accepts(&self, row: &Row<'_>) -> bool {
        match self {
            Self::Category(accepted) => accepted[row.category as usize],
            Self::Fandom(accepted) => accepted[row.fandom as usize],
            Self::Brand(accepted) => accepted[row.brand as usize],
            Self::Seller { sets, .. } => sets[row.seller as usize],
            Self::Price(limits) => {
                limits.max.is_none_or(|most| row.price() <= most)
                    && limits.min.is_none_or(|least| least <= row.highest_price())
            }
            Self::Rating(least) => row.rating >= *least,
            Self::InStock(true) => row.in_stock(),
            Self::InStock(false) => row.out_of_stock(),
            Self::Attribute { accepted, .. } => any_accepted(accepted, row.attributes()),
        }
    }

    /// Returns true if the filter may accept some variants of a product and not others.
    pub(crate) fn speaks_of_variants(&self) -> bool {
        match self {
            Self::Price(_) | Self::InStock(_) | Self::Attribute { .. } => true,
            Self::Seller { is_shared, .. } => *is_shared,
            Self::Category(_) | Self::Fandom(_) | Self::Brand(_) | Self::Rating(_) => false,
        }
    }

    /// Returns true if [`Groups`](crate::engines::tantivy::index::groups::Groups) holds documents by the filter's facet.
    pub(crate) fn is_grouped(&self) -> bool {
        self.accepted().is_some()
    }

    /// Returns the accepted values, or sets of values, by number, if the facet has one number per product.
    pub(crate) fn accepted(&self) -> Option<&[bool]> {
        match self {
            Self::Category(accepted)
            | Self::Fandom(accepted)
            | Self::Brand(accepted)
            | Self::Seller { sets: accepted, .. } => Some(accepted),
            Self::Price(_) | Self::Rating(_) | Self::InStock(_) | Self::Attribute { .. } => None,
        }
    }

    /// Returns the facet of the filter.
    pub(crate) fn facet(&self) -> FacetName {
        match self {
            Self::Category(_) => FacetName::Category,
            Self::Fandom(_) => FacetName::Fandom,
            Self::Brand(_) => FacetName::Brand,
            Self::Seller { .. } => FacetName::Seller,
            Self::Price(_) => FacetName::Price,
            Self::Rating(_) => FacetName::Rating,
            Self::InStock(_) => FacetName::Availability,
            Self::Attribute { .. } => FacetName::Attributes,
        }
    }
}

/// Returns true if one of the values is accepted. `accepted` must be ascending.
#[inline]
pub(crate) fn any_accepted(accepted: &[u32], values: &[u32]) -> bool {
    if accepted.len() <= FEW {
        return accepted.iter().any(|number| values.contains(number));
    }
    values.iter().any(|&value| is_accepted(accepted, value))
}

/// Returns true if a value is accepted. `accepted` must be ascending.
#[inline]
pub(crate) fn is_accepted(accepted: &[u32], value: u32) -> bool {
    if accepted.len() <= FEW {
        return accepted.contains(&value);
    }
    accepted.binary_search(&value).is_ok()
}

/// Resolves filters; a value that no product has accepts nothing.
pub(crate) fn resolve(filters: &Filters, dictionary: &Dictionary) -> Vec<Filter> {
    let mut resolved = Vec::new();
    let mut by_place =
        |wanted: &BTreeSet<String>, places: &Places, filter: fn(Vec<bool>) -> Filter| {
            if !wanted.is_empty() {
                resolved.push(filter(sets_with(wanted, places)));
            }
        };
    by_place(&filters.category, &dictionary.categories, Filter::Category);
    by_place(&filters.fandom, &dictionary.fandoms, Filter::Fandom);
    let brands = &dictionary.brands;
    if !filters.brand.is_empty() {
        let numbers = filters.brand.iter().flat_map(|brand| brands.numbers(brand));
        resolved.push(Filter::Brand(marked(brands.len(), numbers)));
    }
    if !filters.seller.is_empty() {
        let sellers = &dictionary.sellers;
        let numbers = filters.seller.iter();
        let numbers = numbers.filter_map(|slug| sellers.nodes.number(slug));
        resolved.push(Filter::Seller {
            sets: sets_with(&filters.seller, sellers),
            sellers: marked(sellers.nodes.len(), numbers),
            is_shared: sellers.has_several,
        });
    }
    resolved.extend(filters.price.map(Filter::Price));
    resolved.extend(filters.rating_min.map(Filter::Rating));
    resolved.extend(filters.in_stock.map(Filter::InStock));
    for (name, values) in &filters.attributes {
        let attributes = &dictionary.attributes;
        let numbers = values
            .iter()
            .flat_map(|value| attributes.numbers(name, value));
        let mut accepted: Vec<u32> = numbers.collect();
        accepted.sort_unstable();
        accepted.dedup();
        resolved.push(Filter::Attribute {
            name: name.clone(),
            repeats: repeats_of(attributes.named(name)),
            accepted,
        });
    }
    resolved
}

/// Resolves the filters of a plan, ranges included: a range accepts the values whose numbers lie in it.
pub(crate) fn resolve_all(plan: &SearchPlan, dictionary: &Dictionary) -> Vec<Filter> {
    let mut resolved = resolve(&plan.filters, dictionary);
    let attributes = &dictionary.attributes;
    for name in plan.filters.ranges.keys() {
        let named = attributes.named(name);
        let numbers = named.map_or(&[][..], |named| &named.values).iter().copied();
        let is_accepted = ranges::accepted(plan, name);
        let mut accepted: Vec<u32> = numbers
            .filter(|number| is_accepted(attributes.value(*number)))
            .collect();
        accepted.sort_unstable();
        resolved.push(Filter::Attribute {
            name: name.clone(),
            repeats: repeats_of(named),
            accepted,
        });
    }
    resolved
}

fn repeats_of(named: Option<&AttributeName>) -> Vec<u32> {
    let spellings = named.map(|named| named.spellings.iter());
    let spellings = spellings.into_iter().flatten();
    spellings.map(|own| own.repeats).collect()
}

/// Marks the sets that have one of some places, or a place below it.
fn sets_with(wanted: &BTreeSet<String>, places: &Places) -> Vec<bool> {
    let numbers = wanted.iter().filter_map(|slug| places.nodes.number(slug));
    let nodes = marked(places.nodes.len(), numbers);
    let has = |set| {
        places
            .nodes_of(set)
            .iter()
            .any(|&node| nodes[node as usize])
    };
    (0..places.sets() as u32).map(has).collect()
}

fn marked(length: usize, numbers: impl Iterator<Item = u32>) -> Vec<bool> {
    let mut marks = vec![false; length];
    for number in numbers {
        marks[number as usize] = true;
    }
    marks
}

/// Applies all filters to a document.
#[inline]
pub(crate) fn verdict(filters: &[Filter], row: &Row<'_>) -> Verdict {
    let mut verdict = Verdict::Match;
    for (index, filter) in filters.iter().enumerate() {
        if filter.accepts(row) {
            continue;
        }
        if verdict != Verdict::Match {
            return Verdict::Out;
        }
        verdict = Verdict::MissedBy(index);
    }
    verdict
}
