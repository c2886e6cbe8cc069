//! Error responses, request ids, timeouts and the access log.

use std::{
    any::Any,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{HeaderValue, StatusCode, Uri, header},
};
use souk_accounts::AccountError;
use souk_telemetry::{chain, traces};
use tracing::{Instrument, Span, field};

use super::{
    ErrorBody, JsonResponse, RequestLimits, RouteTable, TrustedProxies,
    api_or_pages::INSTANT_SEARCH,
    error_body::{ClientErrorBody, UcpErrorBody},
    host_lines::HostLines,
    moved,
    rate_limit::StandingSlot,
    request_id,
    request_id::RequestId,
    text::is_text,
};
use crate::error::{AllowedMethods, ApiError, ErrorCode, STREAM_RETRY_AFTER_SECONDS};

/// Addresses whose errors have the form of [`UcpErrorBody`]; their next segment is the version.
const UCP: &str = "/api/ucp/";
/// Operation whose body is a file of up to `SOUK_IMPORT_MAX_BYTES`.
const UPLOAD: &str = "adminUploadImport";
/// Longest time of an upload.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(6 * 3_600);

/// Around all that can fail: gives each request an id and its bounds, survives panics, and turns every error, ours or
/// the framework's, into the one error_handling.
pub struct ErrorHandling {
    /// Proxies whose traces are continued: anybody else could have every change sampled and stored with a trace of theirs.
    pub traced_from: TrustedProxies,
    /// Size and time limits of requests.
    pub limits: RequestLimits,
    /// The documented addresses.
    pub routes: Arc<RouteTable>,
    /// Enables the access log.
    pub access_log: bool,
}

impl<E: Endpoint> Middleware<E> for ErrorHandling {
    type Output = Enveloped<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Enveloped {
            inner,
            traced_from: self.traced_from.clone(),
            limits: self.limits,
            routes: Arc::clone(&self.routes),
            access_log: self.access_log,
        }
    }
}

/// An endpoint inside its [`ErrorHandling`].
pub struct Enveloped<E> {
    inner: E,
    traced_from: TrustedProxies,
    limits: RequestLimits,
    routes: Arc<RouteTable>,
    access_log: bool,
}

impl<E: Endpoint> Endpoint for Enveloped<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let id = RequestId::of(&request);
        let span = self.span(&request, &id);
        Ok(self.answer(request, id).instrument(span).await)
    }
}

impl<E: Endpoint> Enveloped<E> {
    /// What ties together all that is done for a request, in the log and, if there are traces, in the caller's trace.
    fn span(&self, request: &Request, id: &RequestId) -> Span {
        let operation = self
            .routes
            .operation(request.method(), request.uri().path());
        // Of the highest level, so that whichever lines there are carry the id.
        let span = tracing::error_span!(
            "request",
            request_id = %id,
            trace_id = field::Empty,
            otel.name = operation.unwrap_or("other"),
            otel.kind = "server",
        );
        if let Some(traceparent) = request.header(traces::TRACEPARENT)
            && self.traced_from.sent(request)
        {
            traces::continue_from(&span, traceparent);
        }
        if let Some(id) = traces::trace_id(&span) {
            span.record("trace_id", id);
        }
        span
    }

    async fn answer(&self, mut request: Request, id: RequestId) -> Response {
        let began = Instant::now();
        let standing = StandingSlot::default();
        request.set_data(self.limits);
        request.set_data(standing.clone());
        request.set_data(id.clone());
        let method = request.method().clone();
        let uri = request.uri().clone();
        let path = uri.path().to_owned();

        let mut response = match self.guarded(request).await {
            Ok(response) => response,
            Err(error) => {
                let path_parameter = |index| self.routes.parameter(&path, index);
                let error = ApiError::from_framework(error, path_parameter);
                if error.problem().status.is_server_error() {
                    tracing::error!(%method, path, error = chain(&error), "request failed");
                }
                match &error {
                    ApiError::Moved(slug) => moved_on(&uri, slug),
                    error => self.response(error, &path, &id),
                }
            }
        };
        if let Ok(value) = id.as_str().parse() {
            response.headers_mut().insert(request_id::HEADER, value);
        }
        standing.write(response.headers_mut());
        refused_attempt(&mut response);
        if self.access_log {
            let (status, took) = (response.status().as_u16(), began.elapsed());
            // Not the query, which says what somebody looks for.
            tracing::info!(%method, path, status, took_ms = took.as_secs_f64() * 1e3, "answered");
        }
        response
    }

    async fn guarded(&self, request: Request) -> Result<Response> {
        self.limits.check(&request)?;
        if let Some(host_lines) = request.data::<HostLines>() {
            host_lines.check()?;
        }
        let uri = request.uri();
        if !is_text(uri.path()) || !is_text(uri.query().unwrap_or_default()) {
            return Err(ApiError::MalformedAddress.into());
        }
        let operation = self
            .routes
            .operation(request.method(), request.uri().path());
        // A file may arrive for long, as long as it does not stop arriving: its handler sees to that.
        let timeout = match operation {
            Some(UPLOAD) => UPLOAD_TIMEOUT.max(self.limits.timeout),
            _ => self.limits.timeout,
        };
        let answer = AssertUnwindSafe(self.inner.call(request)).catch_unwind();
        match tokio::time::timeout(timeout, answer).await {
            Ok(Ok(answer)) => answer.map(IntoResponse::into_response),
            Ok(Err(panic)) => Err(ApiError::internal(panic_message(&*panic)).into()),
            Err(_) => Err(ApiError::TimedOut.into()),
        }
    }

    fn response(&self, error: &ApiError, path: &str, id: &RequestId) -> Response {
        let problem = error.problem();
        let body = ErrorBody {
            code: problem.code,
            message: problem.message,
            field: problem.field,
            request_id: id.to_string(),
        };
        let mut response = if path.starts_with(INSTANT_SEARCH) {
            JsonResponse(ClientErrorBody::new(body, problem.status)).into_response()
        } else if let Some(version) = ucp_version(path) {
            let is_recoverable =
                problem.retry_after.is_some() || problem.status == StatusCode::BAD_REQUEST;
            JsonResponse(UcpErrorBody::new(body, version, is_recoverable)).into_response()
        } else {
            JsonResponse(body).into_response()
        };
        response.set_status(problem.status);
        let headers = response.headers_mut();
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
        if let Some(seconds) = problem.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let ApiError::Account(AccountError::Wait(seconds)) = error {
            response
                .extensions_mut()
                .insert(RefusedAttempt("attempts", 1, *seconds));
        }
        if let ApiError::TooManyStreams(most) = error {
            let refused = RefusedAttempt("live", *most, STREAM_RETRY_AFTER_SECONDS);
            response.extensions_mut().insert(refused);
        }
        let headers = response.headers_mut();
        if problem.status == StatusCode::UNAUTHORIZED {
            let challenge = match problem.code {
                ErrorCode::InvalidApiKey => "ApiKey realm=\"souk\"",
                _ => "Bearer realm=\"souk\"",
            };
            let challenge = HeaderValue::from_static(challenge);
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if problem.status == StatusCode::METHOD_NOT_ALLOWED {
            let methods = match error {
                ApiError::MethodNotAllowed(AllowedMethods::These(methods)) => (*methods).to_owned(),
                _ => self.routes.allowed(path),
            };
            if let Ok(methods) = methods.parse() {
                headers.insert(header::ALLOW, methods);
            }
        }
        response
    }
}

/// Marks an answer as that of a quota of its own, by name, number and seconds, and not of the quota of its route: too many
/// attempts at an account, or too many live connections.
#[derive(Debug, Clone, Copy)]
struct RefusedAttempt(&'static str, usize, u32);

/// Says so in the fields of quotas.
fn refused_attempt(response: &mut Response) {
    let refused = response.extensions().get::<RefusedAttempt>().copied();
    let Some(RefusedAttempt(name, quota, seconds)) = refused else {
        return;
    };
    let fields = [
        (
            "ratelimit-policy",
            format!("\"{name}\";q={quota};w={}", seconds.max(1)),
        ),
        ("ratelimit", format!("\"{name}\";r=0;t={seconds}")),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
}

/// Returns the version in an address of the Universal Commerce Protocol; none if it has no date there.
fn ucp_version(path: &str) -> Option<&str> {
    let version = path.strip_prefix(UCP)?.split('/').next()?;
    let is_date = version.len() == 10
        && version
            .bytes()
            .enumerate()
            .all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
    is_date.then_some(version)
}

/// Leads on without the cache, as for `HEAD`.
fn moved_on(uri: &Uri, slug: &str) -> Response {
    let mut response = moved::response(uri, slug);
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    response
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, Route, endpoint::make, test::TestClient};

    use super::*;

    fn guarded<E: Endpoint>(endpoint: E, timeout: Duration) -> TestClient<impl Endpoint> {
        let error_handling = ErrorHandling {
            traced_from: TrustedProxies::default(),
            limits: RequestLimits {
                timeout,
                ..RequestLimits::default()
            },
            routes: Arc::default(),
            access_log: false,
        };
        TestClient::new(endpoint.with(error_handling))
    }

    #[tokio::test]
    async fn a_panic_is_a_500_that_tells_nothing() {
        let client = guarded(
            make(|_| async {
                if true {
                    panic!("secret")
                }
            }),
            Duration::from_secs(5),
        );
        let response = client.get("/").header("X-Request-Id", "r1").send().await;
        response.assert_status(StatusCode::INTERNAL_SERVER_ERROR);
        response.assert_header("X-Request-Id", "r1");
        let body = response.0.into_body().into_string().await.unwrap();
        assert!(
            body.contains("\"request_id\":\"r1\"") && !body.contains("secret"),
            "{body}"
        );
    }

    #[tokio::test]
    async fn slow_request_gets_503_with_retry_after() {
        let client = guarded(
            make(|_| std::future::pending::<()>()),
            Duration::from_millis(1),
        );
        let response = client.get("/").send().await;
        response.assert_status(StatusCode::SERVICE_UNAVAILABLE);
        response.assert_header_exist("Retry-After");
    }

    #[tokio::test]
    async fn an_address_that_is_no_text_is_refused() {
        let client = guarded(Route::new(), Duration::from_secs(5));
        for address in ["/%ff", "/a?q=%ff", "/a?q=%00"] {
            client
                .get(address)
                .send()
                .await
                .assert_status(StatusCode::BAD_REQUEST);
        }
        client
            .get("/none")
            .send()
            .await
            .assert_status(StatusCode::NOT_FOUND);
    }
}
