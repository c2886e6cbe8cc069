//! Reports as JSON, or as CSV at an address of their own.

use poem::{
    FromRequest, IntoResponse, Request, RequestBody, Response, Result,
    http::{HeaderValue, header},
};
use poem_openapi::{
    ResponseContent,
    registry::{MetaMediaType, MetaSchema, MetaSchemaRef, Registry},
    types::Type,
};
use serde::Serialize;

use super::metrics_view::MetricsView;
use crate::error::ApiError;
use crate::http::{AsCsv, JsonResponse};

const JSON: &str = "application/json";
const CSV: &str = "text/csv";

/// A line of a table: what it is about, and its figures.
pub trait CsvRow {
    /// Title of the first column.
    const NAME: &'static str;

    /// Value of the first column.
    fn name(&self) -> String;

    /// The figures.
    fn metrics(&self) -> &MetricsView;
}

/// A report that is a table, too.
pub trait Table {
    /// Rows.
    type Row: CsvRow;

    /// The lines, in order.
    fn rows(&self) -> &[Self::Row];
}

/// A report, in the form that was asked for.
#[derive(Debug)]
pub enum Report<T> {
    /// All of it.
    Json(T),
    /// Table.
    Csv(T),
}

/// Form of a report: CSV at the addresses that end so.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// `application/json`
    Json,
    /// `text/csv`
    Csv,
}

impl Form {
    /// A report in this form.
    pub fn of<T>(self, report: T) -> Report<T> {
        match self {
            Self::Json => Report::Json(report),
            Self::Csv => Report::Csv(report),
        }
    }
}

impl<'a> FromRequest<'a> for Form {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        Ok(match request.data::<AsCsv>() {
            Some(AsCsv) => Self::Csv,
            None => Self::Json,
        })
    }
}

impl<T: Type> ResponseContent for Report<T> {
    fn media_types() -> Vec<MetaMediaType> {
        let csv = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        vec![
            MetaMediaType {
                content_type: JSON,
                schema: T::schema_ref(),
            },
            MetaMediaType {
                content_type: CSV,
                schema: csv,
            },
        ]
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Table + Serialize + Send> IntoResponse for Report<T> {
    fn into_response(self) -> Response {
        let table = match self {
            Self::Json(report) => return JsonResponse(report).into_response(),
            Self::Csv(report) => written(report.rows()),
        };
        match table {
            Ok(bytes) => Response::builder()
                .header(header::CONTENT_TYPE, HeaderValue::from_static(CSV))
                .body(bytes),
            Err(error) => poem::Error::from(ApiError::internal(error)).into_response(),
        }
    }
}

fn written<R: CsvRow>(rows: &[R]) -> std::result::Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
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
    ])?;
    for row in rows {
        let figures = row.metrics();
        let ratio = |ratio: Option<f64>| ratio.map_or_else(String::new, |it| format!("{it:.4}"));
        csv.write_record([
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
        ])?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

/// Anyone may search for what a spreadsheet would take for a formula.
pub(crate) fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
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
        let table = String::from_utf8(written(&[row]).unwrap()).unwrap();
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[0].starts_with("query,searches,"), "{table}");
        assert_eq!(
            lines[1],
            "\"'=1+1, \"\"x\"\"\",3,0,0,0,1,0.3333,,0,0,0,0,0.0000,0"
        );
        let nothing: [QueryRow; 0] = [];
        assert_eq!(
            written(&nothing)
                .unwrap()
                .iter()
                .filter(|it| **it == b'\n')
                .count(),
            1
        );
    }
}
