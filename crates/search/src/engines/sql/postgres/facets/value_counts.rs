//! Counts of the values of attributes in a column batch.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rustc_hash::FxHashMap;
use sea_orm::ConnectionTrait;
use souk_domain::{most_frequent, same_value, value_key};

use super::{
    dictionary::{AttributeValue, Dictionary},
    facet_counter::FacetCounter,
};
use crate::{
    SearchError,
    engines::sql::{
        facets::count::{ATTRIBUTE, Count, RANGE},
        query::excluded_filters::CountedFacets,
    },
    facets::listing::{CountedAttribute, is_choice, leading},
    query::FACET_VALUES,
};

/// Occurrences of an attribute value in products, and those in which it is the product's first of that attribute.
#[derive(Debug, Clone, Copy, Default)]
struct ValueOccurrences {
    times: i64,
    first: i64,
}

/// Counts of an attribute's values, each with the factor of a sample.
type ValueCounts<'v> = Vec<(&'v str, i64, ValueOccurrences)>;

/// Rows for each value that is listed: it may have several spellings, which are added up by whoever reads the rows.
const SPELLINGS: usize = 4;

/// Joins the counts of attributes whose names are spellings of one, in the spelling that most products have.
fn with_one_name<'v>(
    attributes: HashMap<&'v str, ValueCounts<'v>>,
) -> impl Iterator<Item = (&'v str, ValueCounts<'v>)> {
    let mut by_key: HashMap<_, Vec<_>> = HashMap::new();
    for (name, values) in attributes {
        by_key
            .entry(value_key(name))
            .or_default()
            .push((name, values));
    }
    by_key.into_values().filter_map(|spellings| {
        let products = |values: &ValueCounts<'_>| -> i64 {
            let firsts = values.iter().map(|(_, scale, own)| own.first * scale);
            firsts.sum()
        };
        let counted = spellings
            .iter()
            .map(|(name, values)| (*name, products(values)));
        let name = most_frequent(counted)?;
        let values = spellings.into_iter().flat_map(|(_, values)| values);
        Some((name, values.collect()))
    })
}

fn number_of_values(values: &ValueCounts<'_>) -> u64 {
    let keys: HashSet<_> = values.iter().map(|(value, ..)| value_key(value)).collect();
    keys.len() as u64
}

impl FacetCounter<'_> {
    /// Counts the values of attributes.
    pub(super) async fn attributes<C: ConnectionTrait>(
        &mut self,
        connection: &C,
        dictionary: &Dictionary,
    ) -> Result<(), SearchError> {
        let search = self.query.search;
        let excluded: Vec<_> = self.query.excluded.attributes().collect();
        let owns = excluded.iter().map(|(place, _)| Some(*place));
        let owns: Vec<_> = [None].into_iter().chain(owns).collect();
        let mut sets: HashMap<_, _> = owns.iter().map(|own| (*own, self.codes(*own))).collect();
        let codes: HashSet<i64> = match self.offers.any() {
            // Of those rows too that are left to their variants.
            true => self.batch.attributes.all().map(|code| code & -2).collect(),
            false => sets.values().flat_map(FxHashMap::keys).copied().collect(),
        };
        let entries = dictionary
            .look_up(connection, search.plan.tenant, codes)
            .await?;
        if self.offers.any() {
            for (own, counts) in &mut sets {
                self.add_by_variant(*own, &entries, counts);
            }
        }
        let mut attributes: HashMap<&str, Vec<(&str, i64, ValueOccurrences)>> = HashMap::new();
        for (code, entry) in &entries {
            let (name, value) = (entry.name.as_str(), entry.value.as_str());
            let own = excluded
                .iter()
                .find(|(_, own)| same_value(own, name))
                .map(|(place, _)| *place);
            if let Some(occurrences) = sets[&own].get(code) {
                attributes
                    .entry(name)
                    .or_default()
                    .push((value, self.scale(own), *occurrences));
            }
        }
        match self.query.counted {
            CountedFacets::Attribute(wanted) => {
                let spellings = attributes
                    .into_iter()
                    .filter(|(name, _)| same_value(name, wanted));
                for (value, scale, occurrences) in spellings.flat_map(|(_, values)| values) {
                    self.push(ATTRIBUTE, (value, wanted), 0, occurrences.times * scale);
                }
            }
            CountedFacets::Facets(_) => self.list_attributes(attributes),
        }
        Ok(())
    }

    /// Returns the occurrences of each code in the rows that count, without those that are left to their variants.
    fn codes(&self, own: Option<usize>) -> FxHashMap<i64, ValueOccurrences> {
        let mut codes: FxHashMap<i64, ValueOccurrences> = FxHashMap::default();
        let rows = self
            .rows(own)
            .filter(|row| !self.offers.decide(*row))
            .filter_map(|row| self.batch.attributes.get(row));
        for entry in rows.flatten().copied() {
            let occurrences = codes.entry(entry & -2).or_default();
            occurrences.times += 1;
            occurrences.first += entry & 1;
        }
        codes
    }

    /// Adds the occurrences in the rows that are left to their variants: of values that a variant has which counts.
    fn add_by_variant(
        &self,
        own: Option<usize>,
        entries: &HashMap<i64, Arc<AttributeValue>>,
        codes: &mut FxHashMap<i64, ValueOccurrences>,
    ) {
        let mut names: Vec<&str> = Vec::new();
        for row in self.rows(own).filter(|row| self.offers.decide(*row)) {
            names.clear();
            for code in self.batch.attributes.get(row).unwrap_or_default() {
                let code = code & -2;
                let Some(entry) = entries.get(&code) else {
                    continue;
                };
                if !self.offers.have(row, own, code) {
                    continue;
                }
                let occurrences = codes.entry(code).or_default();
                occurrences.times += 1;
                if !names.contains(&entry.name.as_str()) {
                    names.push(&entry.name);
                    occurrences.first += 1;
                }
            }
        }
    }

    /// Lists the most common values of the attributes that most products have.
    fn list_attributes(&mut self, attributes: HashMap<&str, Vec<(&str, i64, ValueOccurrences)>>) {
        let plan = self.query.search.plan;
        let selected = &plan.filters.attributes;
        let selected_values: HashSet<&str> =
            selected.values().flatten().map(String::as_str).collect();
        let mut found = Vec::new();
        let ranges = plan.definitions.ranges();
        let ranges: HashSet<_> = ranges.map(|range| value_key(&range.name)).collect();
        for (name, values) in with_one_name(attributes) {
            if ranges.contains(&value_key(name)) {
                for (value, scale, occurrences) in values {
                    self.push(RANGE, (value, name), 0, occurrences.times * scale);
                }
                continue;
            }
            let firsts: i64 = values
                .iter()
                .map(|(_, _, occurrences)| occurrences.first)
                .sum();
            let count = number_of_values(&values);
            let is_choice = is_choice(&plan.definitions, name, count, firsts.unsigned_abs());
            if is_choice || plan.filters.values_of(name).is_some() {
                let products: i64 = values
                    .iter()
                    .map(|(_, scale, occurrences)| occurrences.first * scale)
                    .sum();
                found.push(CountedAttribute {
                    name,
                    products: products.unsigned_abs(),
                    values: count,
                    counts: values,
                });
            }
        }
        for attribute in leading(found, &plan.filters, &plan.definitions) {
            let (name, products) = (attribute.name, attribute.products);
            let mut values = attribute.counts;
            let distinct = values.len() as i64;
            values.sort_by(|(value, _, occurrences), (other, _, others)| {
                others
                    .times
                    .cmp(&occurrences.times)
                    .then_with(|| value.cmp(other))
            });
            for (place, (value, scale, occurrences)) in values.into_iter().enumerate() {
                if place >= FACET_VALUES * SPELLINGS && !selected_values.contains(value) {
                    continue;
                }
                self.counts.push(Count {
                    kind: ATTRIBUTE.to_owned(),
                    value: value.to_owned(),
                    label: name.to_owned(),
                    id: 0,
                    count: occurrences.times * scale,
                    values: distinct,
                    products: products.cast_signed(),
                });
            }
        }
    }
}
