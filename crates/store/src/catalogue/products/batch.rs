//! Writes a batch of products: resolves references, assigns slugs, and updates the rows that differ.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use souk_domain::{InvalidField, PatchedProduct, ProductId, ProductInput};

use super::{
    MissingReferences, Upserted,
    further_offers::FurtherOffers,
    input_rows::{new_places, row, slug_request, variant_rows},
    item::Item,
    matching::{Existing, NamedSellers},
    places::{NewPlace, PlaceKind, replace_places},
    record::{self, ProductRecord},
    resolve::ResolvedIds,
    rows::{
        ProductRow, VariantRow, delete_other_variants, insert_products, touch_products,
        update_products, upsert_variants,
    },
    slugs::{SlugRequest, Slugs},
};
use crate::{
    Backend, Scope, StoreError,
    backend::{IdRow, all, first, json},
    catalogue::{
        offers::write::{NewOffer, delete_offers, upsert_offers},
        price_changes::record_prices,
    },
};

/// Most products that one statement carries.
pub(super) const STATEMENT_ROWS: usize = 1_000;

/// Message about an external id that its seller has already.
pub(super) const EXTERNAL_ID_TAKEN: &str = "is taken by another product of the seller";

/// Reason for rejecting an item.
pub(super) enum Refusal {
    Invalid(InvalidField),
    SlugTaken,
    ExternalIdTaken,
}

impl From<InvalidField> for Refusal {
    fn from(invalid: InvalidField) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<Refusal> for InvalidField {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(invalid) => invalid,
            Refusal::SlugTaken => Self::new("slug", "is taken by another product"),
            Refusal::ExternalIdTaken => Self::new("external_id", EXTERNAL_ID_TAKEN),
        }
    }
}

/// Way by which products and what exists of them were brought together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Identity {
    /// By seller and external id, which nothing else has then.
    Matched,
    /// By id, or it is to be new.
    Given,
}

/// `$1` tenant, and what the condition needs. The plus keeps SQLite from walking all products of the tenant in the order
/// of their ids.
pub(crate) fn existing_sql(backend: Backend, condition: &str) -> String {
    format!(
        "SELECT id, external_id, slug, seller_id, currency, offer_count
         FROM products WHERE tenant_id = $1 AND {condition}
         ORDER BY +id{}",
        backend.for_update()
    )
}

/// `$2` external ids.
pub(crate) fn among_external_ids(backend: Backend) -> String {
    backend.among_texts("external_id", "$2")
}

/// Selects the records of the products `$2` of tenant `$1`.
pub(crate) fn records_sql(backend: Backend) -> String {
    format!(
        "{} AND {}",
        record::select(backend),
        backend.among_ids("p.id", "$2")
    )
}

/// Transaction that writes products.
pub(super) struct Batch<'a, C> {
    pub(super) scope: &'a Scope,
    pub(super) transaction: &'a C,
    pub(super) missing: MissingReferences,
}

impl<C: ConnectionTrait> Batch<'_, C> {
    /// Writes what was found valid; products that exist are found by seller and external id.
    pub(super) async fn upsert(
        &self,
        checked: Vec<Result<Item, InvalidField>>,
    ) -> Result<Vec<Result<Upserted, InvalidField>>, StoreError> {
        let mut results = Vec::with_capacity(checked.len());
        let mut sellers = NamedSellers::of(self.scope, self.transaction, &checked).await?;
        let mut part: Vec<(usize, Item)> = Vec::new();
        // Places in the part by external id.
        let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, item) in checked.into_iter().enumerate() {
            let item = match item {
                Ok(item) => item,
                Err(invalid) => {
                    results.push((index, Err(invalid)));
                    continue;
                }
            };
            // One statement cannot write a row twice: what is given again is written after what was given before.
            let whose = sellers.whose(&item);
            let mut others = seen.get(item.external_id()).into_iter().flatten();
            let again = others.any(|place| whose.may_be(&sellers.whose(&part[*place].1)));
            if again || part.len() == STATEMENT_ROWS {
                self.upsert_part(&mut part, &sellers, &mut results).await?;
                sellers.learn(self.scope, self.transaction).await?;
                seen.clear();
            }
            let places = seen.entry(item.external_id().to_owned()).or_default();
            places.push(part.len());
            part.push((index, item));
        }
        self.upsert_part(&mut part, &sellers, &mut results).await?;
        results.sort_by_key(|(index, _)| *index);
        Ok(results.into_iter().map(|(_, result)| result).collect())
    }

    async fn upsert_part(
        &self,
        part: &mut Vec<(usize, Item)>,
        sellers: &NamedSellers,
        results: &mut Vec<(usize, Result<Upserted, InvalidField>)>,
    ) -> Result<(), StoreError> {
        if part.is_empty() {
            return Ok(());
        }
        let external_ids: Vec<&str> = part.iter().map(|(_, item)| item.external_id()).collect();
        let condition = among_external_ids(self.scope.store.backend());
        let mut stored: HashMap<String, Vec<Existing>> = HashMap::new();
        for product in self.existing(&condition, json(&external_ids)?).await? {
            let of_id = stored.entry(product.external_id.clone()).or_default();
            of_id.push(product);
        }
        let mut meant = Vec::with_capacity(part.len());
        for (index, item) in part.drain(..) {
            let of_id = stored.get_mut(item.external_id());
            let product = of_id.map_or(Ok(None), |of_id| sellers.whose(&item).pick(of_id));
            match product {
                Ok(product) => meant.push((index, item, product)),
                Err(invalid) => results.push((index, Err(invalid))),
            }
        }
        let to_merge = meant.iter().filter(|(_, item, _)| item.is_patch());
        let to_merge = to_merge.filter_map(|(_, _, product)| product.as_ref());
        let mut records = self.records(to_merge.map(|product| product.id)).await?;

        let mut indexes = Vec::with_capacity(part.len());
        let (mut inputs, mut existing) = (Vec::new(), Vec::new());
        for (index, item, mut product) in meant {
            let record = product.as_ref().and_then(|it| records.remove(&it.id));
            match item.into_product(record) {
                Ok(PatchedProduct { input, kept }) => {
                    if let Some(product) = &mut product {
                        product.kept = kept;
                    }
                    indexes.push(index);
                    inputs.push(input);
                    existing.push(product);
                }
                Err(invalid) => results.push((index, Err(invalid))),
            }
        }
        let written = self
            .write(&inputs, existing, Identity::Matched)
            .await?
            .into_iter()
            .map(|result| result.map_err(InvalidField::from));
        results.extend(indexes.into_iter().zip(written));
        Ok(())
    }

    /// Returns the records of products, which are locked, by id.
    async fn records(
        &self,
        ids: impl Iterator<Item = i64>,
    ) -> Result<HashMap<i64, ProductRecord>, StoreError> {
        let ids: Vec<i64> = ids.collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let backend = self.scope.store.backend();
        let values = [self.scope.tenant.0.into(), backend.ids(ids)];
        let sql = records_sql(backend);
        let records = record::records(self.scope, self.transaction, sql, values).await?;
        let records = records.into_iter().map(|record| (record.id.0, record));
        Ok(records.collect())
    }

    /// Writes one product: the one with this id, or a new one.
    pub(super) async fn write_one(
        &self,
        id: Option<ProductId>,
        product: PatchedProduct,
    ) -> Result<Result<Upserted, Refusal>, StoreError> {
        let PatchedProduct { input, kept } = product;
        let existing = match id {
            Some(id) => self.existing("id = $2", id.0.into()).await?.pop(),
            None => None,
        };
        let existing = existing.map(|product| Existing { kept, ..product });
        let mut written = self
            .write(&[input], vec![existing], Identity::Given)
            .await?;
        written.pop().ok_or(StoreError::NotFound("product"))
    }

    /// Locked in the order of their ids, so that batches with the same products wait for each other and never both.
    async fn existing(
        &self,
        condition: &str,
        value: sea_orm::Value,
    ) -> Result<Vec<Existing>, StoreError> {
        let backend = self.scope.store.backend();
        let values = [self.scope.tenant.0.into(), value];
        let statement = backend.statement(existing_sql(backend, condition), values);
        all(self.transaction, statement).await
    }

    /// Writes products that all differ in seller or external id, each given with what exists of it.
    async fn write(
        &self,
        inputs: &[ProductInput],
        existing: Vec<Option<Existing>>,
        identity: Identity,
    ) -> Result<Vec<Result<Upserted, Refusal>>, StoreError> {
        let unshaped: HashSet<i64> = existing
            .iter()
            .flatten()
            .filter_map(|product| product.kept.variants.then_some(product.id))
            .collect();
        let recounted: Vec<i64> = inputs
            .iter()
            .zip(&existing)
            .filter_map(|(input, existing)| Some((input, existing.as_ref()?)))
            .filter(|(input, existing)| input.currency.code() != existing.currency)
            .map(|(_, existing)| existing.id)
            .collect();
        let rows = self.rows(inputs, existing, identity).await?;
        // Before their sellers may become the products' own.
        let (dropped, with_fewer) = dropped_offers(&rows);
        delete_offers(self.scope, self.transaction, &dropped).await?;
        let (to_update, to_insert): (Vec<&ProductRow>, Vec<&ProductRow>) =
            rows.iter().flatten().partition(|row| row.id.is_some());
        let mut changed = update_products(self.scope, self.transaction, &to_update).await?;
        let new_products = insert_products(self.scope, self.transaction, &to_insert).await?;
        let inserted: HashMap<(i64, &str), i64> = new_products
            .iter()
            .map(|row| ((row.seller_id, row.external_id.as_str()), row.id))
            .collect();

        let id_of = |row: &ProductRow| {
            let key = (row.seller_id, row.external_id);
            row.id.or_else(|| inserted.get(&key).copied())
        };
        let variants: Vec<VariantRow> = inputs
            .iter()
            .zip(&rows)
            .filter_map(|(input, row)| Some((input, id_of(row.as_ref().ok()?)?)))
            .filter(|(_, id)| !unshaped.contains(id))
            .flat_map(|(input, id)| variant_rows(input, id))
            .collect();
        let updated: Vec<i64> = to_update.iter().filter_map(|row| row.id).collect();
        let shaped: Vec<i64> = updated
            .iter()
            .copied()
            .filter(|id| !unshaped.contains(id))
            .collect();
        let mut reshaped = upsert_variants(self.scope, self.transaction, &variants).await?;
        reshaped
            .extend(delete_other_variants(self.scope, self.transaction, &shaped, &variants).await?);
        record_prices(self.scope, self.transaction, &recounted).await?;
        let placed = || {
            let rows = rows.iter().flatten();
            rows.filter_map(|row| Some((id_of(row)?, row)))
        };
        let offers: Vec<NewOffer> = placed()
            .flat_map(|(product_id, row)| {
                let given = row.offers.given.iter();
                given
                    .map(move |(sku, seller, offer)| NewOffer::new(product_id, sku, *seller, offer))
            })
            .collect();
        reshaped.extend(with_fewer);
        reshaped.extend(upsert_offers(self.scope, self.transaction, &offers).await?);
        for kind in [PlaceKind::Category, PlaceKind::Fandom] {
            let places: Vec<NewPlace> = placed()
                .flat_map(|(product_id, row)| new_places(product_id, row, kind))
                .collect();
            reshaped.extend(
                replace_places(self.scope, self.transaction, kind, &updated, &places).await?,
            );
        }
        let touched: Vec<i64> = updated
            .iter()
            .copied()
            .filter(|id| reshaped.contains(id) && !changed.contains(id))
            .collect();
        touch_products(self.scope, self.transaction, &touched).await?;
        changed.extend(touched);

        let results = rows.iter().map(|row| match row {
            Ok(row) => {
                let id = id_of(row).ok_or(StoreError::NotFound("product"))?;
                let created = row.id.is_none();
                Ok(Ok(Upserted {
                    id: ProductId(id),
                    created,
                    changed: created || changed.contains(&id),
                }))
            }
            Err(refusal) => Ok(Err(refusal.copied())),
        });
        results.collect()
    }

    /// The row of each item, or why it has none.
    async fn rows<'i>(
        &self,
        inputs: &'i [ProductInput],
        existing: Vec<Option<Existing>>,
        identity: Identity,
    ) -> Result<Vec<Result<ProductRow<'i>, Refusal>>, StoreError> {
        let of_nobody = inputs
            .iter()
            .zip(&existing)
            .any(|(input, existing)| input.seller.is_none() && existing.is_none());
        let ids = ResolvedIds::of(
            self.scope,
            self.transaction,
            inputs,
            of_nobody,
            self.missing,
        )
        .await?;
        let requests: Vec<SlugRequest> = inputs
            .iter()
            .zip(&existing)
            .map(|(input, existing)| slug_request(input, existing.as_ref()))
            .collect();
        let open = requests
            .iter()
            .zip(&existing)
            .filter_map(|(request, existing)| {
                let has = existing
                    .as_ref()
                    .is_some_and(|product| request.is(&product.slug));
                (!has).then_some(request)
            });
        let mut slugs = Slugs::of(self.scope, self.transaction, open).await?;
        let mut further =
            FurtherOffers::of(self.scope, self.transaction, inputs, &existing, &ids).await?;

        let mut rows = Vec::with_capacity(inputs.len());
        for ((input, existing), request) in inputs.iter().zip(existing).zip(requests) {
            let row = row(input, existing.as_ref(), &ids).and_then(|row| {
                let offers = further.changes(input, existing.as_ref(), row.seller_id, &ids)?;
                Ok(ProductRow { offers, ..row })
            });
            let row = match row {
                Ok(row) => row,
                Err(invalid) => {
                    rows.push(Err(Refusal::Invalid(invalid)));
                    continue;
                }
            };
            if identity == Identity::Given && self.is_taken(&row, existing.as_ref()).await? {
                rows.push(Err(Refusal::ExternalIdTaken));
                continue;
            }
            let slug = slugs
                .claim(self.scope, self.transaction, row.id, request)
                .await?;
            rows.push(match slug {
                Some(slug) => Ok(ProductRow { slug, ..row }),
                None => Err(Refusal::SlugTaken),
            });
        }
        Ok(rows)
    }
}

impl<C: ConnectionTrait> Batch<'_, C> {
    /// Reports whether another product of its seller has the external id of a product that is new, or that gets another
    /// id or seller.
    async fn is_taken(
        &self,
        row: &ProductRow<'_>,
        existing: Option<&Existing>,
    ) -> Result<bool, StoreError> {
        let stays = existing.is_some_and(|product| {
            (product.seller_id, product.external_id.as_str()) == (row.seller_id, row.external_id)
        });
        if stays {
            return Ok(false);
        }
        let sql =
            "SELECT id FROM products WHERE tenant_id = $1 AND external_id = $2 AND seller_id = $3";
        let values = [
            self.scope.tenant.0.into(),
            row.external_id.into(),
            row.seller_id.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        Ok(first::<IdRow>(self.transaction, statement).await?.is_some())
    }
}

/// Returns the ids of offers that are no longer given, and of their products.
fn dropped_offers(rows: &[Result<ProductRow<'_>, Refusal>]) -> (Vec<i64>, Vec<i64>) {
    let dropped = rows.iter().flatten().flat_map(|row| &row.offers.dropped);
    let dropped = dropped.copied().collect();
    let with_fewer = rows.iter().flatten();
    let with_fewer = with_fewer.filter(|row| !row.offers.dropped.is_empty());
    (dropped, with_fewer.filter_map(|row| row.id).collect())
}

impl Refusal {
    fn copied(&self) -> Self {
        match self {
            Self::Invalid(invalid) => Self::Invalid(invalid.clone()),
            Self::SlugTaken => Self::SlugTaken,
            Self::ExternalIdTaken => Self::ExternalIdTaken,
        }
    }
}
