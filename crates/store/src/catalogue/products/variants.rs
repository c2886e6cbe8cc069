//! Reading the variants of products.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{Backend, Scope, StoreError, backend::all};

#[derive(FromQueryResult)]
pub(crate) struct VariantRow {
    pub(crate) id: i64,
    pub(crate) product_id: i64,
    pub(crate) sku: String,
    pub(crate) gtin: Option<String>,
    pub(crate) options: String,
    pub(crate) price: i64,
    pub(crate) stock: i64,
}

/// `$1` tenant, `$2` ids of products.
pub(crate) fn variants_sql(backend: Backend) -> String {
    format!(
        "SELECT id, product_id, sku, gtin, CAST(options AS text) AS options, price, stock FROM variants
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
