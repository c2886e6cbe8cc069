//! Starts logs and traces: lines to standard error, spans to a collector if there is one.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    EnvFilter, Layer, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::line_fields::LineFields;
use crate::traces::{Traces, TracesError};

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFormat {
    /// For people.
    Text,
    /// JSON object per line.
    Json,
}

/// Starts logging what `filter` lets through and, if the environment names a collector, tracing all that Souk itself
/// does. Has to be called within a tokio runtime, once. The traces are to be ended before the process ends.
///
/// # Errors
/// If the collector cannot be used as it is described.
pub fn start(
    service: &'static str,
    filter: EnvFilter,
    format: LineFormat,
) -> Result<Option<Traces>, TracesError> {
    let traces = Traces::from_environment(service)?;
    let spans = traces.as_ref().map(|traces| {
        tracing_opentelemetry::layer()
            .with_tracer(traces.tracer())
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(Targets::new().with_target("souk", LevelFilter::INFO))
    });
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match format {
        LineFormat::Text => lines.fmt_fields(LineFields).boxed(),
        LineFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(spans)
        .init();
    Ok(traces)
}
