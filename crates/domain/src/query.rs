//! The validated search query: what a caller asked for, with nothing impossible left in it.

pub(crate) mod operators;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem::take,
};

use serde::{Deserialize, Serialize};

use self::operators::is_only_exclusions;
use crate::{
    Cursor, FacetName, InvalidField, NumberRange, ProductId, Sort, same_value,
    text::{tidied, tidy},
    value_key,
};

/// Longest query text, in characters.
pub const MAX_QUERY_CHARS: usize = 400;
/// Most hits a page holds.
pub const MAX_PER_PAGE: u32 = 100;
/// Highest offset of a page by number; deeper pages need a cursor.
pub const MAX_OFFSET: u32 = 10_000;

/// Filters of a search. Values of one filter are alternatives (or), filters combine (and).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Category slugs; descendants are included.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub category: BTreeSet<String>,
    /// Fandom slugs.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub fandom: BTreeSet<String>,
    /// Brands, as displayed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub brand: BTreeSet<String>,
    /// Seller slugs.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub seller: BTreeSet<String>,
    /// Limits on the price of a variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceFilter>,
    /// Rated so or better, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating_min: Option<f32>,
    /// Only products with a variant that can be bought (`true`), or with one that is sold out (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_stock: Option<bool>,
    /// Attribute name to accepted values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: AttributeFilter,
    /// Attribute name to limits on its numbers; never one of [`Self::attributes`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ranges: BTreeMap<String, NumberRange>,
}

impl Filters {
    /// Tidies brands, names and values of attributes, as products' own are.
    pub fn tidy(&mut self) {
        let brands = take(&mut self.brand).into_iter();
        self.brand = brands.map(|brand| tidied(&brand)).collect();
        for (name, values) in take(&mut self.attributes) {
            let accepted = self.attributes.entry(tidied(&name)).or_default();
            accepted.extend(values.iter().map(|value| tidied(value)));
        }
        let ranges = take(&mut self.ranges).into_iter();
        self.ranges = ranges.map(|(name, range)| (tidied(&name), range)).collect();
    }
}

impl Filters {
    /// Gives each attribute one name: as `defined` spells it, else as it is first.
    pub fn unify_names(&mut self, defined: impl Fn(&str) -> Option<String>) {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let mut name_of = |name: String| {
            let key = value_key(&name).into_owned();
            let known = names.entry(key);
            known
                .or_insert_with(|| defined(&name).unwrap_or(name))
                .clone()
        };
        for (name, values) in take(&mut self.attributes) {
            let accepted = self.attributes.entry(name_of(name)).or_default();
            accepted.extend(values);
        }
        for (name, range) in take(&mut self.ranges) {
            self.ranges.entry(name_of(name)).or_insert(range);
        }
    }

    /// Returns the accepted values of an attribute, whatever the spelling of its name.
    pub fn values_of(&self, name: &str) -> Option<&BTreeSet<String>> {
        let mut attributes = self.attributes.iter();
        let own = self.attributes.get(name);
        own.or_else(|| Some(attributes.find(|(own, _)| same_value(own, name))?.1))
    }
}

/// Attribute name to its accepted values; a name never comes with no value.
pub type AttributeFilter = BTreeMap<String, BTreeSet<String>>;

/// Limits on the price of a variant in minor units; both ends inclusive, at least one given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceFilter {
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
}

impl PriceFilter {
    /// Reports whether a price lies within the limits.
    pub fn contains(&self, price: i64) -> bool {
        self.min.is_none_or(|min| min <= price) && self.max.is_none_or(|max| price <= max)
    }
}

/// Conditions besides the filters. They narrow hits and every facet, since no facet shows them as selected.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// A product has to pass each of these. Their ranges of attributes are not looked at.
    pub passing: Vec<Filters>,
    /// A product that passes one of these is left out. Their ranges of attributes are not looked at.
    pub excluded: Vec<Filters>,
    /// Products that are left out.
    pub without: BTreeSet<ProductId>,
}

impl Conditions {
    /// Reports whether every product meets them.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn tidy(&mut self) {
        let filters = self.passing.iter_mut().chain(&mut self.excluded);
        filters.for_each(Filters::tidy);
    }
}

/// Start of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Start {
    /// After so many hits.
    Offset(u32),
    /// After the hit that a cursor points at.
    After(Cursor),
}

/// Requested part of the ordered hits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageRequest {
    /// At most so many hits: 0 to [`MAX_PER_PAGE`]; 0 asks for counts alone.
    pub limit: u32,
    /// Start of the page.
    pub start: Start,
}

impl PageRequest {
    /// The page of a number (from 1) and a size.
    ///
    /// # Errors
    /// If either is out of range, or the page lies deeper than [`MAX_OFFSET`].
    pub fn numbered(page: u32, per_page: u32) -> Result<Self, InvalidField> {
        if page == 0 {
            return Err(InvalidField::new("page", "pages are counted from 1"));
        }
        let limit = Self::checked_limit(per_page)?;
        match (page - 1).checked_mul(limit) {
            Some(offset) if offset <= MAX_OFFSET => Ok(Self {
                limit,
                start: Start::Offset(offset),
            }),
            _ => Err(InvalidField::new(
                "page",
                format!(
                    "pages by number end after {MAX_OFFSET} hits; follow `next_cursor` to go deeper"
                ),
            )),
        }
    }

    /// The page after a cursor.
    ///
    /// # Errors
    /// If the size is out of range.
    pub fn after(cursor: Cursor, per_page: u32) -> Result<Self, InvalidField> {
        Ok(Self {
            limit: Self::checked_limit(per_page)?,
            start: Start::After(cursor),
        })
    }

    fn checked_limit(per_page: u32) -> Result<u32, InvalidField> {
        if (1..=MAX_PER_PAGE).contains(&per_page) {
            Ok(per_page)
        } else {
            Err(InvalidField::new(
                "per_page",
                format!("a page holds 1 to {MAX_PER_PAGE} hits"),
            ))
        }
    }

    /// Number of hits before the page; 0 when it starts at a cursor.
    pub fn offset(&self) -> u32 {
        match self.start {
            Start::Offset(offset) => offset,
            Start::After(_) => 0,
        }
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self {
            limit: 20,
            start: Start::Offset(0),
        }
    }
}

/// A search that can be answered: every field is in range.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SearchQuery {
    /// Typed text, trimmed; `None` if nothing is left.
    pub text: Option<String>,
    /// Filters.
    pub filters: Filters,
    /// Conditions besides the filters.
    #[serde(default)]
    pub conditions: Conditions,
    /// The order of the hits.
    pub sort: Sort,
    /// Requested hits.
    pub page: PageRequest,
    /// Facets to count.
    pub facets: BTreeSet<FacetName>,
}

impl SearchQuery {
    /// Checks what no single field can know, and trims the text.
    ///
    /// # Errors
    /// On text that is too long, price limits that exclude each other or are negative, a rating outside 1 to 5,
    /// limits of an attribute that exclude each other, or a cursor of another order.
    pub fn validated(mut self) -> Result<Self, InvalidField> {
        self.filters.tidy();
        self.conditions.tidy();
        if let Some(text) = &mut self.text {
            tidy(text);
        }
        self.text = self.text.filter(|text| !text.is_empty());
        if self
            .text
            .as_ref()
            .is_some_and(|text| text.chars().count() > MAX_QUERY_CHARS)
        {
            return Err(InvalidField::new(
                "q",
                format!("at most {MAX_QUERY_CHARS} characters"),
            ));
        }
        if let Some(price) = self.filters.price {
            for (field, limit) in [("price_min", price.min), ("price_max", price.max)] {
                if limit.is_some_and(|limit| limit < 0) {
                    return Err(InvalidField::new(field, "a price is not negative"));
                }
            }
            if let (Some(min), Some(max)) = (price.min, price.max)
                && min > max
            {
                return Err(InvalidField::new("price_min", "is above price_max"));
            }
        }
        if self
            .filters
            .rating_min
            .is_some_and(|rating| !(1.0..=5.0).contains(&rating))
        {
            return Err(InvalidField::new(
                "rating_min",
                "a rating lies between 1 and 5",
            ));
        }
        for (name, range) in &self.filters.ranges {
            check_range(name, range, &self.filters.attributes)?;
        }
        if let Start::After(cursor) = &self.page.start
            && !cursor.key.fits(self.effective_sort())
        {
            return Err(InvalidField::new(
                "cursor",
                "belongs to another order; start again without it",
            ));
        }
        Ok(self)
    }

    /// The order in force: relevance means popularity when there is no text to be relevant to, or one that only excludes.
    pub fn effective_sort(&self) -> Sort {
        let is_irrelevant = || self.text.as_deref().is_none_or(is_only_exclusions);
        match self.sort {
            Sort::Relevance if is_irrelevant() => Sort::Popular,
            sort => sort,
        }
    }
}

fn check_range(
    name: &str,
    range: &NumberRange,
    attributes: &AttributeFilter,
) -> Result<(), InvalidField> {
    for (field, limit) in [("attr_min", range.min), ("attr_max", range.max)] {
        if limit.is_some_and(|limit| !limit.is_finite()) {
            return Err(InvalidField::new(field, "must be a number"));
        }
    }
    let message = match (range.min, range.max) {
        (Some(min), Some(max)) if min > max => format!("must not be above `attr_max` of `{name}`"),
        _ if attributes.contains_key(name) => {
            format!("must not go with `attr` of the same attribute, `{name}`")
        }
        _ => return Ok(()),
    };
    let field = match range.min {
        Some(_) => "attr_min",
        None => "attr_max",
    };
    Err(InvalidField::new(field, message))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::SortKey;

    fn blamed(query: SearchQuery) -> Option<&'static str> {
        query.validated().err().map(|error| match error.field {
            Cow::Borrowed(field) => field,
            Cow::Owned(field) => panic!("parameters are known: {field}"),
        })
    }

    #[test]
    fn each_fault_names_its_parameter() {
        let priced = |min, max| SearchQuery {
            filters: Filters {
                price: Some(PriceFilter { min, max }),
                ..Filters::default()
            },
            ..SearchQuery::default()
        };
        assert_eq!(blamed(priced(Some(2), Some(1))), Some("price_min"));
        assert_eq!(blamed(priced(None, Some(-1))), Some("price_max"));
        assert_eq!(blamed(priced(Some(1), Some(1))), None);

        let long = SearchQuery {
            text: Some("a".repeat(MAX_QUERY_CHARS + 1)),
            ..SearchQuery::default()
        };
        assert_eq!(blamed(long), Some("q"));

        for rating in [0.9, 5.1, f32::NAN] {
            let filters = Filters {
                rating_min: Some(rating),
                ..Filters::default()
            };
            assert_eq!(
                blamed(SearchQuery {
                    filters,
                    ..SearchQuery::default()
                }),
                Some("rating_min")
            );
        }
    }

    #[test]
    fn limits_of_an_attribute_do_not_contradict() {
        let ranged = |min, max, values: &[&str]| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            let mut filters = Filters::default();
            filters
                .ranges
                .insert("weight".into(), NumberRange { min, max });
            filters.attributes.insert("weight".into(), values);
            filters
                .attributes
                .retain(|_, values: &mut BTreeSet<_>| !values.is_empty());
            SearchQuery {
                filters,
                ..SearchQuery::default()
            }
        };
        assert_eq!(blamed(ranged(Some(1.0), Some(1.0), &[])), None);
        assert_eq!(blamed(ranged(None, None, &[])), None);
        assert_eq!(blamed(ranged(Some(2.0), Some(1.0), &[])), Some("attr_min"));
        assert_eq!(blamed(ranged(Some(f64::NAN), None, &[])), Some("attr_min"));
        assert_eq!(
            blamed(ranged(None, Some(f64::INFINITY), &[])),
            Some("attr_max")
        );
        assert_eq!(blamed(ranged(None, Some(1.0), &["1"])), Some("attr_max"));
    }

    #[test]
    fn a_cursor_serves_only_its_own_order() {
        let cursor = Cursor {
            key: SortKey::Integer(5),
            id: ProductId(1),
        };
        let page = PageRequest::after(cursor, 20).unwrap();
        let query = |text: Option<&str>| SearchQuery {
            text: text.map(str::to_owned),
            page: page.clone(),
            ..SearchQuery::default()
        };
        assert_eq!(
            blamed(query(None)),
            None,
            "no text: ordered by popularity, an integer"
        );
        assert_eq!(blamed(query(Some("mug"))), Some("cursor"));
    }

    #[test]
    fn pages_by_number_end_where_cursors_take_over() {
        assert!(PageRequest::numbered(101, 100).is_ok());
        assert_eq!(PageRequest::numbered(102, 100).unwrap_err().field, "page");
        assert_eq!(
            PageRequest::numbered(u32::MAX, 100).unwrap_err().field,
            "page"
        );
        assert_eq!(PageRequest::numbered(0, 10).unwrap_err().field, "page");
        assert_eq!(PageRequest::numbered(1, 0).unwrap_err().field, "per_page");
        assert_eq!(PageRequest::numbered(1, 101).unwrap_err().field, "per_page");
    }

    #[test]
    fn text_and_filters_are_composed_as_products_are() {
        let mut query = SearchQuery {
            text: Some("Cha\u{302}teau ".into()),
            ..SearchQuery::default()
        };
        query.filters.brand.insert("Citroe\u{308}n".into());
        query.filters.brand.insert("Citroën".into());
        let values = [" e\u{301}cru".to_owned()].into();
        query.filters.attributes.insert("Cou\u{301}".into(), values);
        let query = query.validated().unwrap();
        assert_eq!(query.text.as_deref(), Some("Château"));
        assert_eq!(query.filters.brand, ["Citroën".to_owned()].into());
        let expected = ("Coú".to_owned(), ["écru".to_owned()].into());
        assert_eq!(query.filters.attributes, [expected].into());
    }

    #[test]
    fn blank_text_is_no_text() {
        let query = SearchQuery {
            text: Some("  ".into()),
            ..SearchQuery::default()
        };
        assert_eq!(query.validated().unwrap().text, None);
    }
}
