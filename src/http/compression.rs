//! Response compression.

use poem::{
    Endpoint, Middleware, Request, Response, Result,
    http::{HeaderMap, HeaderValue, header},
};
use souk_cache::{Coding, MIN_COMPRESSED_BODY};

use crate::error::ApiError;

/// Compresses responses for clients that accept it. Streamed responses, and those with a `Content-Encoding` or
/// `ETag`, are left alone.
#[derive(Debug, Clone, Copy)]
pub struct Compression {
    /// Enables compression.
    pub enabled: bool,
}

impl<E: Endpoint<Output = Response>> Middleware<E> for Compression {
    type Output = Compressed<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Compressed {
            inner,
            enabled: self.enabled,
        }
    }
}

/// An endpoint whose answers are packed.
pub struct Compressed<E> {
    inner: E,
    enabled: bool,
}

impl<E: Endpoint<Output = Response>> Endpoint for Compressed<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let coding = request
            .header(header::ACCEPT_ENCODING)
            .filter(|_| self.enabled)
            .and_then(Coding::accepted);
        let response = self.inner.call(request).await?;
        if !self.enabled || !is_packable(response.headers()) {
            return Ok(response);
        }
        pack(response, coding).await
    }
}

/// Returns true if the body is complete and compression makes it smaller.
fn is_packable(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let is_text = content_type.is_some_and(|content_type| {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let text = media_type.starts_with("text/") && media_type != "text/event-stream";
        text || media_type.ends_with("json")
            || media_type.ends_with("javascript")
            || media_type.ends_with("yaml")
            || media_type.ends_with("+xml")
    });
    // An entity tag that is set already is that of the bytes as they are.
    is_text
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !headers.contains_key(header::ETAG)
}

async fn pack(mut response: Response, coding: Option<Coding>) -> Result<Response> {
    let accept_encoding = HeaderValue::from_static("Accept-Encoding");
    if !response.headers().contains_key(header::VARY) {
        response.headers_mut().append(header::VARY, accept_encoding);
    }
    let Some(coding) = coding else {
        return Ok(response);
    };
    let body = response
        .take_body()
        .into_bytes()
        .await
        .map_err(ApiError::internal)?;
    if body.len() < MIN_COMPRESSED_BODY {
        response.set_body(body);
        return Ok(response);
    }
    let compressed = coding.compress(&body).map_err(ApiError::internal)?;
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    let coding = HeaderValue::from_static(coding.name());
    headers.insert(header::CONTENT_ENCODING, coding);
    response.set_body(compressed);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, endpoint::make_sync, test::TestClient};

    use super::*;

    async fn answer(content_type: &'static str, length: usize, enabled: bool) -> Option<String> {
        let endpoint = make_sync(move |_| {
            Response::builder()
                .content_type(content_type)
                .body("x".repeat(length))
        });
        let client = TestClient::new(endpoint.with(Compression { enabled }));
        let request = client.get("/").header("Accept-Encoding", "gzip");
        let response = request.send().await.0;
        response.header("Content-Encoding").map(str::to_owned)
    }

    #[tokio::test]
    async fn long_texts_are_packed_and_nothing_else() {
        let gzip = Some("gzip".to_owned());
        assert_eq!(answer("application/json", 5_000, true).await, gzip);
        assert_eq!(answer("text/html; charset=utf-8", 5_000, true).await, gzip);
        assert_eq!(answer("application/json", 5_000, false).await, None);
        assert_eq!(answer("application/json", 50, true).await, None);
        assert_eq!(answer("image/png", 5_000, true).await, None);
        assert_eq!(answer("text/event-stream", 5_000, true).await, None);
    }
}
