//! Addresses of tables: reports as CSV, for clients that know one form of an answer only.

use std::sync::Arc;

use poem::{Endpoint, Middleware, Request, Response, Result};

use super::RouteTable;

/// Mark of a request that is answered with CSV.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsCsv;

/// Has an address that ends in `.csv` answered by its report, as CSV.
pub struct CsvAddresses {
    /// The documented addresses.
    pub routes: Arc<RouteTable>,
}

impl<E: Endpoint<Output = Response>> Middleware<E> for CsvAddresses {
    type Output = WithCsvAddresses<E>;

    fn transform(&self, inner: E) -> Self::Output {
        WithCsvAddresses {
            inner,
            routes: Arc::clone(&self.routes),
        }
    }
}

/// An endpoint behind its [`CsvAddresses`].
pub struct WithCsvAddresses<E> {
    inner: E,
    routes: Arc<RouteTable>,
}

impl<E: Endpoint<Output = Response>> Endpoint for WithCsvAddresses<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let uri = request.uri();
        if let Some(report) = self.routes.report_of(uri.path()) {
            let query = uri.query().map(|query| format!("?{query}"));
            let address = format!("{report}{}", query.unwrap_or_default());
            // An address that was taken with an ending is one without.
            if let Ok(address) = address.parse() {
                *request.uri_mut() = address;
                request.set_data(AsCsv);
            }
        }
        self.inner.call(request).await
    }
}
