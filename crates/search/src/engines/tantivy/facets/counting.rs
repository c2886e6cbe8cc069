//! Counters of all facets, filled in one pass over the matching documents.

use std::collections::BTreeSet;

use souk_domain::FacetName;

use crate::engines::tantivy::index::dictionary::Dictionary;
use crate::engines::tantivy::index::row::{RATING_LEVELS, Row};
use crate::engines::tantivy::index::variants::{
    Mask, Offers, OptionAttribute, PRICE_STEPS, Variants,
};
use crate::engines::tantivy::query::filters::Filter;
use crate::engines::tantivy::query::passing::Passed;

/// Set of facets to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Wanted {
    category: bool,
    fandom: bool,
    brand: bool,
    seller: bool,
    price: bool,
    rating: bool,
    availability: bool,
    attributes: bool,
}

impl Wanted {
    pub(crate) fn of(facets: &BTreeSet<FacetName>) -> Self {
        let wants = |facet| facets.contains(&facet);
        Self {
            category: wants(FacetName::Category),
            fandom: wants(FacetName::Fandom),
            brand: wants(FacetName::Brand),
            seller: wants(FacetName::Seller),
            price: wants(FacetName::Price),
            rating: wants(FacetName::Rating),
            availability: wants(FacetName::Availability),
            attributes: wants(FacetName::Attributes),
        }
    }

    /// Returns true if any facet is counted.
    pub(crate) fn is_any(self) -> bool {
        self != Self::default()
    }
}

/// Number of products per facet value, indexed by the value's number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// Number of products in the result.
    pub(crate) total: u64,
    /// By set of categories.
    pub(crate) categories: Vec<u32>,
    /// By set of fandoms.
    pub(crate) fandoms: Vec<u32>,
    pub(crate) brands: Vec<u32>,
    /// By set of sellers.
    pub(crate) sellers: Vec<u32>,
    /// By single seller, of products with several of whom only some count.
    pub(crate) shared_sellers: Vec<u32>,
    pub(crate) attributes: Vec<u32>,
    /// Counts of the values that only one filter excludes, for each filter on an attribute by its index.
    pub(crate) missed_attributes: Vec<(usize, Vec<u32>)>,
    pub(crate) prices: [u32; PRICE_STEPS],
    pub(crate) price_bounds: Option<(i64, i64)>,
    pub(crate) ratings: [u32; RATING_LEVELS],
    pub(crate) in_stock: u32,
    pub(crate) out_of_stock: u32,
}

impl Counts {
    /// Creates zeroed counters for the wanted facets.
    pub(crate) fn new(wanted: Wanted, filters: &[Filter], dictionary: &Dictionary) -> Self {
        let zeros = |wanted: bool, length: usize| vec![0; if wanted { length } else { 0 }];
        let attributes = dictionary.attributes.len();
        let on_attribute = |(index, filter): (usize, &Filter)| {
            (wanted.attributes && filter.facet() == FacetName::Attributes)
                .then(|| (index, vec![0; attributes]))
        };
        Self {
            categories: zeros(wanted.category, dictionary.categories.sets()),
            fandoms: zeros(wanted.fandom, dictionary.fandoms.sets()),
            brands: zeros(wanted.brand, dictionary.brands.len()),
            sellers: zeros(wanted.seller, dictionary.sellers.sets()),
            shared_sellers: zeros(wanted.seller, dictionary.sellers.nodes.len()),
            attributes: zeros(wanted.attributes, attributes),
            missed_attributes: filters
                .iter()
                .enumerate()
                .filter_map(on_attribute)
                .collect(),
            ..Self::default()
        }
    }

    /// Counts a product of the result for all facets.
    #[inline]
    pub(crate) fn add(&mut self, wanted: Wanted, row: &Row<'_>) {
        self.add_traits(wanted, row);
        if wanted.price {
            self.add_prices(&row.offers());
        }
        if wanted.availability {
            self.add_availability(&row.offers());
        }
        if wanted.attributes {
            for &value in row.attributes() {
                self.attributes[value as usize] += 1;
            }
        }
    }

    /// Counts a product of the result for the facets that do not depend on variants.
    #[inline]
    fn add_traits(&mut self, wanted: Wanted, row: &Row<'_>) {
        self.total += 1;
        if wanted.category {
            self.categories[row.category as usize] += 1;
        }
        if wanted.fandom {
            self.fandoms[row.fandom as usize] += 1;
        }
        if wanted.brand {
            self.brands[row.brand as usize] += 1;
        }
        if wanted.seller {
            self.sellers[row.seller as usize] += 1;
        }
        if wanted.rating {
            self.ratings[row.rating_level()] += 1;
        }
    }

    /// Subtracts a product from the counts of all facets. Clears the price bounds if a price of it was one of them;
    /// callers then recompute them with [`widen_price_bounds`](Self::widen_price_bounds).
    pub(crate) fn remove(&mut self, row: &Row<'_>) {
        self.total -= 1;
        self.categories[row.category as usize] -= 1;
        self.fandoms[row.fandom as usize] -= 1;
        self.brands[row.brand as usize] -= 1;
        self.sellers[row.seller as usize] -= 1;
        self.ratings[row.rating_level()] -= 1;
        let offers = row.offers();
        each_step(&offers, |step| self.prices[step] -= 1);
        self.in_stock -= u32::from(offers.in_stock);
        self.out_of_stock -= u32::from(offers.out_of_stock);
        for &value in row.attributes() {
            self.attributes[value as usize] -= 1;
        }
        self.price_bounds = self
            .price_bounds
            .filter(|&(lowest, highest)| lowest < offers.lowest && offers.highest < highest);
    }

    /// Counts a product that only one filter excludes, for that filter's own facet.
    #[inline]
    pub(crate) fn add_missed(
        &mut self,
        wanted: Wanted,
        (index, filter): (usize, &Filter),
        row: &Row<'_>,
    ) {
        match filter.facet() {
            FacetName::Category if wanted.category => self.categories[row.category as usize] += 1,
            FacetName::Fandom if wanted.fandom => self.fandoms[row.fandom as usize] += 1,
            FacetName::Brand if wanted.brand => self.brands[row.brand as usize] += 1,
            FacetName::Seller if wanted.seller => self.sellers[row.seller as usize] += 1,
            FacetName::Price if wanted.price => self.add_prices(&row.offers()),
            FacetName::Rating if wanted.rating => self.ratings[row.rating_level()] += 1,
            FacetName::Availability if wanted.availability => {
                self.add_availability(&row.offers());
            }
            FacetName::Attributes => {
                if let Some(counts) = self.missed(index) {
                    for &value in row.attributes() {
                        counts[value as usize] += 1;
                    }
                }
            }
            _ => {}
        }
    }

    /// Counts a product by those of its variants that pass all filters, and for the facets of the filters by those that
    /// pass all others.
    pub(crate) fn add_passed<const N: usize>(
        &mut self,
        wanted: Wanted,
        filters: &[Filter],
        (row, variants): (&Row<'_>, &Variants<'_, N>),
        passed: Passed<'_, N>,
    ) {
        let all = passed.all;
        let is_found = !all.is_empty();
        let is_shared = !variants.sellers().is_empty();
        if is_found {
            let seller = wanted.seller && !is_shared;
            self.add_traits(Wanted { seller, ..wanted }, row);
        }
        if wanted.attributes && is_found {
            add_common(&mut self.attributes, row);
            for attribute in variants.attributes() {
                add_options(
                    &mut self.attributes,
                    (row, variants),
                    &attribute,
                    &all,
                    &Mask::EMPTY,
                );
            }
        }
        let (mut priced, mut stocked, mut sold) = (all, all, all);
        for &(index, but_one) in passed.but_one {
            let filter = &filters[index];
            match filter {
                Filter::Price(_) => priced = but_one,
                Filter::InStock(_) => stocked = but_one,
                Filter::Seller { .. } if is_shared => sold = but_one,
                _ if but_one.is_empty() => {}
                Filter::Attribute { repeats, .. } => {
                    let Some(counts) = self.missed(index) else {
                        continue;
                    };
                    if !is_found {
                        add_common(counts, row);
                    }
                    let mut attributes = variants.attributes();
                    let own = attributes.find(|own| repeats.contains(&own.repeats));
                    if let Some(own) = own {
                        add_options(counts, (row, variants), &own, &but_one, &all);
                    }
                }
                _ => self.add_missed(wanted, (index, filter), row),
            }
        }
        if wanted.price && !priced.is_empty() {
            self.add_prices(&variants.offers(&priced));
        }
        if wanted.availability {
            self.add_availability(&variants.offers(&stocked));
        }
        if wanted.seller {
            for (place, &seller) in variants.sellers().iter().enumerate() {
                // A seller may be newer than the counters.
                if variants.sold_by(place).meets(&sold)
                    && let Some(count) = self.shared_sellers.get_mut(seller as usize)
                {
                    *count += 1;
                }
            }
        }
    }

    /// Returns the counts of the values that only one filter excludes, if it is one on an attribute.
    fn missed(&mut self, filter: usize) -> Option<&mut Vec<u32>> {
        let missed = &mut self.missed_attributes;
        let missed = missed.iter_mut().find(|(of, _)| *of == filter);
        missed.map(|(_, counts)| counts)
    }

    /// Copies the counts of a category, fandom, brand or seller facet from others.
    pub(crate) fn take(&mut self, facet: FacetName, others: &Self) {
        match facet {
            FacetName::Category => self.categories.clone_from(&others.categories),
            FacetName::Fandom => self.fandoms.clone_from(&others.fandoms),
            FacetName::Brand => self.brands.clone_from(&others.brands),
            FacetName::Seller => {
                self.sellers.clone_from(&others.sellers);
                self.shared_sellers.clone_from(&others.shared_sellers);
            }
            FacetName::Price
            | FacetName::Rating
            | FacetName::Availability
            | FacetName::Attributes => {}
        }
    }

    fn add_prices(&mut self, offers: &Offers) {
        each_step(offers, |step| self.prices[step] += 1);
        self.price_bounds = Some(widened(self.price_bounds, offers));
    }

    /// Widens the price bounds to include the prices of a product.
    pub(crate) fn widen_price_bounds(&mut self, row: &Row<'_>) {
        self.price_bounds = Some(widened(self.price_bounds, &row.offers()));
    }

    fn add_availability(&mut self, offers: &Offers) {
        self.in_stock += u32::from(offers.in_stock);
        self.out_of_stock += u32::from(offers.out_of_stock);
    }
}

fn each_step(offers: &Offers, mut count: impl FnMut(usize)) {
    let mut steps = offers.steps;
    while steps != 0 {
        count(steps.trailing_zeros() as usize);
        steps &= steps - 1;
    }
}

fn widened(bounds: Option<(i64, i64)>, offers: &Offers) -> (i64, i64) {
    let (lowest, highest) = bounds.unwrap_or((offers.lowest, offers.highest));
    (lowest.min(offers.lowest), highest.max(offers.highest))
}

/// Counts the attribute values that all variants of a product have.
fn add_common(counts: &mut [u32], row: &Row<'_>) {
    let (common, _) = row.split_attributes();
    for &value in common {
        counts[value as usize] += 1;
    }
}

/// Counts the option values that variants have of an attribute, without those that others have, which are counted already.
#[inline(always)]
fn add_options<const N: usize>(
    counts: &mut [u32],
    (row, variants): (&Row<'_>, &Variants<'_, N>),
    attribute: &OptionAttribute,
    passing: &Mask<N>,
    counted: &Mask<N>,
) {
    let (_, values) = row.split_attributes();
    let (mut before, mut added) = (0, 0);
    for place in attribute.values.clone() {
        let mask = variants.value(place);
        let is_counted = mask.meets(counted);
        let is_new = !is_counted & mask.meets(passing);
        counts[values[place] as usize] += u32::from(is_new);
        before += u32::from(is_counted);
        added += u32::from(is_new);
    }
    let repeats = |values: u32| match attribute.has_common {
        true => values,
        false => values.saturating_sub(1),
    };
    counts[attribute.repeats as usize] += repeats(before + added) - repeats(before);
}
