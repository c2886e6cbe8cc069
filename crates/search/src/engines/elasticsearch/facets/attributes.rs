//! Which attributes become facets, from the counts of all values of all attributes.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use souk_domain::Facet;

use super::{Counts, Values};
use crate::engines::elasticsearch::query::buckets::{Bucket, Pair};
use crate::engines::elasticsearch::query::filters::Narrowed;
use crate::engines::elasticsearch::query::response::Group;
use crate::facets::encoding;
use crate::facets::listing::{CountedAttribute, is_choice, leading, selected_of};
use crate::query::FACET_VALUES;

/// The counts of one attribute's values.
type Buckets<'g> = Vec<&'g Bucket<Pair<'g>>>;

/// The attributes that most products have, and the selected ones.
pub(crate) fn facets(counts: &Counts<'_>) -> Vec<Facet> {
    let selected = &counts.plan.filters.attributes;
    let free = counts.together;
    let products: FxHashMap<_, _> = free
        .attribute_names
        .buckets
        .iter()
        .map(|name| (&*name.key.0, name.count))
        .collect();
    let mut found: Vec<CountedAttribute<'_, Option<Buckets<'_>>>> = Vec::new();
    for (name, buckets) in by_name(free) {
        if selected.keys().any(|own| encoding::plain(own) == name) {
            continue;
        }
        let products = products.get(name).copied().unwrap_or(0);
        let values = buckets.len() as u64;
        if is_choice(&counts.plan.definitions, name, values, products) {
            found.push(CountedAttribute {
                name,
                products,
                values,
                counts: Some(buckets),
            });
        }
    }
    for name in selected.keys() {
        let group = counts.past(Narrowed::Attribute(name));
        found.push(CountedAttribute {
            name,
            products: products_with(group, name),
            values: number_of_values(group, name),
            counts: None,
        });
    }
    let listed = leading(found, &counts.plan.filters, &counts.plan.definitions).map(|attribute| {
        let name = attribute.name;
        let selected = selected_of(&counts.plan.filters, name);
        let values = match attribute.counts {
            Some(buckets) => values(free, buckets, selected),
            None => values_of(counts, name),
        };
        values.listed(name, FACET_VALUES)
    });
    listed.collect()
}

/// All counted values of one attribute, and the selected ones.
pub(crate) fn values_of<'a>(counts: &Counts<'a>, name: &str) -> Values<'a> {
    let group = counts.past(Narrowed::Attribute(name));
    let buckets = by_name(group).remove(encoding::plain(name).as_str());
    values(
        group,
        buckets.unwrap_or_default(),
        selected_of(&counts.plan.filters, name),
    )
}

fn by_name<'g>(group: &'g Group<'g>) -> FxHashMap<&'g str, Buckets<'g>> {
    let mut names: FxHashMap<&str, Buckets<'_>> = FxHashMap::default();
    for bucket in &group.attributes.buckets {
        let (name, _) = bucket.key.parts();
        names.entry(name).or_default().push(bucket);
    }
    names
}

fn number_of_values(group: &Group<'_>, name: &str) -> u64 {
    let name = encoding::plain(name);
    let buckets = group.attributes.buckets.iter();
    buckets
        .filter(|bucket| bucket.key.parts().0 == name)
        .count() as u64
}

fn products_with(group: &Group<'_>, name: &str) -> u64 {
    let name = encoding::plain(name);
    let mut names = group.attribute_names.buckets.iter();
    names
        .find(|bucket| bucket.key.0 == name)
        .map_or(0, |bucket| bucket.count)
}

fn values<'g>(
    group: &'g Group<'g>,
    buckets: Buckets<'g>,
    selected: &'g BTreeSet<String>,
) -> Values<'g> {
    let values = buckets.into_iter().map(|bucket| {
        let (_, value) = bucket.key.parts();
        (value, bucket.count)
    });
    Values::plain(&group.attributes, values, selected)
}
