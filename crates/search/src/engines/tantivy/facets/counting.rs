//! Counters of all facets, filled in one pass over the matching documents.

use std::collections::BTreeSet;

use souk_domain::FacetName;

use crate::engines::tantivy::index::dictionary::Dictionary;
use crate::engines::tantivy::index::row::{PRICE_BUCKETS, RATING_LEVELS, Row};
use crate::engines::tantivy::query::filters::Filter;

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
    pub(crate) sellers: Vec<u32>,
    pub(crate) attributes: Vec<u32>,
    /// Counts of the products that only one filter excludes, for each filter on an attribute by its index.
    pub(crate) missed_attributes: Vec<(usize, Vec<u32>)>,
    pub(crate) prices: [u32; PRICE_BUCKETS],
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
            sellers: zeros(wanted.seller, dictionary.sellers.len()),
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
        if wanted.price {
            self.add_price(row);
        }
        if wanted.rating {
            self.ratings[row.rating_level()] += 1;
        }
        if wanted.availability {
            self.add_availability(row);
        }
        if wanted.attributes {
            for &value in row.attributes {
                self.attributes[value as usize] += 1;
            }
        }
    }

    /// Subtracts a product from the counts of all facets. Clears the price bounds if its price was one of them; callers
    /// then recompute them with [`widen_price_bounds`](Self::widen_price_bounds).
    pub(crate) fn remove(&mut self, row: &Row<'_>) {
        self.total -= 1;
        self.categories[row.category as usize] -= 1;
        self.fandoms[row.fandom as usize] -= 1;
        self.brands[row.brand as usize] -= 1;
        self.sellers[row.seller as usize] -= 1;
        self.prices[row.price_bucket()] -= 1;
        self.ratings[row.rating_level()] -= 1;
        if row.in_stock() {
            self.in_stock -= 1;
        } else {
            self.out_of_stock -= 1;
        }
        for &value in row.attributes {
            self.attributes[value as usize] -= 1;
        }
        let price = row.price();
        self.price_bounds = self
            .price_bounds
            .filter(|&(lowest, highest)| lowest < price && price < highest);
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
            FacetName::Price if wanted.price => self.add_price(row),
            FacetName::Rating if wanted.rating => self.ratings[row.rating_level()] += 1,
            FacetName::Availability if wanted.availability => self.add_availability(row),
            FacetName::Attributes => {
                let missed = &mut self.missed_attributes;
                if let Some((_, counts)) = missed.iter_mut().find(|(of, _)| *of == index) {
                    for &value in row.attributes {
                        counts[value as usize] += 1;
                    }
                }
            }
            _ => {}
        }
    }

    /// Copies the counts of a category, fandom, brand or seller facet from others.
    pub(crate) fn take(&mut self, facet: FacetName, others: &Self) {
        match facet {
            FacetName::Category => self.categories.clone_from(&others.categories),
            FacetName::Fandom => self.fandoms.clone_from(&others.fandoms),
            FacetName::Brand => self.brands.clone_from(&others.brands),
            FacetName::Seller => self.sellers.clone_from(&others.sellers),
            FacetName::Price
            | FacetName::Rating
            | FacetName::Availability
            | FacetName::Attributes => {}
        }
    }

    fn add_price(&mut self, row: &Row<'_>) {
        self.prices[row.price_bucket()] += 1;
        self.widen_price_bounds(row);
    }

    /// Widens the price bounds to include a product's price.
    pub(crate) fn widen_price_bounds(&mut self, row: &Row<'_>) {
        let price = row.price();
        self.price_bounds = Some(match self.price_bounds {
            Some((lowest, highest)) => (lowest.min(price), highest.max(price)),
            None => (price, price),
        });
    }

    fn add_availability(&mut self, row: &Row<'_>) {
        if row.in_stock() {
            self.in_stock += 1;
        } else {
            self.out_of_stock += 1;
        }
    }
}
