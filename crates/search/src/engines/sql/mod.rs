//! SQL engine: searches the database itself, as the fallback while the index is unavailable.
//!
//! It keeps the contract of the other engines on PostgreSQL and SQLite, with the full-text tables of the migrations. A
//! search is about seven statements in one read-only snapshot: category tree, settings, vocabulary and names of the
//! query's words, estimated size, counts, hits, and their variants. Conditions on options, price and stock hold on the
//! same variant: the rows of products decide most of them, and variants are looked at only where they do not.

mod dialect;
mod error;
mod facets;
mod floats;
mod index;
mod listed;
mod offered;
mod operators;
mod place;
mod postgres;
mod query;
mod ranges;
mod sampling;
mod spellings;
mod sqlite;
mod statement;
mod suggest;

pub use index::SqlProjection;

use async_trait::async_trait;
use sea_orm::ConnectionTrait;
use souk_domain::{EngineKind, Facet, FacetName, Hit, ProductId, SearchPage, Suggestion, TenantId};
use souk_store::{Connection, Transaction};

use crate::{SearchEngine, SearchError, SearchPlan, SuggestRequest, query::FACET_VALUES};
use dialect::{Dialect, facets::count, search::measure, session};
use facets::{query::FacetQuery, response::Counts};
use postgres::{facets::dictionary::Dictionary, selectivity::Statistics};
use query::{
    categories::CategoryTree,
    excluded_filters::{CountedFacets, ExcludedFilters},
    hits,
    search::Search,
    settings::Settings,
    similar,
};
use spellings::Spellings;
use statement::Sql;

/// Factor of the sample size when one facet's values are searched, so that rare values are found.
const VALUES_THOROUGHNESS: u64 = 4;

/// Search engine over PostgreSQL or SQLite.
#[derive(Debug, Clone)]
pub struct SqlEngine {
    connection: Connection,
    dictionary: Dictionary,
    statistics: Statistics,
}

impl SqlEngine {
    /// Returns an engine over a migrated database.
    pub fn new(connection: impl Into<Connection>) -> Self {
        Self {
            connection: connection.into(),
            dictionary: Dictionary::default(),
            statistics: Statistics::default(),
        }
    }

    async fn snapshot(&self) -> Result<Transaction, SearchError> {
        session::snapshot(&self.connection).await
    }
}

#[async_trait]
impl SearchEngine for SqlEngine {
    fn kind(&self) -> EngineKind {
        EngineKind::Database
    }

    async fn search(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        let snapshot = self.snapshot().await?;
        let typed = Some(plan.filters.clone());
        let spellings = Spellings::look_up(&snapshot, plan, None).await?;
        let plan = &*spellings.resolved(&snapshot, plan).await?;
        let plan = &*ranges::resolved(&snapshot, plan, &spellings).await?;
        let tree = CategoryTree::load(&snapshot, plan.tenant).await?;
        let mut settings = Settings::look_up(&snapshot, plan, spellings).await?;
        settings.typed = typed;
        let selectivity = session::selectivity(&snapshot, &self.statistics).await?;
        let search = Search::new(&snapshot, plan, &settings, &tree, selectivity).await?;
        let counted = CountedFacets::Facets(plan.facets.clone());
        let excluded = ExcludedFilters::new(&search.clauses, &counted);
        let strategy = measure(&snapshot, &search, &excluded, 1).await?;
        let query = FacetQuery {
            search: &search,
            counted: &counted,
            excluded: &excluded,
            strategy: &strategy,
            with_page: Dialect::of(self.connection.get_database_backend())
                .syntax()
                .counts_with_page
                && plan.page.limit > 0
                && search.is_ordered_whole(&strategy),
            most_values: FACET_VALUES,
        };
        let (counts, ids) = count(&snapshot, &query, &self.dictionary).await?;
        let counts = Counts::new(counts, &query);
        let (hits, next) = hits::page(&snapshot, &search, &strategy, ids.as_deref()).await?;
        snapshot.commit().await?;
        let seen = plan.page.offset() as u64 + hits.len() as u64 + u64::from(next.is_some());
        let total = if counts.is_total_exact() || hits.is_empty() {
            counts.total()
        } else {
            counts.total().max(seen)
        };
        Ok(SearchPage {
            hits,
            total,
            total_exact: counts.is_total_exact(),
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
            (FacetName::Attributes, Some(name)) => CountedFacets::Attribute(name.to_owned()),
            _ => CountedFacets::Facets([facet].into()),
        };
        let snapshot = self.snapshot().await?;
        let typed = Some(plan.filters.clone());
        let spellings = Spellings::look_up(&snapshot, plan, attribute).await?;
        let plan = &*spellings.resolved(&snapshot, plan).await?;
        let plan = &*ranges::resolved(&snapshot, plan, &spellings).await?;
        let tree = CategoryTree::load(&snapshot, plan.tenant).await?;
        let mut settings = Settings::look_up(&snapshot, plan, spellings).await?;
        settings.typed = typed;
        let selectivity = session::selectivity(&snapshot, &self.statistics).await?;
        let search = Search::new(&snapshot, plan, &settings, &tree, selectivity).await?;
        let excluded = ExcludedFilters::new(&search.clauses, &counted);
        let strategy = measure(&snapshot, &search, &excluded, VALUES_THOROUGHNESS).await?;
        let query = FacetQuery {
            search: &search,
            counted: &counted,
            excluded: &excluded,
            strategy: &strategy,
            with_page: false,
            most_values: usize::MAX,
        };
        let (counts, _) = count(&snapshot, &query, &self.dictionary).await?;
        snapshot.commit().await?;
        let counts = Counts::new(counts, &query);
        let found = match &counted {
            CountedFacets::Attribute(name) => counts.whole_attribute(name),
            CountedFacets::Facets(_) => counts.whole(facet),
        };
        let mut facet =
            crate::facets::value_search::searched(&found.name, found.values, needle, limit);
        facet.exact = found.exact;
        Ok(facet)
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
        let mut sql = Sql::for_database(&self.connection);
        sql.push("SELECT id FROM tenants WHERE id = ")
            .bind(tenant.0);
        if sql.rows(&self.connection).await?.is_empty() {
            return Err(SearchError::NotReady(format!(
                "there is no tenant {tenant}"
            )));
        }
        Ok(())
    }
}
