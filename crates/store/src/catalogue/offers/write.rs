//! Writing rows of further offers, many in one statement.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use souk_domain::SellerOffer;

use crate::{
    Backend, Scope, StoreError,
    backend::{Kind, all, execute, json, now_ms},
};

/// Message about an offer that is the variant itself.
pub(crate) const OWN_SELLER: &str =
    "is the product's own seller, whose offer is the variant itself";

/// Further offer as it is to be.
#[derive(Serialize)]
pub(crate) struct NewOffer<'a> {
    product_id: i64,
    sku: &'a str,
    seller_id: i64,
    external_id: Option<&'a str>,
    price: i64,
    list_price: Option<i64>,
    sale_from: Option<i64>,
    sale_until: Option<i64>,
    stock: i64,
    stock_policy: &'static str,
    condition: &'static str,
}

/// Offer with its place among those that are written, in which order they get their ids.
#[derive(Serialize)]
struct PlacedRow<'a> {
    place: usize,
    #[serde(flatten)]
    offer: &'a NewOffer<'a>,
}

#[derive(FromQueryResult)]
struct WrittenRow {
    product_id: i64,
}

const COLUMNS: [(&str, Kind); 12] = [
    ("place", Kind::Integer),
    ("product_id", Kind::Integer),
    ("sku", Kind::Text),
    ("seller_id", Kind::Integer),
    ("external_id", Kind::Text),
    ("price", Kind::Integer),
    ("list_price", Kind::Integer),
    ("sale_from", Kind::Integer),
    ("sale_until", Kind::Integer),
    ("stock", Kind::Integer),
    ("stock_policy", Kind::Text),
    ("condition", Kind::Text),
];

/// Columns that an upsert replaces: all but the key.
const VALUES: [&str; 8] = [
    "external_id",
    "price",
    "list_price",
    "sale_from",
    "sale_until",
    "stock",
    "stock_policy",
    "condition",
];

impl<'a> NewOffer<'a> {
    /// Offer of the variant with a SKU by a seller.
    pub(crate) fn new(
        product_id: i64,
        sku: &'a str,
        seller_id: i64,
        offer: &'a SellerOffer,
    ) -> Self {
        Self {
            product_id,
            sku,
            seller_id,
            external_id: offer.external_id.as_deref(),
            price: offer.prices.price,
            list_price: offer.prices.list_price,
            sale_from: offer.prices.sale_from_ms,
            sale_until: offer.prices.sale_until_ms,
            stock: offer.stock,
            stock_policy: offer.stock_policy.as_str(),
            condition: offer.condition.as_str(),
        }
    }
}

/// `$1` rows, `$2` tenant, `$3` now.
pub(crate) fn upsert_offers_sql(backend: Backend) -> String {
    let of = |source: &str| VALUES.map(|column| format!("{source}.{column}")).join(", ");
    let assignments = VALUES.map(|column| format!("{column} = excluded.{column}"));
    // `WHERE` tells SQLite's parser that `ON` begins no join.
    format!(
        "INSERT INTO offers (tenant_id, product_id, variant_id, seller_id, {}, created_at, updated_at)
         SELECT $2, r.product_id, v.id, r.seller_id, {}, $3, $3
         FROM {} JOIN variants v ON v.product_id = r.product_id AND v.sku = r.sku
         WHERE true ORDER BY r.place
         ON CONFLICT (variant_id, seller_id) DO UPDATE SET {}, updated_at = excluded.updated_at
         WHERE ({}) IS DISTINCT FROM ({})
         RETURNING product_id",
        VALUES.join(", "),
        of("r"),
        backend.record_set("$1", &COLUMNS),
        assignments.join(", "),
        of("offers"),
        of("excluded"),
    )
}

/// Adds and changes offers where they differ, and says of which products.
pub(crate) async fn upsert_offers(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    offers: &[NewOffer<'_>],
) -> Result<HashSet<i64>, StoreError> {
    if offers.is_empty() {
        return Ok(HashSet::new());
    }
    let backend = scope.store.backend();
    let rows = offers.iter().enumerate();
    let rows: Vec<_> = rows
        .map(|(place, offer)| PlacedRow { place, offer })
        .collect();
    let values = [json(&rows)?, scope.tenant.0.into(), now_ms().into()];
    let statement = backend.statement(upsert_offers_sql(backend), values);
    let written: Vec<WrittenRow> = all(transaction, statement).await?;
    Ok(written.into_iter().map(|row| row.product_id).collect())
}

/// Deletes offers by their ids.
pub(crate) async fn delete_offers(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let backend = scope.store.backend();
    let sql = format!(
        "DELETE FROM offers WHERE tenant_id = $1 AND {}",
        backend.among_ids("id", "$2")
    );
    let values = [scope.tenant.0.into(), backend.ids(ids.iter().copied())];
    execute(transaction, backend.statement(sql, values)).await?;
    Ok(())
}
