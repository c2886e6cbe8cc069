//! `HEAD`: the answer of `GET` without its body.

use poem::{
    Body, Endpoint, Middleware, Request, Response, Result,
    http::{Method, header},
};

use crate::error::ApiError;

/// Has `HEAD` answered as `GET`, by the same caches and under the same headers, and leaves the body out.
#[derive(Debug, Clone, Copy)]
pub struct HeadAsGet;

/// Marks a request that asks for headers alone: no shopper's.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeadersOnly;

impl<E: Endpoint<Output = Response>> Middleware<E> for HeadAsGet {
    type Output = Bodiless<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Bodiless(inner)
    }
}

/// An endpoint that answers `HEAD` as `GET`.
pub struct Bodiless<E>(E);

impl<E: Endpoint<Output = Response>> Endpoint for Bodiless<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if request.method() != Method::HEAD {
            return self.0.call(request).await;
        }
        request.set_method(Method::GET);
        request.set_data(HeadersOnly);
        without_body(self.0.call(request).await?).await
    }
}

/// Takes the body of a response and tells its length, unless it has no end.
async fn without_body(mut response: Response) -> Result<Response> {
    let body = response.take_body();
    let is_stream = response
        .content_type()
        .is_some_and(|content_type| content_type.starts_with("text/event-stream"));
    if !is_stream && !response.headers().contains_key(header::CONTENT_LENGTH) {
        let length = body.into_bytes().await.map_err(ApiError::internal)?.len();
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
    }
    response.set_body(Body::empty());
    Ok(response)
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, endpoint::make_sync, test::TestClient};

    use super::*;

    #[tokio::test]
    async fn head_has_the_headers_of_get_and_no_body() {
        let endpoint = make_sync(|request: Request| {
            assert_eq!(request.method(), Method::GET);
            Response::builder()
                .header("ETag", "\"x\"")
                .body("twelve bytes")
        });
        let client = TestClient::new(endpoint.with(HeadAsGet));
        let response = client.head("/").send().await.0;
        assert_eq!(response.header("ETag"), Some("\"x\""));
        assert_eq!(response.header("Content-Length"), Some("12"));
        assert!(response.into_body().into_bytes().await.unwrap().is_empty());
        let response = client.get("/").send().await.0;
        let body = response.into_body().into_bytes().await.unwrap();
        assert_eq!(&body[..], b"twelve bytes");
    }
}
