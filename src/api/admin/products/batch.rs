//! Products as admins send them in a batch: whole ones, and changes of those that exist.

use poem_openapi::{Enum, Object};
use serde::Deserialize;
use souk_domain::{Currency, ExternalKey, InvalidField, tidied};
use souk_store::{MissingReferences, ProductWrite};

use super::patch::ProductPatchBody;
use crate::{api::admin::check_entries, error::ApiError};

/// Most products of a batch.
const MAX_BATCH: usize = 1_000;

/// Products to be written in one go.
#[derive(Debug, Object, Deserialize)]
pub struct BatchBody {
    /// Up to 1,000, each with its `external_id`, and with its `seller` where several sellers have the id. A new product needs
    /// `title` and `variants`, an existing one only what changes.
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub products: Vec<ProductPatchBody>,
    /// Handling of a category, fandom or seller that does not exist.
    #[oai(default)]
    #[serde(default)]
    pub missing: MissingBody,
    /// Handling of a product that exists and is given whole: with `title`, and `variants` with their prices.
    #[oai(default)]
    #[serde(default)]
    pub existing: ExistingBody,
}

/// Handling of a product that exists and is given whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ExistingBody {
    /// Replace it: what is not given goes, variants included. Products that are not given whole are merged.
    #[default]
    Replace,
    /// Merge it like all others: what is not given stays.
    Merge,
}

/// Handling of a category, fandom or seller that does not exist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum MissingBody {
    /// Refuse the product.
    #[default]
    Refuse,
    /// Make it, named after its slug.
    Create,
}

impl BatchBody {
    /// Products by external id and the seller that they name, in the order sent. Prices are in `currency` where nothing
    /// else is said.
    ///
    /// # Errors
    /// If they are too many or none, one has no external id, or one cannot be read.
    pub fn into_writes(
        self,
        currency: Currency,
    ) -> Result<Vec<(ExternalKey, ProductWrite)>, ApiError> {
        check_entries("products", self.products.len(), MAX_BATCH)
            .map_err(ApiError::Unprocessable)?;
        let existing = self.existing;
        let products = self.products.into_iter().enumerate();
        let writes = products.map(|(index, body)| {
            let place = format!("products[{index}]");
            let Some(external_id) = body.external_id.clone() else {
                let invalid = InvalidField::new("external_id", "is required").within(&place);
                return Err(ApiError::MalformedBody(invalid));
            };
            let key = ExternalKey {
                seller: body.seller.value().cloned(),
                external_id: tidied(&external_id),
            };
            let write = write(body, existing, currency)
                .map_err(|invalid| ApiError::Unprocessable(invalid.within(&place)))?;
            Ok((key, write))
        });
        writes.collect()
    }
}

fn write(
    body: ProductPatchBody,
    existing: ExistingBody,
    currency: Currency,
) -> Result<ProductWrite, InvalidField> {
    let body = match existing {
        ExistingBody::Replace => body.into_whole(),
        ExistingBody::Merge => Err(body),
    };
    Ok(match body {
        Ok(whole) => ProductWrite::Replace(whole.into_input(currency)?),
        Err(part) => ProductWrite::Merge {
            patch: part.into_patch()?,
            currency,
        },
    })
}

impl From<MissingBody> for MissingReferences {
    fn from(body: MissingBody) -> Self {
        match body {
            MissingBody::Refuse => Self::Reject,
            MissingBody::Create => Self::Create,
        }
    }
}
