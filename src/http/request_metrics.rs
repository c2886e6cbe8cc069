//! HTTP request metrics: count, status class, duration and requests in flight, by operation.

use std::{collections::HashMap, sync::Arc, time::Instant};

use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{Method, StatusCode},
};
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use souk_telemetry::{CounterBy, SecondsBy, seconds};

use super::RouteTable;

/// Label of pages and their files.
const PAGE: &str = "page";
/// Addresses that do not exist, and methods that they do not take.
const OTHER: &str = "other";

/// Classes of answers.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// Requests by operation: how many, how they ended, how long they took, and how many are under way.
pub struct RequestCounters {
    routes: RouteTable,
    operations: HashMap<&'static str, Operation>,
    other: Operation,
    answered: CounterBy<2>,
    took: SecondsBy<1>,
    in_flight: Gauge,
}

/// What is counted of one operation: found once, so that a request looks nothing up by its labels.
struct Operation {
    answered: [Counter; CLASSES.len()],
    took: Histogram,
}

impl Operation {
    fn new(name: &'static str, answered: &CounterBy<2>, took: &SecondsBy<1>) -> Self {
        Self {
            answered: CLASSES.map(|class| {
                answered.get_or_create_owned(&[("operation", name), ("status", class)])
            }),
            took: took.get_or_create_owned(&[("operation", name)]),
        }
    }
}

impl RequestCounters {
    /// Creates counters for the operations of a route table, all at zero.
    pub fn new(routes: RouteTable) -> Self {
        let (answered, took) = (CounterBy::default(), seconds());
        let names = routes.operations().chain([PAGE]);
        let operations = names.map(|name| (name, Operation::new(name, &answered, &took)));
        Self {
            operations: operations.collect(),
            other: Operation::new(OTHER, &answered, &took),
            routes,
            answered,
            took,
            in_flight: Gauge::default(),
        }
    }
}

impl RequestCounters {
    /// Registers the metrics.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "http_requests",
            "Requests that were answered, by operation and class of status",
            self.answered.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "How long requests took until their answer began, by operation",
            self.took.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests that are being answered",
            self.in_flight.clone(),
        );
    }

    /// A request has come.
    pub fn begin(&self, method: &Method, path: &str) -> Timer<'_> {
        self.in_flight.inc();
        Timer {
            counters: self,
            operation: self.operation(method, path),
            began: Instant::now(),
        }
    }

    fn operation(&self, method: &Method, path: &str) -> &Operation {
        let name = match self.routes.operation(method, path) {
            Some(name) => name,
            None if is_page(path) => PAGE,
            None => OTHER,
        };
        self.operations.get(name).unwrap_or(&self.other)
    }
}

fn is_page(path: &str) -> bool {
    matches!(path, "/" | "/docs" | "/openapi.json" | "/openapi.yaml")
        || ["/media/", "/account/"]
            .iter()
            .any(|start| path.starts_with(start))
}

/// A request that is being answered. Dropped unanswered, it counts as neither: its client has gone.
pub struct Timer<'a> {
    counters: &'a RequestCounters,
    operation: &'a Operation,
    began: Instant,
}

impl Timer<'_> {
    /// Records the response.
    pub fn answered(self, status: StatusCode) {
        let class = match status.as_u16() {
            500.. => 3,
            400.. => 2,
            300.. => 1,
            _ => 0,
        };
        self.operation.answered[class].inc();
        let took = self.began.elapsed();
        self.operation.took.observe(took.as_secs_f64());
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.counters.in_flight.dec();
    }
}

/// Middleware that counts and times every request; the outermost layer.
#[derive(Clone, Default)]
pub struct RequestMetrics(
    /// Counters to update; `None` disables counting.
    pub Option<Arc<RequestCounters>>,
);

impl<E: Endpoint> Middleware<E> for RequestMetrics {
    type Output = RequestMetricsEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RequestMetricsEndpoint {
            inner,
            counters: self.0.clone(),
        }
    }
}

/// Endpoint whose requests are counted and timed.
pub struct RequestMetricsEndpoint<E> {
    inner: E,
    counters: Option<Arc<RequestCounters>>,
}

impl<E: Endpoint> Endpoint for RequestMetricsEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let counters = self.counters.as_deref();
        let timer = counters.map(|counters| counters.begin(request.method(), request.uri().path()));
        let response = self
            .inner
            .call(request)
            .await
            .map(IntoResponse::into_response);
        if let Some(timer) = timer {
            timer.answered(match &response {
                Ok(response) => response.status(),
                Err(error) => error.status(),
            });
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Api;

    fn counters() -> RequestCounters {
        RequestCounters::new(RouteTable::of::<Api>())
    }

    fn name(counters: &RequestCounters, method: Method, path: &str) -> String {
        let found = counters.operation(&method, path);
        let named = counters
            .operations
            .iter()
            .find(|(_, operation)| std::ptr::eq(*operation, found));
        named.map_or(OTHER, |(name, _)| *name).to_owned()
    }

    #[test]
    fn a_request_is_named_by_what_it_asks_for() {
        let counters = counters();
        for (method, path, expected) in [
            (Method::GET, "/api/search", "search"),
            (Method::HEAD, "/api/search/", "search"),
            (Method::GET, "/api/search/facets/brand", "searchFacetValues"),
            (Method::GET, "/health/ready", "ready"),
            (Method::DELETE, "/api/search", OTHER),
            (Method::GET, "/api/nothing/of/the/kind", OTHER),
            (Method::GET, "/docs", PAGE),
            (Method::GET, "/media/demo/mug.svg", PAGE),
        ] {
            assert_eq!(name(&counters, method, path), expected, "{path}");
        }
    }

    #[test]
    fn aborted_request_is_no_longer_in_flight() {
        let counters = counters();
        let timer = counters.begin(&Method::GET, "/api/search");
        assert_eq!(counters.in_flight.get(), 1);
        drop(timer);
        assert_eq!(counters.in_flight.get(), 0);
        let timer = counters.begin(&Method::GET, "/api/search");
        timer.answered(StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(counters.in_flight.get(), 0);
        let search = counters.operation(&Method::GET, "/api/search");
        assert_eq!(search.answered[3].get(), 1);
        let mut registry = Registry::default();
        counters.register(&mut registry);
        let mut exposition = String::new();
        prometheus_client::encoding::text::encode(&mut exposition, &registry).unwrap();
        let took = "http_request_duration_seconds_count{operation=\"search\"} 1";
        assert!(exposition.contains(took), "{exposition}");
    }
}
