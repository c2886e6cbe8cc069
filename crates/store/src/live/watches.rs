//! Products that customers want to be told of by mail, once.

use sea_orm::{FromQueryResult, Value};
use souk_domain::{AccountId, InvalidField, ProductId, TenantId, VariantId};

use crate::{
    Backend, NewMail, Scope, Store, StoreError, Transaction,
    backend::{CountRow, IdRow, all, execute, first},
    identity::mails,
};

/// Most watches of an account.
pub const WATCHES_PER_ACCOUNT: usize = 100;

/// Event that a customer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It can be bought again.
    BackInStock,
    /// Its price is below an amount in minor units of the product's currency.
    PriceBelow(i64),
}

impl Wanted {
    /// Name in the database and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::BackInStock => "back_in_stock",
            Self::PriceBelow(_) => "price_below",
        }
    }

    fn price(self) -> Option<i64> {
        match self {
            Self::BackInStock => None,
            Self::PriceBelow(price) => Some(price),
        }
    }

    /// Reports whether it has happened to a product or variant.
    pub fn has_happened(self, price: i64, is_available: bool) -> bool {
        match self {
            Self::BackInStock => is_available,
            Self::PriceBelow(below) => price < below,
        }
    }
}

/// A watch to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewWatch {
    /// The product.
    pub product: ProductId,
    /// One of its variants; any of them if none is given.
    pub variant: Option<VariantId>,
    /// What to wait for.
    pub wants: Wanted,
}

/// A watch of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductWatch {
    /// Id of the watch.
    pub id: i64,
    /// What is watched.
    pub watch: NewWatch,
    /// Time at which it was added, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

/// A watch with the account that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedWatch {
    /// Tenant of the product.
    pub tenant: TenantId,
    /// Account that is told.
    pub account: AccountId,
    /// Mail address of the account.
    pub mail: String,
    /// Name of the account; may be empty.
    pub name: String,
    /// Language of its mails, ISO 639-1.
    pub language: String,
    /// The watch.
    pub watch: ProductWatch,
}

/// Watches of a tenant's accounts.
#[derive(Debug, Clone)]
pub struct ProductWatches {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct WatchRow {
    id: i64,
    product_id: i64,
    variant_id: i64,
    price_below: Option<i64>,
    created_at: i64,
}

#[derive(FromQueryResult)]
struct OwnedRow {
    tenant_id: i64,
    account_id: i64,
    mail: String,
    name: String,
    language: String,
    id: i64,
    product_id: i64,
    variant_id: i64,
    price_below: Option<i64>,
    created_at: i64,
}

/// Watches of an account: `$1` tenant, `$2` account.
pub(crate) const LIST: &str =
    "SELECT id, product_id, variant_id, price_below, created_at FROM product_watches
     WHERE tenant_id = $1 AND account_id = $2 ORDER BY product_id, variant_id, wants";
/// Number of them.
pub(crate) const COUNT: &str =
    "SELECT count(*) AS count FROM product_watches WHERE tenant_id = $1 AND account_id = $2";
/// Watches of all tenants by id, of accounts that get mails: `$1` id after which to begin, `$2` limit.
pub(crate) const ALL: &str = "SELECT w.tenant_id, w.account_id, a.mail, a.name, a.language, w.id, w.product_id, w.variant_id,
            w.price_below, w.created_at
     FROM product_watches w JOIN accounts a ON a.tenant_id = w.tenant_id AND a.id = w.account_id
     WHERE w.id > $1 AND a.disabled_at IS NULL AND a.erased_at IS NULL ORDER BY w.id LIMIT $2";

impl WatchRow {
    fn read(self) -> ProductWatch {
        ProductWatch {
            id: self.id,
            watch: NewWatch {
                product: ProductId(self.product_id),
                variant: (self.variant_id != 0).then_some(VariantId(self.variant_id)),
                wants: match self.price_below {
                    Some(price) => Wanted::PriceBelow(price),
                    None => Wanted::BackInStock,
                },
            },
            created_at_ms: self.created_at,
        }
    }
}

impl OwnedRow {
    fn read(self) -> OwnedWatch {
        let watch = WatchRow {
            id: self.id,
            product_id: self.product_id,
            variant_id: self.variant_id,
            price_below: self.price_below,
            created_at: self.created_at,
        };
        OwnedWatch {
            tenant: TenantId(self.tenant_id),
            account: AccountId(self.account_id),
            mail: self.mail,
            name: self.name,
            language: self.language,
            watch: watch.read(),
        }
    }
}

impl Scope {
    /// Products that accounts of the tenant watch.
    pub fn product_watches(&self) -> ProductWatches {
        ProductWatches {
            scope: self.clone(),
        }
    }
}

impl ProductWatches {
    /// Returns the watches of an account, by product.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self, account: AccountId) -> Result<Vec<ProductWatch>, StoreError> {
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(LIST, values);
        let rows = all::<WatchRow>(self.scope.store.connection(), statement).await?;
        Ok(rows.into_iter().map(WatchRow::read).collect())
    }

    /// Adds a watch, and returns its id. One of the same product, variant and event is replaced.
    ///
    /// # Errors
    /// If the account has [`WATCHES_PER_ACCOUNT`], there is no such product, or the database fails.
    pub async fn add(
        &self,
        account: AccountId,
        new: &NewWatch,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        let backend = self.scope.store.backend();
        let transaction = self.locked(account).await?;
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let count = first::<CountRow>(&transaction, backend.statement(COUNT, values)).await?;
        let count = count.map_or(0, |row| row.count);
        if usize::try_from(count).is_ok_and(|count| count >= WATCHES_PER_ACCOUNT) {
            let message = format!("an account watches at most {WATCHES_PER_ACCOUNT}");
            return Err(InvalidField::new("product", message).into());
        }
        let sql = "INSERT INTO product_watches (tenant_id, account_id, product_id, variant_id, wants, price_below, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant_id, account_id, product_id, variant_id, wants) DO UPDATE
             SET price_below = excluded.price_below, created_at = excluded.created_at RETURNING id";
        let values: [Value; 7] = [
            self.scope.tenant.0.into(),
            account.0.into(),
            new.product.0.into(),
            new.variant.map_or(0, |variant| variant.0).into(),
            new.wants.name().into(),
            new.wants.price().into(),
            now_ms.into(),
        ];
        let row = first::<IdRow>(&transaction, backend.statement(sql, values)).await?;
        transaction.commit().await?;
        Ok(row.ok_or(StoreError::NotFound("watch"))?.id)
    }

    /// Removes a watch.
    ///
    /// # Errors
    /// If the account has none of this id, or the database fails.
    pub async fn remove(&self, account: AccountId, id: i64) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        if !self.delete(&transaction, account, id).await? {
            return Err(StoreError::NotFound("watch"));
        }
        Ok(transaction.commit().await?)
    }

    /// Writes the mail of a watch and removes it, in one transaction. False if it is gone already, so that somebody else wrote the
    /// mail.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn fulfil(
        &self,
        account: AccountId,
        id: i64,
        mail: &NewMail,
    ) -> Result<bool, StoreError> {
        let transaction = self.scope.store.begin().await?;
        if !self.delete(&transaction, account, id).await? {
            return Ok(false);
        }
        mails::enqueue(&transaction, &self.scope, account, mail).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn delete(
        &self,
        transaction: &Transaction,
        account: AccountId,
        id: i64,
    ) -> Result<bool, StoreError> {
        let sql =
            "DELETE FROM product_watches WHERE tenant_id = $1 AND account_id = $2 AND id = $3";
        let values = [self.scope.tenant.0.into(), account.0.into(), id.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        Ok(execute(transaction, statement).await? > 0)
    }

    /// Begins a transaction that is the only one to add watches of the account until it ends.
    async fn locked(&self, account: AccountId) -> Result<Transaction, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let backend: Backend = self.scope.store.backend();
        let sql = format!(
            "SELECT id FROM accounts WHERE tenant_id = $1 AND id = $2{}",
            backend.for_update()
        );
        let values = [self.scope.tenant.0.into(), account.0.into()];
        match first::<IdRow>(&transaction, backend.statement(sql, values)).await? {
            Some(_) => Ok(transaction),
            None => Err(StoreError::NotFound("account")),
        }
    }
}

impl Store {
    /// Returns up to `limit` watches of all tenants after an id, of accounts that get mails.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn product_watches_after(
        &self,
        id: i64,
        limit: u32,
    ) -> Result<Vec<OwnedWatch>, StoreError> {
        let values = [id.into(), i64::from(limit).into()];
        let statement = self.backend().statement(ALL, values);
        let rows = all::<OwnedRow>(self.connection(), statement).await?;
        Ok(rows.into_iter().map(OwnedRow::read).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn price_is_below_an_amount_only_when_it_is_lower() {
        let wants = Wanted::PriceBelow(1_000);
        assert!(wants.has_happened(999, false));
        assert!(!wants.has_happened(1_000, true));
        assert!(Wanted::BackInStock.has_happened(1, true));
        assert!(!Wanted::BackInStock.has_happened(1, false));
    }
}
