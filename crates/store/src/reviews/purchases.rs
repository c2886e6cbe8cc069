//! Purchases of an account as its reviews need them.

use sea_orm::{ConnectionTrait, FromQueryResult};
use souk_domain::{
    AccountId, OrderId, OrderLineId, ProductId, SellerId, reviews::ReviewedPurchase,
};

use crate::{Scope, StoreError, backend::all};

/// Most lines of orders that are looked at for one product.
const LINES: i64 = 100;

#[derive(FromQueryResult)]
struct PurchaseRow {
    order_id: i64,
    seller_id: i64,
    line_id: i64,
    facts: String,
}

/// Lines of a product in placed orders of an account, the newest first: `$1` tenant, `$2` account, `$3` product, `$4` limit.
/// An account has fewer orders than a product: SQLite joins in the order that `CROSS JOIN` gives, and the sum keeps both databases
/// from the index of the product.
pub(crate) const OF_PRODUCT: &str = "SELECT o.id AS order_id, o.seller_id, l.id AS line_id, o.facts
     FROM order_groups g CROSS JOIN orders o CROSS JOIN order_lines l
     WHERE g.tenant_id = $1 AND g.account_id = $2 AND g.placed_at IS NOT NULL AND o.group_id = g.id
       AND l.order_id = o.id AND l.product_id + 0 = $3
     ORDER BY o.id DESC, l.id LIMIT $4";

/// Returns the lines of a product in placed orders of an account, the newest first.
pub(super) async fn of_product(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    account: AccountId,
    product: ProductId,
) -> Result<Vec<ReviewedPurchase>, StoreError> {
    let values = [
        scope.tenant.0.into(),
        account.0.into(),
        product.0.into(),
        LINES.into(),
    ];
    let statement = scope.store.backend().statement(OF_PRODUCT, values);
    let rows = all::<PurchaseRow>(connection, statement).await?;
    let purchases = rows.into_iter();
    purchases
        .map(|row| purchase(row.order_id, row.seller_id, row.line_id, &row.facts))
        .collect()
}

/// Reads a purchase from the columns of a row.
pub(super) fn purchase(
    order: i64,
    seller: i64,
    line: i64,
    facts: &str,
) -> Result<ReviewedPurchase, StoreError> {
    Ok(ReviewedPurchase {
        order: OrderId(order),
        seller: SellerId(seller),
        line: OrderLineId(line),
        facts: serde_json::from_str(facts)?,
    })
}
