//! Definitions of a tenant's attributes.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use souk_domain::{
    AttributeDefinition, AttributeDefinitions, AttributeFilterKind, AttributeType,
    AttributeVisibility, InvalidField, MAX_ATTRIBUTE_DEFINITIONS, MAX_RANGE_ATTRIBUTES, TenantId,
    ValueOrder, same_value,
};

use crate::{
    Scope, Store, StoreError, Transaction,
    backend::{CountRow, all, execute, first, now_ms},
    etag,
    identity::audit::note,
};

/// Columns of a definition that it consists of, in the order in which values are bound.
const COLUMNS: &str =
    "name, type, unit, labels, position, visibility, searched, filter, value_order, value_list";

/// A definition as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttributeRecord {
    /// Primary key.
    pub id: i64,
    /// The definition.
    #[serde(flatten)]
    pub definition: AttributeDefinition,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

impl AttributeRecord {
    /// Returns the strong entity tag, in quotes.
    pub fn etag(&self) -> String {
        etag::of(self)
    }
}

/// Definitions of a tenant's attributes.
#[derive(Debug, Clone)]
pub struct DefinedAttributes {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct NameRow {
    name: String,
}

#[derive(FromQueryResult)]
struct AttributeRow {
    id: i64,
    name: String,
    r#type: String,
    unit: Option<String>,
    labels: String,
    position: i64,
    visibility: String,
    searched: i64,
    filter: String,
    value_order: String,
    value_list: String,
    created_at: i64,
    updated_at: i64,
}

#[derive(FromQueryResult)]
struct RevisionRow {
    tenant_id: i64,
    revision: i64,
}

/// Plain SQL may have written what no writer of ours would; it is read as far as it is understood. The database itself
/// holds visibility, filter and type to their choices.
impl From<AttributeRow> for AttributeRecord {
    fn from(row: AttributeRow) -> Self {
        Self {
            id: row.id,
            definition: AttributeDefinition {
                name: row.name,
                kind: row.r#type.parse().unwrap_or(AttributeType::Text),
                unit: row.unit,
                labels: serde_json::from_str(&row.labels).unwrap_or_default(),
                position: row.position,
                // What is not understood stays with the admins.
                visibility: row
                    .visibility
                    .parse()
                    .unwrap_or(AttributeVisibility::Internal),
                searched: row.searched != 0,
                filter: row.filter.parse().unwrap_or(AttributeFilterKind::None),
                value_order: row.value_order.parse().unwrap_or(ValueOrder::Count),
                values: serde_json::from_str(&row.value_list).unwrap_or_default(),
            },
            created_at_ms: row.created_at,
            updated_at_ms: row.updated_at,
        }
    }
}

impl Scope {
    /// Definitions of the tenant's attributes.
    pub fn attributes(&self) -> DefinedAttributes {
        DefinedAttributes {
            scope: self.clone(),
        }
    }
}

impl Store {
    /// Returns the revision of each tenant's attribute definitions; cheap enough to poll. A tenant that never had any has
    /// none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn attribute_revisions(&self) -> Result<BTreeMap<TenantId, i64>, StoreError> {
        let sql = "SELECT tenant_id, revision FROM attribute_revisions";
        let statement = self.backend().statement(sql, []);
        let rows: Vec<RevisionRow> = all(self.connection(), statement).await?;
        let revisions = rows
            .into_iter()
            .map(|row| (TenantId(row.tenant_id), row.revision));
        Ok(revisions.collect())
    }
}

impl DefinedAttributes {
    /// Returns up to `limit` definitions after an id, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(
        &self,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AttributeRecord>, StoreError> {
        let sql = format!(
            "SELECT id, {COLUMNS}, created_at, updated_at FROM attribute_definitions
             WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3"
        );
        let values = [
            self.scope.tenant.0.into(),
            after.unwrap_or(0).into(),
            i64::from(limit).into(),
        ];
        let statement = self.scope.store.backend().statement(sql, values);
        let rows: Vec<AttributeRow> = all(self.scope.store.connection(), statement).await?;
        Ok(rows.into_iter().map(AttributeRecord::from).collect())
    }

    /// Returns all definitions.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn all(&self) -> Result<AttributeDefinitions, StoreError> {
        let most = u32::try_from(MAX_ATTRIBUTE_DEFINITIONS).unwrap_or(u32::MAX);
        let mut definitions = Vec::new();
        let mut after = None;
        loop {
            // Plain SQL may have defined more than the API lets anyone define; none may become public for that.
            let page = self.list(after, most).await?;
            after = page.last().map(|record| record.id);
            let is_last = page.len() < most as usize;
            definitions.extend(page.into_iter().map(|record| record.definition));
            if is_last {
                return Ok(definitions.into_iter().collect());
            }
        }
    }

    /// Returns the number of the definitions' last change; 0 before the first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revision(&self) -> Result<i64, StoreError> {
        let sql = "SELECT revision AS count FROM attribute_revisions WHERE tenant_id = $1";
        let values = [self.scope.tenant.0.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        let row: Option<CountRow> = first(self.scope.store.connection(), statement).await?;
        Ok(row.map_or(0, |row| row.count))
    }

    /// Returns the definition with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: i64) -> Result<Option<AttributeRecord>, StoreError> {
        self.read(self.scope.store.connection(), id).await
    }

    /// Defines an attribute.
    ///
    /// # Errors
    /// If the definition is invalid, the name is defined already, or the tenant has as many definitions as it may.
    pub async fn create(
        &self,
        definition: AttributeDefinition,
    ) -> Result<AttributeRecord, StoreError> {
        let definition = definition.validated()?;
        let transaction = self.scope.begin_exclusive().await?;
        self.check_name(&transaction, &definition.name, 0).await?;
        self.check_room(&transaction, "true", MAX_ATTRIBUTE_DEFINITIONS, "name", 0)
            .await?;
        self.check_ranges(&transaction, &definition, 0).await?;
        let sql = format!(
            "INSERT INTO attribute_definitions (tenant_id, {COLUMNS})
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             RETURNING id, {COLUMNS}, created_at, updated_at"
        );
        let values = [self.scope.tenant.0.into()]
            .into_iter()
            .chain(values(&definition)?);
        let statement = self.scope.store.backend().statement(sql, values);
        let row: Option<AttributeRow> = first(&transaction, statement).await?;
        let row = row.ok_or(StoreError::NotFound("attribute"))?;
        note::target(|| format!("attributes/{}", row.id));
        transaction.commit().await?;
        Ok(row.into())
    }

    /// Replaces a definition if its entity tag still matches `if_match`.
    ///
    /// # Errors
    /// If there is none, it was changed since, the definition is invalid, or its name is defined already.
    pub async fn update(
        &self,
        id: i64,
        definition: AttributeDefinition,
        if_match: Option<&str>,
    ) -> Result<AttributeRecord, StoreError> {
        let definition = definition.validated()?;
        let transaction = self.scope.begin_exclusive().await?;
        let current = self.read_to_write(&transaction, id, if_match).await?;
        if current.definition == definition {
            return Ok(current);
        }
        self.check_name(&transaction, &definition.name, id).await?;
        self.check_ranges(&transaction, &definition, id).await?;
        let sql = format!(
            "UPDATE attribute_definitions
             SET name = $3, type = $4, unit = $5, labels = $6, position = $7, visibility = $8, searched = $9,
                 filter = $10, value_order = $11, value_list = $12, updated_at = $13
             WHERE tenant_id = $1 AND id = $2 RETURNING id, {COLUMNS}, created_at, updated_at"
        );
        let values = [self.scope.tenant.0.into(), id.into()]
            .into_iter()
            .chain(values(&definition)?)
            .chain([now_ms().into()]);
        let statement = self.scope.store.backend().statement(sql, values);
        let row: Option<AttributeRow> = first(&transaction, statement).await?;
        transaction.commit().await?;
        row.map(AttributeRecord::from)
            .ok_or(StoreError::NotFound("attribute"))
    }

    /// Deletes a definition if its entity tag still matches `if_match`. The attribute stays, as one without a definition.
    ///
    /// # Errors
    /// If there is none, or it was changed since.
    pub async fn delete(&self, id: i64, if_match: Option<&str>) -> Result<(), StoreError> {
        let transaction = self.scope.begin_exclusive().await?;
        self.read_to_write(&transaction, id, if_match).await?;
        let sql = "DELETE FROM attribute_definitions WHERE tenant_id = $1 AND id = $2";
        let values = [self.scope.tenant.0.into(), id.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }

    async fn check_name(
        &self,
        transaction: &Transaction,
        name: &str,
        own: i64,
    ) -> Result<(), StoreError> {
        let sql = "SELECT name FROM attribute_definitions WHERE tenant_id = $1 AND id <> $2";
        let values = [self.scope.tenant.0.into(), own.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        let others: Vec<NameRow> = all(transaction, statement).await?;
        // Two definitions of one name, however it is spelled, could contradict each other.
        match others.iter().find(|other| same_value(&other.name, name)) {
            Some(other) if other.name == name => Err(StoreError::conflict("name", "is taken")),
            Some(other) => Err(StoreError::conflict(
                "name",
                format!("is taken, spelled `{}`", other.name),
            )),
            None => Ok(()),
        }
    }

    async fn check_ranges(
        &self,
        transaction: &Transaction,
        definition: &AttributeDefinition,
        own: i64,
    ) -> Result<(), StoreError> {
        if !definition.is_range() {
            return Ok(());
        }
        let are_ranges = "filter = 'range'";
        self.check_room(transaction, are_ranges, MAX_RANGE_ATTRIBUTES, "filter", own)
            .await
    }

    /// Refuses a definition if there are as many others of its kind as there may be.
    async fn check_room(
        &self,
        transaction: &Transaction,
        condition: &str,
        most: u64,
        field: &'static str,
        own: i64,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT count(*) AS count FROM attribute_definitions
             WHERE tenant_id = $1 AND id <> $2 AND {condition}"
        );
        let values = [self.scope.tenant.0.into(), own.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        let others: Option<CountRow> = first(transaction, statement).await?;
        if others.is_some_and(|row| row.count.unsigned_abs() >= most) {
            let message = format!("must be one of at most {most} definitions of its kind");
            return Err(InvalidField::new(field, message).into());
        }
        Ok(())
    }

    async fn read_to_write(
        &self,
        transaction: &Transaction,
        id: i64,
        if_match: Option<&str>,
    ) -> Result<AttributeRecord, StoreError> {
        let record = self.read(transaction, id).await?;
        let record = record.ok_or(StoreError::NotFound("attribute"))?;
        etag::check(if_match, &record.etag())?;
        Ok(record)
    }

    async fn read(
        &self,
        connection: &impl ConnectionTrait,
        id: i64,
    ) -> Result<Option<AttributeRecord>, StoreError> {
        let sql = format!(
            "SELECT id, {COLUMNS}, created_at, updated_at FROM attribute_definitions
             WHERE tenant_id = $1 AND id = $2"
        );
        let values = [self.scope.tenant.0.into(), id.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        let row: Option<AttributeRow> = first(connection, statement).await?;
        Ok(row.map(AttributeRecord::from))
    }
}

/// Values of [`COLUMNS`].
fn values(definition: &AttributeDefinition) -> Result<[sea_orm::Value; 10], StoreError> {
    Ok([
        definition.name.as_str().into(),
        definition.kind.as_str().into(),
        definition.unit.clone().into(),
        serde_json::to_string(&definition.labels)?.into(),
        definition.position.into(),
        definition.visibility.as_str().into(),
        i64::from(definition.searched).into(),
        definition.filter.as_str().into(),
        definition.value_order.as_str().into(),
        serde_json::to_string(&definition.values)?.into(),
    ])
}
