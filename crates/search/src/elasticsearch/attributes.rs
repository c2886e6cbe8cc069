//! Which attributes become facets, from the counts of all values of all attributes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use souk_domain::Facet;

use super::answer::{Bucket, Group};
use super::facets::{Counts, Values, listed};
use super::filters::Narrowed;
use crate::encoding;
use crate::plan::{ATTRIBUTE_FACETS, FACET_VALUES};

/// An attribute with more values than this, most of them of one product each, is no facet.
const VALUES_OF_A_FACET: usize = 50;

/// The attributes that most products have, and the selected ones.
pub(super) fn facets(counts: &Counts<'_>) -> Vec<Facet> {
    let selected = &counts.plan.filters.attributes;
    let free = counts.together;
    let mut found: Vec<(u64, Facet)> = Vec::new();
    for (name, buckets) in by_name(free) {
        if selected.keys().any(|own| encoding::plain(own) == name) {
            continue;
        }
        let products = products_with(free, name);
        let nearly_all_differ =
            buckets.len() > VALUES_OF_A_FACET && buckets.len() as u64 * 2 > products;
        if buckets.len() >= 2 && !nearly_all_differ {
            let values = values(free, buckets, &BTreeSet::new());
            found.push((products, listed(name, values, FACET_VALUES)));
        }
    }
    for name in selected.keys() {
        let products = products_with(counts.past(Narrowed::Attribute(name)), name);
        found.push((
            products,
            listed(name, values_of(counts, name), FACET_VALUES),
        ));
    }
    found.sort_by(|(products, facet), (others, other)| {
        (Reverse(products), &facet.name).cmp(&(Reverse(others), &other.name))
    });
    let places = found.into_iter().map(|(_, facet)| facet).enumerate();
    let shown = places
        .filter(|(place, facet)| *place < ATTRIBUTE_FACETS || selected.contains_key(&facet.name));
    shown.map(|(_, facet)| facet).collect()
}

/// All counted values of one attribute, and the selected ones.
pub(super) fn values_of(counts: &Counts<'_>, name: &str) -> Values {
    let group = counts.past(Narrowed::Attribute(name));
    let plain = encoding::plain(name);
    let buckets = by_name(group).remove(plain.as_str()).unwrap_or_default();
    let none = BTreeSet::new();
    let selected = counts.plan.filters.attributes.get(name).unwrap_or(&none);
    values(group, buckets, selected)
}

fn by_name<'g>(group: &'g Group<'_>) -> BTreeMap<&'g str, Vec<&'g Bucket<'g>>> {
    let mut names: BTreeMap<&str, Vec<&Bucket<'_>>> = BTreeMap::new();
    for bucket in &group.attributes.buckets {
        let (name, _) = encoding::parts(&bucket.key);
        names.entry(name).or_default().push(bucket);
    }
    names
}

fn products_with(group: &Group<'_>, name: &str) -> u64 {
    let name = encoding::plain(name);
    let mut names = group.attribute_names.buckets.iter();
    names
        .find(|bucket| bucket.key == name)
        .map_or(0, |bucket| bucket.count)
}

fn values(group: &Group<'_>, buckets: Vec<&Bucket<'_>>, selected: &BTreeSet<String>) -> Values {
    Values::of(&group.attributes, buckets, selected, |pair| {
        let (_, value) = encoding::parts(pair);
        (value, value)
    })
}
