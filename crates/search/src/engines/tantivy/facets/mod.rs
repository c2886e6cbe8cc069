//! Builds facets from counters.

use std::collections::BTreeSet;

use souk_domain::{
    AttributeDefinitions, Facet, FacetName, Facets, Filters, PriceBucket, PriceFacet, RangeFacet,
    most_frequent, price_ladder, same_value,
};

use self::counting::Counts;
use super::index::dictionary::{AttributeName, Dictionary, Places};
use super::query::filters::Filter;
use crate::facets::listing::{
    CountedAttribute, CountedValue, add_selected, availability, is_choice, leading, listed,
    ratings, selected_in, selected_of, unified,
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
    /// Scale of the price ladder.
    pub(super) price_scale: u32,
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
            FacetName::Category => Some(&all.categories.nodes),
            FacetName::Fandom => Some(&all.fandoms.nodes),
            FacetName::Seller => Some(&all.sellers.nodes),
            _ => None,
        };
        let selected = selected_in(self.filters, facet);
        let mut values = self.values(facet);
        add_selected(&mut values, selected, |value| {
            let known = named.and_then(|named| Some(named.get(named.number(value)?)));
            known.map_or(value, |known| &known.label)
        });
        listed(facet.as_str(), values, selected, FACET_VALUES)
    }

    /// Returns the values of a facet that have products, and the selected categories and fandoms.
    pub(super) fn values(&self, facet: FacetName) -> Vec<CountedValue<'_>> {
        let (all, counts) = (self.dictionary, self.counts);
        match facet {
            FacetName::Category => self.places(facet, &all.categories, (&counts.categories, &[])),
            FacetName::Fandom => self.places(facet, &all.fandoms, (&counts.fandoms, &[])),
            FacetName::Brand => self.brands(),
            FacetName::Seller => {
                let counted = (&*counts.sellers, &*counts.shared_sellers);
                self.places(facet, &all.sellers, counted)
            }
            FacetName::Price
            | FacetName::Rating
            | FacetName::Availability
            | FacetName::Attributes => Vec::new(),
        }
    }

    /// Returns the brands that have products, each in one spelling.
    fn brands(&self) -> Vec<CountedValue<'_>> {
        let brands = &self.dictionary.brands;
        let counted = (0..).zip(&self.counts.brands).skip(1);
        let counted = counted.filter(|(_, count)| **count > 0);
        let values = counted.map(|(number, &count)| {
            let brand = &**brands.get(number);
            CountedValue::new((brand, brand), count.into())
        });
        match brands.are_ambiguous() {
            true => unified(values.collect()),
            false => values.collect(),
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

    /// Counts places by sets of them, and what was counted by single places. A product counts once in each, whichever of its places lead there.
    fn places<'p>(
        &self,
        facet: FacetName,
        places: &'p Places,
        (of_sets, of_nodes): (&[u32], &[u32]),
    ) -> Vec<CountedValue<'p>> {
        let mut counts = vec![0_u64; places.nodes.len()];
        for (count, &own) in counts.iter_mut().zip(of_nodes) {
            *count += u64::from(own);
        }
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
        let ladder = price_ladder(self.price_scale);
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
            let name = &*attribute.spellings[0].name;
            let (products, count) = self.spread(attribute);
            let is_selected = self.filters.values_of(name).is_some();
            let is_choice = is_choice(self.definitions, name, count as u64, products);
            if is_selected || is_choice {
                found.push(CountedAttribute {
                    name: self.shown_name(name),
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

    /// Returns the spelling of an attribute's name that most of its products have; of one without products the selected
    /// one.
    fn shown_name<'n>(&'n self, name: &'n str) -> &'n str {
        let attributes = &self.dictionary.attributes;
        let count = self.attribute_counter(name);
        let products = |named: &'n AttributeName| {
            let mut products = vec![0; named.spellings.len()];
            for &number in &named.values {
                products[attributes.spelling(number)] += count(number);
            }
            let spellings = named.spellings.iter().zip(products);
            let products = spellings.map(|(own, values)| {
                let products = values - count(own.repeats).min(values);
                (&*own.name, products)
            });
            most_frequent(products.filter(|(_, products)| *products > 0))
        };
        let named = attributes.named(name);
        let mut selected = self.filters.attributes.keys();
        let of_products = named.and_then(|named| match &*named.spellings {
            [only] => {
                let has_any = named.values.iter().any(|number| count(*number) > 0);
                has_any.then_some(&*only.name)
            }
            _ => products(named),
        });
        of_products
            .or_else(|| {
                selected
                    .find(|own| same_value(own, name))
                    .map(String::as_str)
            })
            .unwrap_or(name)
    }

    /// Returns the number of products with the attribute, and the number of its values.
    fn spread(&self, attribute: &AttributeName) -> (u64, usize) {
        let name = &attribute.spellings[0].name;
        let count = self.attribute_counter(name);
        let (mut products, mut values) = (0, 0);
        for &value in &attribute.values {
            let count = count(value);
            products += count;
            values += usize::from(count > 0);
        }
        if attribute.is_ambiguous {
            values = self.attribute_values(name).len();
        }
        let repeats = attribute.spellings.iter().map(|own| count(own.repeats));
        let repeats: u64 = repeats.sum();
        (products - repeats.min(products), values)
    }

    /// Returns the values of an attribute that have products, each in one spelling.
    pub(super) fn attribute_values(&self, name: &str) -> Vec<CountedValue<'_>> {
        let count = self.attribute_counter(name);
        let attributes = &self.dictionary.attributes;
        let named = attributes.named(name);
        let numbers = named.map_or(&[][..], |named| &named.values);
        let counted = numbers.iter().map(|&number| (number, count(number)));
        let counted = counted.filter(|(_, count)| *count > 0);
        let values = counted.map(|(number, count)| {
            let value = &**attributes.value(number);
            CountedValue::new((value, value), count)
        });
        match named.is_some_and(|named| named.is_ambiguous) {
            true => unified(values.collect()),
            false => values.collect(),
        }
    }

    /// Returns the counter of an attribute's values, which excludes the attribute's own filter.
    fn attribute_counter(&self, name: &str) -> impl Fn(u32) -> u64 {
        let is_own = |filter: &Filter| matches!(filter, Filter::Attribute { name: own, .. } if same_value(own, name));
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

pub(crate) mod counting;
pub(crate) mod value_search;
