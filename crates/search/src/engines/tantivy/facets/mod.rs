//! Builds facets from counters.

use std::collections::BTreeSet;

use souk_domain::{
    AttributeDefinitions, Facet, FacetName, Facets, Filters, PriceBucket, PriceFacet, RangeFacet,
    price_ladder,
};

use self::counting::Counts;
use super::index::dictionary::{AttributeName, Dictionary, Places, Values};
use super::query::filters::Filter;
use crate::facets::listing::{
    CountedAttribute, CountedValue, add_selected, availability, is_choice, leading, listed,
    ratings, selected_in, selected_of,
};
use crate::facets::ranges;
use crate::query::FACET_VALUES;

/// Inputs of facets: counters, names of values, and the filters of the query.
pub(super) struct FacetSource<'a> {
    pub(super) dictionary: &'a Dictionary,
    pub(super) counts: &'a Counts,
    pub(super) filters: &'a Filters,
    pub(super) definitions: &'a AttributeDefinitions,
    pub(super) resolved: &'a [Filter],
    /// Decimal digits of prices.
    pub(super) exponent: u32,
}

impl FacetSource<'_> {
    /// Returns the requested facets.
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
            ranges: match wanted.contains(&FacetName::Attributes) {
                true => self.ranges(),
                false => Vec::new(),
            },
        }
    }

    fn facet(&self, facet: FacetName) -> Facet {
        let all = self.dictionary;
        let named = match facet {
            FacetName::Category => &all.categories.nodes,
            FacetName::Fandom => &all.fandoms.nodes,
            FacetName::Seller => &all.sellers,
            _ => &all.brands,
        };
        let selected = selected_in(self.filters, facet);
        let mut values = self.values(facet);
        add_selected(&mut values, selected, |value| {
            let number = named.number(value);
            number.map_or(value, |number| &named.get(number).label)
        });
        listed(facet.as_str(), values, selected, FACET_VALUES)
    }

    /// Returns the values of a facet that have products, and the selected categories and fandoms.
    pub(super) fn values(&self, facet: FacetName) -> Vec<CountedValue<'_>> {
        let (all, counts) = (self.dictionary, self.counts);
        match facet {
            FacetName::Category => self.places(facet, &all.categories, &counts.categories),
            FacetName::Fandom => self.places(facet, &all.fandoms, &counts.fandoms),
            FacetName::Brand => plain(&all.brands, &counts.brands),
            FacetName::Seller => plain(&all.sellers, &counts.sellers),
            FacetName::Price
            | FacetName::Rating
            | FacetName::Availability
            | FacetName::Attributes => Vec::new(),
        }
    }

    /// Returns a facet, or an attribute, with all its values for a value search.
    pub(super) fn whole(&self, facet: FacetName, attribute: Option<&str>) -> Facet {
        let (name, values, selected) = match (facet, attribute) {
            (FacetName::Availability, _) => return self.availability(),
            (FacetName::Attributes, Some(name)) => {
                let selected = selected_of(self.filters, name);
                (name, self.attribute_values(name), selected)
            }
            _ => {
                let selected = selected_in(self.filters, facet);
                (facet.as_str(), self.values(facet), selected)
            }
        };
        listed(name, values, selected, usize::MAX)
    }

    /// Counts places by sets of them. A product counts once in each, whichever of its places lead there.
    fn places<'p>(
        &self,
        facet: FacetName,
        places: &'p Places,
        of_sets: &[u32],
    ) -> Vec<CountedValue<'p>> {
        let mut counts = vec![0_u64; places.nodes.len()];
        for (set, &count) in (0..).zip(of_sets) {
            if count > 0 {
                for &node in places.nodes_of(set) {
                    counts[node as usize] += u64::from(count);
                }
            }
        }
        let selected = selected_in(self.filters, facet);
        let all = (1..)
            .zip(&counts[1..])
            .map(|(node, &count)| (node, places.nodes.get(node).parts(), count));
        let listed = all.filter(|(_, (slug, _), count)| *count > 0 || selected.contains(*slug));
        listed
            .map(|(node, parts, count)| CountedValue {
                parent: places.parent(node).map(|parent| &*parent.value),
                depth: places.depth(node),
                ..CountedValue::new(parts, count)
            })
            .collect()
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
        let levels = &self.counts.ratings;
        ratings(self.filters, |stars| {
            let counts = levels.iter().skip(usize::from(stars));
            counts.map(|&count| u64::from(count)).sum()
        })
    }

    fn availability(&self) -> Facet {
        let counts = self.counts;
        availability(self.filters, |in_stock| {
            u64::from(if in_stock {
                counts.in_stock
            } else {
                counts.out_of_stock
            })
        })
    }

    fn attributes(&self) -> Vec<Facet> {
        let selected = &self.filters.attributes;
        let mut found = Vec::new();
        for attribute in self.dictionary.attributes.all() {
            let (products, count) = self.spread(attribute);
            let is_selected = selected.contains_key(&*attribute.name);
            let is_choice = is_choice(self.definitions, &attribute.name, count as u64, products);
            if is_selected || is_choice {
                found.push(CountedAttribute {
                    name: &attribute.name,
                    products,
                    values: count as u64,
                    counts: (),
                });
            }
        }
        let unknown = selected
            .keys()
            .filter(|name| self.dictionary.attributes.named(name).is_none());
        found.extend(unknown.map(|name| CountedAttribute {
            name,
            products: 0,
            values: 0,
            counts: (),
        }));
        leading(found, self.filters, self.definitions)
            .map(|attribute| self.attribute(attribute.name))
            .collect()
    }

    fn ranges(&self) -> Vec<RangeFacet> {
        ranges::facets(self.filters, self.definitions, |definition| {
            let values = self.attribute_values(&definition.name);
            let values = values.iter().map(|value| value.value);
            (ranges::bounds_of(definition, values), true)
        })
    }

    fn attribute(&self, name: &str) -> Facet {
        let selected = selected_of(self.filters, name);
        let mut values = self.attribute_values(name);
        add_selected(&mut values, selected, |value| value);
        listed(name, values, selected, FACET_VALUES)
    }

    /// Returns the number of products with the attribute, and the number of its values.
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

    /// Returns the values of an attribute that have products.
    pub(super) fn attribute_values(&self, name: &str) -> Vec<CountedValue<'_>> {
        let count = self.attribute_counter(name);
        let attributes = &self.dictionary.attributes;
        let named = attributes.named(name);
        let numbers = named.map_or(&[][..], |named| &named.values);
        let counted = numbers.iter().map(|&number| (number, count(number)));
        counted
            .filter(|(_, count)| *count > 0)
            .map(|(number, count)| {
                let value = &**attributes.value(number);
                CountedValue::new((value, value), count)
            })
            .collect()
    }

    /// Returns the counter of an attribute's values, which excludes the attribute's own filter.
    fn attribute_counter(&self, name: &str) -> impl Fn(u32) -> u64 {
        let is_own =
            |filter: &Filter| matches!(filter, Filter::Attribute { name: own, .. } if own == name);
        let own = self.resolved.iter().position(is_own);
        let missed = self
            .counts
            .missed_attributes
            .iter()
            .find(|(index, _)| Some(*index) == own);
        // The dictionary may hold values newer than the counts.
        let count = |counts: &[u32], number: u32| counts.get(number as usize).copied().unwrap_or(0);
        move |number| {
            let missed = missed.map_or(0, |(_, counts)| count(counts, number));
            u64::from(count(&self.counts.attributes, number)) + u64::from(missed)
        }
    }
}

fn plain<'a>(values: &'a Values, counts: &[u32]) -> Vec<CountedValue<'a>> {
    let counted = (0..).zip(counts).skip(1).filter(|(_, count)| **count > 0);
    counted
        .map(|(number, &count)| CountedValue::new(values.get(number).parts(), count.into()))
        .collect()
}

pub(crate) mod counting;
pub(crate) mod value_search;
