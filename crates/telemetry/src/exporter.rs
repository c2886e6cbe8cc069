//! Metrics in Prometheus's text format, over HTTP.

use std::{convert::Infallible, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::{BoxFuture, join_all};
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{ALLOW, CONTENT_TYPE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::{encoding::prometheus_text, registry::Registry};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex, Semaphore},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::process::ProcessMetrics;

/// Path of the metrics.
const PATH: &str = "/metrics";
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Longest time of a refresh, less than Prometheus waits.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(3);
/// Longest time a client may take to send its request, and to read the response.
const CONNECTION: Duration = Duration::from_secs(15);
/// Connections at a time; more wait.
const CONNECTIONS: usize = 16;
/// Pause after a connection could not be accepted, usually for lack of file descriptors.
const BREATHER: Duration = Duration::from_millis(100);

/// Metrics that are collected on demand, before each response.
pub trait Refresh: Send + Sync {
    /// Asks. What cannot be had is to be left out of the metrics, rather than told as it once was.
    fn refresh(&self) -> BoxFuture<'_, ()>;

    /// There was no answer in time.
    fn forget(&self);
}

/// A process's metrics, from all its parts.
pub struct Exporter {
    registry: Registry,
    refreshed: Vec<Arc<dyn Refresh>>,
    refresh_timeout: Duration,
    /// Lock that serialises refreshes: concurrent scrapes cost no more than successive ones.
    turn: Mutex<()>,
}

impl Exporter {
    /// With what the system knows of the process.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(ProcessMetrics));
        Self {
            registry,
            refreshed: Vec::new(),
            refresh_timeout: REFRESH_TIMEOUT,
            turn: Mutex::default(),
        }
    }

    /// Registry for a part's metrics, which prefixes every name with `souk_`.
    pub fn registry(&mut self) -> &mut Registry {
        self.registry.sub_registry_with_prefix("souk")
    }

    /// Has something asked for before the metrics are told.
    pub fn refresh(&mut self, part: Arc<dyn Refresh>) {
        self.refreshed.push(part);
    }

    /// The metrics now.
    ///
    /// # Errors
    /// If one of them cannot be written, which is a defect.
    pub async fn text(&self) -> Result<String, fmt::Error> {
        let _turn = self.turn.lock().await;
        join_all(self.refreshed.iter().map(async |part| {
            if timeout(self.refresh_timeout, part.refresh()).await.is_err() {
                part.forget();
            }
        }))
        .await;
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// Serves them at `/metrics` until told to stop.
    pub async fn serve(self, listener: TcpListener, shutdown: CancellationToken) {
        let (exporter, places) = (Arc::new(self), Arc::new(Semaphore::new(CONNECTIONS)));
        let accepting = async {
            // It is never closed.
            while let Ok(place) = Arc::clone(&places).acquire_owned().await {
                let exporter = Arc::clone(&exporter);
                match listener.accept().await {
                    Ok((stream, _)) => {
                        tokio::spawn(async move {
                            let _place = place;
                            exporter.answer(stream).await;
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection for metrics cannot be accepted");
                        tokio::time::sleep(BREATHER).await;
                    }
                }
            }
        };
        shutdown.run_until_cancelled(accepting).await;
    }

    /// Answers one request, and closes.
    async fn answer(self: Arc<Self>, stream: TcpStream) {
        let service = service_fn(move |request| {
            let exporter = Arc::clone(&self);
            async move { Ok::<_, Infallible>(exporter.respond(&request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service);
        // Whoever leaves early misses nothing.
        let _ = timeout(CONNECTION, connection).await;
    }

    async fn respond(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if request.uri().path() != PATH {
            return plain(StatusCode::NOT_FOUND, format!("metrics are at {PATH}\n"));
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "GET only\n");
            let methods = hyper::header::HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(ALLOW, methods);
            return response;
        }
        match self.text().await {
            Ok(text) => plain(StatusCode::OK, text),
            Err(error) => {
                tracing::error!(%error, "the metrics cannot be written");
                plain(StatusCode::INTERNAL_SERVER_ERROR, "see the log\n")
            }
        }
    }
}

impl Default for Exporter {
    fn default() -> Self {
        Self::new()
    }
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = status;
    let text = hyper::header::HeaderValue::from_static(TEXT);
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    struct Stuck(AtomicBool);

    impl Refresh for Stuck {
        fn refresh(&self) -> BoxFuture<'_, ()> {
            Box::pin(std::future::pending())
        }

        fn forget(&self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn refresh_that_hangs_is_left_out() {
        let stuck = Arc::new(Stuck(AtomicBool::new(false)));
        let mut exporter = Exporter {
            refresh_timeout: Duration::ZERO,
            ..Exporter::new()
        };
        exporter.refresh(stuck.clone());
        exporter.text().await.unwrap();
        assert!(stuck.0.load(Ordering::SeqCst));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_process_itself_is_told_of() {
        let text = Exporter::new().text().await.unwrap();
        for name in [
            "process_cpu_seconds_total",
            "process_resident_memory_bytes",
            "process_open_fds",
            "process_max_fds",
            "process_start_time_seconds",
        ] {
            let has_metric = text
                .lines()
                .any(|line| line.starts_with(&format!("{name} ")));
            assert!(has_metric, "{name} is missing from\n{text}");
        }
    }

    #[tokio::test]
    async fn only_metrics_are_served() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(Exporter::new().serve(listener, stop.clone()));
        for (request_line, expected) in [
            ("GET /metrics", "200"),
            ("GET /", "404"),
            ("POST /metrics", "405"),
        ] {
            assert_eq!(
                status(address, request_line).await,
                expected,
                "{request_line}"
            );
        }
        stop.cancel();
        serving.await.unwrap();
    }

    async fn status(address: std::net::SocketAddr, request_line: &str) -> String {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("{request_line} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    }
}
