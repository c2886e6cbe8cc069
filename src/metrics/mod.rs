//! What the API counts, as metrics. Nothing that a client sends becomes a label, and no tenant does: the number of time
//! series depends on the program alone.

mod parts;

use std::sync::Arc;

use souk_indexer::metrics::{DatabaseMetrics, RedisMetrics};
use souk_telemetry::Exporter;

use crate::{
    api::Api,
    http::{RateLimits, RequestCounters, RouteTable},
    state::AppState,
};

/// The metrics of an API process; those of an indexer in it are registered by whoever starts that.
pub fn exporter(app: &AppState, limits: &RateLimits, requests: &RequestCounters) -> Exporter {
    let mut exporter = Exporter::new();
    let registry = exporter.registry();
    requests.register(registry);
    app.search.gateway().metrics().register(registry);
    parts::register(app, limits, registry);
    if let Some(redis) = &app.redis {
        RedisMetrics::register(redis.clone(), registry);
    }
    DatabaseMetrics::register(app.store.clone(), &mut exporter);
    exporter
}

/// Creates the request counters, shared by middleware and exporter.
pub fn requests() -> Arc<RequestCounters> {
    Arc::new(RequestCounters::new(RouteTable::of::<Api>()))
}
