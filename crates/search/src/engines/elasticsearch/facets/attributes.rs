//! Which attributes become facets, from the counts of all values of all attributes.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use souk_domain::{Facet, most_frequent, same_value, value_key};

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
    let names = names(free);
    let mut found: Vec<CountedAttribute<'_, Option<Buckets<'_>>>> = Vec::new();
    for (key, buckets) in by_name(free) {
        if selected.keys().any(|own| encoding::name_key(own) == key) {
            continue;
        }
        let (name, products) = names.get(&key).copied().unwrap_or_default();
        let values = number_of_values(&buckets);
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
        let key = encoding::name_key(name);
        let own = self::names(group).get(&*key).copied();
        let (shown, products) = own.unwrap_or((name, 0));
        found.push(CountedAttribute {
            name: shown,
            products,
            values: by_name(group)
                .get(&*key)
                .map_or(0, |buckets| number_of_values(buckets)),
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
    let group = counts.past(typed(counts, name));
    let buckets = by_name(group).remove(&*encoding::name_key(name));
    values(
        group,
        buckets.unwrap_or_default(),
        selected_of(&counts.plan.filters, name),
    )
}

/// The filter on an attribute, which may spell it otherwise.
fn typed<'a>(counts: &Counts<'a>, name: &'a str) -> Narrowed<'a> {
    let mut names = counts.plan.filters.attributes.keys();
    let ranges = counts.plan.filters.ranges.keys();
    let own = names.find(|own| same_value(own, name));
    let own = own.or_else(|| ranges.into_iter().find(|own| same_value(own, name)));
    Narrowed::Attribute(own.map_or(name, String::as_str))
}

fn by_name<'g>(group: &'g Group<'g>) -> FxHashMap<Cow<'g, str>, Buckets<'g>> {
    let mut spellings: FxHashMap<&str, Buckets<'_>> = FxHashMap::default();
    for bucket in &group.attributes.buckets {
        let (name, _) = bucket.key.parts();
        spellings.entry(name).or_default().push(bucket);
    }
    let mut names: FxHashMap<Cow<'_, str>, Buckets<'_>> = FxHashMap::default();
    for (name, mut buckets) in spellings {
        names
            .entry(value_key(name))
            .or_default()
            .append(&mut buckets);
    }
    names
}

/// The most frequent spelling of each name, and the number of products that have the attribute.
fn names<'g>(group: &'g Group<'g>) -> FxHashMap<Cow<'g, str>, (&'g str, u64)> {
    let mut spellings: FxHashMap<Cow<'_, str>, Vec<(&str, u64)>> = FxHashMap::default();
    for bucket in &group.attribute_names.buckets {
        let name = &*bucket.key.0;
        let own = spellings.entry(value_key(name)).or_default();
        own.push((name, bucket.count));
    }
    let names = spellings.into_iter().map(|(key, spellings)| {
        let products = spellings.iter().map(|(_, products)| products).sum();
        let shown = most_frequent(spellings.into_iter()).unwrap_or_default();
        (key, (shown, products))
    });
    names.collect()
}

fn number_of_values(buckets: &Buckets<'_>) -> u64 {
    let values = buckets.iter().map(|bucket| value_key(bucket.key.parts().1));
    values.collect::<BTreeSet<_>>().len() as u64
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
    Values::unified(&group.attributes, values, selected)
}
