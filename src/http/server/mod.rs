//! Connections: how many there are, how long each may keep us waiting, and how they end.
//!
//! The framework's own server knows none of these bounds, so hyper is driven here.

mod clients;
mod timeout_stream;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::{conn::auto, graceful::GracefulShutdown},
};
use poem::{
    Endpoint, EndpointExt,
    endpoint::{DynEndpoint, ToDynEndpoint},
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;

use self::{
    clients::ClientConnections,
    timeout_stream::{ConnectionActivity, TimeoutStream},
};
use super::{TrustedProxies, host_lines::HostLines};

/// Pause after a failed accept, which usually means that no file descriptor is left.
const BREATHER: Duration = Duration::from_millis(100);
/// Bytes by which the read buffer exceeds the limit for first line and headers. A request over the limit but within
/// the buffer gets an error response with a body. A longer one is rejected by hyper, without a body.
const SPARE_BYTES: usize = 16 * 1024;
/// Smallest read buffer that hyper accepts, in bytes.
const SMALLEST_BUFFER: usize = 8 * 1024;
/// Maximum number of concurrent requests of an HTTP/2 connection.
const MAX_STREAMS: u32 = 200;

/// Limits on connections.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// Maximum number of open connections; further ones wait until one ends.
    pub max_connections: usize,
    /// Maximum number of open connections of one client; further ones are closed at once.
    pub max_client_connections: usize,
    /// Longest time to receive the first line and headers of a request.
    pub header_timeout: Duration,
    /// Longest time without traffic between requests or while a response is sent.
    pub idle_timeout: Duration,
    /// Maximum bytes of the first line and headers together.
    pub max_head_bytes: usize,
    /// Longest time for requests in flight after shutdown begins.
    pub drain_timeout: Duration,
}

/// Serves until shutdown begins, then waits for requests in flight.
pub async fn serve(
    listener: TcpListener,
    endpoint: impl Endpoint + 'static,
    limits: ConnectionLimits,
    proxies: TrustedProxies,
    shutdown: CancellationToken,
) {
    let endpoint: Arc<Handler> = Arc::new(ToDynEndpoint(endpoint.map_to_response()));
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let clients = Arc::<ClientConnections>::default();
    let ending = GracefulShutdown::new();
    let cut = CancellationToken::new();
    while let Some((stream, place)) = next(&listener, &places, &shutdown).await {
        let most = limits.max_client_connections;
        let of_client = |peer: SocketAddr| clients.take(peer.ip(), most, &proxies);
        let Some(of_client) = stream.peer_addr().ok().and_then(of_client) else {
            // Gone already, or one too many of its client.
            continue;
        };
        let Ok(connection) = Connection::new(stream, limits) else {
            // It was gone before anything was asked.
            continue;
        };
        let (watcher, cut, endpoint) = (ending.watcher(), cut.clone(), Arc::clone(&endpoint));
        tokio::spawn(async move {
            let _places = (place, of_client);
            tokio::select! {
                () = connection.serve(endpoint, watcher) => {}
                () = cut.cancelled() => {}
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain_timeout, ending.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests that did not end in time are cut off");
        cut.cancel();
    }
}

type Handler = dyn DynEndpoint<Output = poem::Response>;

/// The next connection and its place among all; none when it is time to stop.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let accepted = async {
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return Some((stream, place)),
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(BREATHER).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = shutdown.cancelled() => None,
        accepted = accepted => accepted,
    }
}

/// One connection, and where its ends are.
struct Connection {
    stream: TcpStream,
    local: LocalAddr,
    remote: RemoteAddr,
    limits: ConnectionLimits,
}

impl Connection {
    fn new(stream: TcpStream, limits: ConnectionLimits) -> io::Result<Self> {
        // Answers are written whole: waiting for more to send would only delay them.
        stream.set_nodelay(true)?;
        Ok(Self {
            local: LocalAddr(stream.local_addr()?.into()),
            remote: RemoteAddr(stream.peer_addr()?.into()),
            stream,
            limits,
        })
    }

    /// Answers what comes in on it, until either side has had enough.
    async fn serve(self, endpoint: Arc<Handler>, watcher: hyper_util::server::graceful::Watcher) {
        let pulse = Arc::new(ConnectionActivity::default());
        let stream = TimeoutStream::new(
            self.stream,
            Arc::clone(&pulse),
            self.limits.header_timeout,
            self.limits.idle_timeout,
        );
        let service = service_fn(move |request: Request<Incoming>| {
            let under_way = pulse.begin();
            let (local, remote) = (self.local.clone(), self.remote.clone());
            let endpoint = Arc::clone(&endpoint);
            async move {
                let host = HostLines::of(&request);
                let mut request: poem::Request = (request, local, remote, Scheme::HTTP).into();
                request.set_data(host);
                let response: Response<_> = endpoint.get_response(request).await.into();
                drop(under_way);
                Ok::<_, io::Error>(response)
            }
        });
        let server = server(self.limits.max_head_bytes);
        let connection = server.serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(error = &*error, "a connection broke off");
        }
    }
}

fn server(max_head_bytes: usize) -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .max_buf_size((max_head_bytes + SPARE_BYTES).max(SMALLEST_BUFFER));
    server
        .http2()
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(max_head_bytes).unwrap_or(u32::MAX));
    server
}
