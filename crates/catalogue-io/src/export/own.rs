//! Souk's own form of a product, which an import reads back without a change.

use serde::Serialize;
use souk_domain::{Label, ProductInput, RatingTotals, SellerOffer};
use souk_store::ProductRecord;

use super::pages::CategoryPaths;

/// A product with the names of what it refers to, so that another installation can create them.
#[derive(Debug, Serialize)]
pub(super) struct Exported {
    #[serde(flatten)]
    pub product: ProductInput,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category_path: Vec<Label>,
    /// Each from the root.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further_category_paths: Vec<Vec<Label>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fandom_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further_fandom_labels: Vec<Label>,
    pub seller_name: String,
    /// Sellers of further offers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further_seller_labels: Vec<Label>,
}

/// Makes the exported form of a product.
pub(super) fn exported(record: ProductRecord, paths: &CategoryPaths) -> Exported {
    let category_path = paths.of_product(&record).to_vec();
    let further_category_paths = record
        .further_categories
        .iter()
        .map(|category| paths.of_slug(&category.slug).to_vec())
        .collect();
    let fandom_name = record.fandom.as_ref().map(|fandom| fandom.name.clone());
    let further_fandom_labels = record.further_fandoms.clone();
    let seller = record.seller.clone();
    let ratings = RatingTotals {
        count: record.rating_count,
        sum: record.rating_sum,
    };
    let (popularity, created_at_ms) = (record.popularity, record.created_at_ms);
    let mut further_seller_labels: Vec<Label> = record
        .variants
        .iter()
        .flat_map(|variant| &variant.offers)
        .map(|offer| offer.seller.clone())
        .collect();
    further_seller_labels.sort_unstable();
    further_seller_labels.dedup();
    let offers: Vec<Vec<SellerOffer>> = record
        .variants
        .iter()
        .map(|variant| {
            variant
                .offers
                .iter()
                .cloned()
                .map(SellerOffer::from)
                .collect()
        })
        .collect();
    let mut product = ProductInput {
        seller: Some(seller.slug),
        ratings: Some(ratings),
        popularity: Some(popularity),
        created_at_ms: Some(created_at_ms),
        ..ProductInput::from(record)
    };
    for (variant, offers) in product.variants.iter_mut().zip(offers) {
        variant.offers = Some(offers).filter(|offers| !offers.is_empty());
    }
    Exported {
        product,
        category_path,
        further_category_paths,
        fandom_name,
        further_fandom_labels,
        seller_name: seller.name,
        further_seller_labels,
    }
}
