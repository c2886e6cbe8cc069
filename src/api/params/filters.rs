//! Filter parameters of searches.

use std::collections::BTreeSet;

use souk_domain::{AttributeFilter, Filters, PriceFilter};

use super::{AttributeChoice, BrandName, Flag, Many, MinorUnits, RatingLimit, SlugText};

/// The filters that all searches share, as they came in.
#[derive(Default)]
pub struct FilterParams {
    /// Category slugs.
    pub category: Many<SlugText>,
    /// Fandom slugs.
    pub fandom: Many<SlugText>,
    /// Brands.
    pub brand: Many<BrandName>,
    /// Seller slugs.
    pub seller: Many<SlugText>,
    /// Lowest price.
    pub price_min: Option<MinorUnits>,
    /// Highest price.
    pub price_max: Option<MinorUnits>,
    /// Lowest rating.
    pub rating_min: Option<RatingLimit>,
    /// In stock or not.
    pub in_stock: Option<Flag>,
    /// Attribute values.
    pub attr: Many<AttributeChoice>,
}

impl From<FilterParams> for Filters {
    fn from(given: FilterParams) -> Self {
        let (min, max) = (
            given.price_min.map(|price| price.0),
            given.price_max.map(|price| price.0),
        );
        let priced = min.is_some() || max.is_some();
        Self {
            category: slugs(given.category),
            fandom: slugs(given.fandom),
            brand: given.brand.0.into_iter().map(|brand| brand.0).collect(),
            seller: slugs(given.seller),
            price: priced.then_some(PriceFilter { min, max }),
            rating_min: given.rating_min.map(|rating| rating.0),
            in_stock: given.in_stock.map(|flag| flag.0),
            attributes: attributes(given.attr),
        }
    }
}

fn slugs(given: Many<SlugText>) -> BTreeSet<String> {
    given.0.into_iter().map(|slug| slug.0).collect()
}

fn attributes(given: Many<AttributeChoice>) -> AttributeFilter {
    let mut filter = AttributeFilter::new();
    for AttributeChoice((name, value)) in given.0 {
        filter.entry(name).or_default().insert(value);
    }
    filter
}
