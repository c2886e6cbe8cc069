//! Selection and order of facets and values, the same for each engine.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use rustc_hash::FxHashSet;
use souk_domain::{
    AttributeDefinitions, AttributeFilterKind, Facet, FacetName, FacetValue, Filters, same_value,
    value_key,
};

use crate::query::ATTRIBUTE_FACETS;

/// The most stars to choose by: "4 and up".
pub(crate) const MOST_STARS: u8 = 4;

/// An attribute with more values than this, most of them of one product each, is no facet.
const VALUES_OF_A_FACET: u64 = 50;

static NOTHING: BTreeSet<String> = BTreeSet::new();

/// Returns the selected values of a facet with named values.
pub(crate) fn selected_in(filters: &Filters, facet: FacetName) -> &BTreeSet<String> {
    match facet {
        FacetName::Category => &filters.category,
        FacetName::Fandom => &filters.fandom,
        FacetName::Brand => &filters.brand,
        FacetName::Seller => &filters.seller,
        FacetName::Price | FacetName::Rating | FacetName::Availability | FacetName::Attributes => {
            &NOTHING
        }
    }
}

/// Returns the selected values of an attribute.
pub(crate) fn selected_of<'f>(filters: &'f Filters, attribute: &str) -> &'f BTreeSet<String> {
    filters.values_of(attribute).unwrap_or(&NOTHING)
}

/// A value with its count, borrowed from where it was counted: of thousands only some are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CountedValue<'t> {
    pub(crate) value: &'t str,
    pub(crate) label: &'t str,
    pub(crate) count: u64,
    /// The category above a category.
    pub(crate) parent: Option<&'t str>,
    /// Number of ancestor categories.
    pub(crate) depth: usize,
}

impl<'t> CountedValue<'t> {
    /// One that stands by itself.
    pub(crate) fn new((value, label): (&'t str, &'t str), count: u64) -> Self {
        Self {
            value,
            label,
            count,
            parent: None,
            depth: 0,
        }
    }

    /// By falling count; parents before their children, which have no more; then by value.
    fn order(&self) -> (Reverse<u64>, usize, &'t str) {
        (Reverse(self.count), self.depth, self.value)
    }

    fn shown(&self, selected: &BTreeSet<String>) -> FacetValue {
        FacetValue {
            value: self.value.to_owned(),
            label: self.label.to_owned(),
            count: self.count,
            selected: is_selected(selected, self.value),
            parent: self.parent.map(str::to_owned),
        }
    }
}

/// Returns true if a value is selected, in whatever spelling.
fn is_selected(selected: &BTreeSet<String>, value: &str) -> bool {
    selected.contains(value) || selected.iter().any(|own| same_value(own, value))
}

/// Counts spellings that people take for one as one value, in the spelling that most products have. A product counts
/// for one spelling of a value only.
pub(crate) fn unified(values: Vec<CountedValue<'_>>) -> Vec<CountedValue<'_>> {
    let mut keys: Vec<_> = values.iter().map(|value| value_key(value.value)).collect();
    keys.sort_unstable();
    if keys.windows(2).all(|pair| pair[0] != pair[1]) {
        return values;
    }
    let mut by_key: BTreeMap<_, Vec<CountedValue<'_>>> = BTreeMap::new();
    for value in values {
        let spellings = by_key.entry(value_key(value.value)).or_default();
        // The same spelling may come under several spellings of an attribute's name.
        let mut known = spellings.iter_mut();
        match known.find(|own| own.value == value.value) {
            Some(own) => own.count += value.count,
            None => spellings.push(value),
        }
    }
    let unified = by_key.into_values().filter_map(|spellings| {
        let count = spellings.iter().map(|own| own.count).sum();
        let most = spellings
            .into_iter()
            .max_by_key(|own| (own.count, Reverse(own.value)))?;
        Some(CountedValue { count, ..most })
    });
    unified.collect()
}

/// Returns true if an attribute may be a facet of values: its definition does not say otherwise.
pub(crate) fn has_values(definitions: &AttributeDefinitions, name: &str) -> bool {
    definitions
        .filter(name)
        .is_none_or(|filter| filter == AttributeFilterKind::Values)
}

/// Returns true if an attribute is one to choose by, given the number of its values and of the products that have it. A
/// serial number, which tells nearly each product from every other, is none, unless its definition says so.
pub(crate) fn is_choice(
    definitions: &AttributeDefinitions,
    name: &str,
    values: u64,
    products: u64,
) -> bool {
    let is_defined = definitions.get(name).is_some();
    has_values(definitions, name)
        && values > 0
        && (is_defined || values <= VALUES_OF_A_FACET || values * 2 <= products)
}

/// An attribute as far as its values were counted.
#[derive(Debug)]
pub(crate) struct CountedAttribute<'n, T> {
    pub(crate) name: &'n str,
    /// Number of products that have it.
    pub(crate) products: u64,
    /// Number of its values.
    pub(crate) values: u64,
    /// Counts of the facet.
    pub(crate) counts: T,
}

impl<'n, T> CountedAttribute<'n, T> {
    /// Attributes come by the positions of their definitions. Of those without one, attributes with several values come
    /// first, because a single one narrows less. Among equals, those that most products have.
    pub(crate) fn order(
        &self,
        definitions: &AttributeDefinitions,
    ) -> (bool, i64, bool, Reverse<u64>, &'n str) {
        match definitions.get(self.name) {
            Some(definition) => (false, definition.position, false, Reverse(0), self.name),
            None => (true, 0, self.values <= 1, Reverse(self.products), self.name),
        }
    }
}

/// Returns the first attributes in their order, and the selected ones.
pub(crate) fn leading<'n, T>(
    mut attributes: Vec<CountedAttribute<'n, T>>,
    filters: &Filters,
    definitions: &AttributeDefinitions,
) -> impl Iterator<Item = CountedAttribute<'n, T>> {
    attributes.retain(|attribute| has_values(definitions, attribute.name));
    attributes.sort_unstable_by_key(|attribute| attribute.order(definitions));
    let mut place = 0;
    attributes.into_iter().filter(move |attribute| {
        place += 1;
        place <= ATTRIBUTE_FACETS || filters.values_of(attribute.name).is_some()
    })
}

/// Builds the rating facet. `count_from` returns the number of products with at least that many stars.
pub(crate) fn ratings(filters: &Filters, count_from: impl Fn(u8) -> u64) -> Facet {
    let values = (1..=MOST_STARS).rev().map(|stars| FacetValue {
        value: stars.to_string(),
        label: format!("{stars} and up"),
        count: count_from(stars),
        selected: filters.rating_min == Some(f32::from(stars)),
        parent: None,
    });
    of_choices(FacetName::Rating, values)
}

/// Returns the key of availability, in the facet and in indexes.
pub(crate) fn availability_key(in_stock: bool) -> &'static str {
    if in_stock { "in_stock" } else { "out_of_stock" }
}

/// Builds the availability facet from the number of products in and out of stock.
pub(crate) fn availability(filters: &Filters, count: impl Fn(bool) -> u64) -> Facet {
    let choices = [(true, "In stock"), (false, "Out of stock")].into_iter();
    let values = choices.map(|(in_stock, label)| FacetValue {
        value: availability_key(in_stock).to_owned(),
        label: label.to_owned(),
        count: count(in_stock),
        selected: filters.in_stock == Some(in_stock),
        parent: None,
    });
    of_choices(FacetName::Availability, values)
}

/// A facet of these values, as far as they have products or are selected.
fn of_choices(facet: FacetName, values: impl Iterator<Item = FacetValue>) -> Facet {
    let values = values.filter(|value| value.count > 0 || value.selected);
    Facet {
        name: facet.as_str().to_owned(),
        values: values.collect(),
        exact: true,
        left_out: 0,
    }
}

/// Adds the selected values that no product has.
pub(crate) fn add_selected<'t>(
    values: &mut Vec<CountedValue<'t>>,
    selected: &'t BTreeSet<String>,
    label: impl Fn(&'t str) -> &'t str,
) {
    if selected.is_empty() {
        return;
    }
    let mut known: FxHashSet<_> = values.iter().map(|known| value_key(known.value)).collect();
    for value in selected {
        if known.insert(value_key(value)) {
            values.push(CountedValue::new((value, label(value)), 0));
        }
    }
}

/// The facet of the first so many values, and of those selected wherever they stand.
pub(crate) fn listed(
    name: &str,
    mut values: Vec<CountedValue<'_>>,
    selected: &BTreeSet<String>,
    limit: usize,
) -> Facet {
    let all = values.len();
    if all > limit {
        values.select_nth_unstable_by(limit, |one, other| one.order().cmp(&other.order()));
        let others = values.split_off(limit);
        let chosen = others.into_iter();
        values.extend(chosen.filter(|value| is_selected(selected, value.value)));
    }
    values.sort_unstable_by(|one, other| one.order().cmp(&other.order()));
    Facet {
        name: name.to_owned(),
        values: values.iter().map(|value| value.shown(selected)).collect(),
        exact: true,
        left_out: (all - values.len()) as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_that_most_products_have_is_shown() {
        let counted = [("Red", 1), ("RED", 1), ("Rosé", 2), ("Red", 1), ("red", 1)];
        let values = counted.map(|(value, count)| CountedValue::new((value, value), count));
        let unified: Vec<_> = unified(values.into())
            .into_iter()
            .map(|value| (value.value, value.count))
            .collect();
        assert_eq!(unified, [("Red", 4), ("Rosé", 2)]);
    }

    fn listed_of(counts: &[(&'static str, u64)], selected: &[&str], limit: usize) -> Facet {
        let selected = selected.iter().map(|value| (*value).to_owned()).collect();
        let counts = counts.iter().copied();
        let mut values: Vec<_> = counts
            .map(|(value, count)| CountedValue::new((value, value), count))
            .collect();
        add_selected(&mut values, &selected, |value| value);
        listed("size", values, &selected, limit)
    }

    fn shown(facet: &Facet) -> Vec<(&str, u64, bool)> {
        let values = facet.values.iter();
        values
            .map(|value| (value.value.as_str(), value.count, value.selected))
            .collect()
    }

    #[test]
    fn the_most_frequent_are_listed_and_what_is_selected() {
        let counts = [("m", 2), ("xl", 1), ("s", 2), ("l", 9), ("xs", 1)];
        let facet = listed_of(&counts, &["xs", "xxl"], 2);
        let expected = [
            ("l", 9, false),
            ("m", 2, false),
            ("xs", 1, true),
            ("xxl", 0, true),
        ];
        assert_eq!(shown(&facet), expected);
        assert_eq!(facet.left_out, 2);
        let all = listed_of(&counts, &[], usize::MAX);
        let order = ["l", "m", "s", "xl", "xs"];
        assert!(all.values.iter().map(|value| &value.value).eq(order));
        assert_eq!((all.left_out, listed_of(&counts, &[], 0).left_out), (0, 5));
    }

    #[test]
    fn parents_come_before_their_children() {
        let root = CountedValue::new(("z-root", "Root"), 3);
        let child = CountedValue {
            parent: Some("z-root"),
            depth: 1,
            ..CountedValue::new(("a-child", "Child"), 3)
        };
        let facet = listed("category", vec![child, root], &BTreeSet::new(), 9);
        let values: Vec<_> = facet.values.iter().map(|value| &value.value).collect();
        assert_eq!(values, ["z-root", "a-child"]);
        assert_eq!(facet.values[1].parent.as_deref(), Some("z-root"));
    }
}
