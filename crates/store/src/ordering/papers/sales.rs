//! Sums of sales by day, kept as events arrive and never computed from all orders.

use sea_orm::FromQueryResult;
use serde::Serialize;
use souk_domain::ProductId;

use crate::{
    Backend, EventBatch, Period, Scope, StoreError,
    backend::{Kind, all, execute, json},
};

/// Sums of a day in a currency. Amounts are minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct SalesDay {
    /// Day, in days since 1970 UTC.
    pub day: i64,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Orders placed.
    pub orders: i64,
    /// Units ordered.
    pub units: i64,
    /// Amount of the orders that were placed, tax included.
    pub revenue: i64,
    /// Amount that was cancelled before it was paid.
    pub cancelled: i64,
    /// Number of refunds.
    pub refunds: i64,
    /// Amount of refunds.
    pub refunded: i64,
}

/// Units of a product that were ordered on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SoldProduct {
    /// Day, in days since 1970 UTC.
    pub day: i64,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Product.
    pub product_id: i64,
    /// Title when it was sold.
    pub title: String,
    /// Units.
    pub units: i64,
    /// Amount of them, tax included.
    pub revenue: i64,
}

/// Sums of a product over several days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSales {
    /// Product, which may be gone.
    pub product: ProductId,
    /// Title when it was sold last.
    pub title: String,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Units.
    pub units: i64,
    /// Amount of them, tax included.
    pub revenue: i64,
}

#[derive(FromQueryResult)]
struct ProductRow {
    product_id: i64,
    title: String,
    currency: String,
    units: i64,
    revenue: i64,
}

const DAY_COLUMNS: [(&str, Kind); 8] = [
    ("day", Kind::Integer),
    ("currency", Kind::Text),
    ("orders", Kind::Integer),
    ("units", Kind::Integer),
    ("revenue", Kind::Integer),
    ("cancelled", Kind::Integer),
    ("refunds", Kind::Integer),
    ("refunded", Kind::Integer),
];

const PRODUCT_COLUMNS: [(&str, Kind); 6] = [
    ("day", Kind::Integer),
    ("currency", Kind::Text),
    ("product_id", Kind::Integer),
    ("title", Kind::Text),
    ("units", Kind::Integer),
    ("revenue", Kind::Integer),
];

pub(crate) const DAYS: &str =
    "SELECT day, currency, orders, units, revenue, cancelled, refunds, refunded FROM sales_days
     WHERE tenant_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day, currency";

/// Returns the statement that finds the products which sold most from day `$2` to `$3` in a currency `$4`, at most `$5`.
pub(crate) fn top_products_sql(backend: Backend) -> String {
    let sum = |column: &str| backend.capped_sum(column);
    format!(
        "SELECT product_id, max(title) AS title, currency, {} AS units, {} AS revenue FROM sales_products
         WHERE tenant_id = $1 AND day BETWEEN $2 AND $3 AND currency = $4
         GROUP BY product_id, currency ORDER BY 5 DESC, product_id LIMIT $5",
        sum("units"),
        sum("revenue")
    )
}

fn add_days_sql(backend: Backend) -> String {
    format!(
        "INSERT INTO sales_days (tenant_id, day, currency, orders, units, revenue, cancelled, refunds, refunded)
         SELECT $2, r.day, r.currency, r.orders, r.units, r.revenue, r.cancelled, r.refunds, r.refunded
         FROM {} WHERE true ORDER BY r.day, r.currency
         ON CONFLICT (tenant_id, day, currency) DO UPDATE
         SET orders = sales_days.orders + excluded.orders, units = sales_days.units + excluded.units,
             revenue = sales_days.revenue + excluded.revenue, cancelled = sales_days.cancelled + excluded.cancelled,
             refunds = sales_days.refunds + excluded.refunds, refunded = sales_days.refunded + excluded.refunded",
        backend.record_set("$1", &DAY_COLUMNS)
    )
}

fn add_products_sql(backend: Backend) -> String {
    format!(
        "INSERT INTO sales_products (tenant_id, day, currency, product_id, title, units, revenue)
         SELECT $2, r.day, r.currency, r.product_id, r.title, r.units, r.revenue
         FROM {} WHERE true ORDER BY r.day, r.currency, r.product_id
         ON CONFLICT (tenant_id, day, currency, product_id) DO UPDATE
         SET title = excluded.title, units = sales_products.units + excluded.units,
             revenue = sales_products.revenue + excluded.revenue",
        backend.record_set("$1", &PRODUCT_COLUMNS)
    )
}

impl EventBatch {
    /// Adds sales in the transaction of the batch. A day in a currency, or a product in them, may be there once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add_sales(
        &self,
        days: &[SalesDay],
        products: &[SoldProduct],
    ) -> Result<(), StoreError> {
        let (scope, transaction) = (self.scope(), self.transaction());
        let backend = scope.store.backend();
        if !days.is_empty() {
            let values = [json(&days)?, scope.tenant.0.into()];
            let statement = backend.statement(add_days_sql(backend), values);
            execute(transaction, statement).await?;
        }
        if !products.is_empty() {
            let values = [json(&products)?, scope.tenant.0.into()];
            let statement = backend.statement(add_products_sql(backend), values);
            execute(transaction, statement).await?;
        }
        Ok(())
    }
}

impl Scope {
    /// Returns the sums of days in order, those of days on which anything happened.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sales_days(&self, period: Period) -> Result<Vec<SalesDay>, StoreError> {
        let values = [
            self.tenant.0.into(),
            period.from.into(),
            period.until.into(),
        ];
        let statement = self.store.backend().statement(DAYS, values);
        all(self.store.connection(), statement).await
    }

    /// Returns the products with the largest revenue of some days in a currency, the largest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn top_products(
        &self,
        period: Period,
        currency: &str,
        limit: u32,
    ) -> Result<Vec<ProductSales>, StoreError> {
        let backend = self.store.backend();
        let values = [
            self.tenant.0.into(),
            period.from.into(),
            period.until.into(),
            currency.into(),
            i64::from(limit).into(),
        ];
        let statement = backend.statement(top_products_sql(backend), values);
        let rows = all::<ProductRow>(self.store.connection(), statement).await?;
        let products = rows.into_iter().map(|row| ProductSales {
            product: ProductId(row.product_id),
            title: row.title,
            currency: row.currency,
            units: row.units,
            revenue: row.revenue,
        });
        Ok(products.collect())
    }
}
