//! Security response headers: CSP, HSTS, `nosniff`, `Referrer-Policy`.

use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{
        HeaderName, HeaderValue,
        header::{
            CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
};

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Headers of every response. Pages replace the content security policy with their own.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        REFERRER_POLICY,
        HeaderValue::from_static("strict-origin-when-cross-origin"),
    ),
    (
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ),
];

/// Adds security headers to every response, unless its handler set them.
#[derive(Debug, Clone, Default)]
pub struct SecurityHeaders {
    hsts: Option<HeaderValue>,
}

impl SecurityHeaders {
    /// Creates the middleware. `hsts_max_age_secs` is the `max-age` of `Strict-Transport-Security`; 0 omits the header.
    pub fn new(hsts_max_age_secs: u64) -> Self {
        let hsts = format!("max-age={hsts_max_age_secs}; includeSubDomains");
        Self {
            hsts: HeaderValue::from_str(&hsts)
                .ok()
                .filter(|_| hsts_max_age_secs > 0),
        }
    }
}

impl<E: Endpoint> Middleware<E> for SecurityHeaders {
    type Output = Strict<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Strict {
            inner,
            hsts: self.hsts.clone(),
        }
    }
}

/// An endpoint whose answers are strict.
pub struct Strict<E> {
    inner: E,
    hsts: Option<HeaderValue>,
}

impl<E: Endpoint> Endpoint for Strict<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let mut response = self.inner.call(request).await?.into_response();
        let headers = response.headers_mut();
        for (name, value) in ALWAYS {
            headers.entry(name).or_insert(value);
        }
        if let Some(hsts) = &self.hsts {
            headers.insert(STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, endpoint::make_sync, test::TestClient};

    use super::*;

    async fn answer(security_headers: SecurityHeaders) -> Response {
        let page = make_sync(|_| {
            Response::builder()
                .header(CONTENT_SECURITY_POLICY, "default-src 'self'")
                .body("x")
        });
        TestClient::new(page.with(security_headers))
            .get("/")
            .send()
            .await
            .0
    }

    #[tokio::test]
    async fn a_pages_own_policy_is_kept() {
        let response = answer(SecurityHeaders::default()).await;
        assert_eq!(
            response.headers()[CONTENT_SECURITY_POLICY],
            "default-src 'self'"
        );
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!response.headers().contains_key(STRICT_TRANSPORT_SECURITY));
    }

    #[tokio::test]
    async fn tls_is_asked_for_where_it_is_spoken() {
        let response = answer(SecurityHeaders::new(31_536_000)).await;
        let expected = "max-age=31536000; includeSubDomains";
        assert_eq!(response.headers()[STRICT_TRANSPORT_SECURITY], expected);
    }
}
