//! A trace goes from the request that wrote to the batch in which the change was indexed.

use std::{convert::Infallible, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span,
};
use parking_lot::Mutex;
use prost::Message;
use serde_json::json;
use souk_testkit::TestDatabase;
use tokio::net::TcpListener;

use crate::process::{ADMIN_KEY, Process, wait_until};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// What takes spans, as any OTLP collector does.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

impl Collector {
    /// Listens, and answers with its address.
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let collector = self.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let collector = collector.clone();
                tokio::spawn(async move {
                    let take = service_fn(|request| collector.take(request));
                    let connection = http1::Builder::new();
                    let connection = connection.serve_connection(TokioIo::new(stream), take);
                    // The process is killed in the end.
                    let _ = connection.await;
                });
            }
        });
        address
    }

    async fn take(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        assert_eq!(request.uri().path(), "/v1/traces");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let taken = ExportTraceServiceRequest::decode(body).unwrap();
        let resources = taken.resource_spans.into_iter();
        let spans = resources.flat_map(|resource| resource.scope_spans);
        self.0.lock().extend(spans.flat_map(|scope| scope.spans));
        Ok(Response::default())
    }

    fn spans(&self) -> Vec<Span> {
        self.0.lock().clone()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_batch_that_indexes_a_change_is_linked_with_the_request_that_made_it() {
    let (database, collector) = (TestDatabase::postgres().await, Collector::default());
    let endpoint = collector.start().await;
    let environment = [
        ("DATABASE_URL", database.url()),
        ("SOUK_LOG_FORMAT", "json"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
        ("SOUK_ACCESS_LOG", "true"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ];
    let process = Process::serve(&environment);
    let product = json!({"products": [
        {"external_id": "a", "title": "Mug", "variants": [{"sku": "a", "price": 1, "stock": 1}]},
    ]});
    let written = reqwest::Client::new()
        .post(process.url("/api/admin/products/batch"))
        .bearer_auth(ADMIN_KEY)
        .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
        .json(&product);
    assert_eq!(written.send().await.unwrap().status(), 200);

    let mut spans = Vec::new();
    wait_until("the batch is traced", async || {
        spans = collector.spans();
        spans.iter().any(|span| {
            let mut links = span.links.iter();
            span.name == "batch" && links.any(|link| hex(&link.trace_id) == TRACE)
        })
    })
    .await;
    wait_until("the request is traced", async || {
        spans = collector.spans();
        spans.iter().any(|span| hex(&span.parent_span_id) == PARENT)
    })
    .await;

    let request = spans
        .iter()
        .find(|span| hex(&span.parent_span_id) == PARENT);
    let request = request.unwrap();
    assert_eq!(hex(&request.trace_id), TRACE);
    let within: Vec<_> = spans
        .iter()
        .filter(|span| hex(&span.trace_id) == TRACE)
        .map(|span| span.name.as_str())
        .collect();
    assert!(
        within.contains(&"upsert_batch"),
        "the store's part: {within:?}"
    );
    let log = process.log();
    let line = log.lines().find(|line| line.contains("\"answered\""));
    assert!(line.unwrap().contains(TRACE), "{line:?}");
    let text = format!("{spans:?}");
    assert!(!text.contains(ADMIN_KEY));
}
