//! Souk's own form of a product, which an import reads back without a change.

use serde::Serialize;
use souk_domain::{Label, ProductInput, RatingTotals, VariantInput};
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
}

/// Makes the exported form of a product.
pub(super) fn exported(record: ProductRecord, paths: &CategoryPaths) -> Exported {
    let category_path = paths.of_product(&record).to_vec();
    let further_category_paths = record
        .further_categories
        .iter()
        .map(|category| paths.of_slug(&category.slug).to_vec())
        .collect();
    let category = record.category.map(|category| category.slug);
    let (fandom, fandom_name) = record
        .fandom
        .map(|fandom| (fandom.slug, fandom.name))
        .unzip();
    let variants = record
        .variants
        .into_iter()
        .map(|variant| VariantInput {
            sku: variant.sku,
            gtin: variant.gtin,
            options: variant.options,
            price: variant.prices.price,
            list_price: variant.prices.list_price,
            sale_from_ms: variant.prices.sale_from_ms,
            sale_until_ms: variant.prices.sale_until_ms,
            stock: variant.stock,
            stock_policy: variant.stock_policy,
        })
        .collect();
    let product = ProductInput {
        external_id: record.external_id,
        slug: Some(record.slug),
        title: record.title,
        description: record.description,
        brand: record.brand,
        status: record.status,
        category,
        further_categories: slugs(&record.further_categories),
        fandom,
        further_fandoms: slugs(&record.further_fandoms),
        seller: Some(record.seller.slug),
        attributes: record.attributes,
        tags: record.tags,
        images: record.images,
        currency: record.currency,
        variants,
        ratings: Some(RatingTotals {
            count: record.rating_count,
            sum: record.rating_sum,
        }),
        popularity: Some(record.popularity),
        created_at_ms: Some(record.created_at_ms),
    };
    Exported {
        product,
        category_path,
        further_category_paths,
        fandom_name,
        further_fandom_labels: record.further_fandoms,
        seller_name: record.seller.name,
    }
}

fn slugs(labels: &[Label]) -> Vec<String> {
    labels.iter().map(|label| label.slug.clone()).collect()
}
