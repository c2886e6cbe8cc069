//! Changes one product by a patch. It is read, merged and written under one lock, so that of two patches at the same
//! time neither undoes the other.

use souk_domain::{ProductId, ProductPatch};

use super::{ProductKey, ProductRecord, Products, begun_anew};
use crate::StoreError;

impl Products {
    /// Changes what the patch names of a product, if it still is what `if_match` says.
    ///
    /// # Errors
    /// If there is none, it was changed since, the result is no good, or its external id or slug is taken.
    #[tracing::instrument(name = "patch_product", skip_all)]
    pub async fn patch(
        &self,
        id: ProductId,
        patch: ProductPatch,
        if_match: Option<&str>,
    ) -> Result<ProductRecord, StoreError> {
        begun_anew(|_| self.patch_once(id, patch.clone(), if_match)).await?
    }

    /// The inner error is what cannot become better with another attempt.
    async fn patch_once(
        &self,
        id: ProductId,
        patch: ProductPatch,
        if_match: Option<&str>,
    ) -> Result<Result<ProductRecord, StoreError>, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let current = self.check_current(&transaction, id, if_match).await?;
        let product = match patch.applied_to(current.into()) {
            Ok(product) => product,
            Err(invalid) => return Ok(Err(invalid.into())),
        };
        if let Err(refused) = self.write(&transaction, Some(id), product).await? {
            return Ok(Err(refused));
        }
        let record = self.read(&transaction, &ProductKey::Id(id)).await?;
        transaction.commit().await?;
        Ok(record.ok_or(StoreError::NotFound("product")))
    }
}
