//! Counts of a facet's values, as the model lists them.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use souk_domain::{Facet, FacetValue, Label, most_frequent, same_value, value_key};
use souk_search::query::FACET_VALUES;

/// A value's label, parent and count, by value.
pub(crate) type ValueCounts = BTreeMap<String, (Label, Option<String>, u64)>;

/// Counts values.
pub(crate) fn count(values: impl Iterator<Item = (Label, Option<String>)>) -> ValueCounts {
    let mut counted = ValueCounts::new();
    for (label, parent) in values {
        let entry = counted.entry(label.slug.clone());
        entry.or_insert((label, parent, 0)).2 += 1;
    }
    counted
}

/// Counts spellings of one value together, in the most frequent one.
pub(crate) fn unified(counted: ValueCounts) -> ValueCounts {
    let mut by_key: BTreeMap<String, Vec<(Label, u64)>> = BTreeMap::new();
    for (label, _, count) in counted.into_values() {
        let spellings = by_key
            .entry(value_key(&label.slug).into_owned())
            .or_default();
        spellings.push((label, count));
    }
    let spelled = by_key.into_values().map(|spellings| {
        let shown = most_frequent(spellings.iter().map(|(label, count)| (&label.slug, *count)));
        let shown = shown.expect("a key has a spelling").clone();
        let sum = spellings.iter().map(|(_, count)| count).sum();
        (shown.clone(), (Label::new(shown.clone(), shown), None, sum))
    });
    spelled.collect()
}

/// Facet of the most frequent values and the selected ones.
pub(crate) fn listed(name: &str, mut counted: ValueCounts, selected: &BTreeSet<String>) -> Facet {
    for value in selected {
        let label = Label::new(value, value);
        if !counted.keys().any(|own| same_value(own, value)) {
            counted.insert(value.clone(), (label, None, 0));
        }
    }
    let depth = |slug: &str| {
        let parent = |slug: &str| counted.get(slug)?.1.clone();
        std::iter::successors(parent(slug), |slug| parent(slug)).count()
    };
    let mut values: Vec<_> = counted
        .values()
        .map(|(label, parent, count)| {
            let value = FacetValue {
                value: label.slug.clone(),
                label: label.name.clone(),
                count: *count,
                selected: selected.iter().any(|own| same_value(own, &label.slug)),
                parent: parent.clone(),
            };
            (Reverse(*count), depth(&label.slug), value)
        })
        .collect();
    values.sort_by(|(count, depth, value), (other_count, other_depth, other)| {
        (count, depth, &value.value).cmp(&(other_count, other_depth, &other.value))
    });
    let all = values.len();
    let places = values.into_iter().map(|(.., value)| value).enumerate();
    let shown = places.filter(|(place, value)| *place < FACET_VALUES || value.selected);
    let values: Vec<_> = shown.map(|(_, value)| value).collect();
    Facet {
        name: name.to_owned(),
        exact: true,
        left_out: (all - values.len()) as u64,
        values,
    }
}
