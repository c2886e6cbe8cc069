//! What admins see: the shape they send, so that it can be read, changed and sent back.

use std::collections::BTreeMap;

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_domain::{InvalidField, Label};
use souk_store::{ProductRecord, Upserted, VariantRecord};

use super::{offer_body::StockPolicyBody, request::StatusBody};
use crate::api::{
    admin::next_id,
    views::{ConditionName, ImageView, Timestamp},
};

/// A product as admins see it.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminProduct {
    /// The product.
    pub id: i64,
    /// Your own id.
    pub external_id: String,
    /// URL slug.
    pub slug: String,
    /// Name, as displayed.
    pub title: String,
    /// Plain text.
    pub description: String,
    /// Brand, as displayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Status: visibility to shoppers.
    pub status: StatusBody,
    /// Slug of its main category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Slugs of further categories.
    pub further_categories: Vec<String>,
    /// Slug of its leading fandom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fandom: Option<String>,
    /// Slugs of further fandoms.
    pub further_fandoms: Vec<String>,
    /// Slug of its seller.
    pub seller: String,
    /// Values by name.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Free keywords.
    pub tags: Vec<String>,
    /// Images, the main one first.
    pub images: Vec<ImageView>,
    /// Currency of all its prices.
    pub currency: String,
    /// Variants.
    pub variants: Vec<AdminVariant>,
    /// Lowest price that was charged for the cheapest variant in the 30 days before it was reduced, in minor units; absent
    /// if it is not reduced, or was never charged before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_price_30d: Option<i64>,
    /// Mean rating; absent while nobody has rated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<f64>,
    /// Number of ratings.
    pub rating_count: u32,
    /// Popularity score without unit.
    pub popularity: i64,
    /// Creation time.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// A variant as admins see it.
#[derive(Debug, Clone, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminVariant {
    /// The variant.
    pub id: i64,
    /// Stock keeping unit (SKU).
    pub sku: String,
    /// Global trade item number (GTIN).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// Option values that tell the variant apart.
    pub options: BTreeMap<String, String>,
    /// Price that is charged, in a sale or always, in minor units of the product's currency.
    pub price: i64,
    /// Regular price in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_price: Option<i64>,
    /// Start of the sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale_from: Option<Timestamp>,
    /// End of the sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale_until: Option<Timestamp>,
    /// Price charged now, in minor units.
    pub current_price: i64,
    /// Lowest price that was charged in the 30 days before it was reduced, in minor units; absent if it is not reduced, or
    /// was never charged before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_price_30d: Option<i64>,
    /// Units in stock.
    pub stock: i64,
    /// Meaning of the stock.
    pub stock_policy: StockPolicyBody,
    /// Condition of the goods.
    pub condition: ConditionName,
    /// Weight in grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<i64>,
    /// Length in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_mm: Option<i64>,
    /// Width in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_mm: Option<i64>,
    /// Height in millimetres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height_mm: Option<i64>,
}

/// A page of products.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminProducts {
    /// The products, by id.
    pub products: Vec<AdminProduct>,
    /// Give it as `after` for the next page; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<i64>,
}

/// Outcome of a batch.
#[derive(Debug, Object, Serialize)]
pub struct BatchResults {
    /// Outcomes per product, in the order sent.
    pub results: Vec<BatchResult>,
    /// Number of rejected products.
    pub rejected: u64,
}

/// Outcome of one product of a batch.
#[derive(Debug, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct BatchResult {
    /// Outcome.
    pub outcome: BatchOutcome,
    /// The product, if it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The field at fault, if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Error message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Outcome of one product of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum BatchOutcome {
    /// Created.
    Created,
    /// Updated.
    Updated,
    /// Unchanged.
    Unchanged,
    /// Rejected.
    Rejected,
}

impl AdminProducts {
    /// A page of at most `limit`.
    pub fn new(records: Vec<ProductRecord>, limit: u32) -> Self {
        let products: Vec<AdminProduct> = records.into_iter().map(AdminProduct::from).collect();
        Self {
            next_after: next_id(&products, limit, |product| product.id),
            products,
        }
    }
}

impl BatchResults {
    /// Outcomes per product.
    pub fn new(outcomes: Vec<Result<Upserted, InvalidField>>) -> Self {
        let results: Vec<BatchResult> = outcomes.into_iter().map(BatchResult::from).collect();
        let rejected = |result: &&BatchResult| result.outcome == BatchOutcome::Rejected;
        Self {
            rejected: results.iter().filter(rejected).count() as u64,
            results,
        }
    }
}

impl From<Result<Upserted, InvalidField>> for BatchResult {
    fn from(outcome: Result<Upserted, InvalidField>) -> Self {
        match outcome {
            Ok(upserted) => Self {
                outcome: match (upserted.created, upserted.changed) {
                    (true, _) => BatchOutcome::Created,
                    (false, true) => BatchOutcome::Updated,
                    (false, false) => BatchOutcome::Unchanged,
                },
                id: Some(upserted.id.0),
                field: None,
                message: None,
            },
            Err(invalid) => Self {
                outcome: BatchOutcome::Rejected,
                id: None,
                field: Some(invalid.field.into_owned()),
                message: Some(invalid.message),
            },
        }
    }
}

impl From<ProductRecord> for AdminProduct {
    fn from(record: ProductRecord) -> Self {
        Self {
            id: record.id.0,
            external_id: record.external_id,
            slug: record.slug,
            title: record.title,
            description: record.description,
            brand: record.brand,
            status: record.status.into(),
            category: record.category.map(|category| category.slug),
            further_categories: slugs(record.further_categories),
            fandom: record.fandom.map(|fandom| fandom.slug),
            further_fandoms: slugs(record.further_fandoms),
            seller: record.seller.slug,
            attributes: record.attributes,
            tags: record.tags,
            images: record.images.into_iter().map(ImageView::from).collect(),
            currency: record.currency.code().to_owned(),
            variants: record
                .variants
                .into_iter()
                .map(AdminVariant::from)
                .collect(),
            lowest_price_30d: record.lowest_price_30d,
            rating: record.rating.map(f64::from),
            rating_count: record.rating_count,
            popularity: record.popularity,
            created_at: Timestamp::from_ms(record.created_at_ms),
            updated_at: Timestamp::from_ms(record.updated_at_ms),
        }
    }
}

fn slugs(labels: Vec<Label>) -> Vec<String> {
    labels.into_iter().map(|label| label.slug).collect()
}

impl From<VariantRecord> for AdminVariant {
    fn from(record: VariantRecord) -> Self {
        Self {
            id: record.id.0,
            sku: record.sku,
            gtin: record.gtin,
            options: record.options,
            price: record.prices.price,
            list_price: record.prices.list_price,
            sale_from: record.prices.sale_from_ms.map(Timestamp::from_ms),
            sale_until: record.prices.sale_until_ms.map(Timestamp::from_ms),
            current_price: record.current_price,
            lowest_price_30d: record.lowest_price_30d,
            stock: record.stock,
            stock_policy: record.stock_policy.into(),
            condition: record.condition.into(),
            weight_g: record.measures.weight_g,
            length_mm: record.measures.length_mm,
            width_mm: record.measures.width_mm,
            height_mm: record.measures.height_mm,
        }
    }
}
