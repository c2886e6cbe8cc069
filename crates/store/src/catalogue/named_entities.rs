//! Fandoms and sellers: entities with a name and a slug that products refer to, under the same rules.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use souk_domain::{InvalidField, parse_slug};

use super::validation::{checked_name, checked_text, slug_of};
use crate::{
    Entity, Scope, StoreError, Transaction,
    backend::{CountRow, all, first, now_ms},
    error, etag,
    identity::audit::note,
};

const MAX_DESCRIPTION_CHARS: usize = 50_000;

#[derive(FromQueryResult)]
struct SlugRow {
    slug: String,
}

/// Kind of entity, one table each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamedEntityKind {
    Fandom,
    Seller,
}

impl NamedEntityKind {
    pub(crate) fn table(self) -> &'static str {
        self.entity().table()
    }

    fn entity(self) -> Entity {
        match self {
            Self::Fandom => Entity::Fandom,
            Self::Seller => Entity::Seller,
        }
    }

    fn columns(self) -> String {
        let closed_at = match self {
            Self::Fandom => "CAST(NULL AS bigint)",
            Self::Seller => "closed_at",
        };
        format!(
            "id, slug, name, description, {closed_at} AS closed_at_ms, created_at AS created_at_ms,
             updated_at AS updated_at_ms"
        )
    }

    /// Condition on those that are open.
    fn is_open(self) -> &'static str {
        match self {
            Self::Fandom => "true",
            Self::Seller => "closed_at IS NULL",
        }
    }

    /// Name of the kind, for error messages.
    fn label(self) -> &'static str {
        match self {
            Self::Fandom => "fandom",
            Self::Seller => "seller",
        }
    }
}

/// Fandom or seller to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedEntityInput {
    /// Derived from the name on creation if absent; kept by an update without one.
    #[serde(default)]
    pub slug: Option<String>,
    /// Display name.
    pub name: String,
    /// Plain text; may be empty.
    #[serde(default)]
    pub description: String,
    /// True closes a seller, whose products then leave search, listings and pages; kept by an update without it. A
    /// fandom cannot be closed.
    #[serde(default)]
    pub closed: Option<bool>,
}

/// A fandom or seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct NamedEntityRecord {
    /// Primary key.
    pub id: i64,
    /// Unique within the tenant; the value used in filters.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Plain text; may be empty.
    pub description: String,
    /// Time of its closing in milliseconds since 1970 UTC; none while it is open.
    pub closed_at_ms: Option<i64>,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

impl NamedEntityRecord {
    /// Returns the strong entity tag, in quotes.
    pub fn etag(&self) -> String {
        etag::of(self)
    }

    /// Reports whether its products are hidden.
    pub fn is_closed(&self) -> bool {
        self.closed_at_ms.is_some()
    }
}

/// Fandoms or sellers of a tenant.
#[derive(Debug, Clone)]
pub struct NamedEntities {
    scope: Scope,
    kind: NamedEntityKind,
}

/// Fandoms of a tenant.
pub type Fandoms = NamedEntities;
/// Sellers of a tenant.
pub type Sellers = NamedEntities;

impl Scope {
    /// Fandoms of the tenant.
    pub fn fandoms(&self) -> Fandoms {
        NamedEntities::new(self.clone(), NamedEntityKind::Fandom)
    }

    /// Sellers of the tenant.
    pub fn sellers(&self) -> Sellers {
        NamedEntities::new(self.clone(), NamedEntityKind::Seller)
    }
}

impl NamedEntities {
    pub(crate) fn new(scope: Scope, kind: NamedEntityKind) -> Self {
        Self { scope, kind }
    }

    /// Returns up to `limit` entities after an id, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(
        &self,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<NamedEntityRecord>, StoreError> {
        let sql = format!(
            "SELECT {} FROM {} WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            self.kind.columns(),
            self.kind.table()
        );
        let values = [
            self.scope.tenant.0.into(),
            after.unwrap_or(0).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        all(self.scope.store.connection(), statement).await
    }

    /// Returns up to `limit` open entities after the first `offset`, by name, and the number of all open ones.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn page(
        &self,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<NamedEntityRecord>, u64), StoreError> {
        let (backend, table) = (self.scope.store.backend(), self.kind.table());
        let tenant = self.scope.tenant.0;
        let sql = format!(
            "SELECT {} FROM {table} WHERE tenant_id = $1 AND {} ORDER BY name, id LIMIT $2 OFFSET $3",
            self.kind.columns(),
            self.kind.is_open()
        );
        let values = [
            tenant.into(),
            i64::from(limit).into(),
            i64::from(offset).into(),
        ];
        let connection = self.scope.store.connection();
        let records = all(connection, backend.statement(sql, values)).await?;
        let sql = format!(
            "SELECT count(*) AS count FROM {table} WHERE tenant_id = $1 AND {}",
            self.kind.is_open()
        );
        let count: Option<CountRow> =
            first(connection, backend.statement(sql, [tenant.into()])).await?;
        let count = count.map_or(0, |row| row.count.unsigned_abs());
        Ok((records, count))
    }

    /// Returns the entity with this slug.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<NamedEntityRecord>, StoreError> {
        let sql = format!(
            "SELECT {} FROM {} WHERE tenant_id = $1 AND slug = $2",
            self.kind.columns(),
            self.kind.table()
        );
        let values = [self.scope.tenant.0.into(), slug.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        first(self.scope.store.connection(), statement).await
    }

    /// Returns the slugs of the entities with this name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn slugs_of(&self, name: &str) -> Result<BTreeSet<String>, StoreError> {
        let table = self.kind.table();
        let sql = format!("SELECT slug FROM {table} WHERE tenant_id = $1 AND name = $2");
        let values = [self.scope.tenant.0.into(), name.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        let rows: Vec<SlugRow> = all(self.scope.store.connection(), statement).await?;
        Ok(rows.into_iter().map(|row| row.slug).collect())
    }

    /// Returns the entity that had this slug and has another now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_former_slug(
        &self,
        slug: &str,
    ) -> Result<Option<NamedEntityRecord>, StoreError> {
        match self
            .scope
            .former_slugs()
            .find(self.kind.entity(), slug)
            .await?
        {
            Some(moved) => self.get(moved.id).await,
            None => Ok(None),
        }
    }

    /// Returns the entity with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: i64) -> Result<Option<NamedEntityRecord>, StoreError> {
        self.read(self.scope.store.connection(), id, "").await
    }

    /// Creates an entity.
    ///
    /// # Errors
    /// If the input is no good, or its slug is taken.
    pub async fn create(&self, input: NamedEntityInput) -> Result<NamedEntityRecord, StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        let record = self.create_in(&transaction, input).await?;
        transaction.commit().await?;
        Ok(record)
    }

    /// Creates an entity in a transaction that nobody else of the tenant is in.
    pub(crate) async fn create_in(
        &self,
        transaction: &Transaction,
        input: NamedEntityInput,
    ) -> Result<NamedEntityRecord, StoreError> {
        let input = validated(input)?;
        let slug = match input.slug {
            Some(slug) => slug,
            None => slug_of(&input.name)?,
        };
        let sql = format!(
            "INSERT INTO {} (tenant_id, slug, name, description) VALUES ($1, $2, $3, $4) RETURNING {}",
            self.kind.table(),
            self.kind.columns()
        );
        let values = [
            self.scope.tenant.0.into(),
            slug.into(),
            input.name.into(),
            input.description.into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let record: Option<NamedEntityRecord> = first(transaction, statement).await?;
        let mut record = record.ok_or(StoreError::NotFound(self.kind.label()))?;
        if input.closed == Some(true) {
            record.closed_at_ms = self.set_closed(transaction, record.id, true).await?;
        }
        note::target(|| format!("{}/{}", self.kind.table(), record.id));
        Ok(record)
    }

    /// Replaces an entity if its entity tag still matches `if_match`.
    ///
    /// # Errors
    /// If there is none, it was changed since, the input is no good, or its slug is taken.
    pub async fn update(
        &self,
        id: i64,
        input: NamedEntityInput,
        if_match: Option<&str>,
    ) -> Result<NamedEntityRecord, StoreError> {
        let input = validated(input)?;
        let transaction = self.scope.store.begin().await?;
        let current = self.read_to_write(&transaction, id, if_match).await?;
        let slug = input.slug.unwrap_or_else(|| current.slug.clone());
        let closes = input.closed.filter(|closed| *closed != current.is_closed());
        let unchanged = (&slug, &input.name, &input.description)
            == (&current.slug, &current.name, &current.description);
        if unchanged && closes.is_none() {
            return Ok(current);
        }
        let sql = format!(
            "UPDATE {} SET slug = $3, name = $4, description = $5, updated_at = $6
             WHERE tenant_id = $1 AND id = $2 RETURNING {}",
            self.kind.table(),
            self.kind.columns()
        );
        let values = [
            self.scope.tenant.0.into(),
            id.into(),
            slug.into(),
            input.name.into(),
            input.description.into(),
            now_ms().into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let mut record: Option<NamedEntityRecord> = first(&transaction, statement).await?;
        if let (Some(record), Some(closed)) = (&mut record, closes) {
            record.closed_at_ms = self.set_closed(&transaction, id, closed).await?;
        }
        transaction.commit().await?;
        record.ok_or(StoreError::NotFound(self.kind.label()))
    }

    /// Closes or opens a seller. Its products follow by trigger.
    async fn set_closed(
        &self,
        transaction: &impl ConnectionTrait,
        id: i64,
        closed: bool,
    ) -> Result<Option<i64>, StoreError> {
        if self.kind == NamedEntityKind::Fandom {
            return Err(InvalidField::new("closed", "is for sellers only").into());
        }
        let closed_at = closed.then(now_ms);
        let sql = "UPDATE sellers SET closed_at = $3 WHERE tenant_id = $1 AND id = $2";
        let values = [self.scope.tenant.0.into(), id.into(), closed_at.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        transaction.execute_raw(statement).await?;
        Ok(closed_at)
    }

    /// Deletes an entity that no product refers to, if its entity tag still matches `if_match`.
    ///
    /// # Errors
    /// If there is none, it was changed since, or products refer to it.
    pub async fn delete(&self, id: i64, if_match: Option<&str>) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        self.read_to_write(&transaction, id, if_match).await?;
        let sql = format!(
            "DELETE FROM {} WHERE tenant_id = $1 AND id = $2",
            self.kind.table()
        );
        let values = [self.scope.tenant.0.into(), id.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        match transaction.execute_raw(statement).await {
            Ok(_) => Ok(transaction.commit().await?),
            Err(error) if error::is_still_in_use(&error) => {
                Err(StoreError::conflict("id", "products still refer to it"))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn read_to_write(
        &self,
        transaction: &impl ConnectionTrait,
        id: i64,
        if_match: Option<&str>,
    ) -> Result<NamedEntityRecord, StoreError> {
        let lock = self.scope.store.backend().for_update();
        let record = self
            .read(transaction, id, lock)
            .await?
            .ok_or(StoreError::NotFound(self.kind.label()))?;
        etag::check(if_match, &record.etag())?;
        Ok(record)
    }

    async fn read(
        &self,
        connection: &impl ConnectionTrait,
        id: i64,
        lock: &str,
    ) -> Result<Option<NamedEntityRecord>, StoreError> {
        let sql = format!(
            "SELECT {} FROM {} WHERE tenant_id = $1 AND id = $2{lock}",
            self.kind.columns(),
            self.kind.table()
        );
        let values = [self.scope.tenant.0.into(), id.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        first(connection, statement).await
    }
}

fn validated(mut input: NamedEntityInput) -> Result<NamedEntityInput, InvalidField> {
    input.name = checked_name(&input.name)?;
    if let Some(slug) = &input.slug {
        parse_slug(slug).map_err(|error| InvalidField::new("slug", error.to_string()))?;
    }
    checked_text("description", &input.description, MAX_DESCRIPTION_CHARS)?;
    Ok(input)
}
