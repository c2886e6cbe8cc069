use std::{collections::HashMap, time::Instant};

use poem::http::{Method, StatusCode};
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{CounterBy, SecondsBy, seconds};
use crate::{api, http::RouteTable};

/// What is no operation: pages, and files for them.
const PAGE: &str = "page";
/// Addresses that do not exist, and methods that they do not take.
const OTHER: &str = "other";

/// Classes of answers.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// Requests by operation: how many, how they ended, how long they took, and how many are under way.
pub struct RequestMetrics {
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

impl Default for RequestMetrics {
    fn default() -> Self {
        let routes = RouteTable::of::<api::Api>();
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

impl RequestMetrics {
    /// Has them told.
    pub(super) fn register(&self, registry: &mut Registry) {
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
            metrics: self,
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
    matches!(path, "/" | "/docs" | "/openapi.json" | "/openapi.yaml") || path.starts_with("/media/")
}

/// A request that is being answered. Dropped unanswered, it counts as neither: its client has gone.
pub struct Timer<'a> {
    metrics: &'a RequestMetrics,
    operation: &'a Operation,
    began: Instant,
}

impl Timer<'_> {
    /// It is answered.
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
        self.metrics.in_flight.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(metrics: &RequestMetrics, method: Method, path: &str) -> String {
        let found = metrics.operation(&method, path);
        let mut named = metrics.operations.iter();
        let named = named.find(|(_, operation)| std::ptr::eq(*operation, found));
        named.map_or(OTHER, |(name, _)| *name).to_owned()
    }

    #[test]
    fn a_request_is_named_by_what_it_asks_for() {
        let metrics = RequestMetrics::default();
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
            assert_eq!(name(&metrics, method, path), expected, "{path}");
        }
    }

    #[test]
    fn who_goes_before_the_answer_is_no_longer_under_way() {
        let metrics = RequestMetrics::default();
        let timer = metrics.begin(&Method::GET, "/api/search");
        assert_eq!(metrics.in_flight.get(), 1);
        drop(timer);
        assert_eq!(metrics.in_flight.get(), 0);
        let timer = metrics.begin(&Method::GET, "/api/search");
        timer.answered(StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(metrics.in_flight.get(), 0);
        let search = metrics.operation(&Method::GET, "/api/search");
        assert_eq!(search.answered[3].get(), 1);
        let mut registry = Registry::default();
        metrics.register(&mut registry);
        let mut told = String::new();
        prometheus_client::encoding::text::encode(&mut told, &registry).unwrap();
        let took = "http_request_duration_seconds_count{operation=\"search\"} 1";
        assert!(told.contains(took), "{told}");
    }
}
