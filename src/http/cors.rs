//! Cross-origin requests (the CORS protocol of the Fetch standard).
//!
//! The framework's middleware is not used for two reasons. It rejects same-origin requests whose `Origin` is not
//! listed, and it drops the `Vary` header, so that a cache could serve one origin's response to another.

use std::sync::Arc;

use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
            ORIGIN, VARY,
        },
    },
};

/// Response headers exposed to scripts.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Cache, X-Request-Id",
);

/// What pages of other origins may do, as it is written down: lists are separated by commas.
#[derive(Debug, Clone, Copy)]
pub struct CorsOptions<'a> {
    /// Origins, or `*`.
    pub origins: &'a str,
    /// Methods.
    pub methods: &'a str,
    /// Headers of a request.
    pub headers: &'a str,
    /// Allows credentials.
    pub credentials: bool,
    /// For how long a browser may remember it.
    pub max_age_secs: u32,
}

/// Options that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum BadCors {
    /// An origin is none.
    #[error("CORS_ALLOWED_ORIGINS: `{0}` is no origin such as https://shop.example")]
    Origin(String),
    /// A method is none.
    #[error("CORS_ALLOWED_METHODS: `{0}` is no method")]
    Method(String),
    /// A header's name is none.
    #[error("CORS_ALLOWED_HEADERS: `{0}` is no name of a header")]
    Header(String),
    /// Credentials are allowed for every origin, so that any page could act for its visitor.
    #[error("CORS_ALLOW_CREDENTIALS goes with named origins only, not with `*`")]
    CredentialsForAll,
}

/// CORS policy.
#[derive(Debug, Clone, Default)]
pub struct Cors(Option<Arc<Allowed>>);

#[derive(Debug)]
struct Allowed {
    origins: Origins,
    methods: HeaderValue,
    headers: HeaderValue,
    credentials: bool,
    max_age: HeaderValue,
}

#[derive(Debug)]
enum Origins {
    All,
    These(Vec<HeaderValue>),
}

impl Cors {
    /// Of some options; without an origin nothing is allowed.
    ///
    /// # Errors
    /// If an origin, method or header is none, or every origin would be given credentials.
    pub fn new(options: &CorsOptions<'_>) -> Result<Self, BadCors> {
        let origins: Vec<&str> = elements(options.origins).collect();
        let origins = match origins.as_slice() {
            [] => return Ok(Self(None)),
            ["*"] if options.credentials => return Err(BadCors::CredentialsForAll),
            ["*"] => Origins::All,
            origins => Origins::These(
                origins
                    .iter()
                    .map(|text| origin(text))
                    .collect::<Result<_, _>>()?,
            ),
        };
        for method in elements(options.methods) {
            let known = method.parse::<Method>();
            known.map_err(|_| BadCors::Method(method.to_owned()))?;
        }
        for name in elements(options.headers) {
            let known = name.parse::<HeaderName>();
            known.map_err(|_| BadCors::Header(name.to_owned()))?;
        }
        let list = |text: &str| elements(text).collect::<Vec<_>>().join(", ");
        Ok(Self(Some(Arc::new(Allowed {
            origins,
            methods: value(&list(options.methods))
                .ok_or_else(|| BadCors::Method(options.methods.to_owned()))?,
            headers: value(&list(options.headers))
                .ok_or_else(|| BadCors::Header(options.headers.to_owned()))?,
            credentials: options.credentials,
            max_age: options.max_age_secs.into(),
        }))))
    }
}

impl Cors {
    /// Reports whether pages of an origin may use what is served.
    pub fn allows(&self, origin: &HeaderValue) -> bool {
        let allowed = self.0.as_ref();
        allowed.is_some_and(|allowed| allowed.grant(origin).is_some())
    }
}

fn elements(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|element| !element.is_empty())
}

fn value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok()
}

/// Scheme, host and port, exactly as browsers write it: without a path, not even `/`.
fn origin(text: &str) -> Result<HeaderValue, BadCors> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let is_host = |rest: &str| {
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte)
        };
        !rest.is_empty() && rest.bytes().all(plain)
    };
    let valid = rest.is_some_and(is_host).then(|| value(text)).flatten();
    valid.ok_or_else(|| BadCors::Origin(text.to_owned()))
}

impl Allowed {
    /// Returns the `Access-Control-Allow-Origin` value; `None` if the origin is not allowed.
    fn grant(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        match &self.origins {
            Origins::All => Some(HeaderValue::from_static("*")),
            Origins::These(origins) => origins.contains(origin).then(|| origin.clone()),
        }
    }

    fn mark(&self, headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
        if matches!(self.origins, Origins::These(_)) {
            // Also where nothing is granted: a cache must not hand that to an origin that is allowed.
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(granted) = origin.and_then(|origin| self.grant(origin)) {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, granted);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            if self.credentials {
                headers.insert(
                    ACCESS_CONTROL_ALLOW_CREDENTIALS,
                    HeaderValue::from_static("true"),
                );
            }
        }
    }

    /// The answer to a browser that asks before it sends the request itself.
    fn preflight(&self, origin: &HeaderValue) -> Response {
        let mut response = Response::default();
        response.set_status(StatusCode::NO_CONTENT);
        let headers = response.headers_mut();
        self.mark(headers, Some(origin));
        if headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS).is_some() {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, self.methods.clone());
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, self.headers.clone());
            headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
        }
        response
    }
}

impl<E: Endpoint> Middleware<E> for Cors {
    type Output = CrossOrigin<E>;

    fn transform(&self, inner: E) -> Self::Output {
        CrossOrigin {
            inner,
            allowed: self.0.clone(),
        }
    }
}

/// An endpoint that pages of other origins may use as far as they are allowed.
pub struct CrossOrigin<E> {
    inner: E,
    allowed: Option<Arc<Allowed>>,
}

impl<E: Endpoint> Endpoint for CrossOrigin<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let Some(allowed) = &self.allowed else {
            return self
                .inner
                .call(request)
                .await
                .map(IntoResponse::into_response);
        };
        let origin = request.headers().get(ORIGIN).cloned();
        let asks_before = request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if let Some(origin) = &origin
            && request.method() == Method::OPTIONS
            && asks_before
        {
            return Ok(allowed.preflight(origin));
        }
        let mut response = self.inner.call(request).await?.into_response();
        allowed.mark(response.headers_mut(), origin.as_ref());
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, endpoint::make_sync, test::TestClient};

    use super::*;

    fn cors(origins: &str, credentials: bool) -> Result<Cors, BadCors> {
        Cors::new(&CorsOptions {
            origins,
            methods: "GET, PUT",
            headers: "X-Api-Key",
            credentials,
            max_age_secs: 60,
        })
    }

    async fn response_to(cors: Cors, method: Method, origin: &str) -> Response {
        let answer = make_sync(|_| {
            Response::builder()
                .header(VARY, "Accept-Encoding")
                .body("x")
        });
        let client = TestClient::new(answer.with(cors));
        let mut request = client.request(method.clone(), "/").header(ORIGIN, origin);
        if method == Method::OPTIONS {
            request = request.header(ACCESS_CONTROL_REQUEST_METHOD, "PUT");
        }
        request.send().await.0
    }

    fn header<'a>(response: &'a Response, name: &HeaderName) -> Option<&'a str> {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn an_allowed_origin_may_read_and_any_other_is_answered_without_a_grant() {
        let shop = "https://shop.example";
        let allowed = response_to(cors(shop, true).unwrap(), Method::GET, shop).await;
        assert_eq!(header(&allowed, &ACCESS_CONTROL_ALLOW_ORIGIN), Some(shop));
        assert_eq!(
            header(&allowed, &ACCESS_CONTROL_ALLOW_CREDENTIALS),
            Some("true")
        );
        let other = response_to(
            cors(shop, true).unwrap(),
            Method::GET,
            "https://shop.example.evil",
        )
        .await;
        assert_eq!(other.status(), StatusCode::OK);
        assert_eq!(header(&other, &ACCESS_CONTROL_ALLOW_ORIGIN), None);
        for response in [allowed, other] {
            let vary: Vec<_> = response.headers().get_all(VARY).iter().collect();
            assert_eq!(vary, ["Accept-Encoding", "Origin"]);
        }
    }

    #[tokio::test]
    async fn a_browser_that_asks_before_is_told_what_is_allowed() {
        let shop = "https://shop.example";
        let allowed = response_to(cors(shop, false).unwrap(), Method::OPTIONS, shop).await;
        assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
        assert_eq!(
            header(&allowed, &ACCESS_CONTROL_ALLOW_METHODS),
            Some("GET, PUT")
        );
        assert_eq!(
            header(&allowed, &ACCESS_CONTROL_ALLOW_HEADERS),
            Some("X-Api-Key")
        );
        assert_eq!(header(&allowed, &ACCESS_CONTROL_MAX_AGE), Some("60"));
        let other = response_to(cors(shop, false).unwrap(), Method::OPTIONS, "null").await;
        assert_eq!(header(&other, &ACCESS_CONTROL_ALLOW_METHODS), None);
    }

    #[tokio::test]
    async fn all_origins_are_one_answer() {
        let response = response_to(
            cors("*", false).unwrap(),
            Method::GET,
            "https://any.example",
        )
        .await;
        assert_eq!(header(&response, &ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"));
        assert_eq!(header(&response, &VARY), Some("Accept-Encoding"));
        let none = response_to(cors("", false).unwrap(), Method::GET, "https://any.example").await;
        assert_eq!(header(&none, &ACCESS_CONTROL_ALLOW_ORIGIN), None);
    }

    #[test]
    fn invalid_origin_is_rejected() {
        for origins in [
            "shop.example",
            "https://shop.example/",
            "https://Shop.example",
            "https://",
            "*, https://a",
        ] {
            assert!(
                matches!(cors(origins, false), Err(BadCors::Origin(_))),
                "{origins}"
            );
        }
        assert!(matches!(cors("*", true), Err(BadCors::CredentialsForAll)));
        assert!(cors("http://localhost:5173, https://[::1]:80", true).is_ok());
    }
}
