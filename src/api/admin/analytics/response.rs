//! Search analytics on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::Currency;
use souk_store::{Metrics, Period, QueryMetrics, Summary, Trend, Trends};

use super::{
    metrics_view::MetricsView,
    table::{self, CsvRow},
};
use crate::api::{admin::report::Table, params::CalendarDay};

/// Days that are reported of.
#[derive(Debug, Clone, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "Period")]
pub struct PeriodView {
    /// The first day, in UTC.
    pub from: String,
    /// The last day.
    pub until: String,
}

impl From<Period> for PeriodView {
    fn from(period: Period) -> Self {
        Self {
            from: CalendarDay::from_number(period.from).to_string(),
            until: CalendarDay::from_number(period.until).to_string(),
        }
    }
}

/// Report of metrics by query.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "QueryReport")]
pub struct QueryReport {
    /// Of which days.
    pub period: PeriodView,
    /// The currency of all revenue.
    pub currency: String,
    /// Total number of queries.
    pub total: u64,
    /// The page's number, from 1.
    pub page: u32,
    /// The page.
    pub queries: Vec<QueryRow>,
}

/// Metrics of a query.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "QueryFigures")]
pub struct QueryRow {
    /// Query in normal form; `(personal)` stands for queries that may identify a person.
    pub query: String,
    /// Metrics.
    pub figures: MetricsView,
}

impl QueryReport {
    /// A page of a report.
    pub fn new(
        period: Period,
        currency: Currency,
        page: u32,
        (queries, total): (Vec<QueryMetrics>, u64),
    ) -> Self {
        Self {
            period: period.into(),
            currency: currency.code().to_owned(),
            total,
            page,
            queries: queries
                .into_iter()
                .map(|row| QueryRow {
                    query: row.text,
                    figures: row.metrics.into(),
                })
                .collect(),
        }
    }
}

/// Queries that rose and fell against the period before.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "TrendReport")]
pub struct TrendReport {
    /// Of which days.
    pub period: PeriodView,
    /// Rising queries, largest change first.
    pub rising: Vec<TrendRow>,
    /// Falling queries, largest change first.
    pub falling: Vec<TrendRow>,
}

/// Number of searches of a query in two periods.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Trend", skip_serializing_if_is_none)]
pub struct TrendRow {
    /// Query in normal form.
    pub query: String,
    /// Searches in the period.
    pub searches: i64,
    /// Searches in the period before, of the same length.
    pub before: i64,
    /// By which part of what was before it has changed; absent for what is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
}

impl From<Trend> for TrendRow {
    fn from(trend: Trend) -> Self {
        let more = (trend.searches - trend.before) as f64;
        Self {
            change: (trend.before > 0).then(|| more / trend.before as f64),
            query: trend.text,
            searches: trend.searches,
            before: trend.before,
        }
    }
}

impl TrendReport {
    /// The report.
    pub fn new(period: Period, trends: Trends) -> Self {
        let rows = |trends: Vec<Trend>| trends.into_iter().map(TrendRow::from).collect();
        Self {
            period: period.into(),
            rising: rows(trends.rising),
            falling: rows(trends.falling),
        }
    }
}

/// A period, day by day.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "SummaryReport")]
pub struct SummaryReport {
    /// Of which days.
    pub period: PeriodView,
    /// The currency of all revenue.
    pub currency: String,
    /// All days together.
    pub total: MetricsView,
    /// Days on which anything happened.
    pub days: Vec<DayRow>,
    /// Events of unknown searches; not counted in any other metric.
    pub unknown: MetricsView,
}

/// Metrics of a day.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "DayFigures")]
pub struct DayRow {
    /// The day, in UTC.
    pub day: String,
    /// Metrics.
    pub figures: MetricsView,
}

impl SummaryReport {
    /// The report.
    pub fn new(period: Period, currency: Currency, summary: Summary) -> Self {
        let total = summary.days.iter().map(|day| day.metrics).sum::<Metrics>();
        Self {
            period: period.into(),
            currency: currency.code().to_owned(),
            total: total.into(),
            days: summary
                .days
                .into_iter()
                .map(|row| DayRow {
                    day: CalendarDay::from_number(row.day).to_string(),
                    figures: row.metrics.into(),
                })
                .collect(),
            unknown: summary.unknown.into(),
        }
    }
}

impl CsvRow for QueryRow {
    const NAME: &'static str = "query";

    fn name(&self) -> String {
        self.query.clone()
    }

    fn metrics(&self) -> &MetricsView {
        &self.figures
    }
}

impl CsvRow for DayRow {
    const NAME: &'static str = "day";

    fn name(&self) -> String {
        self.day.clone()
    }

    fn metrics(&self) -> &MetricsView {
        &self.figures
    }
}

impl Table for QueryReport {
    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        table::csv(&self.queries)
    }
}

impl Table for SummaryReport {
    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        table::csv(&self.days)
    }
}
