//! The database as a search engine: what answers while the index is away.
//!
//! It keeps the contract of the other engines on PostgreSQL and SQLite, with the full-text tables of the migrations.
//! A search is four or five statements in one read-only snapshot: the category tree, the catalogue's words that the
//! query's words stand for, the hits, and all counts at once.

mod categories;
mod counts;
mod facets;
mod filters;
mod floats;
mod hits;
mod matching;
#[cfg(test)]
mod plans;
mod similar;
mod sql;
mod suggest;
mod vocabulary;

use async_trait::async_trait;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, TransactionOptions, TransactionTrait,
};
use souk_domain::{
    Currency, EngineKind, Facet, FacetName, Hit, ProductId, SearchPage, Suggestion, TenantId,
    currency_exponent,
};

use crate::{SearchEngine, SearchError, SearchPlan, SuggestRequest};
use categories::CategoryTree;
use counts::Counted;
use facets::Counts;
use filters::Clause;
use matching::TextMatch;
use sql::Sql;

/// Searches the database itself.
#[derive(Debug, Clone)]
pub struct DatabaseEngine {
    connection: DatabaseConnection,
}

impl DatabaseEngine {
    /// An engine over a migrated database.
    pub fn new(connection: DatabaseConnection) -> Self {
        Self { connection }
    }

    /// A snapshot, so that hits and counts agree with each other. What it sets ends with it.
    async fn snapshot(&self) -> Result<DatabaseTransaction, SearchError> {
        if self.connection.get_database_backend() != DbBackend::Postgres {
            return Ok(self.connection.begin().await?);
        }
        let options = TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        };
        let transaction = self.connection.begin_with_options(options).await?;
        // Compiling a statement that counts takes longer than counting.
        transaction
            .execute_unprepared("SET LOCAL jit = off")
            .await?;
        Ok(transaction)
    }
}

#[async_trait]
impl SearchEngine for DatabaseEngine {
    fn kind(&self) -> EngineKind {
        EngineKind::Database
    }

    async fn search(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        let snapshot = self.snapshot().await?;
        let tree = CategoryTree::load(&snapshot, plan.tenant).await?;
        let search = Search::new(&snapshot, plan, &tree).await?;
        let counted = Counted::Facets(plan.facets.clone());
        let counts = counts::count(&snapshot, &search, &counted).await?;
        let counts = Counts::new(counts, &search);
        let (hits, next) = hits::page(&snapshot, &search).await?;
        snapshot.commit().await?;
        Ok(SearchPage {
            hits,
            total: counts.total(),
            total_exact: true,
            facets: counts.facets(),
            next,
            stage: plan.stage,
        })
    }

    async fn facet_values(
        &self,
        plan: &SearchPlan,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
        limit: usize,
    ) -> Result<Facet, SearchError> {
        let counted = match (facet, attribute) {
            (FacetName::Attributes, Some(name)) => Counted::Attribute(name.to_owned()),
            _ => Counted::Facets([facet].into()),
        };
        let snapshot = self.snapshot().await?;
        let tree = CategoryTree::load(&snapshot, plan.tenant).await?;
        let search = Search::new(&snapshot, plan, &tree).await?;
        let counts = counts::count(&snapshot, &search, &counted).await?;
        snapshot.commit().await?;
        let counts = Counts::new(counts, &search);
        let (name, found) = match &counted {
            Counted::Attribute(name) => (name.as_str(), counts.attribute_values(name)),
            // Its choices are steps of a scale, and none a value to look for.
            Counted::Facets(_) if facet == FacetName::Rating => (facet.as_str(), Vec::new()),
            Counted::Facets(_) => (facet.as_str(), counts.values(facet)),
        };
        Ok(crate::values::searched(name, found, needle, limit))
    }

    async fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        let snapshot = self.snapshot().await?;
        let suggestions = suggest::suggestions(&snapshot, request).await?;
        snapshot.commit().await?;
        Ok(suggestions)
    }

    async fn similar(
        &self,
        tenant: TenantId,
        product: ProductId,
        limit: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        let snapshot = self.snapshot().await?;
        let hits = similar::similar(&snapshot, tenant, product, limit).await?;
        snapshot.commit().await?;
        Ok(hits)
    }

    async fn ready(&self, tenant: TenantId) -> Result<(), SearchError> {
        currency_of(&self.connection, tenant)
            .await?
            .map(drop)
            .ok_or_else(|| SearchError::NotReady(format!("there is no tenant {tenant}")))
    }
}

/// A plan with what had to be looked up for it.
struct Search<'a> {
    plan: &'a SearchPlan,
    tree: &'a CategoryTree,
    text: Option<TextMatch>,
    clauses: Vec<Clause<'a>>,
    /// Decimal digits of the tenant's prices.
    currency_exponent: u32,
}

impl<'a> Search<'a> {
    async fn new<C: ConnectionTrait>(
        connection: &C,
        plan: &'a SearchPlan,
        tree: &'a CategoryTree,
    ) -> Result<Self, SearchError> {
        let text = match &plan.text {
            Some(text) => Some(TextMatch::look_up(connection, plan, text, tree).await?),
            None => None,
        };
        let currency = currency_of(connection, plan.tenant).await?;
        Ok(Self {
            plan,
            tree,
            text,
            clauses: Clause::all(plan, tree),
            currency_exponent: currency.map_or(2, currency_exponent),
        })
    }

    /// Appends the condition on product `p` that every count and hit shares.
    fn write_base(&self, sql: &mut Sql) {
        sql.push("p.tenant_id = ")
            .bind(self.plan.tenant.0)
            .push(" AND p.status = 'active'");
        if let Some(text) = &self.text {
            sql.push(" AND p.id IN (");
            text.write_ids(sql, self.plan);
            sql.push(")");
        }
    }
}

async fn currency_of<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
) -> Result<Option<Currency>, SearchError> {
    let mut sql = Sql::new(connection.get_database_backend());
    sql.push("SELECT currency FROM tenants WHERE id = ")
        .bind(tenant.0);
    let rows = sql.rows(connection).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let code: String = row.try_get_by_index(0)?;
    Ok(Some(Currency::from_code(&code).unwrap_or(Currency::XXX)))
}

impl From<DbErr> for SearchError {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Self::unavailable(error),
            other => Self::engine(other),
        }
    }
}
