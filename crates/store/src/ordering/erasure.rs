//! Purchases of somebody who is erased: figures and goods stay, the person goes.

use souk_domain::AccountId;

use crate::{
    Backend, Scope, StoreError, Transaction,
    backend::{IdRow, execute, first},
};

/// Orders of an account that are not over.
pub(crate) const UNDER_WAY: &str =
    "SELECT o.id FROM order_groups g JOIN orders o ON o.group_id = g.id
     WHERE g.tenant_id = $1 AND g.account_id = $2 AND g.ended_at IS NULL
       AND o.status NOT IN ('completed', 'cancelled', 'refunded') LIMIT 1";

/// Takes the person out of the purchases of an account. Of the addresses the countries stay, by which their tax was due.
///
/// # Errors
/// If an order is under way, which has to be sent somewhere.
pub(crate) async fn erase(
    transaction: &Transaction,
    scope: &Scope,
    account: AccountId,
) -> Result<(), StoreError> {
    let backend = scope.store.backend();
    let values = || [scope.tenant.0.into(), account.0.into()];
    let under_way = backend.statement(UNDER_WAY, values());
    if first::<IdRow>(transaction, under_way).await?.is_some() {
        let message = "an order is under way: wait until it is completed, or cancel it";
        return Err(StoreError::conflict("orders", message));
    }
    let country_of = |column: &str| match backend {
        Backend::Postgres => format!(
            "json_build_object('name', '', 'line1', '', 'country', {column}::json ->> 'country')::text"
        ),
        Backend::Sqlite => {
            format!("json_object('name', '', 'line1', '', 'country', {column} ->> 'country')")
        }
    };
    let sql = format!(
        "UPDATE order_groups SET mail = '', note = NULL, delivery_address = {}, billing_address = {}
         WHERE tenant_id = $1 AND account_id = $2",
        country_of("delivery_address"),
        country_of("billing_address")
    );
    execute(transaction, backend.statement(sql, values())).await?;
    Ok(())
}
