//! Requests to the cluster: bytes out, bytes in, and a time limit on each.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use elasticsearch::auth::Credentials;
use elasticsearch::cert::{Certificate, CertificateValidation};
pub(crate) use elasticsearch::http::Method;
use elasticsearch::http::headers::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use elasticsearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use secrecy::ExposeSecret;
use serde::Deserialize;

use souk_store::Traceparent;

use super::failure::Failure;
use super::nodes::{Node, Nodes};
use crate::engines::elasticsearch::options::{ElasticsearchOptions, Login, OptionsError};

/// Trace context of a request, as W3C Trace Context defines it.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The way to a cluster.
#[derive(Clone)]
pub(crate) struct Client {
    nodes: Nodes,
    search_timeout: Duration,
    write_timeout: Duration,
    traceparent: Option<Traceparent>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The transport would show who we are to the cluster.
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// Request to the cluster.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) parameters: &'a [(&'a str, &'a str)],
    pub(crate) body: Option<Bytes>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(method: Method, path: &'a str) -> Self {
        Self {
            method,
            path,
            parameters: &[],
            body: None,
        }
    }

    pub(crate) fn parameters(mut self, parameters: &'a [(&'a str, &'a str)]) -> Self {
        self.parameters = parameters;
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(crate) fn json(self, body: &serde_json::Value) -> Self {
        self.body(body.to_string())
    }
}

impl Client {
    pub(crate) fn new(options: &ElasticsearchOptions) -> Result<Self, OptionsError> {
        // Never asks the cluster for its nodes: those it knows itself by are often out of our reach.
        let transports = options.nodes.iter().map(|url| {
            let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(url.clone()));
            if let Some(login) = &options.login {
                builder = builder.auth(credentials(login));
            }
            if let Some(path) = &options.ca_certificate {
                let trusted = certificates(path)?;
                builder = builder.cert_validation(CertificateValidation::Full(trusted));
            }
            builder
                .build()
                .map_err(|error| OptionsError::Client(error.into()))
        });
        let transports = transports.collect::<Result<Vec<Transport>, _>>()?;
        Ok(Self {
            nodes: Nodes::new(transports),
            search_timeout: options.search_timeout,
            write_timeout: options.write_timeout,
            traceparent: options.traceparent,
        })
    }

    /// Sends a request that someone waits for, and answers the body.
    pub(crate) async fn search(&self, request: Request<'_>) -> Result<Bytes, Failure> {
        self.send(request, self.search_timeout).await
    }

    /// Sends a request that writes or manages, and answers the body.
    pub(crate) async fn manage(&self, request: Request<'_>) -> Result<Bytes, Failure> {
        self.send(request, self.write_timeout).await
    }

    /// Asks one node after the other until one answers. Asking twice does no harm: whatever is written has a version.
    async fn send(&self, request: Request<'_>, timeout: Duration) -> Result<Bytes, Failure> {
        let (headers, mut failure) = (self.headers(), None);
        for node in self.nodes.in_turn(Instant::now()) {
            match ask(node, &request, headers.clone(), timeout).await {
                Ok(answer) => {
                    node.answered();
                    return answer;
                }
                Err(error) => {
                    node.was_silent(Instant::now());
                    // The time for all of them is over.
                    let late = error.is_timeout();
                    failure = Some(Failure::Silent(error.into()));
                    if late {
                        break;
                    }
                }
            }
        }
        Err(failure.unwrap_or_else(|| Failure::Silent("there is no node".into())))
    }

    /// Of each request.
    fn headers(&self) -> HeaderMap {
        // A cluster is near: both sides would spend more on packing an answer than the network on carrying it.
        let plain = (ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let mut headers = HeaderMap::from_iter([plain]);
        let trace = self.traceparent.and_then(|traceparent| traceparent());
        if let Some(Ok(trace)) = trace.map(HeaderValue::try_from) {
            headers.insert(TRACEPARENT, trace);
        }
        headers
    }
}

/// Returns the response of a node, if there is one.
async fn ask(
    node: &Node,
    request: &Request<'_>,
    headers: HeaderMap,
    timeout: Duration,
) -> Result<Result<Bytes, Failure>, elasticsearch::Error> {
    let sent = node.transport.send(
        request.method,
        request.path,
        headers,
        Some(request.parameters),
        request.body.clone(),
        Some(timeout),
    );
    let response = sent.await?;
    let status = response.status_code();
    let body = response.bytes().await?;
    Ok(if status.is_success() {
        Ok(body)
    } else {
        Err(Failure::of(status.as_u16(), &body))
    })
}

/// Reads an answer.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Failure> {
    // Whether it is text is looked at once for all of it: one string after the other, that is a third of the reading.
    let read = match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(body),
    };
    read.map_err(Failure::Unreadable)
}

fn credentials(login: &Login) -> Credentials {
    match login {
        Login::Basic { user, password } => {
            Credentials::Basic(user.clone(), password.expose_secret().to_owned())
        }
        Login::ApiKey(key) => Credentials::EncodedApiKey(key.expose_secret().to_owned()),
    }
}

fn certificates(path: &Path) -> Result<Certificate, OptionsError> {
    let wrong = |source: Box<dyn std::error::Error + Send + Sync>| OptionsError::Certificate {
        path: path.to_owned(),
        source,
    };
    let pem = std::fs::read(path).map_err(|error| wrong(error.into()))?;
    Certificate::from_pem(&pem).map_err(|error| wrong(error.into()))
}
