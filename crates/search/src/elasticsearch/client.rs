//! Requests to the cluster: bytes out, bytes in, and a time limit on each.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use elasticsearch::auth::Credentials;
use elasticsearch::cert::{Certificate, CertificateValidation};
pub(super) use elasticsearch::http::Method;
use elasticsearch::http::headers::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use elasticsearch::http::transport::{MultiNodeConnectionPool, Transport, TransportBuilder};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use souk_store::Traceparent;

use super::failure::Failure;
use super::options::{ElasticsearchOptions, Login, OptionsError};

/// What a request is part of, as W3C Trace Context has it.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The nodes of a cluster, asked in turn.
#[derive(Clone)]
pub(super) struct Client {
    transport: Transport,
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

/// One request.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) parameters: &'a [(&'a str, &'a str)],
    pub(super) body: Option<Bytes>,
}

impl<'a> Request<'a> {
    pub(super) fn new(method: Method, path: &'a str) -> Self {
        Self {
            method,
            path,
            parameters: &[],
            body: None,
        }
    }

    pub(super) fn parameters(mut self, parameters: &'a [(&'a str, &'a str)]) -> Self {
        self.parameters = parameters;
        self
    }

    pub(super) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(super) fn json(self, body: &serde_json::Value) -> Self {
        self.body(body.to_string())
    }
}

impl Client {
    pub(super) fn new(options: &ElasticsearchOptions) -> Result<Self, OptionsError> {
        // Never asks the cluster for its nodes: those it knows itself by are often out of our reach.
        let nodes = MultiNodeConnectionPool::round_robin(options.nodes.clone(), None);
        let mut builder = TransportBuilder::new(nodes);
        if let Some(login) = &options.login {
            builder = builder.auth(credentials(login));
        }
        if let Some(path) = &options.ca_certificate {
            let wrong =
                |source: Box<dyn std::error::Error + Send + Sync>| OptionsError::Certificate {
                    path: path.clone(),
                    source,
                };
            let pem = std::fs::read(path).map_err(|error| wrong(error.into()))?;
            let trusted = Certificate::from_pem(&pem).map_err(|error| wrong(error.into()))?;
            builder = builder.cert_validation(CertificateValidation::Full(trusted));
        }
        let transport = builder
            .build()
            .map_err(|error| OptionsError::Client(error.into()))?;
        Ok(Self {
            transport,
            search_timeout: options.search_timeout,
            write_timeout: options.write_timeout,
            traceparent: options.traceparent,
        })
    }

    /// Sends a request that someone waits for, and answers the body.
    pub(super) async fn search(&self, request: Request<'_>) -> Result<Bytes, Failure> {
        self.send(request, self.search_timeout).await
    }

    /// Sends a request that writes or manages, and answers the body.
    pub(super) async fn manage(&self, request: Request<'_>) -> Result<Bytes, Failure> {
        self.send(request, self.write_timeout).await
    }

    async fn send(&self, request: Request<'_>, timeout: Duration) -> Result<Bytes, Failure> {
        let silent = |error: elasticsearch::Error| Failure::Silent(error.into());
        // A cluster is near: both sides would spend more on packing an answer than the network on carrying it.
        let plain = (ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let mut headers = HeaderMap::from_iter([plain]);
        let trace = self.traceparent.and_then(|traceparent| traceparent());
        if let Some(Ok(trace)) = trace.map(HeaderValue::try_from) {
            headers.insert(TRACEPARENT, trace);
        }
        let sent = self.transport.send(
            request.method,
            request.path,
            headers,
            Some(request.parameters),
            request.body,
            Some(timeout),
        );
        let response = sent.await.map_err(silent)?;
        let status = response.status_code();
        let body = response.bytes().await.map_err(silent)?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(Failure::of(status.as_u16(), &body))
        }
    }
}

/// Reads an answer.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(Failure::Unreadable)
}

fn credentials(login: &Login) -> Credentials {
    match login {
        Login::Basic { user, password } => {
            Credentials::Basic(user.clone(), password.expose_secret().to_owned())
        }
        Login::ApiKey(key) => Credentials::EncodedApiKey(key.expose_secret().to_owned()),
    }
}
