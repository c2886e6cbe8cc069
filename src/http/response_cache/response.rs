//! Responses from cached pages: ETag, encoding, caching headers.

use std::time::Duration;

use poem::{
    Request, Response,
    http::{HeaderName, HeaderValue, header},
};
use souk_cache::{Page, Source, Tag, TagHeader};
use souk_domain::TenantId;

use crate::http::page::negotiated;

/// `Cache-Control` of responses that must not be stored.
pub(super) const NOT_KEPT: HeaderValue = HeaderValue::from_static("private, no-store");
const VARY: HeaderValue = HeaderValue::from_static("Accept-Encoding, X-Api-Key");
const VARY_BY_WHO_ASKS: HeaderValue =
    HeaderValue::from_static("Accept-Encoding, X-Api-Key, X-Visitor-Id");
/// Warnings of a response whose load met an outage: for clients that still read this header.
const WARNINGS: HeaderValue =
    HeaderValue::from_static(r#"110 souk "Response is Stale", 111 souk "Revalidation Failed""#);
const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Audience that may share a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// All clients of the same host.
    All,
    /// The requesting client only.
    One,
}

/// Form of cached responses, the same for all of a process.
#[derive(Debug, Clone)]
pub(super) struct Form {
    cache_control: HeaderValue,
    compression: bool,
}

impl Form {
    /// Browsers ask each time whether it is still so, which costs a 304. What many share may be a second old, a little
    /// older while it is renewed, and much older while we cannot answer.
    pub(super) fn new(compression: bool, stale_if_error: Duration) -> Self {
        Self {
            cache_control: shared_for(stale_if_error),
            compression,
        }
    }

    /// Returns the `Cache-Control` of a response that many may share. What is old already may not get as old again in
    /// a cache in front.
    fn cache_control(&self, source: Source) -> HeaderValue {
        match source {
            Source::StaleIfError { left } => shared_for(left),
            _ => self.cache_control.clone(),
        }
    }
}

fn shared_for(stale_if_error: Duration) -> HeaderValue {
    let cache_control = format!(
        "public, max-age=0, s-maxage=1, stale-while-revalidate=5, stale-if-error={}",
        stale_if_error.as_secs()
    );
    HeaderValue::try_from(cache_control).unwrap_or(NOT_KEPT)
}

/// The answer to a request that a page answers.
pub(super) fn respond(
    request: &Request,
    page: &Page,
    source: Source,
    audience: Audience,
    form: &Form,
) -> Response {
    let mut response = negotiated(request, page, JSON, form.compression);
    set_caching(&mut response, source, audience, form);
    response
}

/// Says who may keep a response, for how long, and where it comes from.
pub(super) fn set_caching(
    response: &mut Response,
    source: Source,
    audience: Audience,
    form: &Form,
) {
    let (cache_control, vary) = match audience {
        Audience::All => (form.cache_control(source), VARY),
        Audience::One => (NOT_KEPT, VARY_BY_WHO_ASKS),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, cache_control);
    headers.insert(header::VARY, vary);
    headers.insert(X_CACHE, name(source));
    if matches!(source, Source::StaleIfError { .. }) {
        headers.insert(header::WARNING, WARNINGS);
    }
}

/// Tells a CDN what an answer was made from.
pub(super) fn set_tags(response: &mut Response, header: TagHeader, tenant: TenantId, tags: &[Tag]) {
    if let Ok(value) = header.value(tenant, tags).parse() {
        response.headers_mut().insert(header.name(), value);
    }
}

fn name(source: Source) -> HeaderValue {
    HeaderValue::from_static(match source {
        Source::Hit => "HIT",
        Source::Stale | Source::StaleIfError { .. } => "STALE",
        Source::Miss => "MISS",
        Source::Bypass => "BYPASS",
    })
}

#[cfg(test)]
mod tests {
    use poem::http::StatusCode;

    use super::*;

    fn page() -> Page {
        Page::new(b"0123456789".repeat(500))
    }

    fn ask(headers: &[(&str, &str)]) -> Response {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let form = Form::new(true, Duration::from_secs(60));
        respond(
            &request.finish(),
            &page(),
            Source::Hit,
            Audience::All,
            &form,
        )
    }

    #[test]
    fn every_coding_has_its_own_tag_and_is_not_sent_twice() {
        let plain = ask(&[]);
        let compressed = ask(&[("Accept-Encoding", "gzip")]);
        assert_eq!(compressed.header("Content-Encoding"), Some("gzip"));
        assert_eq!(plain.header("Content-Encoding"), None);
        let (plain, compressed) = (
            plain.header("ETag").unwrap(),
            compressed.header("ETag").unwrap(),
        );
        assert_ne!(plain, compressed);

        let not_modified = |coding: &str, known: &str| {
            let answer = ask(&[("Accept-Encoding", coding), ("If-None-Match", known)]);
            answer.status() == StatusCode::NOT_MODIFIED
        };
        assert!(not_modified("identity", plain));
        assert!(not_modified("gzip", &format!("\"x\", W/{compressed}")));
        assert!(!not_modified("gzip", plain));
        assert!(!not_modified("identity", "\"x\""));
    }

    #[test]
    fn response_decided_by_a_key_is_private() {
        let request = Request::default();
        let form = Form::new(true, Duration::from_secs(60));
        let answer = respond(&request, &page(), Source::Miss, Audience::One, &form);
        assert_eq!(answer.header("Cache-Control"), Some("private, no-store"));
        assert_eq!(answer.header("X-Cache"), Some("MISS"));
        assert!(
            ask(&[])
                .header("Cache-Control")
                .unwrap()
                .contains("s-maxage")
        );
    }

    #[test]
    fn response_of_an_outage_is_stale_for_what_is_left_of_the_bound() {
        let form = Form::new(true, Duration::from_secs(60));
        let left = Duration::from_millis(20_900);
        let source = Source::StaleIfError { left };
        let answer = respond(&Request::default(), &page(), source, Audience::All, &form);
        assert_eq!(answer.header("X-Cache"), Some("STALE"));
        let control = answer.header("Cache-Control").unwrap();
        assert!(control.ends_with("stale-if-error=20"), "{control}");
        let warning = answer.header("Warning").unwrap();
        assert!(warning.starts_with("110 ") && warning.contains(", 111 "));
        assert_eq!(ask(&[]).header("Warning"), None);
    }
}
