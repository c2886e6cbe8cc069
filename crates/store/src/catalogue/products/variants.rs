//! Reading the variants of products.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult};

use souk_domain::{Condition, Measures, Prices, StockPolicy};

use crate::{Backend, Scope, StoreError, backend::all};

#[derive(FromQueryResult)]
pub(crate) struct VariantRow {
    pub(crate) id: i64,
    pub(crate) product_id: i64,
    pub(crate) sku: String,
    pub(crate) gtin: Option<String>,
    pub(crate) options: String,
    pub(crate) price: i64,
    pub(crate) list_price: Option<i64>,
    pub(crate) sale_from: Option<i64>,
    pub(crate) sale_until: Option<i64>,
    /// Lowest price of the 30 days before it was reduced, if it is.
    pub(crate) lowest_price: Option<i64>,
    pub(crate) stock: i64,
    pub(crate) stock_policy: String,
    pub(crate) condition: String,
    pub(crate) weight_g: Option<i64>,
    pub(crate) length_mm: Option<i64>,
    pub(crate) width_mm: Option<i64>,
    pub(crate) height_mm: Option<i64>,
}

impl VariantRow {
    /// The lowest price of the 30 days before the reduction that shows at a moment.
    pub(crate) fn lowest_price_at(&self, moment: i64) -> Option<i64> {
        self.prices().reduced_from(moment).and(self.lowest_price)
    }

    pub(crate) fn prices(&self) -> Prices {
        Prices {
            price: self.price,
            list_price: self.list_price,
            sale_from_ms: self.sale_from,
            sale_until_ms: self.sale_until,
        }
    }

    pub(crate) fn measures(&self) -> Measures {
        Measures {
            weight_g: self.weight_g,
            length_mm: self.length_mm,
            width_mm: self.width_mm,
            height_mm: self.height_mm,
        }
    }

    pub(crate) fn condition(&self) -> Condition {
        self.condition.parse().unwrap_or_default()
    }

    pub(crate) fn stock_policy(&self) -> StockPolicy {
        self.stock_policy.parse().unwrap_or_default()
    }
}

/// Moment by which the totals of a product were made, at the latest: the next sale of which they do not know has not
/// begun or ended yet. Documents and records show the prices of that moment, so that they agree with the totals, and
/// with the index, until both follow.
pub(crate) fn moment(now_ms: i64, price_changes_at: Option<i64>) -> i64 {
    price_changes_at.map_or(now_ms, |changes_at| now_ms.min(changes_at - 1))
}

/// `$1` tenant, `$2` ids of products.
pub(crate) fn variants_sql(backend: Backend) -> String {
    format!(
        "SELECT id, product_id, sku, gtin, CAST(options AS text) AS options, price, list_price, sale_from,
                sale_until, stock, stock_policy, condition, weight_g, length_mm, width_mm, height_mm,
                CASE WHEN list_price IS NOT NULL THEN (
                    SELECT r.lowest_price FROM offer_reductions r JOIN products p ON p.currency = r.currency
                    WHERE r.variant_id = variants.id AND p.id = variants.product_id) END AS lowest_price
         FROM variants
         WHERE tenant_id = $1 AND {} ORDER BY product_id, position, id",
        backend.among_ids("product_id", "$2")
    )
}

/// The variants of products in their order, by product.
pub(crate) async fn variants_of(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    products: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, Vec<VariantRow>>, StoreError> {
    let backend = scope.store.backend();
    let values = [scope.tenant.0.into(), backend.ids(products)];
    let statement = backend.statement(variants_sql(backend), values);
    let mut by_product: HashMap<i64, Vec<VariantRow>> = HashMap::new();
    for variant in all::<VariantRow>(connection, statement).await? {
        by_product
            .entry(variant.product_id)
            .or_default()
            .push(variant);
    }
    Ok(by_product)
}
