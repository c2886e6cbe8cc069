//! What live updates read beside events: whose orders they are of, where the events end, and what follows from them.

pub(crate) mod explain;
pub(crate) mod watches;

use std::collections::BTreeMap;

use sea_orm::FromQueryResult;
use souk_domain::{AccountId, OrderGroupId, OrderId, ProductId, VariantId};
use souk_identity::TokenHash;

pub use watches::{
    NewWatch, OwnedWatch, ProductWatch, ProductWatches, WATCHES_PER_ACCOUNT, Wanted,
};

use crate::{
    Backend, Events, Scope, StoreError,
    backend::{CountRow, IdRow, all, first},
};

/// Number of the last event: `$1` tenant.
pub(crate) const HEAD: &str = "SELECT events AS count FROM selling_counters WHERE tenant_id = $1";
/// Order group of a guest's token: `$1` tenant, `$2` hash.
pub(crate) const OF_TOKEN: &str =
    "SELECT id FROM order_groups WHERE token_hash = $2 AND tenant_id = $1";
/// Purchases that were placed since a time, by currency: `$1` tenant, `$2` time.
pub(crate) const SOLD_SINCE: &str =
    "SELECT currency, count(*) AS purchases, CAST(sum(total) AS bigint) AS amount
     FROM order_groups WHERE tenant_id = $1 AND placed_at >= $2 GROUP BY currency";
/// Refunds that were made since a time, by currency: `$1` tenant, `$2` time.
pub(crate) const REFUNDED_SINCE: &str = "SELECT p.currency, count(*) AS purchases, CAST(sum(r.amount) AS bigint) AS amount
     FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.tenant_id = $1 AND r.created_at >= $2 GROUP BY p.currency";

/// Order groups and accounts of orders: `$1` tenant, `$2` ids.
pub(crate) fn owners_sql(backend: Backend) -> String {
    format!(
        "SELECT o.id, o.group_id, g.account_id FROM orders o JOIN order_groups g ON g.id = o.group_id
         WHERE o.tenant_id = $1 AND {}",
        backend.among_ids("o.id", "$2")
    )
}

/// Counted variants of orders of which few units are left: `$1` tenant, `$2` ids of orders, `$3` units.
pub(crate) fn low_stock_sql(backend: Backend) -> String {
    format!(
        "SELECT DISTINCT v.id, v.product_id, v.sku, v.stock FROM order_lines l JOIN variants v ON v.id = l.variant_id
         WHERE {} AND l.offer_id = 0 AND +v.tenant_id = $1 AND v.stock_policy <> 'untracked' AND v.stock <= $3 ORDER BY v.id",
        backend.among_ids("l.order_id", "$2")
    )
}

/// Whose an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderOwner {
    /// The order.
    pub order: OrderId,
    /// Purchase that it is a part of.
    pub group: OrderGroupId,
    /// Account of the customer; none for a guest.
    pub account: Option<AccountId>,
}

/// Variant of which few units are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowStock {
    /// Product of the variant.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// Stock keeping unit.
    pub sku: String,
    /// Units that are left.
    pub stock: i64,
}

/// What was sold and given back in one currency, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRevenue {
    /// Currency, ISO 4217.
    pub currency: String,
    /// Purchases that were placed.
    pub purchases: i64,
    /// Their total.
    pub sold: i64,
    /// Amount of the refunds.
    pub refunded: i64,
}

#[derive(FromQueryResult)]
struct OwnerRow {
    id: i64,
    group_id: i64,
    account_id: Option<i64>,
}

#[derive(FromQueryResult)]
struct LowStockRow {
    id: i64,
    product_id: i64,
    sku: String,
    stock: i64,
}

#[derive(FromQueryResult)]
struct SumRow {
    currency: String,
    purchases: i64,
    amount: i64,
}

impl Events {
    /// Returns the number of the last event; 0 before the first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn head(&self) -> Result<i64, StoreError> {
        let scope = self.scope();
        let statement = scope
            .store
            .backend()
            .statement(HEAD, [scope.tenant.0.into()]);
        let row = first::<CountRow>(scope.store.connection(), statement).await?;
        Ok(row.map_or(0, |row| row.count))
    }
}

impl Scope {
    /// Returns whose orders they are. Those that do not exist are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn order_owners(&self, orders: &[OrderId]) -> Result<Vec<OrderOwner>, StoreError> {
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let backend = self.store.backend();
        let ids = backend.ids(orders.iter().map(|order| order.0));
        let statement = backend.statement(owners_sql(backend), [self.tenant.0.into(), ids]);
        let rows = all::<OwnerRow>(self.store.connection(), statement).await?;
        let owners = rows.into_iter().map(|row| OrderOwner {
            order: OrderId(row.id),
            group: OrderGroupId(row.group_id),
            account: row.account_id.map(AccountId),
        });
        Ok(owners.collect())
    }

    /// Returns the order group of a guest's token; none if there is no such group.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn order_group_of_token(
        &self,
        token: TokenHash,
    ) -> Result<Option<OrderGroupId>, StoreError> {
        let values = [self.tenant.0.into(), token.0.to_vec().into()];
        let statement = self.store.backend().statement(OF_TOKEN, values);
        let row = first::<IdRow>(self.store.connection(), statement).await?;
        Ok(row.map(|row| OrderGroupId(row.id)))
    }

    /// Returns the counted variants of some orders of which at most `units` are left, of their products' own sellers.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn low_stock_of(
        &self,
        orders: &[OrderId],
        units: i64,
    ) -> Result<Vec<LowStock>, StoreError> {
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let backend = self.store.backend();
        let ids = backend.ids(orders.iter().map(|order| order.0));
        let values = [self.tenant.0.into(), ids, units.into()];
        let statement = backend.statement(low_stock_sql(backend), values);
        let rows = all::<LowStockRow>(self.store.connection(), statement).await?;
        let low = rows.into_iter().map(|row| LowStock {
            product: ProductId(row.product_id),
            variant: VariantId(row.id),
            sku: row.sku,
            stock: row.stock,
        });
        Ok(low.collect())
    }

    /// Returns what was sold and given back since a time, by currency.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revenue_since(&self, at_ms: i64) -> Result<Vec<DayRevenue>, StoreError> {
        let backend = self.store.backend();
        let connection = self.store.connection();
        let values = || [self.tenant.0.into(), at_ms.into()];
        let sold = all::<SumRow>(connection, backend.statement(SOLD_SINCE, values())).await?;
        let refunded =
            all::<SumRow>(connection, backend.statement(REFUNDED_SINCE, values())).await?;
        let mut by_currency: BTreeMap<String, DayRevenue> = BTreeMap::new();
        let of = |currency: &String| DayRevenue {
            currency: currency.clone(),
            purchases: 0,
            sold: 0,
            refunded: 0,
        };
        for row in sold {
            let day = by_currency
                .entry(row.currency.clone())
                .or_insert_with_key(of);
            day.purchases = row.purchases;
            day.sold = row.amount;
        }
        for row in refunded {
            let day = by_currency
                .entry(row.currency.clone())
                .or_insert_with_key(of);
            day.refunded = row.amount;
        }
        Ok(by_currency.into_values().collect())
    }
}
