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

use crate::error::ApiError;
use crate::http::{AsCsv, JsonResponse};

const JSON: &str = "application/json";
const CSV: &str = "text/csv";

/// A report that is a table, too.
pub trait Table {
    /// Returns the table as CSV.
    ///
    /// # Errors
    /// If it cannot be written.
    fn csv(&self) -> std::result::Result<Vec<u8>, csv::Error>;
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
            Self::Csv(report) => report.csv(),
        };
        match table {
            Ok(bytes) => Response::builder()
                .header(header::CONTENT_TYPE, HeaderValue::from_static(CSV))
                .body(bytes),
            Err(error) => poem::Error::from(ApiError::internal(error)).into_response(),
        }
    }
}

/// Writes a table with its titles.
pub(crate) fn written<const N: usize>(
    titles: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> std::result::Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(titles)?;
    for row in rows {
        csv.write_record(row)?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

/// Returns a text that no spreadsheet takes for a formula, whoever wrote it.
pub(crate) fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
}
