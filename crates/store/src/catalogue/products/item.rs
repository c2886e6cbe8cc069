//! Products of a batch: whole ones, and changes that are merged with what is stored.

use souk_domain::{Currency, InvalidField, PatchedProduct, ProductInput, ProductPatch};

use super::record::ProductRecord;

/// Product of a batch, found again by its external id among those of its seller.
#[derive(Debug, Clone)]
pub enum ProductWrite {
    /// Replaces the product, or adds it.
    Replace(ProductInput),
    /// Changes what the patch names, or adds the product if the patch has all that a new one needs.
    Merge {
        /// Change, with the external id.
        patch: ProductPatch,
        /// Currency of a new product's prices if the patch names none.
        currency: Currency,
    },
}

/// Product of a batch that was checked as far as that can be done before it is known what is stored.
#[derive(Clone)]
pub(super) enum Item {
    Whole(ProductInput),
    Patch {
        external_id: String,
        patch: ProductPatch,
        currency: Currency,
    },
}

impl ProductWrite {
    pub(super) fn checked(self) -> Result<Item, InvalidField> {
        match self {
            Self::Replace(input) => Ok(Item::Whole(input.validated()?)),
            Self::Merge { patch, currency } => Ok(Item::Patch {
                external_id: patch.key()?,
                patch,
                currency,
            }),
        }
    }
}

impl Item {
    pub(super) fn external_id(&self) -> &str {
        match self {
            Self::Whole(input) => &input.external_id,
            Self::Patch { external_id, .. } => external_id,
        }
    }

    /// Slug of the seller that it names.
    pub(super) fn seller(&self) -> Option<&str> {
        match self {
            Self::Whole(input) => input.seller.as_deref(),
            Self::Patch { patch, .. } => patch.seller.as_deref(),
        }
    }

    pub(super) fn is_patch(&self) -> bool {
        matches!(self, Self::Patch { .. })
    }

    /// Returns the product to be written; `stored` is the record to be merged with.
    pub(super) fn into_product(
        self,
        stored: Option<ProductRecord>,
    ) -> Result<PatchedProduct, InvalidField> {
        match (self, stored) {
            (Self::Whole(input), _) => Ok(input.into()),
            (Self::Patch { patch, .. }, Some(stored)) => patch.applied_to(stored.into()),
            (
                Self::Patch {
                    patch, currency, ..
                },
                None,
            ) => Ok(patch.into_input(currency)?.into()),
        }
    }
}
