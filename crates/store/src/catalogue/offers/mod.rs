//! Further sellers' offers of a product's variants.
//!
//! Each write locks the product first, as writes of whole products do, so that none of several sellers who change their
//! offers of one variant at the same time loses a change.

pub(crate) mod rows;
pub(crate) mod write;

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_domain::{
    InvalidField, MAX_OFFERS, OfferId, OfferInput, OfferPatch, ProductId, too_many_offers,
};

pub use rows::OfferRecord;

use self::{
    rows::offers_of,
    write::{NewOffer, OWN_SELLER, delete_offers, upsert_offers},
};
use super::products::rows::touch_products;
use crate::{
    Scope, StoreError,
    backend::{CountRow, all, first},
    etag,
};

/// Further sellers' offers of a tenant's products.
#[derive(Debug, Clone)]
pub struct Offers {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct LockedRow {
    seller_id: i64,
}

#[derive(FromQueryResult)]
struct KeyRow {
    id: i64,
    key: String,
}

impl Scope {
    /// Further sellers' offers of the tenant's products.
    pub fn offers(&self) -> Offers {
        Offers {
            scope: self.clone(),
        }
    }
}

impl Offers {
    /// Returns the further offers of a product, in the order of its variants and from the oldest on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of_product(&self, product: ProductId) -> Result<Vec<OfferRecord>, StoreError> {
        let connection = self.scope.store.connection();
        self.read(connection, product).await
    }

    /// Makes offers, or replaces those that the sellers have of the variants: all or none.
    ///
    /// # Errors
    /// If there is no such product, or an offer cannot be stored, such as `offers[2].seller`.
    pub async fn upsert(
        &self,
        product: ProductId,
        offers: Vec<OfferInput>,
    ) -> Result<Vec<OfferRecord>, StoreError> {
        let mut checked = Vec::with_capacity(offers.len());
        let mut keys = BTreeSet::new();
        for (place, offer) in offers.into_iter().enumerate() {
            let within = |invalid: InvalidField| invalid.within(&format!("offers[{place}]"));
            let offer = offer.validated().map_err(within)?;
            if !keys.insert((offer.sku.clone(), offer.offer.seller.clone())) {
                let twice = InvalidField::new("seller", "has an offer of this variant already");
                return Err(within(twice).into());
            }
            checked.push(offer);
        }
        let transaction = self.scope.store.begin().await?;
        let own_seller = self.lock(&transaction, product).await?;
        let variants = self.variants(&transaction, product).await?;
        let sellers = self.sellers(&transaction, &checked).await?;
        let mut rows = Vec::with_capacity(checked.len());
        for (place, OfferInput { sku, offer }) in checked.iter().enumerate() {
            let invalid = |field: &str, message: &str| {
                InvalidField::new(format!("offers[{place}].{field}"), message.to_owned())
            };
            if !variants.contains_key(sku) {
                return Err(invalid("sku", "is no variant of the product").into());
            }
            let seller = sellers.get(&offer.seller);
            let seller = *seller.ok_or_else(|| invalid("seller", "is unknown"))?;
            if seller == own_seller {
                return Err(invalid("seller", OWN_SELLER).into());
            }
            rows.push(NewOffer::new(product.0, sku, seller, offer));
        }
        upsert_offers(&self.scope, &transaction, &rows).await?;
        self.check_number(&transaction, product, variants.len())
            .await?;
        touch_products(&self.scope, &transaction, &[product.0]).await?;
        let records = self.read(&transaction, product).await?;
        transaction.commit().await?;
        Ok(records)
    }

    /// Changes what a patch names of an offer, if it still is in the state that `if_match` names.
    ///
    /// # Errors
    /// If there is no such offer of the product, it has been changed meanwhile, or a value cannot be stored.
    pub async fn patch(
        &self,
        (product, id): (ProductId, OfferId),
        patch: OfferPatch,
        if_match: Option<&str>,
    ) -> Result<OfferRecord, StoreError> {
        let transaction = self.scope.store.begin().await?;
        self.lock(&transaction, product).await?;
        let current = self.find(&transaction, product, id).await?;
        etag::check(if_match, &current.etag())?;
        let seller = current.seller_id;
        let offer = patch.applied(current.clone().into())?;
        let row = NewOffer::new(product.0, &current.sku, seller.0, &offer);
        upsert_offers(&self.scope, &transaction, &[row]).await?;
        touch_products(&self.scope, &transaction, &[product.0]).await?;
        let record = self.find(&transaction, product, id).await?;
        transaction.commit().await?;
        Ok(record)
    }

    /// Deletes an offer, if it still is in the state that `if_match` names.
    ///
    /// # Errors
    /// If there is no such offer of the product, or it has been changed meanwhile.
    pub async fn delete(
        &self,
        (product, id): (ProductId, OfferId),
        if_match: Option<&str>,
    ) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        self.lock(&transaction, product).await?;
        let current = self.find(&transaction, product, id).await?;
        etag::check(if_match, &current.etag())?;
        delete_offers(&self.scope, &transaction, &[id.0]).await?;
        touch_products(&self.scope, &transaction, &[product.0]).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn read(
        &self,
        connection: &impl ConnectionTrait,
        product: ProductId,
    ) -> Result<Vec<OfferRecord>, StoreError> {
        let mut offers = offers_of(&self.scope, connection, vec![product.0]).await?;
        Ok(offers.remove(&product.0).unwrap_or_default())
    }

    async fn find(
        &self,
        connection: &impl ConnectionTrait,
        product: ProductId,
        id: OfferId,
    ) -> Result<OfferRecord, StoreError> {
        let mut offers = self.read(connection, product).await?.into_iter();
        let found = offers.find(|offer| offer.id == id);
        found.ok_or(StoreError::NotFound("offer"))
    }

    /// Locks a product, and returns its own seller.
    async fn lock(
        &self,
        transaction: &impl ConnectionTrait,
        product: ProductId,
    ) -> Result<i64, StoreError> {
        let backend = self.scope.store.backend();
        let sql = format!(
            "SELECT seller_id FROM products WHERE tenant_id = $1 AND id = $2{}",
            backend.for_update()
        );
        let values = [self.scope.tenant.0.into(), product.0.into()];
        let row = first::<LockedRow>(transaction, backend.statement(sql, values)).await?;
        Ok(row.ok_or(StoreError::NotFound("product"))?.seller_id)
    }

    /// Returns the variants of a product by SKU.
    async fn variants(
        &self,
        transaction: &impl ConnectionTrait,
        product: ProductId,
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let sql = "SELECT id, sku AS key FROM variants WHERE tenant_id = $1 AND product_id = $2";
        let values = [self.scope.tenant.0.into(), product.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        let rows = all::<KeyRow>(transaction, statement).await?;
        Ok(rows.into_iter().map(|row| (row.key, row.id)).collect())
    }

    /// Returns the sellers that offers name, by slug.
    async fn sellers(
        &self,
        transaction: &impl ConnectionTrait,
        offers: &[OfferInput],
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let mut sellers = BTreeMap::new();
        let slugs: BTreeSet<&String> = offers.iter().map(|input| &input.offer.seller).collect();
        for slug in slugs {
            let sql = "SELECT id, slug AS key FROM sellers WHERE tenant_id = $1 AND slug = $2";
            let values = [self.scope.tenant.0.into(), slug.as_str().into()];
            let statement = self.scope.store.backend().statement(sql, values);
            let row = first::<KeyRow>(transaction, statement).await?;
            sellers.extend(row.map(|row| (row.key, row.id)));
        }
        Ok(sellers)
    }

    /// Refuses more offers of a product than an index holds.
    async fn check_number(
        &self,
        transaction: &impl ConnectionTrait,
        product: ProductId,
        variants: usize,
    ) -> Result<(), StoreError> {
        let sql = "SELECT count(*) AS count FROM offers WHERE tenant_id = $1 AND product_id = $2";
        let values = [self.scope.tenant.0.into(), product.0.into()];
        let backend = self.scope.store.backend();
        let row = first::<CountRow>(transaction, backend.statement(sql, values)).await?;
        let further = row.map_or(0, |row| usize::try_from(row.count).unwrap_or(0));
        if variants + further > MAX_OFFERS {
            return Err(InvalidField::new("offers", too_many_offers()).into());
        }
        Ok(())
    }
}
