//! Tables of figures.

use super::metrics_view::MetricsView;
use crate::api::admin::report::{harmless, written};

/// A line of a table: what it is about, and its figures.
pub trait CsvRow {
    /// Title of the first column.
    const NAME: &'static str;

    /// Value of the first column.
    fn name(&self) -> String;

    /// The figures.
    fn metrics(&self) -> &MetricsView;
}

/// Returns a table of figures as CSV.
pub(super) fn csv<R: CsvRow>(rows: &[R]) -> Result<Vec<u8>, csv::Error> {
    let titles = [
        R::NAME,
        "searches",
        "sessions",
        "no_results",
        "clicks",
        "clicked",
        "click_through_rate",
        "mean_click_position",
        "carts",
        "purchases",
        "units",
        "converted",
        "conversion_rate",
        "revenue",
    ];
    let values = |row: &R| {
        let figures = row.metrics();
        let ratio = |ratio: Option<f64>| ratio.map_or_else(String::new, |it| format!("{it:.4}"));
        [
            harmless(row.name()),
            figures.searches.to_string(),
            figures.sessions.to_string(),
            figures.no_results.to_string(),
            figures.clicks.to_string(),
            figures.clicked.to_string(),
            ratio(figures.click_through_rate),
            ratio(figures.mean_click_position),
            figures.carts.to_string(),
            figures.purchases.to_string(),
            figures.units.to_string(),
            figures.converted.to_string(),
            ratio(figures.conversion_rate),
            figures.revenue.to_string(),
        ]
    };
    written(titles, rows.iter().map(values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_store::Metrics;

    use super::super::response::QueryRow;

    #[test]
    fn a_table_has_a_line_a_query_and_no_formulas() {
        let figures = Metrics {
            searches: 3,
            clicked: 1,
            ..Metrics::default()
        };
        let row = QueryRow {
            query: "=1+1, \"x\"".to_owned(),
            figures: figures.into(),
        };
        let table = String::from_utf8(csv(&[row]).unwrap()).unwrap();
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[0].starts_with("query,searches,"), "{table}");
        assert_eq!(
            lines[1],
            "\"'=1+1, \"\"x\"\"\",3,0,0,0,1,0.3333,,0,0,0,0,0.0000,0"
        );
        let nothing: [QueryRow; 0] = [];
        assert_eq!(
            csv(&nothing)
                .unwrap()
                .iter()
                .filter(|it| **it == b'\n')
                .count(),
            1
        );
    }
}
