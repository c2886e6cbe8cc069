//! Metrics of searches: clicks, carts, purchases and revenue.

use poem_openapi::Object;
use serde::Serialize;
use souk_store::Metrics;

/// Metrics of searches.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "SearchMetrics", skip_serializing_if_is_none)]
pub struct MetricsView {
    /// Number of searches; pages after the first count as the same search.
    pub searches: i64,
    /// Distinct visitors per day, summed over days; requests without a visitor id are not counted.
    pub sessions: i64,
    /// Searches that found nothing.
    pub no_results: i64,
    /// Clicks on hits.
    pub clicks: i64,
    /// Searches that led to a click.
    pub clicked: i64,
    /// The share of searches that led to a click.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click_through_rate: Option<f64>,
    /// The mean place of the hits clicked, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_click_position: Option<f64>,
    /// Hits put into a cart.
    pub carts: i64,
    /// Purchases of hits.
    pub purchases: i64,
    /// Pieces bought.
    pub units: i64,
    /// Searches that led to a purchase.
    pub converted: i64,
    /// The share of searches that led to a purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion_rate: Option<f64>,
    /// Revenue in minor units of the tenant's currency.
    pub revenue: i64,
}

impl From<Metrics> for MetricsView {
    fn from(metrics: Metrics) -> Self {
        let ratio = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
        // What happens after midnight belongs to a search of the day before.
        let share = |part, whole| ratio(part, whole).map(|share| share.min(1.0));
        Self {
            searches: metrics.searches,
            sessions: metrics.visitors,
            no_results: metrics.no_results,
            clicks: metrics.clicks,
            clicked: metrics.clicked,
            click_through_rate: share(metrics.clicked, metrics.searches),
            mean_click_position: ratio(metrics.positions, metrics.clicks),
            carts: metrics.carts,
            purchases: metrics.purchases,
            units: metrics.units,
            converted: metrics.converted,
            conversion_rate: share(metrics.converted, metrics.searches),
            revenue: metrics.revenue,
        }
    }
}
