//! What the API counts, as metrics. Nothing that a client sends becomes a label, and no tenant does: the number of time
//! series depends on the program alone.

mod parts;
mod requests;

use std::sync::Arc;

use prometheus_client::metrics::{counter::Counter, family::Family, histogram::Histogram};
use souk_indexer::metrics::{DatabaseMetrics, RedisMetrics};
use souk_telemetry::{Exporter, SECONDS};

use crate::{app::App, http::RateLimits};

pub use self::requests::{RequestMetrics, Timer};

/// Counters told apart by labels, whose values are those written in this crate.
pub(crate) type CounterBy<const LABELS: usize> =
    Family<[(&'static str, &'static str); LABELS], Counter>;
/// Durations, likewise.
pub(crate) type SecondsBy<const LABELS: usize> =
    Family<[(&'static str, &'static str); LABELS], Histogram, fn() -> Histogram>;

/// Of durations between a cached answer and a time-out.
pub(crate) fn seconds<const LABELS: usize>() -> SecondsBy<LABELS> {
    Family::new_with_constructor(|| Histogram::new(SECONDS))
}

/// The metrics of an API process; those of an indexer in it are registered by whoever starts that.
pub fn exporter(app: &App, limits: &RateLimits, requests: &RequestMetrics) -> Exporter {
    let mut exporter = Exporter::new();
    let registry = exporter.registry();
    requests.register(registry);
    app.search.metrics().register(registry);
    parts::register(app, limits, registry);
    if let Some(redis) = &app.redis {
        RedisMetrics::register(redis.clone(), registry);
    }
    DatabaseMetrics::register(app.store.clone(), &mut exporter);
    exporter
}

/// What counts requests, to be shared between the front door and the exporter.
pub fn requests() -> Arc<RequestMetrics> {
    Arc::default()
}
