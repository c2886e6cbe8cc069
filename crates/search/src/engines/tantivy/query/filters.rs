//! A query's filters, resolved to numbers.

use souk_domain::{FacetName, Filters, PriceFilter};

use crate::engines::tantivy::index::dictionary::{Dictionary, Values};
use crate::engines::tantivy::index::row::Row;

/// Up to so many values of an attribute are each looked for in a document, instead of the document's values among them:
/// processors compare several at a time.
const FEW: usize = 4;

/// One filter: the values of one facet that are let through.
#[derive(Debug)]
pub(crate) enum Filter {
    /// By number of the category path.
    Category(Vec<bool>),
    Fandom(Vec<bool>),
    Brand(Vec<bool>),
    Seller(Vec<bool>),
    Price(PriceFilter),
    Rating(f32),
    InStock(bool),
    /// The numbers of the attribute values, rising: there are too many values to mark each.
    Attribute {
        name: String,
        accepted: Vec<u32>,
    },
}

/// What the filters say of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It belongs to the result.
    Match,
    /// Only the filter of this index keeps it out, so it counts for that filter's own facet.
    MissedBy(usize),
    /// It counts for nothing.
    Out,
}

impl Filter {
    /// Whether it lets a document through.
    pub(crate) fn accepts(&self, row: &Row<'_>) -> bool {
        match self {
            Self::Category(accepted) => accepted[row.category as usize],
            Self::Fandom(accepted) => accepted[row.fandom as usize],
            Self::Brand(accepted) => accepted[row.brand as usize],
            Self::Seller(accepted) => accepted[row.seller as usize],
            Self::Price(limits) => limits.contains(row.price()),
            Self::Rating(least) => row.rating >= *least,
            Self::InStock(wanted) => row.in_stock() == *wanted,
            Self::Attribute { accepted, .. } => {
                if accepted.len() <= FEW {
                    return accepted
                        .iter()
                        .any(|number| row.attributes.contains(number));
                }
                let mut values = row.attributes.iter();
                values.any(|value| accepted.binary_search(value).is_ok())
            }
        }
    }

    /// Whether documents are grouped by what it asks for, see [`Groups`](crate::engines::tantivy::index::groups::Groups).
    pub(crate) fn is_grouped(&self) -> bool {
        self.accepted().is_some()
    }

    /// Which values it lets through, by number, if it is of a facet of which a product has one value.
    pub(crate) fn accepted(&self) -> Option<&[bool]> {
        match self {
            Self::Category(accepted)
            | Self::Fandom(accepted)
            | Self::Brand(accepted)
            | Self::Seller(accepted) => Some(accepted),
            Self::Price(_) | Self::Rating(_) | Self::InStock(_) | Self::Attribute { .. } => None,
        }
    }

    /// The facet it narrows.
    pub(crate) fn facet(&self) -> FacetName {
        match self {
            Self::Category(_) => FacetName::Category,
            Self::Fandom(_) => FacetName::Fandom,
            Self::Brand(_) => FacetName::Brand,
            Self::Seller(_) => FacetName::Seller,
            Self::Price(_) => FacetName::Price,
            Self::Rating(_) => FacetName::Rating,
            Self::InStock(_) => FacetName::Availability,
            Self::Attribute { .. } => FacetName::Attributes,
        }
    }
}

/// Resolves filters; a value that no product has lets nothing through.
pub(crate) fn resolve(filters: &Filters, dictionary: &Dictionary) -> Vec<Filter> {
    let mut resolved = Vec::new();
    if !filters.category.is_empty() {
        let categories = &dictionary.categories;
        let accepted = (0..categories.paths() as u32).map(|path| {
            let mut steps = categories.steps(path).iter();
            steps.any(|&node| {
                filters
                    .category
                    .contains(&*categories.nodes.get(node).value)
            })
        });
        resolved.push(Filter::Category(accepted.collect()));
    }
    let mut by_value = |wanted: &std::collections::BTreeSet<String>,
                        values: &Values,
                        filter: fn(Vec<bool>) -> Filter| {
        if !wanted.is_empty() {
            let numbers = wanted.iter().filter_map(|value| values.number(value));
            resolved.push(filter(marked(values.len(), numbers)));
        }
    };
    by_value(&filters.fandom, &dictionary.fandoms, Filter::Fandom);
    by_value(&filters.brand, &dictionary.brands, Filter::Brand);
    by_value(&filters.seller, &dictionary.sellers, Filter::Seller);
    resolved.extend(filters.price.map(Filter::Price));
    resolved.extend(filters.rating_min.map(Filter::Rating));
    resolved.extend(filters.in_stock.map(Filter::InStock));
    for (name, values) in &filters.attributes {
        let attributes = &dictionary.attributes;
        let numbers = values
            .iter()
            .filter_map(|value| attributes.number(name, value));
        let mut accepted: Vec<u32> = numbers.collect();
        accepted.sort_unstable();
        resolved.push(Filter::Attribute {
            name: name.clone(),
            accepted,
        });
    }
    resolved
}

fn marked(length: usize, numbers: impl Iterator<Item = u32>) -> Vec<bool> {
    let mut marks = vec![false; length];
    for number in numbers {
        marks[number as usize] = true;
    }
    marks
}

/// What the filters say of a document.
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
