//! Traces, sent to a collector by OTLP over HTTP, and their way from process to process: W3C Trace Context.
//!
//! They are off unless `OTEL_EXPORTER_OTLP_ENDPOINT` says where the collector is. The SDK's other variables hold too:
//! `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_SCHEDULE_DELAY` and so on.

use std::{collections::HashMap, env};

use async_trait::async_trait;
use bytes::Bytes;
use hyper::{Request, Response};
use opentelemetry::{
    Context,
    propagation::TextMapPropagator,
    trace::{TraceContextExt, TracerProvider},
};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{SdkTracer, SdkTracerProvider},
};
use tokio::runtime::Handle;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// URL of the collector; without it there are no traces.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// Service name in traces, if not the program's own.
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
/// The header, and the key in what the SDK reads and writes.
pub const TRACEPARENT: &str = "traceparent";
/// Provider of spans.
const SCOPE: &str = "souk";

/// A collector that cannot be sent to.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// As it is described.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT or one of its companions cannot be used")]
    Exporter(#[from] ExporterBuildError),
    /// No client can be made.
    #[error("traces cannot be sent")]
    Client(#[from] reqwest::Error),
}

/// Exporter of spans, in batches; [`Traces::end`] sends the rest.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// As the environment says; none if it names no collector. Has to be called within a tokio runtime.
    ///
    /// # Errors
    /// If it names one that cannot be used.
    pub fn from_environment(service: &'static str) -> Result<Option<Self>, TracesError> {
        if is_unset(ENDPOINT) {
            return Ok(None);
        }
        let client = Client {
            client: reqwest::Client::builder().build()?,
            runtime: Handle::current(),
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .build()?;
        let mut resource = Resource::builder();
        if is_unset(SERVICE_NAME) {
            resource = resource.with_service_name(service);
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        Ok(Some(Self(provider)))
    }

    pub(crate) fn tracer(&self) -> SdkTracer {
        self.0.tracer(SCOPE)
    }

    /// Sends what is left, and waits until that is done. Blocks.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::debug!(%error, "the last traces may be missing");
        }
    }
}

fn is_unset(variable: &str) -> bool {
    env::var_os(variable).is_none_or(|value| value.is_empty())
}

/// The `traceparent` of the span in hand, if it is part of a trace that is kept.
pub fn traceparent() -> Option<String> {
    let context = Span::current().context();
    if !context.span().span_context().is_sampled() {
        return None;
    }
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&context, &mut carrier);
    carrier.remove(TRACEPARENT)
}

/// Makes a span that has not begun part of the trace that a `traceparent` names; one that names none changes nothing.
pub fn continue_from(span: &Span, traceparent: &str) {
    let context = read(traceparent);
    if context.span().span_context().is_valid() {
        // Fails only where there are no traces.
        let _ = span.set_parent(context);
    }
}

/// Links a span with one of another trace.
pub fn link(span: &Span, traceparent: &str) {
    span.add_link(read(traceparent).span().span_context().clone());
}

/// The id of the trace that a span is part of, if there are traces.
pub fn trace_id(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span();
    let context = span.span_context();
    context.is_valid().then(|| context.trace_id().to_string())
}

fn read(traceparent: &str) -> Context {
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier)
}

/// The exporter works in a thread of its own, which knows no runtime.
#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sending = async move {
            let answer = client.execute(request.try_into()?).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut response = Response::new(answer.bytes().await?);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok::<_, HttpError>(response)
        };
        self.runtime.spawn(sending).await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_traces_nothing_is_said_and_nothing_breaks() {
        let span = tracing::info_span!("request");
        continue_from(
            &span,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        );
        link(&span, "rubbish");
        assert_eq!(trace_id(&span), None);
        assert_eq!(span.in_scope(traceparent), None);
    }

    #[test]
    fn a_traceparent_is_read_and_rubbish_is_none() {
        let context = read("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        let read_id = context.span().span_context().trace_id().to_string();
        assert_eq!(read_id, "0af7651916cd43dd8448eb211c80319c");
        assert!(!read("00-xyz").span().span_context().is_valid());
    }
}
