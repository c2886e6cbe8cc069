//! Reports on a tenant's searches, clicks and purchases.

use std::iter::Sum;

use sea_orm::{FromQueryResult, Value};

use super::sums::DAY_SUMS;
use crate::{
    Backend, Scope, StoreError,
    backend::{CountRow, all},
};

/// Days since 1970 UTC, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: i64,
    /// The last.
    pub until: i64,
}

impl Period {
    /// The period of as many days that ends where this one begins.
    fn before(self) -> Self {
        let days = self.until - self.from + 1;
        Self {
            from: self.from - days,
            until: self.from - 1,
        }
    }
}

/// Sums over a set of searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromQueryResult)]
pub struct Metrics {
    /// Number of searches.
    pub searches: i64,
    /// Number of searches without a hit.
    pub no_results: i64,
    /// Distinct visitors of each day, added up over the days.
    #[sea_orm(from_alias = "sessions")]
    pub visitors: i64,
    /// Clicks on hits.
    pub clicks: i64,
    /// Sum of the positions of the clicked hits.
    pub positions: i64,
    /// Searches that led to a click.
    pub clicked: i64,
    /// Searches that led to a purchase.
    pub converted: i64,
    /// Hits put into a cart.
    pub carts: i64,
    /// Purchases of hits.
    pub purchases: i64,
    /// Units bought.
    pub units: i64,
    /// Amount paid, in minor units of the tenant's currency.
    pub revenue: i64,
}

impl Sum for Metrics {
    fn sum<I: Iterator<Item = Self>>(metrics: I) -> Self {
        metrics.fold(Self::default(), |sum, more| Self {
            searches: sum.searches.saturating_add(more.searches),
            no_results: sum.no_results.saturating_add(more.no_results),
            visitors: sum.visitors.saturating_add(more.visitors),
            clicks: sum.clicks.saturating_add(more.clicks),
            positions: sum.positions.saturating_add(more.positions),
            clicked: sum.clicked.saturating_add(more.clicked),
            converted: sum.converted.saturating_add(more.converted),
            carts: sum.carts.saturating_add(more.carts),
            purchases: sum.purchases.saturating_add(more.purchases),
            units: sum.units.saturating_add(more.units),
            revenue: sum.revenue.saturating_add(more.revenue),
        })
    }
}

/// Metrics of a query.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct QueryMetrics {
    /// The text in its normal form.
    pub text: String,
    /// Sums of the row.
    #[sea_orm(nested)]
    pub metrics: Metrics,
}

/// Metrics of a day.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct DailyMetrics {
    /// Days since 1970 UTC.
    pub day: i64,
    /// Sums of the row.
    #[sea_orm(nested)]
    pub metrics: Metrics,
}

/// Metrics of a version of the search configuration.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct VersionMetrics {
    /// The version.
    pub settings: i64,
    /// Sums of the row.
    #[sea_orm(nested)]
    pub metrics: Metrics,
}

/// A period, day by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Days on which anything happened.
    pub days: Vec<DailyMetrics>,
    /// Events whose search is unknown; not part of any day.
    pub unknown: Metrics,
}

/// Searches for a query in a period and in the one before.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Trend {
    /// The text in its normal form.
    pub text: String,
    /// In the period.
    pub searches: i64,
    /// In the one before.
    pub before: i64,
}

/// Queries with rising and falling searches, largest change first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trends {
    /// More.
    pub rising: Vec<Trend>,
    /// Less.
    pub falling: Vec<Trend>,
}

/// Sort key of queries, highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryOrder {
    /// Searches.
    Searches,
    /// Searches without a hit; queries without any are left out.
    NoResults,
    /// Clicks.
    Clicks,
    /// Purchases.
    Purchases,
    /// Revenue.
    Revenue,
}

impl QueryOrder {
    fn column(self) -> &'static str {
        match self {
            Self::Searches => "searches",
            Self::NoResults => "no_results",
            Self::Clicks => "clicks",
            Self::Purchases => "purchases",
            Self::Revenue => "revenue",
        }
    }
}

/// Days with the texts of their queries; searches without text are listings, and no part of any figure.
const DAYS: &str =
    "search_days d JOIN search_queries q ON q.tenant_id = d.tenant_id AND q.query = d.query
     WHERE d.tenant_id = $1 AND d.day BETWEEN $2 AND $3 AND q.text <> ''";

/// A tenant's reports.
#[derive(Debug, Clone)]
pub struct SearchReports {
    scope: Scope,
}

impl Scope {
    /// Reports on the tenant's searches, clicks and purchases.
    pub fn search_reports(&self) -> SearchReports {
        SearchReports::new(self.clone())
    }
}

impl SearchReports {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// A page of queries, and how many there are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queries(
        &self,
        period: Period,
        order: QueryOrder,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<QueryMetrics>, u64), StoreError> {
        let column = order.column();
        let having = match order {
            QueryOrder::NoResults => "HAVING max(d.no_results) > 0",
            _ => "",
        };
        let sql = format!(
            "SELECT q.text, {} FROM {DAYS} GROUP BY q.query, q.text {having}
             ORDER BY {column} DESC, q.text, q.query LIMIT $4 OFFSET $5",
            sums(self.scope.store.backend())
        );
        let page = [i64::from(limit).into(), i64::from(offset).into()];
        let rows = self.read(sql, period, page).await?;
        let count = format!(
            "SELECT count(*) AS count FROM (SELECT q.query FROM {DAYS} GROUP BY q.query {having}) AS found"
        );
        let count: Vec<CountRow> = self.read(count, period, []).await?;
        let total = count.first().map_or(0, |row| row.count);
        Ok((rows, u64::try_from(total).unwrap_or(0)))
    }

    /// Returns the queries searched more, and less, than in the period before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn trends(&self, period: Period, limit: u32) -> Result<Trends, StoreError> {
        Ok(Trends {
            rising: self.changed(period, "DESC", ">", limit).await?,
            falling: self.changed(period, "ASC", "<", limit).await?,
        })
    }

    async fn changed(
        &self,
        period: Period,
        order: &str,
        than_before: &str,
        limit: u32,
    ) -> Result<Vec<Trend>, StoreError> {
        let sql = format!(
            "SELECT text, searches, before FROM (
                 SELECT q.text,
                     CAST(sum(CASE WHEN d.day >= $4 THEN d.searches ELSE 0 END) AS bigint) AS searches,
                     CAST(sum(CASE WHEN d.day < $4 THEN d.searches ELSE 0 END) AS bigint) AS before
                 FROM {DAYS} GROUP BY q.query, q.text
             ) AS both_periods
             WHERE searches {than_before} before ORDER BY searches - before {order}, text LIMIT $5"
        );
        let whole = Period {
            from: period.before().from,
            ..period
        };
        self.read(sql, whole, [period.from.into(), i64::from(limit).into()])
            .await
    }

    /// The period day by day.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn summary(&self, period: Period) -> Result<Summary, StoreError> {
        let days = format!(
            "SELECT d.day, {} FROM {DAYS} GROUP BY d.day ORDER BY d.day",
            sums(self.scope.store.backend())
        );
        let unknown = format!(
            "SELECT {} FROM search_days d
             WHERE d.tenant_id = $1 AND d.day BETWEEN $2 AND $3 AND d.query = 0",
            sums(self.scope.store.backend())
        );
        let unknown: Vec<Metrics> = self.read(unknown, period, []).await?;
        Ok(Summary {
            days: self.read(days, period, []).await?,
            unknown: unknown.into_iter().next().unwrap_or_default(),
        })
    }

    /// Returns the metrics of each version of the search configuration.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn versions(&self, period: Period) -> Result<Vec<VersionMetrics>, StoreError> {
        let sql = format!(
            "SELECT d.settings, {} FROM {DAYS} GROUP BY d.settings ORDER BY d.settings",
            sums(self.scope.store.backend())
        );
        self.read(sql, period, []).await
    }

    async fn read<R: FromQueryResult, const N: usize>(
        &self,
        sql: String,
        period: Period,
        values: [Value; N],
    ) -> Result<Vec<R>, StoreError> {
        let scoped = [
            self.scope.tenant.0.into(),
            period.from.into(),
            period.until.into(),
        ];
        let values = scoped.into_iter().chain(values);
        let statement = self.scope.store.backend().statement(sql, values);
        all(self.scope.store.connection(), statement).await
    }
}

/// The columns of [`Metrics`], summed up.
fn sums(backend: Backend) -> String {
    DAY_SUMS
        .map(|sum| format!("{} AS {sum}", backend.capped_sum(&format!("d.{sum}"))))
        .join(", ")
}
