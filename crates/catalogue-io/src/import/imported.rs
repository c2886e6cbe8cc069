//! Products as a file gives them, with all that later models of the catalogue may keep.

use std::collections::BTreeMap;

use souk_domain::{Attributes, Condition, Label, Measures, Money, RatingTotals, SellerOffer};

/// A product with the variants, offers and images that a file names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Product {
    /// Line of its first row, from 1.
    pub line: u64,
    /// Length of its rows in the file.
    pub bytes: usize,
    /// Id within the file.
    pub id: String,
    pub slug: Option<String>,
    pub title: String,
    /// Plain text; none if the file is silent.
    pub description: Option<String>,
    pub brand: Option<String>,
    pub status: Option<Status>,
    /// Paths from the root, the main one first and empty if only further ones are given.
    pub categories: Vec<Vec<CategoryStep>>,
    pub tags: Vec<String>,
    pub fandom: Option<Reference>,
    pub further_fandoms: Vec<Reference>,
    pub seller: Option<Reference>,
    /// Sellers of further offers.
    pub further_sellers: Vec<Label>,
    pub images: Vec<Image>,
    pub attributes: Attributes,
    pub variants: Vec<Variant>,
    pub ratings: Option<RatingTotals>,
    pub popularity: Option<i64>,
    pub created_at_ms: Option<i64>,
    /// True if it was read from Souk's own export, which leaves nothing open.
    pub complete: bool,
}

/// A fandom or seller that a file names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reference {
    pub label: Label,
    /// True if the file gives the slug itself, and not a name that one was made of.
    pub by_slug: bool,
}

/// A variant with what it is sold for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Variant {
    /// Line of its row, from 1.
    pub line: u64,
    /// Stock keeping unit; may be missing or given twice.
    pub sku: Option<String>,
    pub gtin: Option<String>,
    pub options: BTreeMap<String, String>,
    pub offer: Offer,
    /// Offers of further sellers; none if the file is silent.
    pub further_offers: Option<Vec<SellerOffer>>,
    pub measures: Measures,
}

/// Price and stock of a variant.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Offer {
    /// Price outside of sales; none if the file has no amount.
    pub price: Option<Money>,
    /// True if the price is that of another variant's row.
    pub inherits: bool,
    /// Former or recommended price, above the price.
    pub list_price: Option<Money>,
    pub sale: Option<Sale>,
    /// None if the file is silent.
    pub stock: Option<Stock>,
    /// True if it is sold beyond its stock.
    pub backorder: bool,
    /// Condition of the goods; none if the file is silent.
    pub condition: Option<Condition>,
}

/// A lower price for some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sale {
    pub price: Money,
    /// First moment in milliseconds since 1970 UTC.
    pub from_ms: Option<i64>,
    /// Moment after the last one.
    pub to_ms: Option<i64>,
}

/// Stock of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stock {
    Units(i64),
    /// Sold without a count.
    Untracked,
}

/// Visibility as other systems know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Active,
    /// For sale to those who have the address.
    Unlisted,
    Hidden,
    Draft,
    Archived,
}

/// An image of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Image {
    pub address: String,
    pub alt: Option<String>,
    /// Indexes of the variants that it shows; empty for all.
    pub variants: Vec<usize>,
    /// Stock keeping units of the variants that it shows, where the file names those.
    pub skus: Vec<String>,
}

/// A category on the way from the root; one without a slug is found by its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CategoryStep {
    pub slug: Option<String>,
    pub name: String,
}

impl CategoryStep {
    pub(super) fn named(name: impl Into<String>) -> Self {
        Self {
            slug: None,
            name: name.into(),
        }
    }
}
