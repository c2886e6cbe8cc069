//! The tree of categories.

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use souk_domain::{CategoryId, InvalidField, parse_slug};

use super::validation::{checked_name, slug_of};
use crate::{
    Scope, StoreError,
    backend::{IdRow, all, first, now_ms},
    error, etag,
    identity::audit::note,
};

/// A category as a writer gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryInput {
    /// Made from the name when none is given; kept by an update that gives none.
    #[serde(default)]
    pub slug: Option<String>,
    /// Display name.
    pub name: String,
    /// Slug of the category it is part of; none makes it a root.
    #[serde(default)]
    pub parent: Option<String>,
    /// Sort position among siblings, lowest first.
    #[serde(default)]
    pub position: i64,
    /// True closes the category and those below it: their products leave search, listings and pages. Kept by an update
    /// without it.
    #[serde(default)]
    pub closed: Option<bool>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct CategoryRecord {
    /// Category id.
    pub id: i64,
    /// Unique within the tenant; what filters take.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// Id of the category it is part of.
    pub parent_id: Option<i64>,
    /// Slug of the category it is part of.
    pub parent: Option<String>,
    /// Sort position among siblings, lowest first.
    pub position: i64,
    /// Time of its closing in milliseconds since 1970 UTC; none while it is open.
    pub closed_at_ms: Option<i64>,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

impl CategoryRecord {
    /// Returns the strong entity tag, in quotes.
    pub fn etag(&self) -> String {
        etag::of(self)
    }

    /// Category id.
    pub fn id(&self) -> CategoryId {
        CategoryId(self.id)
    }
}

/// A tenant's categories.
#[derive(Debug, Clone)]
pub struct Categories {
    scope: Scope,
}

const SELECT: &str = "SELECT c.id, c.slug, c.name, c.parent_id, p.slug AS parent, c.position, c.closed_at AS closed_at_ms,
     c.created_at AS created_at_ms, c.updated_at AS updated_at_ms
     FROM categories c LEFT JOIN categories p ON p.tenant_id = c.tenant_id AND p.id = c.parent_id
     WHERE c.tenant_id = $1";

/// A category and all above it.
const SELF_AND_ANCESTORS: &str = "WITH RECURSIVE line (id, parent_id) AS (
         SELECT id, parent_id FROM categories WHERE tenant_id = $1 AND id = $2
         UNION
         SELECT c.id, c.parent_id FROM categories c JOIN line ON c.id = line.parent_id WHERE c.tenant_id = $1
     )
     SELECT id FROM line";

impl Scope {
    /// Category tree of the tenant.
    pub fn categories(&self) -> Categories {
        Categories::new(self.clone())
    }
}

impl Categories {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// The whole tree, siblings in their order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self) -> Result<Vec<CategoryRecord>, StoreError> {
        let sql = format!("{SELECT} ORDER BY c.position, c.name, c.id");
        let values = [self.scope.tenant.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        all(self.scope.store.connection(), statement).await
    }

    /// The one with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: CategoryId) -> Result<Option<CategoryRecord>, StoreError> {
        self.read(self.scope.store.connection(), id).await
    }

    /// The one with this slug.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<CategoryRecord>, StoreError> {
        let values = [self.scope.tenant.0.into(), slug.into()];
        let backend = self.scope.store.backend();
        let statement = backend.statement(format!("{SELECT} AND c.slug = $2"), values);
        first(self.scope.store.connection(), statement).await
    }

    /// Adds one.
    ///
    /// # Errors
    /// If the input is no good, there is no such parent, or its slug is taken.
    pub async fn create(&self, input: CategoryInput) -> Result<CategoryRecord, StoreError> {
        let input = validated(input)?;
        let slug = match &input.slug {
            Some(slug) => slug.clone(),
            None => slug_of(&input.name)?,
        };
        let transaction = self.scope.begin_exclusive().await?;
        let parent = self.parent_of(&transaction, &input).await?;
        let values = [
            self.scope.tenant.0.into(),
            parent.map(|parent| parent.0).into(),
            slug.into(),
            input.name.into(),
            input.position.into(),
            input.closed.unwrap_or_default().then(now_ms).into(),
        ];
        let sql = "INSERT INTO categories (tenant_id, parent_id, slug, name, position, closed_at)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
        let statement = self.scope.store.backend().statement(sql, values);
        let created = first::<IdRow>(&transaction, statement)
            .await?
            .ok_or(StoreError::NotFound("category"))?;
        let record = self.read(&transaction, CategoryId(created.id)).await?;
        note::target(|| format!("categories/{}", created.id));
        transaction.commit().await?;
        record.ok_or(StoreError::NotFound("category"))
    }

    /// Replaces one, if it still is what `if_match` says.
    ///
    /// # Errors
    /// If there is none, it was changed since, the input is no good, its slug is taken, or it would become part of
    /// itself.
    pub async fn update(
        &self,
        id: CategoryId,
        input: CategoryInput,
        if_match: Option<&str>,
    ) -> Result<CategoryRecord, StoreError> {
        let input = validated(input)?;
        // Two moves at once could make a ring that neither would make alone.
        let transaction = self.scope.begin_exclusive().await?;
        let current = self.read_to_write(&transaction, id, if_match).await?;
        let parent = self.parent_of(&transaction, &input).await?;
        if let Some(parent) = parent {
            self.check_no_ring(&transaction, id, parent).await?;
        }
        let parent_id = parent.map(|parent| parent.0);
        let slug = input.slug.unwrap_or_else(|| current.slug.clone());
        let closed_at = match input.closed {
            Some(false) => None,
            Some(true) => current.closed_at_ms.or_else(|| Some(now_ms())),
            None => current.closed_at_ms,
        };
        let unchanged = (&slug, &input.name, parent_id, input.position, closed_at)
            == (
                &current.slug,
                &current.name,
                current.parent_id,
                current.position,
                current.closed_at_ms,
            );
        if unchanged {
            return Ok(current);
        }
        let values = [
            self.scope.tenant.0.into(),
            id.0.into(),
            parent_id.into(),
            slug.into(),
            input.name.into(),
            input.position.into(),
            now_ms().into(),
            closed_at.into(),
        ];
        let sql = "UPDATE categories
             SET parent_id = $3, slug = $4, name = $5, position = $6, updated_at = $7, closed_at = $8
             WHERE tenant_id = $1 AND id = $2";
        let statement = self.scope.store.backend().statement(sql, values);
        transaction.execute_raw(statement).await?;
        let record = self.read(&transaction, id).await?;
        transaction.commit().await?;
        record.ok_or(StoreError::NotFound("category"))
    }

    /// Deletes one that has neither products nor categories below, if it still is what `if_match` says.
    ///
    /// # Errors
    /// If there is none, it was changed since, or it is still in use.
    pub async fn delete(&self, id: CategoryId, if_match: Option<&str>) -> Result<(), StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        self.read_to_write(&transaction, id, if_match).await?;
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let sql = "DELETE FROM categories WHERE tenant_id = $1 AND id = $2";
        let statement = self.scope.store.backend().statement(sql, values);
        match transaction.execute_raw(statement).await {
            Ok(_) => Ok(transaction.commit().await?),
            Err(error) if error::is_still_in_use(&error) => Err(StoreError::conflict(
                "id",
                "products or categories are still part of it",
            )),
            Err(error) => Err(error.into()),
        }
    }

    async fn parent_of(
        &self,
        transaction: &impl ConnectionTrait,
        input: &CategoryInput,
    ) -> Result<Option<CategoryId>, StoreError> {
        let Some(slug) = &input.parent else {
            return Ok(None);
        };
        let values = [self.scope.tenant.0.into(), slug.as_str().into()];
        let sql = "SELECT id FROM categories WHERE tenant_id = $1 AND slug = $2";
        let statement = self.scope.store.backend().statement(sql, values);
        match first::<IdRow>(transaction, statement).await? {
            Some(row) => Ok(Some(CategoryId(row.id))),
            None => Err(InvalidField::new("parent", format!("no category `{slug}`")).into()),
        }
    }

    async fn check_no_ring(
        &self,
        transaction: &impl ConnectionTrait,
        id: CategoryId,
        parent: CategoryId,
    ) -> Result<(), StoreError> {
        let values = [self.scope.tenant.0.into(), parent.0.into()];
        let statement = self
            .scope
            .store
            .backend()
            .statement(SELF_AND_ANCESTORS, values);
        let above = all::<IdRow>(transaction, statement).await?;
        if above.iter().any(|ancestor| ancestor.id == id.0) {
            return Err(InvalidField::new("parent", "is the category itself or below it").into());
        }
        Ok(())
    }

    async fn read_to_write(
        &self,
        transaction: &impl ConnectionTrait,
        id: CategoryId,
        if_match: Option<&str>,
    ) -> Result<CategoryRecord, StoreError> {
        let record = self
            .read(transaction, id)
            .await?
            .ok_or(StoreError::NotFound("category"))?;
        etag::check(if_match, &record.etag())?;
        Ok(record)
    }

    async fn read(
        &self,
        connection: &impl ConnectionTrait,
        id: CategoryId,
    ) -> Result<Option<CategoryRecord>, StoreError> {
        let values = [self.scope.tenant.0.into(), id.0.into()];
        let backend = self.scope.store.backend();
        let statement = backend.statement(format!("{SELECT} AND c.id = $2"), values);
        first(connection, statement).await
    }
}

fn validated(mut input: CategoryInput) -> Result<CategoryInput, InvalidField> {
    input.name = checked_name(&input.name)?;
    for (field, slug) in [("slug", &input.slug), ("parent", &input.parent)] {
        if let Some(slug) = slug {
            parse_slug(slug).map_err(|error| InvalidField::new(field, error.to_string()))?;
        }
    }
    Ok(input)
}
