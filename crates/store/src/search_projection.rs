//! What the SQL engine has to project: catalogue changes that triggers noted.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{FromQueryResult, Statement, Value};
use serde::Serialize;
use souk_domain::{ProductId, TenantId};

use crate::{
    Backend, Entity, Store, StoreError, Transaction,
    backend::{CountRow, all, execute, first, json},
};

/// Kinds of entities whose words are searched.
const KINDS: [Entity; 4] = [
    Entity::Product,
    Entity::Category,
    Entity::Fandom,
    Entity::Seller,
];

/// Catalogue changes that the SQL engine does not find yet, of all tenants.
#[derive(Debug, Clone)]
pub struct SearchProjection {
    store: Store,
}

/// Changes in the hands of one worker. They wait again if it is dropped without [`Self::commit`].
#[derive(Debug)]
pub struct ProjectionBatch {
    transaction: Transaction,
    /// Number of notes that it settles.
    pub notes: usize,
    /// Products that exist, by tenant; not all of them are listed.
    pub products: BTreeMap<TenantId, Vec<ProductId>>,
    /// Categories, fandoms and sellers that exist.
    pub names: Vec<ChangedName>,
    /// Entities that are deleted.
    pub deleted: Vec<(Entity, i64)>,
}

/// Name of a category, fandom or seller that has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedName {
    /// Kind of what it names.
    pub entity: Entity,
    /// Id of what it names.
    pub entity_id: i64,
    /// Tenant that it is of.
    pub tenant: TenantId,
    /// The name.
    pub name: String,
}

#[derive(FromQueryResult, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct NoteRow {
    kind: String,
    entity_id: i64,
}

#[derive(FromQueryResult)]
struct NameRow {
    id: i64,
    tenant_id: i64,
    name: String,
}

#[derive(FromQueryResult)]
struct HashRow {
    hash: String,
}

impl Store {
    /// Projection that the SQL engine searches.
    pub fn search_projection(&self) -> SearchProjection {
        SearchProjection {
            store: self.clone(),
        }
    }
}

impl SearchProjection {
    /// Takes up to `limit` notes: those of edits before those of bulk loads, and of these the oldest. Workers in several processes
    /// take different ones, and none works on an entity while another does. None if nothing waits.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take(&self, limit: u32) -> Result<Option<ProjectionBatch>, StoreError> {
        // A transaction would hold SQLite's only write lock.
        if self.is_current().await? {
            return Ok(None);
        }
        let backend = self.store.backend();
        let transaction = self.store.begin().await?;
        let take = backend.statement(take_sql(backend), [i64::from(limit).into()]);
        let notes: Vec<NoteRow> = all(&transaction, take).await?;
        if notes.is_empty() {
            transaction.rollback().await?;
            return Ok(None);
        }
        let mut batch = ProjectionBatch {
            transaction,
            notes: notes.len(),
            products: BTreeMap::new(),
            names: Vec::new(),
            deleted: Vec::new(),
        };
        let noted: BTreeSet<NoteRow> = notes.into_iter().collect();
        batch.lock(backend, &noted).await?;
        for kind in KINDS {
            let ids = noted.iter().filter(|note| note.kind == kind.as_str());
            let ids = ids.map(|note| note.entity_id).collect();
            batch.read(backend, kind, ids).await?;
        }
        Ok(Some(batch))
    }

    /// Returns true if nothing waits.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) AS count FROM (SELECT 1 FROM search_pending LIMIT 1) AS pending";
        let statement = self.store.backend().statement(sql, []);
        let row = first::<CountRow>(self.store.connection(), statement).await?;
        Ok(row.is_none_or(|row| row.count == 0))
    }

    /// Notes everything of a tenant if its words were made by another analyzer than the one of this hash. Returns true if they
    /// were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew(&self, tenant: TenantId, hash: &str) -> Result<bool, StoreError> {
        let backend = self.store.backend();
        let read = "SELECT hash FROM search_analyzers WHERE tenant_id = $1";
        let made_by = backend.statement(read, [tenant.0.into()]);
        let made_by = first::<HashRow>(self.store.connection(), made_by).await?;
        if made_by.is_none_or(|row| row.hash == hash) {
            return Ok(false);
        }
        let transaction = self.store.begin().await?;
        let note = backend.statement(note_tenant_sql(backend), [tenant.0.into()]);
        execute(&transaction, note).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

impl ProjectionBatch {
    /// Transaction in which the projection is written.
    pub fn connection(&self) -> &Transaction {
        &self.transaction
    }

    /// Remembers by which analyzer the words of a tenant are made, unless that is known.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn made_by(&self, tenant: TenantId, hash: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO search_analyzers (tenant_id, hash) SELECT id, $2 FROM tenants WHERE id = $1
                   ON CONFLICT (tenant_id) DO NOTHING";
        let values = [tenant.0.into(), hash.into()];
        execute(&self.transaction, self.statement(sql, values)).await?;
        Ok(())
    }

    /// Settles the notes together with what was written.
    ///
    /// # Errors
    /// If the database fails; then the same changes wait as before.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }

    fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        use sea_orm::ConnectionTrait;
        Statement::from_sql_and_values(self.transaction.get_database_backend(), sql, values)
    }

    /// Waits until no other worker projects one of these entities, and keeps it so. Writers do not wait. SQLite has one
    /// writer at a time.
    async fn lock(&self, backend: Backend, noted: &BTreeSet<NoteRow>) -> Result<(), StoreError> {
        if backend == Backend::Postgres {
            let statement = backend.statement(LOCK, [json(noted)?]);
            execute(&self.transaction, statement).await?;
        }
        Ok(())
    }

    async fn read(
        &mut self,
        backend: Backend,
        entity: Entity,
        ids: Vec<i64>,
    ) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let name = if entity == Entity::Product {
            "''"
        } else {
            "name"
        };
        let sql = format!(
            "SELECT id, tenant_id, {name} AS name FROM {} WHERE {} ORDER BY id",
            entity.table(),
            backend.among_ids("id", "$1")
        );
        let statement = backend.statement(sql, [backend.ids(ids.iter().copied())]);
        let rows: Vec<NameRow> = all(&self.transaction, statement).await?;
        let mut missing: BTreeSet<i64> = ids.into_iter().collect();
        for row in rows {
            missing.remove(&row.id);
            let tenant = TenantId(row.tenant_id);
            if entity == Entity::Product {
                let products = self.products.entry(tenant).or_default();
                products.push(ProductId(row.id));
            } else {
                self.names.push(ChangedName {
                    entity,
                    entity_id: row.id,
                    tenant,
                    name: row.name,
                });
            }
        }
        let missing = missing.into_iter().map(|id| (entity, id));
        self.deleted.extend(missing);
        Ok(())
    }
}

/// Advisory locks of entities, in order. `$1` notes as JSON.
const LOCK: &str = "
    SELECT pg_advisory_xact_lock(class, object) FROM (
        SELECT DISTINCT hashtext('souk search ' || kind) AS class, (entity_id % 2147483648)::int AS object
        FROM jsonb_to_recordset($1::jsonb) AS noted (kind text, entity_id bigint)
        ORDER BY 1, 2 OFFSET 0
    ) AS locked";

/// `$1` limit.
fn take_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "DELETE FROM search_pending
             WHERE id IN (SELECT id FROM search_pending ORDER BY priority, id LIMIT $1 FOR UPDATE SKIP LOCKED)
             RETURNING kind, entity_id"
        }
        Backend::Sqlite => {
            "DELETE FROM search_pending
             WHERE (kind, entity_id) IN (
                 SELECT kind, entity_id FROM search_pending ORDER BY priority, kind, entity_id LIMIT $1)
             RETURNING kind, entity_id"
        }
    }
}

/// `$1` tenant.
fn note_tenant_sql(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "SELECT souk_search_tenant_noted($1)",
        Backend::Sqlite => "INSERT INTO search_tenant_noted VALUES ($1)",
    }
}
