//! Fandoms and sellers: named things that products refer to. They have the same columns and the same rules.

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use souk_domain::{InvalidField, parse_slug, slugify};

use crate::{
    Scope, StoreError,
    backend::{all, first, now_ms},
    error, etag,
};

const MAX_NAME_CHARS: usize = 200;
const MAX_DESCRIPTION_CHARS: usize = 50_000;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    Fandoms,
    Sellers,
}

impl Table {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fandoms => "fandoms",
            Self::Sellers => "sellers",
        }
    }

    /// What one of them is called, in errors.
    fn one(self) -> &'static str {
        match self {
            Self::Fandoms => "fandom",
            Self::Sellers => "seller",
        }
    }
}

/// A fandom or seller as a writer gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceInput {
    /// Made from the name when none is given; kept by an update that gives none.
    #[serde(default)]
    pub slug: Option<String>,
    /// What people read.
    pub name: String,
    /// Plain text; may be empty.
    #[serde(default)]
    pub description: String,
}

/// A fandom or seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct ReferenceRecord {
    /// Its id.
    pub id: i64,
    /// Unique within the tenant; what filters take.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// Plain text; may be empty.
    pub description: String,
    /// When it was created, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// When it was last changed, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

impl ReferenceRecord {
    /// Its strong entity tag, in quotes.
    pub fn etag(&self) -> String {
        etag::of(self)
    }
}

/// A tenant's fandoms, or its sellers.
#[derive(Debug, Clone)]
pub struct References {
    scope: Scope,
    table: Table,
}

const COLUMNS: &str =
    "id, slug, name, description, created_at AS created_at_ms, updated_at AS updated_at_ms";

impl References {
    pub(crate) fn new(scope: Scope, table: Table) -> Self {
        Self { scope, table }
    }

    /// Up to `limit` of them that come after an id, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(
        &self,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<ReferenceRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {} WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            self.table.name()
        );
        let values = [
            self.scope.tenant.0.into(),
            after.unwrap_or(0).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        all(self.scope.store.connection(), statement).await
    }

    /// The one with this slug.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<ReferenceRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {} WHERE tenant_id = $1 AND slug = $2",
            self.table.name()
        );
        let values = [self.scope.tenant.0.into(), slug.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        first(self.scope.store.connection(), statement).await
    }

    /// The one with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: i64) -> Result<Option<ReferenceRecord>, StoreError> {
        self.read(self.scope.store.connection(), id, "").await
    }

    /// Adds one.
    ///
    /// # Errors
    /// If the input is no good, or its slug is taken.
    pub async fn create(&self, input: ReferenceInput) -> Result<ReferenceRecord, StoreError> {
        let input = validated(input)?;
        let slug = match input.slug {
            Some(slug) => slug,
            None => slug_of(&input.name)?,
        };
        let sql = format!(
            "INSERT INTO {} (tenant_id, slug, name, description) VALUES ($1, $2, $3, $4) RETURNING {COLUMNS}",
            self.table.name()
        );
        let values = [
            self.scope.tenant.0.into(),
            slug.into(),
            input.name.into(),
            input.description.into(),
        ];
        let transaction = self.scope.begin_exclusive().await?;
        let statement = self.scope.store.backend().statement(sql, values);
        let record = first(&transaction, statement).await?;
        transaction.commit().await?;
        record.ok_or(StoreError::NotFound(self.table.one()))
    }

    /// Replaces one, if it still is what `if_match` says.
    ///
    /// # Errors
    /// If there is none, it was changed since, the input is no good, or its slug is taken.
    pub async fn update(
        &self,
        id: i64,
        input: ReferenceInput,
        if_match: Option<&str>,
    ) -> Result<ReferenceRecord, StoreError> {
        let input = validated(input)?;
        let transaction = self.scope.store.begin().await?;
        let current = self.read_to_write(&transaction, id, if_match).await?;
        let slug = input.slug.unwrap_or_else(|| current.slug.clone());
        let unchanged = (&slug, &input.name, &input.description)
            == (&current.slug, &current.name, &current.description);
        if unchanged {
            return Ok(current);
        }
        let sql = format!(
            "UPDATE {} SET slug = $3, name = $4, description = $5, updated_at = $6
             WHERE tenant_id = $1 AND id = $2 RETURNING {COLUMNS}",
            self.table.name()
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
        let record = first(&transaction, statement).await?;
        transaction.commit().await?;
        record.ok_or(StoreError::NotFound(self.table.one()))
    }

    /// Deletes one that no product refers to, if it still is what `if_match` says.
    ///
    /// # Errors
    /// If there is none, it was changed since, or products refer to it.
    pub async fn delete(&self, id: i64, if_match: Option<&str>) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        self.read_to_write(&transaction, id, if_match).await?;
        let sql = format!(
            "DELETE FROM {} WHERE tenant_id = $1 AND id = $2",
            self.table.name()
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
    ) -> Result<ReferenceRecord, StoreError> {
        let lock = self.scope.store.backend().for_update();
        let record = self
            .read(transaction, id, lock)
            .await?
            .ok_or(StoreError::NotFound(self.table.one()))?;
        etag::check(if_match, &record.etag())?;
        Ok(record)
    }

    async fn read(
        &self,
        connection: &impl ConnectionTrait,
        id: i64,
        lock: &str,
    ) -> Result<Option<ReferenceRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {} WHERE tenant_id = $1 AND id = $2{lock}",
            self.table.name()
        );
        let values = [self.scope.tenant.0.into(), id.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        first(connection, statement).await
    }
}

fn validated(mut input: ReferenceInput) -> Result<ReferenceInput, InvalidField> {
    input.name = checked_name(&input.name)?;
    if let Some(slug) = &input.slug {
        parse_slug(slug).map_err(|error| InvalidField::new("slug", error.to_string()))?;
    }
    checked_text("description", &input.description, MAX_DESCRIPTION_CHARS)?;
    Ok(input)
}

/// A name, trimmed, or why it is none.
pub(crate) fn checked_name(name: &str) -> Result<String, InvalidField> {
    let name = name.trim();
    if name.is_empty() {
        return Err(InvalidField::new("name", "is required"));
    }
    checked_text("name", name, MAX_NAME_CHARS)?;
    Ok(name.to_owned())
}

/// Refuses a text that is too long or that PostgreSQL cannot hold.
pub(crate) fn checked_text(
    field: &'static str,
    text: &str,
    most: usize,
) -> Result<(), InvalidField> {
    if text.contains('\0') {
        return Err(InvalidField::new(field, "holds a zero byte"));
    }
    if text.chars().count() > most {
        return Err(InvalidField::new(
            field,
            format!("has at most {most} characters"),
        ));
    }
    Ok(())
}

/// The slug of a name, if it has one.
pub(crate) fn slug_of(name: &str) -> Result<String, InvalidField> {
    let slug = slugify(name);
    if slug.is_empty() {
        return Err(InvalidField::new(
            "slug",
            "is required, because none can be made from the name",
        ));
    }
    Ok(slug)
}
