//! Postal addresses of an account.

use sea_orm::{FromQueryResult, Value};
use souk_domain::{AccountId, AddressId, InvalidField, ordering::PostalAddress};

use crate::{
    Scope, StoreError, Transaction,
    backend::{IdRow, all, execute, first},
};

/// Most addresses of an account.
pub const ADDRESSES_PER_ACCOUNT: usize = 50;

/// An address that an account keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedAddress {
    /// Address id.
    pub id: AddressId,
    /// The address.
    pub address: PostalAddress,
    /// True if deliveries go there unless told otherwise.
    pub is_delivery_default: bool,
    /// True if bills go there unless told otherwise.
    pub is_billing_default: bool,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

/// An address as its owner writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAddress {
    /// The address, validated.
    pub address: PostalAddress,
    /// True if it becomes the default for deliveries.
    pub is_delivery_default: bool,
    /// True if it becomes the default for bills.
    pub is_billing_default: bool,
}

/// Addresses of a tenant's accounts.
#[derive(Debug, Clone)]
pub struct Addresses {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct AddressRow {
    id: i64,
    address: String,
    is_delivery_default: i64,
    is_billing_default: i64,
    updated_at: i64,
}

impl AddressRow {
    fn read(self) -> Result<SavedAddress, StoreError> {
        Ok(SavedAddress {
            id: AddressId(self.id),
            address: serde_json::from_str(&self.address)?,
            is_delivery_default: self.is_delivery_default != 0,
            is_billing_default: self.is_billing_default != 0,
            updated_at_ms: self.updated_at,
        })
    }
}

impl Scope {
    /// Addresses that accounts of the tenant keep.
    pub fn addresses(&self) -> Addresses {
        Addresses {
            scope: self.clone(),
        }
    }
}

pub(crate) const LIST: &str =
    "SELECT id, address, is_delivery_default, is_billing_default, updated_at FROM addresses
     WHERE tenant_id = $1 AND account_id = $2 ORDER BY id";

impl Addresses {
    /// Returns the addresses of an account, the oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self, account: AccountId) -> Result<Vec<SavedAddress>, StoreError> {
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(LIST, values);
        let rows = all::<AddressRow>(self.scope.store.connection(), statement).await?;
        rows.into_iter().map(AddressRow::read).collect()
    }

    /// Returns one address of an account.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn get(&self, account: AccountId, id: AddressId) -> Result<SavedAddress, StoreError> {
        let listed = self.list(account).await?;
        let found = listed.into_iter().find(|address| address.id == id);
        found.ok_or(StoreError::NotFound("address"))
    }

    /// Adds an address. The first one of an account is the default for both.
    ///
    /// # Errors
    /// If the account has [`ADDRESSES_PER_ACCOUNT`], or the database fails.
    pub async fn add(
        &self,
        account: AccountId,
        new: &NewAddress,
        now_ms: i64,
    ) -> Result<AddressId, StoreError> {
        let transaction = self.locked(account).await?;
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(LIST, values);
        let kept = all::<AddressRow>(&transaction, statement).await?;
        if kept.len() >= ADDRESSES_PER_ACCOUNT {
            let message = format!("an account keeps at most {ADDRESSES_PER_ACCOUNT}");
            return Err(InvalidField::new("address", message).into());
        }
        let new = NewAddress {
            address: new.address.clone(),
            is_delivery_default: new.is_delivery_default || kept.is_empty(),
            is_billing_default: new.is_billing_default || kept.is_empty(),
        };
        let sql = "INSERT INTO addresses (tenant_id, account_id, address, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $4) RETURNING id";
        let values = [
            self.scope.tenant.0.into(),
            account.0.into(),
            serde_json::to_string(&new.address)?.into(),
            now_ms.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let row = first::<IdRow>(&transaction, statement).await?;
        let id = AddressId(row.ok_or(StoreError::NotFound("address"))?.id);
        self.set_defaults(&transaction, account, id, &new).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Replaces an address.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn replace(
        &self,
        account: AccountId,
        id: AddressId,
        new: &NewAddress,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let transaction = self.locked(account).await?;
        let sql = "UPDATE addresses SET address = $4, updated_at = $5
             WHERE tenant_id = $1 AND account_id = $2 AND id = $3";
        let address = serde_json::to_string(&new.address)?;
        let values = [id.0.into(), address.into(), now_ms.into()];
        if self.run(&transaction, sql, account, values).await? == 0 {
            return Err(StoreError::NotFound("address"));
        }
        self.set_defaults(&transaction, account, id, new).await?;
        Ok(transaction.commit().await?)
    }

    /// Removes an address.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn remove(&self, account: AccountId, id: AddressId) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        let sql = "DELETE FROM addresses WHERE tenant_id = $1 AND account_id = $2 AND id = $3";
        if self.run(&transaction, sql, account, [id.0.into()]).await? == 0 {
            return Err(StoreError::NotFound("address"));
        }
        Ok(transaction.commit().await?)
    }

    /// Begins a transaction that is the only one to change addresses of the account until it ends.
    async fn locked(&self, account: AccountId) -> Result<Transaction, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let backend = self.scope.store.backend();
        let sql = format!(
            "SELECT id FROM accounts WHERE tenant_id = $1 AND id = $2{}",
            backend.for_update()
        );
        let statement = backend.statement(sql, [self.scope.tenant.0.into(), account.0.into()]);
        match first::<IdRow>(&transaction, statement).await? {
            Some(_) => Ok(transaction),
            None => Err(StoreError::NotFound("account")),
        }
    }

    /// Makes an address the default where it says so, and no other one.
    async fn set_defaults(
        &self,
        transaction: &Transaction,
        account: AccountId,
        id: AddressId,
        new: &NewAddress,
    ) -> Result<(), StoreError> {
        for (column, is_default) in [
            ("is_delivery_default", new.is_delivery_default),
            ("is_billing_default", new.is_billing_default),
        ] {
            let (others, own) = match is_default {
                true => ("0", "1"),
                false => (column, "0"),
            };
            let sql = format!(
                "UPDATE addresses SET {column} = CASE WHEN id = $3 THEN {own} ELSE {others} END
                 WHERE tenant_id = $1 AND account_id = $2"
            );
            self.run(transaction, &sql, account, [id.0.into()]).await?;
        }
        Ok(())
    }

    async fn run<const N: usize>(
        &self,
        transaction: &Transaction,
        sql: &str,
        account: AccountId,
        values: [Value; N],
    ) -> Result<u64, StoreError> {
        let ids = [self.scope.tenant.0.into(), account.0.into()];
        let values = ids.into_iter().chain(values);
        execute(
            transaction,
            self.scope.store.backend().statement(sql, values),
        )
        .await
    }
}
