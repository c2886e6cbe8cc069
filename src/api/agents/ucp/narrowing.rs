//! Filters applied to products that were looked up.

use souk_domain::{BuyBox, Filters, VariantDocument, same_value};
use souk_store::{ProductRecord, VariantRecord};

use super::categories::Categories;

/// Filters on records.
#[derive(Debug)]
pub(crate) struct Narrowing {
    filters: Filters,
    categories: Categories,
    is_impossible: bool,
}

impl Narrowing {
    /// Creates them; categories are needed if some are filtered by.
    pub(crate) fn new(filters: Filters, categories: Categories, is_impossible: bool) -> Self {
        Self {
            filters,
            categories,
            is_impossible,
        }
    }

    /// Leaves the variants that pass, and reports whether there are any.
    pub(crate) fn narrow(&self, record: &mut ProductRecord) -> bool {
        if self.is_impossible || !self.has_place(record) {
            return false;
        }
        let whole = record.clone();
        record
            .variants
            .retain(|variant| self.passes_variant(&whole, variant));
        !record.variants.is_empty()
    }

    fn has_place(&self, record: &ProductRecord) -> bool {
        let filters = &self.filters;
        let mut categories = record.category.iter().chain(&record.further_categories);
        let mut fandoms = record.fandom.iter().chain(&record.further_fandoms);
        let is_of = |brand: &String| {
            let own = record.brand.as_deref();
            own.is_some_and(|own| same_value(own, brand))
        };
        let has_category = filters.category.is_empty()
            || categories.any(|own| self.categories.is_within(&own.slug, &filters.category));
        let has_fandom =
            filters.fandom.is_empty() || fandoms.any(|own| filters.fandom.contains(&own.slug));
        let has_brand = filters.brand.is_empty() || filters.brand.iter().any(is_of);
        let has_rating = filters
            .rating_min
            .is_none_or(|least| record.rating.is_some_and(|rating| rating >= least));
        has_category && has_fandom && has_brand && has_rating
    }

    fn passes_variant(&self, record: &ProductRecord, variant: &VariantRecord) -> bool {
        let filters = &self.filters;
        let offers = record.open_offers(variant);
        let is_sold_by = |offer: &VariantDocument| {
            let seller = offer.seller.as_ref().unwrap_or(&record.seller);
            filters.seller.is_empty() || filters.seller.contains(&seller.slug)
        };
        let passes = |offer: &VariantDocument| {
            let in_range = filters.price.is_none_or(|price| {
                price.min.is_none_or(|min| offer.price >= min)
                    && price.max.is_none_or(|max| offer.price <= max)
            });
            in_range
                && filters
                    .in_stock
                    .is_none_or(|wanted| offer.available == wanted)
        };
        // The terms that are shown are those of the leading offer.
        let Some(leading) = BuyBox::of(&offers) else {
            return false;
        };
        passes(leading.leading())
            && offers.iter().any(is_sold_by)
            && self.has_attributes(record, variant)
    }

    fn has_attributes(&self, record: &ProductRecord, variant: &VariantRecord) -> bool {
        self.filters.attributes.iter().all(|(name, wanted)| {
            let is_wanted = |value: &String| wanted.iter().any(|it| same_value(it, value));
            let options = variant.options.iter();
            let mut options = options.filter(|(own, _)| same_value(own, name));
            let attributes = record.attributes.iter();
            let mut attributes = attributes.filter(|(own, _)| same_value(own, name));
            options.any(|(_, value)| is_wanted(value))
                || attributes.any(|(_, values)| values.iter().any(is_wanted))
        })
    }
}
