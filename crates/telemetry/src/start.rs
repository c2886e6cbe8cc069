//! Starts logs and traces: lines to standard error, spans to a collector if there is one.

use std::{
    env,
    ffi::OsStr,
    io::{self, IsTerminal},
};

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
    let is_coloured = is_coloured(
        io::stderr().is_terminal(),
        env::var_os("NO_COLOR").as_deref(),
    );
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(is_coloured);
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

/// Reports whether lines have colours: only on a terminal whose user has not set `NO_COLOR` (<https://no-color.org>).
fn is_coloured(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_only_on_willing_terminal() {
        assert!(is_coloured(true, None));
        assert!(is_coloured(true, Some(OsStr::new(""))));
        assert!(!is_coloured(true, Some(OsStr::new("1"))));
        assert!(!is_coloured(false, None));
    }
}
