//! Metrics of each version of the configuration.

use poem_openapi::Object;
use serde::Serialize;
use souk_domain::Currency;
use souk_search_service::TwoProportions;
use souk_store::{Metrics, Period, VersionMetrics};

use super::{
    metrics_view::MetricsView,
    response::PeriodView,
    table::{self, CsvRow},
};
use crate::api::admin::report::Table;

/// Metrics of each version of the configuration, and so of both arms of an A/B test.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "VersionReport", skip_serializing_if_is_none)]
pub struct VersionReport {
    /// Of which days.
    pub period: PeriodView,
    /// The currency of all revenue.
    pub currency: String,
    /// The version that each other is compared with; absent if none has answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<i64>,
    /// The newest of those that have answered, and the one that they are compared with; oldest first.
    pub versions: Vec<VersionRow>,
}

/// Metrics of searches by one version.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "VersionFigures", skip_serializing_if_is_none)]
pub struct VersionRow {
    /// The version; 0 for settings as they come.
    pub settings_version: i64,
    /// Metrics.
    pub figures: MetricsView,
    /// How the share of searches that led to a click compares with that of `against`; absent for that one itself, and
    /// where there are too few searches to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click_through: Option<ComparisonView>,
    /// The same for the share of searches that led to a purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<ComparisonView>,
}

/// A share against another, by the two-proportion z-test.
#[derive(Debug, Clone, PartialEq, Object, Serialize)]
#[oai(rename = "Comparison")]
pub struct ComparisonView {
    /// Difference of the two shares.
    pub difference: f64,
    /// Difference in standard errors.
    pub z: f64,
    /// Two-sided p-value.
    pub p_value: f64,
    /// True if the p-value is below 0.05.
    pub significant: bool,
}

impl From<TwoProportions> for ComparisonView {
    fn from(test: TwoProportions) -> Self {
        Self {
            difference: test.difference,
            z: test.z,
            p_value: test.p_value,
            significant: test.is_significant(),
        }
    }
}

impl VersionReport {
    /// The report of versions in their order: each compared with `against`, or with the first of them, and of all the
    /// newest `limit`. None if `against` is none of them.
    pub fn new(
        period: Period,
        currency: Currency,
        versions: &[VersionMetrics],
        against: Option<i64>,
        limit: usize,
    ) -> Option<Self> {
        let base = match against {
            Some(against) => Some(versions.iter().find(|it| it.settings == against)?),
            None => versions.first(),
        };
        let newest = versions.len().saturating_sub(limit);
        let is_base =
            |version: &VersionMetrics| Some(version.settings) == base.map(|it| it.settings);
        let rows = versions
            .iter()
            .enumerate()
            .filter(|(place, version)| *place >= newest || is_base(version))
            .map(|(_, version)| VersionRow::new(version, base.filter(|_| !is_base(version))));
        Some(Self {
            period: period.into(),
            currency: currency.code().to_owned(),
            against: base.map(|version| version.settings),
            versions: rows.collect(),
        })
    }
}

impl VersionRow {
    /// A version, compared with another.
    fn new(version: &VersionMetrics, base: Option<&VersionMetrics>) -> Self {
        let compared = |successes: fn(&Metrics) -> i64| {
            let counts = |of: &VersionMetrics| (successes(&of.metrics), of.metrics.searches);
            TwoProportions::test(counts(base?), counts(version)).map(ComparisonView::from)
        };
        Self {
            settings_version: version.settings,
            figures: version.metrics.into(),
            click_through: compared(|figures| figures.clicked),
            conversion: compared(|figures| figures.converted),
        }
    }
}

impl CsvRow for VersionRow {
    const NAME: &'static str = "settings_version";

    fn name(&self) -> String {
        self.settings_version.to_string()
    }

    fn metrics(&self) -> &MetricsView {
        &self.figures
    }
}

impl Table for VersionReport {
    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        table::csv(&self.versions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Period = Period {
        from: 20_000,
        until: 20_001,
    };

    fn report(against: Option<i64>, limit: usize) -> Option<VersionReport> {
        let version = |settings, clicked| VersionMetrics {
            settings,
            metrics: Metrics {
                searches: 1_000,
                clicked,
                ..Metrics::default()
            },
        };
        let versions = [version(0, 500), version(12, 120), version(13, 150)];
        VersionReport::new(PERIOD, Currency::EUR, &versions, against, limit)
    }

    #[test]
    fn arms_are_compared_with_each_other_and_not_with_whatever_came_before() {
        let differences = |report: VersionReport| -> Vec<(i64, Option<f64>)> {
            let rows = report.versions.into_iter();
            rows.map(|it| {
                let compared = it.click_through.map(|it| (it.difference * 1_000.0).round());
                (it.settings_version, compared)
            })
            .collect()
        };
        let arms = report(Some(12), 2).unwrap();
        assert_eq!(arms.against, Some(12));
        assert_eq!(differences(arms), [(12, None), (13, Some(30.0))]);
        let with_first = report(None, 1).unwrap();
        assert_eq!(differences(with_first), [(0, None), (13, Some(-350.0))]);
        assert_eq!(report(Some(7), 50), None, "has answered nothing");
        let nothing = VersionReport::new(PERIOD, Currency::EUR, &[], None, 50).unwrap();
        assert_eq!(nothing.against, None);
    }
}
