//! Search keys at the door.

use std::sync::Arc;

use chrono::Utc;
use poem::{
    Request,
    http::{Method, header},
};
use souk_identity::{OfferedSearchKey, SEARCH_KEY_PREFIX};

use crate::{
    error::ApiError,
    http::{client::RequestNetwork, rate_limit::tell_standing, tenant_resolution::API_KEY},
    search_keys::{SearchKey, SearchKeyFault},
    state::AppState,
};

/// Seconds until a network that is shut out may try again.
pub(super) const SHUT_OUT_SECONDS: u32 = 60;

/// Refusal of a search key.
pub(super) enum Refusal {
    /// It may be guessed.
    Guess(ApiError),
    /// It is known, or nobody knows whether it is.
    Other(ApiError),
}

impl From<SearchKeyFault> for Refusal {
    fn from(fault: SearchKeyFault) -> Self {
        match fault.is_guess() {
            true => Self::Guess(fault.into()),
            false => Self::Other(fault.into()),
        }
    }
}

/// Returns the search key that a request bears.
pub(super) fn offered(request: &Request) -> Option<&str> {
    let mut keys = request.headers().get_all(API_KEY).iter();
    let key = keys.next()?.to_str().ok()?;
    // Of several keys none counts.
    (keys.next().is_none() && key.starts_with(SEARCH_KEY_PREFIX)).then_some(key)
}

/// Checks a search key: signature, end, address, origin and quota, in this order.
pub(super) async fn check(
    app: &AppState,
    request: &Request,
    key: &str,
    network: RequestNetwork,
) -> Result<Arc<SearchKey>, Refusal> {
    let network = network.name();
    let offered = OfferedSearchKey::read(key).ok_or(SearchKeyFault::Malformed)?;
    if !app.api_keys.knows(&offered.parent) && app.refused_keys.is_shut_out(&network) {
        return Err(Refusal::Other(ApiError::LimitExceeded(SHUT_OUT_SECONDS)));
    }
    let now_ms = Utc::now().timestamp_millis();
    let unavailable = |error| Refusal::Other(ApiError::Unavailable(Box::new(error)));
    let parent = app.api_keys.of(&offered.parent, now_ms).await;
    let parent = parent.map_err(unavailable)?;
    let key = SearchKey::of(&offered, parent.as_deref(), now_ms)?;
    if let Some(parent) = &parent {
        app.api_keys.note_use(parent, now_ms);
    }
    if !takes_search_keys(request.method(), request.uri().path()) {
        return Err(SearchKeyFault::Elsewhere.into());
    }
    key.check_origin(origin_of(request))?;
    if let Some((per_minute, counted)) = key.quota(&network)
        && let Some(standing) = app.search_key_quotas.count(per_minute, &counted).await
        && let Some(seconds) = tell_standing(request, "search_key", standing)
    {
        return Err(Refusal::Other(ApiError::LimitExceeded(seconds)));
    }
    Ok(Arc::new(key))
}

/// Reports whether an address shows nothing that enforced filters would not hold back.
fn takes_search_keys(method: &Method, path: &str) -> bool {
    let is_below = |start: &str| {
        let rest = path.strip_prefix(start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let is_event = *method == Method::POST && path.trim_end_matches('/') == "/api/search/events";
    is_below("/api/instantsearch")
        || is_event
        || is_read && (is_below("/api/search") || is_below("/api/products"))
}

/// Returns the origin of the page that asks. With `GET`, pages of the same host tell their address alone.
fn origin_of(request: &Request) -> Option<&str> {
    if let Some(origin) = request.header(header::ORIGIN) {
        return Some(origin);
    }
    let referer = request.header(header::REFERER)?;
    let (scheme, rest) = referer.split_once("://")?;
    let host = rest.find('/').unwrap_or(rest.len());
    Some(&referer[..scheme.len() + "://".len() + host])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_keys_are_taken_by_reads_that_enforce_filters_alone() {
        for (method, path, expected) in [
            (Method::GET, "/api/search", true),
            (Method::HEAD, "/api/search/facets/brand", true),
            (Method::GET, "/api/search/suggestions", true),
            (Method::GET, "/api/products/mug/similar", true),
            (Method::POST, "/api/search/events", true),
            (Method::POST, "/api/instantsearch/1/indexes/*/queries", true),
            (Method::POST, "/api/products", false),
            (Method::GET, "/api/productsx", false),
            (Method::GET, "/api/categories", false),
            (Method::GET, "/api/sellers", false),
            (Method::GET, "/api/account", false),
            (Method::GET, "/api/admin/products", false),
            (Method::POST, "/mcp", false),
            (Method::GET, "/.well-known/ucp", false),
            (Method::GET, "/feeds/google.xml", false),
        ] {
            assert_eq!(
                takes_search_keys(&method, path),
                expected,
                "{method} {path}"
            );
        }
    }

    #[test]
    fn origin_is_that_of_the_page() {
        let origin = |headers: &[(&str, &str)]| {
            let mut request = Request::builder();
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            origin_of(&request.finish()).map(str::to_owned)
        };
        let own = Some("https://shop.example".to_owned());
        assert_eq!(origin(&[("Origin", "https://shop.example")]), own);
        assert_eq!(origin(&[("Referer", "https://shop.example/mugs?a=b")]), own);
        assert_eq!(origin(&[("Referer", "https://shop.example")]), own);
        let both = [("Origin", "null"), ("Referer", "https://shop.example/")];
        assert_eq!(origin(&both), Some("null".to_owned()));
        assert_eq!(origin(&[]), None);
        assert_eq!(origin(&[("Referer", "about:blank")]), None);
    }
}
