//! Further sellers' offers that are written with their products.

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use souk_domain::{
    InvalidField, MAX_OFFERS, ProductInput, SellerOffer, VariantInput, too_many_offers,
};

use super::{
    matching::Existing,
    resolve::{ResolvedIds, given_offers},
};
use crate::{
    Backend, Scope, StoreError,
    backend::{Kind, all, json},
    catalogue::offers::write::OWN_SELLER,
};

/// Offer that is stored of a product in the batch.
#[derive(FromQueryResult)]
struct StoredOffer {
    id: i64,
    product_id: i64,
    sku: String,
    seller_id: i64,
}

/// Offer that has a seller's own id.
#[derive(FromQueryResult)]
struct TakenRow {
    product_id: i64,
    seller_id: i64,
    external_id: String,
}

/// Seller and its own id of an offer.
#[derive(Serialize)]
struct OfferKey<'a> {
    seller_id: i64,
    external_id: &'a str,
}

/// Changes of a product's further offers.
#[derive(Default)]
pub(super) struct OfferChanges<'i> {
    /// SKU, seller and offer of those that are given.
    pub(super) given: Vec<(&'i str, i64, &'i SellerOffer)>,
    /// Ids of those that are no longer given.
    pub(super) dropped: Vec<i64>,
}

/// Further offers that the products of a batch have, and those that are in the way of what is given.
#[derive(Default)]
pub(super) struct FurtherOffers {
    stored: HashMap<i64, Vec<StoredOffer>>,
    /// Products by seller and the seller's own id of an offer.
    taken: HashMap<(i64, String), i64>,
    /// Sellers' own ids that the batch gives.
    seen: HashSet<(i64, String)>,
}

/// Further offers of the products `$2` of tenant `$1`.
pub(crate) fn stored_offers_sql(backend: Backend) -> String {
    format!(
        "SELECT o.id, o.product_id, v.sku, o.seller_id FROM offers o JOIN variants v ON v.id = o.variant_id
         WHERE o.tenant_id = $1 AND {} ORDER BY o.id",
        backend.among_ids("o.product_id", "$2")
    )
}

/// Further offers of tenant `$1` with the sellers and external ids `$2`.
pub(crate) fn taken_ids_sql(backend: Backend) -> String {
    let columns = [("seller_id", Kind::Integer), ("external_id", Kind::Text)];
    format!(
        "SELECT o.product_id, o.seller_id, o.external_id FROM {} CROSS JOIN offers o
         WHERE o.tenant_id = $1 AND o.seller_id = r.seller_id AND o.external_id = r.external_id",
        backend.record_set("$2", &columns)
    )
}

impl FurtherOffers {
    /// Reads what products have that are locked.
    pub(super) async fn of(
        scope: &Scope,
        transaction: &impl ConnectionTrait,
        inputs: &[ProductInput],
        existing: &[Option<Existing>],
        ids: &ResolvedIds,
    ) -> Result<Self, StoreError> {
        let mut offers = Self::default();
        let backend = scope.store.backend();
        let shared = existing
            .iter()
            .flatten()
            .filter(|product| product.offer_count.is_some());
        let shared: Vec<i64> = shared.map(|product| product.id).collect();
        if !shared.is_empty() {
            let values = [scope.tenant.0.into(), backend.ids(shared)];
            let statement = backend.statement(stored_offers_sql(backend), values);
            for offer in all::<StoredOffer>(transaction, statement).await? {
                let stored = offers.stored.entry(offer.product_id).or_default();
                stored.push(offer);
            }
        }
        let keys: Vec<OfferKey> = given_offers(inputs)
            .filter_map(|offer| {
                Some(OfferKey {
                    seller_id: ids.seller_of_offer(offer).ok()?,
                    external_id: offer.external_id.as_deref()?,
                })
            })
            .collect();
        if !keys.is_empty() {
            let values = [scope.tenant.0.into(), json(&keys)?];
            let statement = backend.statement(taken_ids_sql(backend), values);
            for row in all::<TakenRow>(transaction, statement).await? {
                let key = (row.seller_id, row.external_id);
                offers.taken.insert(key, row.product_id);
            }
        }
        Ok(offers)
    }

    /// Returns what changes of a product's offers. A variant that is given without offers keeps those that it has.
    ///
    /// # Errors
    /// If an offer cannot be made, such as `variants[1].offers[2].seller`, or one that stays is of the seller who is to have
    /// the product.
    pub(super) fn changes<'i>(
        &mut self,
        input: &'i ProductInput,
        existing: Option<&Existing>,
        seller: i64,
        ids: &ResolvedIds,
    ) -> Result<OfferChanges<'i>, InvalidField> {
        let keeps_all = existing.is_some_and(|product| product.kept.variants);
        let variants: &[VariantInput] = if keeps_all { &[] } else { &input.variants };
        let mut changes = OfferChanges::default();
        for (index, variant) in variants.iter().enumerate() {
            self.check_given(variant, existing, seller, ids, &mut changes)
                .map_err(|invalid| invalid.within(&format!("variants[{index}]")))?;
        }
        let silent = variants.iter().filter(|variant| variant.offers.is_none());
        let silent: HashSet<&str> = silent.map(|variant| variant.sku.as_str()).collect();
        let stored = existing.and_then(|product| self.stored.get(&product.id));
        let (kept, others): (Vec<&StoredOffer>, Vec<&StoredOffer>) = stored
            .into_iter()
            .flatten()
            .partition(|offer| keeps_all || silent.contains(offer.sku.as_str()));
        if kept.iter().any(|offer| offer.seller_id == seller) {
            let message = "has an offer of this product, which must be deleted first";
            return Err(InvalidField::new("seller", message));
        }
        if variants.len() + changes.given.len() + kept.len() > MAX_OFFERS {
            return Err(InvalidField::new("variants", too_many_offers()));
        }
        let is_given = |offer: &StoredOffer| {
            let mut given = changes.given.iter();
            given.any(|(sku, seller, _)| (*sku, *seller) == (&*offer.sku, offer.seller_id))
        };
        let dropped = others.into_iter().filter(|offer| !is_given(offer));
        changes.dropped = dropped.map(|offer| offer.id).collect();
        Ok(changes)
    }

    fn check_given<'i>(
        &mut self,
        variant: &'i VariantInput,
        existing: Option<&Existing>,
        own_seller: i64,
        ids: &ResolvedIds,
        changes: &mut OfferChanges<'i>,
    ) -> Result<(), InvalidField> {
        let mut sellers = HashSet::new();
        for (index, offer) in variant.offers.iter().flatten().enumerate() {
            let invalid = |field: &str, message: &str| {
                InvalidField::new(format!("offers[{index}].{field}"), message.to_owned())
            };
            let seller = ids
                .seller_of_offer(offer)
                .map_err(|invalid| invalid.within(&format!("offers[{index}]")))?;
            if seller == own_seller {
                return Err(invalid("seller", OWN_SELLER));
            }
            if !sellers.insert(seller) {
                return Err(invalid("seller", "has an offer of this variant already"));
            }
            if let Some(external_id) = &offer.external_id {
                let key = (seller, external_id.clone());
                let holder = self.taken.get(&key).copied();
                let is_elsewhere = holder
                    .is_some_and(|holder| existing.is_none_or(|product| product.id != holder));
                if is_elsewhere || !self.seen.insert(key) {
                    let taken = "is taken by another offer of the seller";
                    return Err(invalid("external_id", taken));
                }
            }
            changes.given.push((&variant.sku, seller, offer));
        }
        Ok(())
    }
}
