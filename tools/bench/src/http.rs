//! Kept-alive HTTP connection: enough for a load generator, at little cost.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, IF_MATCH},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// A connection to one server.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; what goes wrong is seen by whoever waits for an answer.
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: address.to_string(),
        })
    }

    /// The body of a page that must be answered with 200.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Bytes> {
        let (status, body) = self.send(Method::GET, path, None, &Value::Null).await?;
        let told = || String::from_utf8_lossy(&body);
        ensure!(status.is_success(), "GET {path}: {status}: {}", told());
        Ok(body)
    }

    /// The same, understood.
    pub(crate) async fn get_json(&mut self, path: &str) -> Result<Value> {
        let body = self.get(path).await?;
        serde_json::from_slice(&body).with_context(|| format!("GET {path} answers no JSON"))
    }

    /// Sends JSON as an admin; the answer must be 200.
    pub(crate) async fn post(&mut self, path: &str, key: &str, body: &Value) -> Result<Bytes> {
        let (status, answer) = self.send(Method::POST, path, Some(key), body).await?;
        let told = || String::from_utf8_lossy(&answer);
        ensure!(status.is_success(), "POST {path}: {status}: {}", told());
        Ok(answer)
    }

    /// Sends a request, as an admin if there is a key, with a body unless it is null, and answers whatever comes.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Result<(StatusCode, Bytes)> {
        let authorization = key.map(|key| format!("Bearer {key}"));
        let headers = authorization.as_deref().map(|authorization| {
            [
                (AUTHORIZATION.as_str(), authorization),
                (IF_MATCH.as_str(), "*"),
            ]
        });
        let headers = headers.as_ref().map_or(&[][..], |headers| headers);
        self.ask(method, path, headers, body).await
    }

    /// Sends a request with headers, with a body unless it is null, and returns whatever comes.
    pub(crate) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<(StatusCode, Bytes)> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Full::default()
        } else {
            request = request.header(CONTENT_TYPE, "application/json");
            Full::from(body.to_string())
        };
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(body)?).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}

impl Connection {
    /// Sends bytes that say themselves what they are; the answer must be 200.
    pub(crate) async fn post_bytes(&mut self, path: &str, body: Bytes) -> Result<Bytes> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, &self.host)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let answer = response.into_body().collect().await?.to_bytes();
        let told = || String::from_utf8_lossy(&answer);
        ensure!(status.is_success(), "POST {path}: {status}: {}", told());
        Ok(answer)
    }
}

/// Host and port of a server, from a URL like `http://HOST:PORT`.
pub(crate) fn address(url: &str) -> Result<SocketAddr> {
    let host = url.strip_prefix("http://").context("no http address")?;
    Ok(host.trim_end_matches('/').parse()?)
}

/// A text as part of a query string.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    #[test]
    fn reserved_characters_are_encoded() {
        assert_eq!(super::encoded("Mug & Çup-1"), "Mug%20%26%20%C3%87up-1");
    }
}
