//! From counters to facets.

use std::collections::BTreeSet;

use souk_domain::{
    Facet, FacetName, FacetValue, Facets, Filters, PriceBucket, PriceFacet, price_ladder,
};

use super::counts::Counts;
use super::dictionary::{AttributeName, Categories, Dictionary, Values};
use super::filters::Filter;
use crate::plan::{ATTRIBUTE_FACETS, FACET_VALUES};

/// An attribute with more values than this, most of them of one product each, is no facet.
const VALUES_OF_A_FACET: usize = 50;

/// Everything a facet is made from.
pub(super) struct FacetSource<'a> {
    pub(super) dictionary: &'a Dictionary,
    pub(super) counts: &'a Counts,
    pub(super) filters: &'a Filters,
    pub(super) resolved: &'a [Filter],
    /// Decimal digits of prices.
    pub(super) exponent: u32,
}

impl FacetSource<'_> {
    /// The facets asked for.
    pub(super) fn facets(&self, wanted: &BTreeSet<FacetName>) -> Facets {
        let values = |facet| wanted.contains(&facet).then(|| self.facet(facet));
        Facets {
            category: values(FacetName::Category),
            fandom: values(FacetName::Fandom),
            brand: values(FacetName::Brand),
            seller: values(FacetName::Seller),
            price: wanted.contains(&FacetName::Price).then(|| self.price()),
            rating: wanted.contains(&FacetName::Rating).then(|| self.rating()),
            availability: wanted
                .contains(&FacetName::Availability)
                .then(|| self.availability()),
            attributes: match wanted.contains(&FacetName::Attributes) {
                true => self.attributes(),
                false => Vec::new(),
            },
        }
    }

    fn facet(&self, facet: FacetName) -> Facet {
        let mut values = self.values(facet);
        if facet == FacetName::Category {
            self.add_unknown(&mut values, &self.filters.category);
        }
        listed(facet.as_str(), values, FACET_VALUES, |value| {
            self.category_depth(facet, value)
        })
    }

    /// All values of a facet with products, and the selected ones.
    pub(super) fn values(&self, facet: FacetName) -> Vec<FacetValue> {
        let all = self.dictionary;
        match facet {
            FacetName::Category => self.categories(&all.categories),
            FacetName::Fandom => {
                self.plain(&all.fandoms, &self.counts.fandoms, &self.filters.fandom)
            }
            FacetName::Brand => self.plain(&all.brands, &self.counts.brands, &self.filters.brand),
            FacetName::Seller => {
                self.plain(&all.sellers, &self.counts.sellers, &self.filters.seller)
            }
            FacetName::Availability => self.availability().values,
            FacetName::Price | FacetName::Rating | FacetName::Attributes => Vec::new(),
        }
    }

    fn plain(
        &self,
        values: &Values,
        counts: &[u32],
        selected: &BTreeSet<String>,
    ) -> Vec<FacetValue> {
        let counted = counts.iter().enumerate().skip(1);
        let mut found: Vec<FacetValue> = counted
            .filter(|&(_, &count)| count > 0)
            .map(|(number, &count)| {
                let value = values.get(number as u32);
                FacetValue {
                    value: value.value.to_string(),
                    label: value.label.to_string(),
                    count: u64::from(count),
                    selected: selected.contains(&*value.value),
                    parent: None,
                }
            })
            .collect();
        let missing = selected
            .iter()
            .filter(|value| found.iter().all(|known| known.value != **value));
        let missing: Vec<FacetValue> = missing
            .map(|value| {
                let label = values.number(value).map(|number| &values.get(number).label);
                empty(value, label.map(|label| &**label), None)
            })
            .collect();
        found.extend(missing);
        found
    }

    fn categories(&self, categories: &Categories) -> Vec<FacetValue> {
        let mut counts = vec![0_u64; categories.nodes.len()];
        for (path, &count) in self.counts.categories.iter().enumerate() {
            if count > 0 {
                for &node in categories.steps(path as u32) {
                    counts[node as usize] += u64::from(count);
                }
            }
        }
        let selected = &self.filters.category;
        let nodes = 1..categories.nodes.len() as u32;
        nodes
            .map(|node| (node, categories.nodes.get(node), counts[node as usize]))
            .filter(|(_, category, count)| *count > 0 || selected.contains(&*category.value))
            .map(|(node, category, count)| FacetValue {
                value: category.value.to_string(),
                label: category.label.to_string(),
                count,
                selected: selected.contains(&*category.value),
                parent: categories
                    .parent(node)
                    .map(|parent| parent.value.to_string()),
            })
            .collect()
    }

    fn add_unknown(&self, values: &mut Vec<FacetValue>, selected: &BTreeSet<String>) {
        for value in selected {
            if values.iter().all(|known| known.value != *value) {
                values.push(empty(value, None, None));
            }
        }
    }

    fn category_depth(&self, facet: FacetName, value: &str) -> usize {
        if facet != FacetName::Category {
            return 0;
        }
        let categories = &self.dictionary.categories;
        let node = categories.nodes.number(value);
        node.map_or(0, |node| categories.depth(node))
    }

    fn price(&self) -> PriceFacet {
        let ladder = price_ladder(self.exponent);
        let buckets = self.counts.prices.iter().zip(&ladder).enumerate();
        PriceFacet {
            bounds: self.counts.price_bounds,
            buckets: buckets
                .filter(|(_, (count, _))| **count > 0)
                .map(|(index, (&count, &from))| PriceBucket {
                    from,
                    to: ladder.get(index + 1).copied(),
                    count: u64::from(count),
                })
                .collect(),
            exact: true,
        }
    }

    fn rating(&self) -> Facet {
        let mut count = 0;
        let mut values = Vec::new();
        for level in (1..self.counts.ratings.len()).rev() {
            count += u64::from(self.counts.ratings[level]);
            let selected = self.filters.rating_min == Some(level as f32);
            if count > 0 || selected {
                values.push(FacetValue {
                    value: level.to_string(),
                    label: format!("{level} and up"),
                    count,
                    selected,
                    parent: None,
                });
            }
        }
        whole(FacetName::Rating, values)
    }

    fn availability(&self) -> Facet {
        let choices = [
            ("in_stock", "In stock", self.counts.in_stock, true),
            (
                "out_of_stock",
                "Out of stock",
                self.counts.out_of_stock,
                false,
            ),
        ];
        let values = choices
            .into_iter()
            .map(|(value, label, count, in_stock)| FacetValue {
                value: value.to_owned(),
                label: label.to_owned(),
                count: u64::from(count),
                selected: self.filters.in_stock == Some(in_stock),
                parent: None,
            });
        let shown = values.filter(|value| value.count > 0 || value.selected);
        whole(FacetName::Availability, shown.collect())
    }

    fn attributes(&self) -> Vec<Facet> {
        let mut found: Vec<(u64, Facet)> = Vec::new();
        for attribute in self.dictionary.attributes.all() {
            let (products, count) = self.spread(attribute);
            let selected = self.filters.attributes.contains_key(&*attribute.name);
            let nearly_all_differ = count > VALUES_OF_A_FACET && count as u64 * 2 > products;
            if selected || count >= 2 && !nearly_all_differ {
                let values = self.attribute_values(&attribute.name);
                found.push((
                    products,
                    listed(&attribute.name, values, FACET_VALUES, |_| 0),
                ));
            }
        }
        let names = self.filters.attributes.keys();
        for name in names.filter(|name| self.dictionary.attributes.named(name).is_none()) {
            let values = self.attribute_values(name);
            found.push((0, listed(name, values, FACET_VALUES, |_| 0)));
        }
        found.sort_by(|(products, facet), (other_products, other)| {
            (other_products, &facet.name).cmp(&(products, &other.name))
        });
        let is_selected = |facet: &Facet| self.filters.attributes.contains_key(&facet.name);
        let places = found.into_iter().enumerate();
        places
            .filter(|(place, (_, facet))| *place < ATTRIBUTE_FACETS || is_selected(facet))
            .map(|(_, (_, facet))| facet)
            .collect()
    }

    /// How many products have the attribute, and how many values of it there are.
    fn spread(&self, attribute: &AttributeName) -> (u64, usize) {
        let count = self.attribute_counter(&attribute.name);
        let (mut products, mut values) = (0, 0);
        for &value in &attribute.values {
            let count = count(value);
            products += count;
            values += usize::from(count > 0);
        }
        (products - count(attribute.repeats).min(products), values)
    }

    /// All values of an attribute with products, and the selected ones.
    pub(super) fn attribute_values(&self, name: &str) -> Vec<FacetValue> {
        let none = BTreeSet::new();
        let selected = self.filters.attributes.get(name).unwrap_or(&none);
        let count = self.attribute_counter(name);
        let attributes = &self.dictionary.attributes;
        let numbers = attributes
            .named(name)
            .map_or(&[][..], |named| &named.values);
        let mut values: Vec<FacetValue> = numbers
            .iter()
            .map(|&number| (attributes.value(number), count(number)))
            .filter(|(value, count)| *count > 0 || selected.contains(&***value))
            .map(|(value, count)| FacetValue {
                value: value.to_string(),
                label: value.to_string(),
                count,
                selected: selected.contains(&**value),
                parent: None,
            })
            .collect();
        self.add_unknown(&mut values, selected);
        values
    }

    /// Counts of an attribute's values: those of the result, and what only its own filter keeps out.
    fn attribute_counter(&self, name: &str) -> impl Fn(u32) -> u64 {
        let is_own =
            |filter: &Filter| matches!(filter, Filter::Attribute { name: own, .. } if own == name);
        let own = self.resolved.iter().position(is_own);
        let missed = &self.counts.missed_attributes;
        let missed = missed.iter().find(|(index, _)| Some(*index) == own);
        // The dictionary may know values that are newer than the counts.
        let count = |counts: &[u32], number: u32| counts.get(number as usize).copied().unwrap_or(0);
        move |number| {
            let missed = missed.map_or(0, |(_, counts)| count(counts, number));
            u64::from(count(&self.counts.attributes, number)) + u64::from(missed)
        }
    }
}

fn empty(value: &str, label: Option<&str>, parent: Option<String>) -> FacetValue {
    FacetValue {
        value: value.to_owned(),
        label: label.unwrap_or(value).to_owned(),
        count: 0,
        selected: true,
        parent,
    }
}

fn whole(facet: FacetName, values: Vec<FacetValue>) -> Facet {
    Facet {
        name: facet.as_str().to_owned(),
        values,
        exact: true,
        left_out: 0,
    }
}

/// The first values by falling count, then by depth, so that parents come before their children,
/// then by value; and the selected ones wherever they stand.
pub(super) fn listed(
    name: &str,
    mut values: Vec<FacetValue>,
    limit: usize,
    depth: impl Fn(&str) -> usize,
) -> Facet {
    values.sort_by_cached_key(|value| {
        (
            std::cmp::Reverse(value.count),
            depth(&value.value),
            value.value.clone(),
        )
    });
    let all = values.len();
    let mut place = 0;
    values.retain(|value| {
        place += 1;
        place <= limit || value.selected
    });
    Facet {
        name: name.to_owned(),
        exact: true,
        left_out: (all - values.len()) as u64,
        values,
    }
}
