//! Terms of selling: delivery methods, tax rates, promotions and commission rates of a tenant.
//!
//! Each kind is a table with the same columns; what a row says is one JSON value of the domain.

use std::marker::PhantomData;

use sea_orm::FromQueryResult;
use serde::{Serialize, de::DeserializeOwned};
use souk_domain::{
    DeliveryMethodId, InvalidField, PromotionId, SellerId, TaxRateId,
    ordering::{CommissionRate, DeliveryMethod, Promotion, TaxRate},
};

use crate::{
    Scope, StoreError, Transaction,
    backend::{CountRow, all, execute, first},
    etag,
};

/// Most rows of one kind that a tenant has.
pub const TERMS_PER_TENANT: usize = 2_000;

/// A kind of terms.
pub trait Term: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Table that has it.
    const TABLE: &'static str;
    /// Name in messages.
    const NAME: &'static str;
    /// Column besides `terms` that says whose or by which code it is.
    const KEY: Option<&'static str>;

    /// Value of that column.
    fn key(&self) -> TermKey;

    /// Takes the id of its row.
    fn set_id(&mut self, id: i64);
}

/// Value of a key column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermKey {
    /// The table has none.
    None,
    /// Seller, or none for all.
    Seller(Option<SellerId>),
    /// Code in normal form, or none for what applies by itself.
    Code(Option<String>),
}

impl Term for DeliveryMethod {
    const TABLE: &'static str = "delivery_methods";
    const NAME: &'static str = "delivery method";
    const KEY: Option<&'static str> = Some("seller_id");

    fn key(&self) -> TermKey {
        TermKey::Seller(Some(self.seller))
    }

    fn set_id(&mut self, id: i64) {
        self.id = DeliveryMethodId(id);
    }
}

impl Term for TaxRate {
    const TABLE: &'static str = "tax_rates";
    const NAME: &'static str = "tax rate";
    const KEY: Option<&'static str> = None;

    fn key(&self) -> TermKey {
        TermKey::None
    }

    fn set_id(&mut self, id: i64) {
        self.id = TaxRateId(id);
    }
}

impl Term for Promotion {
    const TABLE: &'static str = "promotions";
    const NAME: &'static str = "promotion";
    const KEY: Option<&'static str> = Some("code");

    fn key(&self) -> TermKey {
        TermKey::Code(self.code.as_ref().map(ToString::to_string))
    }

    fn set_id(&mut self, id: i64) {
        self.id = PromotionId(id);
    }
}

impl Term for CommissionRate {
    const TABLE: &'static str = "commission_rates";
    const NAME: &'static str = "commission rate";
    const KEY: Option<&'static str> = Some("seller_id");

    fn key(&self) -> TermKey {
        TermKey::Seller(self.seller)
    }

    fn set_id(&mut self, _id: i64) {}
}

/// A row of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    /// Row id.
    pub id: i64,
    /// What it says.
    pub terms: T,
    /// Purchases that have it, of a promotion; else 0.
    pub uses: i64,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

impl<T> Stored<T> {
    /// Returns the entity tag.
    pub fn etag(&self) -> String {
        etag::of(&(self.id, self.updated_at_ms))
    }
}

/// One kind of terms of one tenant.
#[derive(Debug, Clone)]
pub struct Terms<T> {
    scope: Scope,
    kind: PhantomData<fn() -> T>,
}

#[derive(FromQueryResult)]
struct TermRow {
    id: i64,
    terms: String,
    uses: i64,
    created_at: i64,
    updated_at: i64,
}

impl TermRow {
    fn read<T: Term>(self) -> Result<Stored<T>, StoreError> {
        let mut terms: T = serde_json::from_str(&self.terms)?;
        terms.set_id(self.id);
        Ok(Stored {
            id: self.id,
            terms,
            uses: self.uses,
            created_at_ms: self.created_at,
            updated_at_ms: self.updated_at,
        })
    }
}

fn columns<T: Term>() -> &'static str {
    match T::KEY {
        Some("code") => "id, terms, uses, created_at, updated_at",
        _ => "id, terms, CAST(0 AS bigint) AS uses, created_at, updated_at",
    }
}

pub(crate) fn list_sql<T: Term>() -> String {
    format!(
        "SELECT {} FROM {} WHERE tenant_id = $1 ORDER BY id",
        columns::<T>(),
        T::TABLE
    )
}

fn one_sql<T: Term>() -> String {
    format!(
        "SELECT {} FROM {} WHERE tenant_id = $1 AND id = $2",
        columns::<T>(),
        T::TABLE
    )
}

impl Scope {
    /// Terms of one kind.
    pub fn terms<T: Term>(&self) -> Terms<T> {
        Terms {
            scope: self.clone(),
            kind: PhantomData,
        }
    }
}

impl<T: Term> Terms<T> {
    /// Returns all rows, the oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self) -> Result<Vec<Stored<T>>, StoreError> {
        let values = [self.scope.tenant.0.into()];
        let statement = self
            .scope
            .store
            .backend()
            .statement(list_sql::<T>(), values);
        let rows = all::<TermRow>(self.scope.store.connection(), statement).await?;
        rows.into_iter().map(TermRow::read).collect()
    }

    /// Returns one row.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn get(&self, id: i64) -> Result<Stored<T>, StoreError> {
        let values = [self.scope.tenant.0.into(), id.into()];
        let statement = self.scope.store.backend().statement(one_sql::<T>(), values);
        let row = first::<TermRow>(self.scope.store.connection(), statement).await?;
        row.ok_or(StoreError::NotFound(T::NAME))?.read()
    }

    /// Adds a row.
    ///
    /// # Errors
    /// If there are [`TERMS_PER_TENANT`], its code is taken, or there is no such seller.
    pub async fn add(&self, terms: &T, now_ms: i64) -> Result<Stored<T>, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let backend = self.scope.store.backend();
        let count = format!(
            "SELECT count(*) AS count FROM {} WHERE tenant_id = $1",
            T::TABLE
        );
        let statement = backend.statement(count, [self.scope.tenant.0.into()]);
        let kept = first::<CountRow>(&transaction, statement).await?;
        if kept.is_some_and(|row| row.count >= TERMS_PER_TENANT as i64) {
            let message = format!("there are at most {TERMS_PER_TENANT} of a marketplace");
            return Err(InvalidField::new(T::NAME, message).into());
        }
        self.check_seller(&transaction, terms).await?;
        self.check_code(&transaction, terms, 0).await?;
        let (column, parameter) = match T::KEY {
            Some(key) => (format!(", {key}"), ", $4"),
            None => (String::new(), ""),
        };
        let sql = format!(
            "INSERT INTO {} (tenant_id, terms, created_at, updated_at{column})
             VALUES ($1, $2, $3, $3{parameter}) RETURNING {}",
            T::TABLE,
            columns::<T>()
        );
        let json = serde_json::to_string(terms)?;
        let mut values = vec![self.scope.tenant.0.into(), json.into(), now_ms.into()];
        values.extend(key_value(terms));
        let row = first::<TermRow>(&transaction, backend.statement(sql, values)).await?;
        transaction.commit().await?;
        row.ok_or(StoreError::NotFound(T::NAME))?.read()
    }

    /// Replaces what a row says, if it still is in the state that `if_match` names.
    ///
    /// # Errors
    /// If there is none, it has been changed meanwhile, its code is taken, or there is no such seller.
    pub async fn replace(
        &self,
        id: i64,
        terms: &T,
        if_match: Option<&str>,
        now_ms: i64,
    ) -> Result<Stored<T>, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let current = self.locked(&transaction, id).await?;
        etag::check(if_match, &current.etag())?;
        self.check_seller(&transaction, terms).await?;
        self.check_code(&transaction, terms, id).await?;
        let key = match T::KEY {
            Some(key) => format!(", {key} = $5"),
            None => String::new(),
        };
        let sql = format!(
            "UPDATE {} SET terms = $3, updated_at = $4{key} WHERE tenant_id = $1 AND id = $2 RETURNING {}",
            T::TABLE,
            columns::<T>()
        );
        // Later than before, so that the entity tag changes within a millisecond as well.
        let updated_at = now_ms.max(current.updated_at_ms + 1);
        let json = serde_json::to_string(terms)?;
        let mut values = vec![
            self.scope.tenant.0.into(),
            id.into(),
            json.into(),
            updated_at.into(),
        ];
        values.extend(key_value(terms));
        let statement = self.scope.store.backend().statement(sql, values);
        let row = first::<TermRow>(&transaction, statement).await?;
        transaction.commit().await?;
        row.ok_or(StoreError::NotFound(T::NAME))?.read()
    }

    /// Removes a row. Purchases keep what they took from it.
    ///
    /// # Errors
    /// If there is none, or it has been changed meanwhile.
    pub async fn remove(&self, id: i64, if_match: Option<&str>) -> Result<(), StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let current = self.locked(&transaction, id).await?;
        etag::check(if_match, &current.etag())?;
        let sql = format!("DELETE FROM {} WHERE tenant_id = $1 AND id = $2", T::TABLE);
        let values = [self.scope.tenant.0.into(), id.into()];
        execute(
            &transaction,
            self.scope.store.backend().statement(sql, values),
        )
        .await?;
        Ok(transaction.commit().await?)
    }

    async fn locked(&self, transaction: &Transaction, id: i64) -> Result<Stored<T>, StoreError> {
        let values = [self.scope.tenant.0.into(), id.into()];
        let statement = self.scope.store.backend().statement(one_sql::<T>(), values);
        let row = first::<TermRow>(transaction, statement).await?;
        row.ok_or(StoreError::NotFound(T::NAME))?.read()
    }

    /// Refuses a code that another row has. The tenant is locked, so that nobody takes it meanwhile.
    async fn check_code(
        &self,
        transaction: &Transaction,
        terms: &T,
        own: i64,
    ) -> Result<(), StoreError> {
        let TermKey::Code(Some(code)) = terms.key() else {
            return Ok(());
        };
        let sql = format!(
            "SELECT count(*) AS count FROM {} WHERE tenant_id = $1 AND code = $2 AND id <> $3",
            T::TABLE
        );
        let values = [self.scope.tenant.0.into(), code.into(), own.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        match first::<CountRow>(transaction, statement).await? {
            Some(row) if row.count > 0 => Err(StoreError::conflict("code", "is taken")),
            _ => Ok(()),
        }
    }

    async fn check_seller(&self, transaction: &Transaction, terms: &T) -> Result<(), StoreError> {
        let TermKey::Seller(Some(seller)) = terms.key() else {
            return Ok(());
        };
        let sql = "SELECT count(*) AS count FROM sellers WHERE tenant_id = $1 AND id = $2";
        let values = [self.scope.tenant.0.into(), seller.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        match first::<CountRow>(transaction, statement).await? {
            Some(row) if row.count > 0 => Ok(()),
            _ => Err(InvalidField::new("seller", "is unknown").into()),
        }
    }
}

fn key_value(terms: &impl Term) -> Option<sea_orm::Value> {
    match terms.key() {
        TermKey::None => None,
        TermKey::Seller(seller) => Some(seller.map(|seller| seller.0).into()),
        TermKey::Code(code) => Some(code.into()),
    }
}
