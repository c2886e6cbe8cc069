//! The database as a search engine: what answers while the index is away.
//!
//! It keeps the contract of the other engines on PostgreSQL and SQLite, with the full-text tables of the migrations.
//! A search is some six statements in one read-only snapshot: the category tree, the catalogue's words and names that
//! the query's words stand for, how wide the search is if its words do not tell, all counts at once, and the hits.

mod attribute_counts;
mod browsing;
mod categories;
mod counts;
mod dictionary;
mod extent;
mod facets;
mod filters;
mod floats;
mod gathered;
mod hits;
mod marks;
mod matching;
mod merchandising;
mod names;
#[cfg(test)]
mod plans;
mod rarity;
mod scoring;
mod settings;
mod similar;
mod soft;
mod statement;
mod suggest;
mod tally;
mod vocabulary;

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    TransactionTrait,
};
use souk_domain::{EngineKind, Facet, FacetName, Hit, ProductId, SearchPage, Suggestion, TenantId};

use crate::{SearchEngine, SearchError, SearchPlan, SuggestRequest, query::FACET_VALUES};
use categories::CategoryTree;
use dictionary::Dictionary;
use extent::Extent;
use facets::Counts;
use filters::Clause;
use marks::Share;
use matching::{Condition, TextMatch};
use merchandising::Steered;
use rarity::{Rarity, Statistics};
use settings::Settings;
use soft::{Counted, Soft};
use statement::Sql;

/// How long PostgreSQL works on a statement: well beyond what a caller waits, so that only abandoned work ends.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much more of a wide result is counted when the values of one facet are asked for: rare ones are looked for there.
const VALUES_THOROUGHNESS: u64 = 4;

/// Searches the database itself.
#[derive(Debug, Clone)]
pub struct SqlEngine {
    connection: DatabaseConnection,
    dictionary: Dictionary,
    statistics: Statistics,
}

impl SqlEngine {
    /// An engine over a migrated database.
    pub fn new(connection: DatabaseConnection) -> Self {
        Self {
            connection,
            dictionary: Dictionary::default(),
            statistics: Statistics::default(),
        }
    }

    fn is_postgres(&self) -> bool {
        self.connection.get_database_backend() == DbBackend::Postgres
    }

    /// A snapshot, so that hits and counts agree with each other. What it sets ends with it.
    async fn snapshot(&self) -> Result<DatabaseTransaction, SearchError> {
        if !self.is_postgres() {
            return Ok(self.connection.begin().await?);
        }
        let transaction = self.connection.begin().await?;
        // Compiling a statement that counts takes longer than counting, and helpers help nobody while others wait.
        let patience = PATIENCE.as_millis();
        transaction
            .execute_unprepared(&format!(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL jit = off; \
                 SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL statement_timeout = {patience}"
            ))
            .await?;
        Ok(transaction)
    }
}

#[async_trait]
impl SearchEngine for SqlEngine {
    fn kind(&self) -> EngineKind {
        EngineKind::Database
    }

    async fn search(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        let snapshot = self.snapshot().await?;
        let tree = CategoryTree::load(&snapshot, plan.tenant).await?;
        let settings = Settings::look_up(&snapshot, plan).await?;
        let rarity = self.statistics.look_up(&snapshot).await?;
        let search = Search::new(&snapshot, plan, &settings, &tree, rarity).await?;
        let counted = Counted::Facets(plan.facets.clone());
        let soft = Soft::new(&search.clauses, &counted);
        let extent = Extent::measure(&snapshot, &search, &soft, 1).await?;
        let statement = counts::Statement {
            search: &search,
            counted: &counted,
            soft: &soft,
            extent: &extent,
            with_page: self.is_postgres()
                && plan.page.limit > 0
                && search.is_ordered_whole(&extent),
            most_values: FACET_VALUES,
        };
        let (counts, ids) = counts::count(&snapshot, &statement, &self.dictionary).await?;
        let counts = Counts::new(counts, &statement);
        let (hits, next) = hits::page(&snapshot, &search, &extent, ids.as_deref()).await?;
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
            (FacetName::Attributes, Some(name)) => Counted::Attribute(name.to_owned()),
            _ => Counted::Facets([facet].into()),
        };
        let snapshot = self.snapshot().await?;
        let tree = CategoryTree::load(&snapshot, plan.tenant).await?;
        let settings = Settings::look_up(&snapshot, plan).await?;
        let rarity = self.statistics.look_up(&snapshot).await?;
        let search = Search::new(&snapshot, plan, &settings, &tree, rarity).await?;
        let soft = Soft::new(&search.clauses, &counted);
        let extent = Extent::measure(&snapshot, &search, &soft, VALUES_THOROUGHNESS).await?;
        let statement = counts::Statement {
            search: &search,
            counted: &counted,
            soft: &soft,
            extent: &extent,
            with_page: false,
            most_values: usize::MAX,
        };
        let (counts, _) = counts::count(&snapshot, &statement, &self.dictionary).await?;
        snapshot.commit().await?;
        let counts = Counts::new(counts, &statement);
        let found = match &counted {
            Counted::Attribute(name) => counts.whole_attribute(name),
            Counted::Facets(_) => counts.whole(facet),
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
        let mut sql = Sql::new(self.connection.get_database_backend());
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

/// A plan with what had to be looked up for it.
struct Search<'a> {
    plan: &'a SearchPlan,
    tree: &'a CategoryTree,
    settings: &'a Settings,
    text: Option<TextMatch>,
    clauses: Vec<Clause<'a>>,
    merchandising: Steered<'a>,
    /// PostgreSQL only.
    rarity: Rarity,
    /// What the text asks of each product. PostgreSQL only.
    conditions: Vec<Condition>,
}

impl<'a> Search<'a> {
    async fn new<C: ConnectionTrait>(
        connection: &C,
        plan: &'a SearchPlan,
        settings: &'a Settings,
        tree: &'a CategoryTree,
        rarity: Rarity,
    ) -> Result<Self, SearchError> {
        let text = match &plan.text {
            Some(text) => Some(TextMatch::look_up(connection, plan, text, tree).await?),
            None => None,
        };
        let asked = text.as_ref().filter(|text| text.is_postgres());
        let conditions = asked.map(|text| text.conditions(&rarity));
        Ok(Self {
            plan,
            tree,
            settings,
            text,
            clauses: Clause::all(plan.tenant, &plan.filters, settings, tree),
            merchandising: Steered::new(plan, settings, tree),
            conditions: conditions.unwrap_or_default(),
            rarity,
        })
    }

    /// Whether all hits are counted and put in order: none of them is left out before the page is cut.
    fn is_ordered_whole(&self, extent: &Extent) -> bool {
        match extent {
            Extent::Narrow => true,
            Extent::Wide(sets) => sets.is_ranked_whole() && !self.plan.is_browse_steered(),
        }
    }

    /// Appends the table of products `p`, up to the conditions.
    fn write_from(&self, sql: &mut Sql) {
        sql.push(if sql.is_postgres() {
            " FROM search_products p WHERE "
        } else {
            " FROM products p WHERE "
        });
    }

    /// Appends the condition that product `p` is among a share of what matches the text and some filters.
    fn write_set(&self, sql: &mut Sql, share: Share, clauses: &[&Clause<'_>]) {
        if sql.is_postgres() {
            self.write_marked(sql, share, &self.conditions, clauses);
            return;
        }
        sql.push("p.tenant_id = ")
            .bind(self.plan.tenant.0)
            .push(" AND p.status = 'active'");
        if let Some(text) = &self.text {
            sql.push(" AND p.id IN (");
            text.write_ids(sql, self.plan);
            if !self.merchandising.pins.is_empty() {
                sql.push(" UNION ALL SELECT id FROM products WHERE id")
                    .in_ids(&self.merchandising.pinned());
            }
            sql.push(")");
        }
        for clause in clauses.iter().copied().chain(&self.merchandising.only) {
            sql.push(" AND ");
            clause.write(sql);
        }
        self.merchandising.write_hidden(sql);
    }

    /// Appends the condition that product `p` is among a share of what matches some conditions, or is pinned, and
    /// filters: one scan of the full-text index, and what it does not hold. PostgreSQL only.
    fn write_marked(
        &self,
        sql: &mut Sql,
        share: Share,
        conditions: &[Condition],
        clauses: &[&Clause<'_>],
    ) {
        sql.push("p.words @@ ")
            .tsquery(&share.query(self.plan.tenant));
        let clauses: Vec<_> = clauses
            .iter()
            .copied()
            .chain(&self.merchandising.only)
            .collect();
        let shares = clauses.iter().map(|clause| clause.share(&self.rarity));
        let shares = shares.chain([1.0 / share.scale() as f64]);
        let least = shares.reduce(f64::min).unwrap_or(1.0);
        self.write_matched(sql, conditions, least);
        for clause in clauses {
            sql.push(" AND ");
            clause.write_marked(sql);
        }
        self.merchandising.write_hidden(sql);
    }

    /// `least` is what share of all products all else leaves, at most.
    fn write_matched(&self, sql: &mut Sql, conditions: &[Condition], least: f64) {
        let pinned = !conditions.is_empty() && !self.merchandising.pins.is_empty();
        // Beside what is pinned, the index has to find what matches.
        let least = if pinned {
            f64::INFINITY
        } else {
            let shares = conditions.iter().map(Condition::share);
            shares.fold(least, f64::min)
        };
        sql.push(if pinned { " AND ((true" } else { "" });
        for condition in conditions {
            // As a function it is nothing that the index could be asked for.
            let (before, after) = match condition.is_checked(least) {
                true => ("ts_match_vq(p.words, ", ")"),
                false => ("p.words @@ ", ""),
            };
            sql.push(" AND ").push(before);
            sql.tsquery(&condition.query).push(after);
        }
        if pinned {
            sql.push(") OR p.id")
                .in_ids(&self.merchandising.pinned())
                .push(")");
        }
    }
}

/// What PostgreSQL says of a statement that it gave up.
const CANCELLED: &str = "57014";

impl From<DbErr> for SearchError {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Self::unavailable(error),
            other if is_cancelled(&other) => Self::unavailable(other),
            other => Self::engine(other),
        }
    }
}

fn is_cancelled(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == CANCELLED)
}
