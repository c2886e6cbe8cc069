//! What shoppers search, click and buy, on the wire.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::Currency;
use souk_store::{Metrics, Period, QueryMetrics, Summary, Trend, Trends};

use super::{
    metrics_view::MetricsView,
    report::{CsvRow, Table},
};
use crate::api::params::CalendarDay;

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

/// What came of queries.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "QueryReport")]
pub struct QueryReport {
    /// Of which days.
    pub period: PeriodView,
    /// The currency of all revenue.
    pub currency: String,
    /// How many queries there are.
    pub total: u64,
    /// The page's number, from 1.
    pub page: u32,
    /// The page.
    pub queries: Vec<QueryRow>,
}

/// What came of a query.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "QueryFigures")]
pub struct QueryRow {
    /// What was searched for, in its normal form; `(personal)` stands for what may tell who searched.
    pub query: String,
    /// What came of it.
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

/// What is searched for more, and what less, than in as many days before.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "TrendReport")]
pub struct TrendReport {
    /// Of which days.
    pub period: PeriodView,
    /// What is searched for more, the largest change first.
    pub rising: Vec<TrendRow>,
    /// What is searched for less.
    pub falling: Vec<TrendRow>,
}

/// How often a query was searched for.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Trend", skip_serializing_if_is_none)]
pub struct TrendRow {
    /// What was searched for, in its normal form.
    pub query: String,
    /// How often in the period.
    pub searches: i64,
    /// How often in as many days before.
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
    /// What was done with hits of searches that nobody knows; in no other figure.
    pub unknown: MetricsView,
}

/// What came of a day's searches.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "DayFigures")]
pub struct DayRow {
    /// The day, in UTC.
    pub day: String,
    /// What came of it.
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
    type Row = QueryRow;

    fn rows(&self) -> &[QueryRow] {
        &self.queries
    }
}

impl Table for SummaryReport {
    type Row = DayRow;

    fn rows(&self) -> &[DayRow] {
        &self.days
    }
}
