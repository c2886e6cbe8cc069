//! Fixtures shared by the store's tests.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use souk_domain::{Currency, Language, ProductInput, TenantId};
use souk_store::{
    Backend, DatabaseOptions, MissingReferences, NewTenant, OutboxRow, Scope, Store, StoreError,
    Upserted,
};
use souk_testkit::{TestDatabase, databases};

/// A store over a fresh database, with a tenant.
pub(crate) struct Setup {
    pub(crate) store: Store,
    pub(crate) scope: Scope,
    /// For statements as someone with `psql` would type them.
    pub(crate) sql: DatabaseConnection,
    /// Dropped last.
    pub(crate) database: TestDatabase,
}

pub(crate) async fn setups() -> Vec<Setup> {
    let mut setups = Vec::new();
    for database in databases().await {
        setups.push(setup(database).await);
    }
    setups
}

pub(crate) async fn setup(database: TestDatabase) -> Setup {
    let store = Store::connect(&DatabaseOptions::new(database.url()))
        .await
        .unwrap();
    let tenant = add_tenant(&store, "main").await;
    Setup {
        scope: store.scope(tenant),
        sql: database.connect().await,
        store,
        database,
    }
}

pub(crate) async fn add_tenant(store: &Store, slug: &str) -> TenantId {
    let tenant = NewTenant {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        hosts: vec![format!("{slug}.example").parse().unwrap()],
        language: Language::English,
        currency: Currency::EUR,
    };
    let id = store.tenants().add(tenant).await.unwrap().id;
    without_first_row(store, id).await;
    id
}

/// Acknowledges the row that has the tenant's index made: tests count those of their own changes.
async fn without_first_row(store: &Store, tenant: TenantId) {
    let (outbox, worker) = (store.outbox(), "setup");
    let rows = outbox.claim(worker, 1_000, 60_000, 1).await.unwrap();
    let (first, others): (Vec<_>, Vec<_>) = rows
        .iter()
        .partition(|row| row.tenant_id == tenant && row.entity_id == 0);
    let ids = |rows: Vec<&OutboxRow>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(outbox.acknowledge(worker, &ids(first), 1).await.unwrap(), 1);
    outbox.release(worker, &ids(others)).await.unwrap();
}

impl Setup {
    /// Runs a statement that someone typed; `{tenant}` stands for the tenant's id.
    pub(crate) async fn run(&self, sql: &str) {
        let sql = sql.replace("{tenant}", &self.scope.tenant().to_string());
        self.sql
            .execute_unprepared(&sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Tries a statement in a transaction of the store.
    pub(crate) async fn try_run(&self, sql: &str) -> Result<(), StoreError> {
        let transaction = self.store.begin().await?;
        transaction.execute_unprepared(sql).await?;
        Ok(transaction.commit().await?)
    }

    /// Waits until a connection to this PostgreSQL database waits for another one's lock.
    pub(crate) async fn until_somebody_waits_for_a_lock(&self) {
        let waiting = "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.number(waiting).await == 0 {
            assert!(Instant::now() < deadline, "nobody waits for a lock");
            tokio::task::yield_now().await;
        }
    }

    /// Returns the number that a query selects.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let backend = match self.store.backend() {
            Backend::Postgres => DbBackend::Postgres,
            Backend::Sqlite => DbBackend::Sqlite,
        };
        let row = self
            .sql
            .query_one_raw(Statement::from_string(backend, sql))
            .await
            .unwrap()
            .unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Writes products, all of which are good, making what they refer to.
    pub(crate) async fn upsert(
        &self,
        products: impl IntoIterator<Item = impl Into<ProductInput>>,
    ) -> Vec<Upserted> {
        let products = products.into_iter().map(Into::into).collect();
        self.scope
            .products()
            .upsert_batch(products, MissingReferences::Create)
            .await
            .unwrap()
            .into_iter()
            .map(Result::unwrap)
            .collect()
    }

    /// Takes all that is in the outbox, as entity and id, each once, sorted.
    pub(crate) async fn drain(&self) -> Vec<(String, i64)> {
        let rows = self.claim("drain", 0).await;
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        self.store
            .outbox()
            .acknowledge("drain", &ids, 0)
            .await
            .unwrap();
        let mut changes: Vec<_> = rows
            .iter()
            .map(|row| (row.entity.to_string(), row.entity_id))
            .collect();
        changes.sort();
        changes.dedup();
        changes
    }

    pub(crate) async fn claim(&self, worker: &str, now_ms: i64) -> Vec<OutboxRow> {
        self.store
            .outbox()
            .claim(worker, 10_000, 1_000, now_ms)
            .await
            .unwrap()
    }
}
