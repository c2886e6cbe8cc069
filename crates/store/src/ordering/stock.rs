//! Units of offers: held for a purchase, given back, and put back on sale.
//!
//! The stock of an offer is what can be sold of it now: units that a purchase holds have left it already, so that search,
//! facets and pages see at once what others can still buy (decision 0052). How many units left it is noted with the
//! reservation: of goods that are not counted none, of goods on back-order no more than there were.

use sea_orm::FromQueryResult;
use serde::Serialize;
use souk_domain::{OfferId, TenantId, VariantId};

use crate::{
    Backend, StoreError, Transaction,
    backend::{IdRow, Kind, all, execute, json},
};

/// An offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfferKey {
    /// Variant that is offered.
    pub variant: VariantId,
    /// Further offer; none for that of the product's own seller.
    pub offer: Option<OfferId>,
}

/// Units of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units {
    /// The offer.
    pub offer: OfferKey,
    /// Number of units.
    pub quantity: i64,
}

/// Offer with fewer units than are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// The offer.
    pub offer: OfferKey,
    /// Units that are wanted.
    pub wanted: i64,
    /// Units that there are.
    pub available: i64,
}

/// Units of a purchase, and how many of them left the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) units: Units,
    pub(super) taken: i64,
}

#[derive(Serialize)]
struct UnitsRow {
    variant_id: i64,
    offer_id: i64,
    quantity: i64,
}

#[derive(FromQueryResult)]
struct StockRow {
    variant_id: i64,
    offer_id: i64,
    quantity: i64,
    /// Null if the offer is gone.
    stock: Option<i64>,
    stock_policy: Option<String>,
}

const COLUMNS: [(&str, Kind); 3] = [
    ("variant_id", Kind::Integer),
    ("offer_id", Kind::Integer),
    ("quantity", Kind::Integer),
];

/// Locks the products of variants in the order of their ids, as writers of the catalogue do: what is sold changes its
/// product's totals. `$1` rows, `$2` tenant. The pluses are for SQLite.
pub(crate) fn lock_sql(backend: Backend) -> String {
    format!(
        "SELECT id FROM products
         WHERE +tenant_id = $2 AND id IN (SELECT v.product_id FROM {} JOIN variants v ON v.id = r.variant_id)
         ORDER BY +id{}",
        backend.record_set("$1", &COLUMNS),
        backend.for_update()
    )
}

/// Stocks of offers: `$1` rows, `$2` tenant.
pub(crate) fn stock_sql(backend: Backend) -> String {
    format!(
        "SELECT r.variant_id, r.offer_id, r.quantity,
                CASE WHEN r.offer_id = 0 THEN v.stock ELSE o.stock END AS stock,
                CASE WHEN r.offer_id = 0 THEN v.stock_policy ELSE o.stock_policy END AS stock_policy
         FROM {}
         LEFT JOIN variants v ON v.id = r.variant_id AND +v.tenant_id = $2
         LEFT JOIN offers o ON o.id = r.offer_id AND o.variant_id = v.id
         ORDER BY r.variant_id, r.offer_id",
        backend.record_set("$1", &COLUMNS)
    )
}

/// Adds units to the stocks of a table, or takes them if they are negative: `$1` rows, `$2` tenant. What is not counted stays.
pub(crate) fn add_sql(backend: Backend, of_offers: bool) -> String {
    let (table, key) = match of_offers {
        true => ("offers", "offers.id = r.offer_id"),
        false => ("variants", "r.offer_id = 0 AND variants.id = r.variant_id"),
    };
    format!(
        "UPDATE {table} SET stock = {table}.stock + r.quantity FROM {}
         WHERE {key} AND +{table}.tenant_id = $2 AND {table}.stock_policy <> 'untracked' AND r.quantity <> 0",
        backend.record_set("$1", &COLUMNS)
    )
}

fn rows(units: impl IntoIterator<Item = (OfferKey, i64)>) -> Result<sea_orm::Value, StoreError> {
    let rows = units.into_iter().map(|(offer, quantity)| UnitsRow {
        variant_id: offer.variant.0,
        offer_id: offer.offer_row(),
        quantity,
    });
    json(&rows.collect::<Vec<_>>())
}

/// Takes units out of the stocks: all, or none. Each offer is named once.
pub(super) async fn reserve(
    transaction: &Transaction,
    backend: Backend,
    tenant: TenantId,
    units: &[Units],
) -> Result<Result<Vec<Taken>, Vec<Shortage>>, StoreError> {
    let wanted = rows(units.iter().map(|units| (units.offer, units.quantity)))?;
    let values = || [wanted.clone(), tenant.0.into()];
    all::<IdRow>(transaction, backend.statement(lock_sql(backend), values())).await?;
    let stocks = backend.statement(stock_sql(backend), values());
    let (mut taken, mut short) = (Vec::with_capacity(units.len()), Vec::new());
    for row in all::<StockRow>(transaction, stocks).await? {
        match row.taken() {
            Ok(held) => taken.push(held),
            Err(shortage) => short.push(shortage),
        }
    }
    if !short.is_empty() {
        return Ok(Err(short));
    }
    let left = taken.iter().map(|held| (held.units.offer, -held.taken));
    add(transaction, backend, tenant, rows(left)?).await?;
    Ok(Ok(taken))
}

/// Puts units back on sale: those that a purchase held, or that came back.
pub(super) async fn put_back(
    transaction: &Transaction,
    backend: Backend,
    tenant: TenantId,
    units: &[Units],
) -> Result<(), StoreError> {
    if units.is_empty() {
        return Ok(());
    }
    let rows = rows(units.iter().map(|units| (units.offer, units.quantity)))?;
    let values = [rows.clone(), tenant.0.into()];
    all::<IdRow>(transaction, backend.statement(lock_sql(backend), values)).await?;
    add(transaction, backend, tenant, rows).await
}

async fn add(
    transaction: &Transaction,
    backend: Backend,
    tenant: TenantId,
    rows: sea_orm::Value,
) -> Result<(), StoreError> {
    for of_offers in [false, true] {
        let values = [rows.clone(), tenant.0.into()];
        let statement = backend.statement(add_sql(backend, of_offers), values);
        execute(transaction, statement).await?;
    }
    Ok(())
}

impl StockRow {
    fn taken(self) -> Result<Taken, Shortage> {
        let offer = OfferKey::of_row(self.variant_id, self.offer_id);
        let (wanted, available) = (self.quantity, self.stock.unwrap_or(0));
        let units = Units {
            offer,
            quantity: wanted,
        };
        let taken = match self.stock_policy.as_deref() {
            Some("untracked") => Some(0),
            Some("backorder") => Some(wanted.min(available)),
            Some(_) if available >= wanted => Some(wanted),
            _ => None,
        };
        taken.map(|taken| Taken { units, taken }).ok_or(Shortage {
            offer,
            wanted,
            available,
        })
    }
}
