//! Prices and stocks as admins send them.

use poem_openapi::Object;
use serde::Deserialize;
use souk_domain::{InvalidField, VariantUpdate};

use crate::api::{admin::check_entries, merge_patch::not_null};

/// Most variants of a batch.
const MAX_BATCH: usize = 5_000;

/// Variants whose price or stock changes.
#[derive(Debug, Object, Deserialize)]
pub struct VariantBatchBody {
    /// Up to 5,000.
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub variants: Vec<VariantUpdateBody>,
}

/// New price or stock of a variant, or both.
#[derive(Debug, Object, Deserialize)]
pub struct VariantUpdateBody {
    /// Stock keeping unit of the variant.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub sku: String,
    /// External id of its product; needed where several products have the SKU.
    #[oai(
        nullable,
        validator(
            min_length = 1,
            max_length = 200,
            pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
        )
    )]
    pub external_id: Option<String>,
    /// Slug of the product's seller; needed where several sellers have the external id, and only with it.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub seller: Option<String>,
    /// Slug of the seller whose offer of the variant changes, if it is not the product's own.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub offered_by: Option<String>,
    /// Price that is charged, in a sale or always, in minor units of the product's currency; unchanged if not given. A list
    /// price that is not above it goes, and the dates of the sale with it.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    #[serde(default, deserialize_with = "not_null")]
    pub price: Option<i64>,
    /// Units in stock; unchanged if not given.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000")))]
    #[serde(default, deserialize_with = "not_null")]
    pub stock: Option<i64>,
}

impl VariantBatchBody {
    /// As the domain takes them.
    ///
    /// # Errors
    /// If there are too many or none.
    pub fn into_updates(self) -> Result<Vec<VariantUpdate>, InvalidField> {
        check_entries("variants", self.variants.len(), MAX_BATCH)?;
        Ok(self.variants.into_iter().map(VariantUpdate::from).collect())
    }
}

impl From<VariantUpdateBody> for VariantUpdate {
    fn from(body: VariantUpdateBody) -> Self {
        Self {
            sku: body.sku,
            external_id: body.external_id,
            seller: body.seller,
            offered_by: body.offered_by,
            price: body.price,
            stock: body.stock,
        }
    }
}
