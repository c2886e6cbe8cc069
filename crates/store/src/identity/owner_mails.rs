//! Mails to the owners of a marketplace.

use sea_orm::FromQueryResult;
use serde_json::json;
use souk_domain::AccountId;
use souk_identity::MailAddress;

use super::{
    last_owner::owners_statement,
    mails::{self, NewMail},
};
use crate::{
    Scope, StoreError, Transaction,
    backend::{IdRow, all, first},
};

#[derive(FromQueryResult)]
struct OwnerRow {
    mail: String,
    name: String,
    language: String,
}

#[derive(FromQueryResult)]
struct ShopRow {
    name: String,
}

/// Writes a mail to each owner who can sign in.
pub(crate) async fn enqueue(
    transaction: &Transaction,
    scope: &Scope,
    template: &'static str,
    url: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    let backend = scope.store.backend();
    let sql = "SELECT name FROM tenants WHERE id = $1";
    let statement = backend.statement(sql, [scope.tenant.0.into()]);
    let shop = first::<ShopRow>(transaction, statement).await?;
    let shop = shop.ok_or(StoreError::NotFound("tenant"))?.name;
    for owner in all::<IdRow>(transaction, owners_statement(scope, "")).await? {
        let sql = "SELECT mail, name, language FROM accounts WHERE tenant_id = $1 AND id = $2";
        let values = [scope.tenant.0.into(), owner.id.into()];
        let row = first::<OwnerRow>(transaction, backend.statement(sql, values)).await?;
        let Some(row) = row else { continue };
        let Ok(recipient) = MailAddress::parse(&row.mail) else {
            continue;
        };
        let mail = NewMail {
            recipient,
            template,
            language: row.language,
            data: json!({"shop": shop, "name": row.name, "url": url}).to_string(),
            at_ms,
        };
        mails::enqueue(transaction, scope, AccountId(owner.id), &mail).await?;
    }
    Ok(())
}
