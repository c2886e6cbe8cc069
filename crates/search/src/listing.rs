//! Which of a facet's values are listed, and in what order.

use std::{cmp::Reverse, collections::BTreeSet};

use souk_domain::{Facet, FacetName, FacetValue, Filters};

/// An attribute with more values than this, most of them of one product each, is no facet.
const VALUES_OF_A_FACET: u64 = 50;

static NOTHING: BTreeSet<String> = BTreeSet::new();

/// What is selected in a facet whose values have names.
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

/// What is selected of an attribute.
pub(crate) fn selected_of<'f>(filters: &'f Filters, attribute: &str) -> &'f BTreeSet<String> {
    filters.attributes.get(attribute).unwrap_or(&NOTHING)
}

/// A value with its count, borrowed from where it was counted: of thousands only some are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CountedValue<'t> {
    pub(crate) value: &'t str,
    pub(crate) label: &'t str,
    pub(crate) count: u64,
    /// The category above a category.
    pub(crate) parent: Option<&'t str>,
    /// How many categories are above it.
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
            selected: selected.contains(self.value),
            parent: self.parent.map(str::to_owned),
        }
    }
}

/// Whether an attribute is one to choose by, of which so many values were counted in so many products: neither is it the
/// same for all of them, nor does it tell nearly each from every other, such as a serial number.
pub(crate) fn is_choice(values: u64, products: u64) -> bool {
    values > 1 && (values <= VALUES_OF_A_FACET || values * 2 <= products)
}

/// Adds the selected values that no product has.
pub(crate) fn add_selected<'t>(
    values: &mut Vec<CountedValue<'t>>,
    selected: &'t BTreeSet<String>,
    label: impl Fn(&'t str) -> &'t str,
) {
    for value in selected {
        if values.iter().all(|known| known.value != value) {
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
        values.extend(chosen.filter(|value| selected.contains(value.value)));
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
