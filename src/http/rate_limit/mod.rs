//! Rate limits per client.
//!
//! A request counts once, against the quota of its route class. The caller is the holder of a
//! key, else an IP address.

mod fields;
mod policies;

use std::sync::Arc;

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result, http::Method};
use souk_domain::{AccountId, TenantId};
use souk_rate_limit::{Decision, Quota};
use souk_store::ApiKey;

pub(super) use self::fields::StandingSlot;
pub use self::policies::{PolicyCounts, RateLimitOptions, RateLimits};
use self::{fields::Standing, policies::Policies};
use super::{
    TrustedProxies,
    auth::Principal,
    client::Client,
    tenant_resolution::{API_KEY, resolve_tenant},
};
use crate::{error::ApiError, state::AppState};

/// Caller that a request is counted against.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Caller {
    /// Holder of the admin key.
    Admin,
    /// Program with an API key.
    ApiKey(Arc<ApiKey>),
    /// Person of staff who is signed in.
    Person(AccountId),
    /// Server of a storefront, known by the API key of its tenant. It sends requests of many shoppers.
    Storefront(TenantId),
    /// Client without a key, by IP address.
    Anonymous(Client),
}

/// Class of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RouteClass {
    Search,
    Suggestions,
    /// Search events.
    Events,
    /// Pages, documentation and images.
    Page,
    /// Any change.
    Write,
    Other,
}

impl RouteClass {
    /// The class of a request; none if it is not counted. Probes are not: they are answered from a state that is known
    /// already, and whoever counted them would take a busy process for a dead one.
    fn of(method: &Method, path: &str) -> Option<Self> {
        if path.starts_with("/health/") {
            return None;
        }
        if !path.starts_with("/api/") {
            return Some(Self::Page);
        }
        if *method == Method::POST
            && ["/api/search/events", "/api/instantsearch/1/events"]
                .contains(&path.trim_end_matches('/'))
        {
            return Some(Self::Events);
        }
        if path.starts_with("/api/instantsearch/") {
            // Its searches are written as `POST`.
            return Some(Self::Search);
        }
        if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return Some(Self::Write);
        }
        // Addresses that do not exist are counted too: trying them costs us as much.
        Some(match path.trim_end_matches('/') {
            "/api/search/suggestions" => Self::Suggestions,
            "/api/search" => Self::Search,
            path if path.starts_with("/api/search/") => Self::Search,
            _ => Self::Other,
        })
    }
}

/// Tells a client how it stands with a quota of its own, instead of that of its address; returns the seconds until the next
/// request may be sent if there were too many.
pub(in crate::http) fn tell_standing(
    request: &Request,
    policy: &'static str,
    (quota, decision): (Quota, Decision),
) -> Option<u32> {
    let standing = Standing {
        policy,
        quota,
        decision,
    };
    if let Some(slot) = request.data::<StandingSlot>() {
        slot.set(standing);
    }
    (!decision.allowed).then(|| standing.retry_after_secs())
}

/// Counts requests, and refuses those beyond their quota with 429.
#[derive(Clone, Default)]
pub struct RateLimit {
    /// The quotas; nothing is counted by default.
    pub limits: RateLimits,
    /// Proxies trusted to name the client.
    pub proxies: TrustedProxies,
}

impl<E: Endpoint> Middleware<E> for RateLimit {
    type Output = Limited<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Limited {
            inner,
            policies: self.limits.policies(),
            proxies: self.proxies.clone(),
        }
    }
}

/// An endpoint that answers each client so much only.
pub struct Limited<E> {
    inner: E,
    policies: Option<Arc<Policies>>,
    proxies: TrustedProxies,
}

impl<E: Endpoint> Endpoint for Limited<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let client = self.proxies.client(&request);
        if let Some(policies) = &self.policies
            && let Some(class) = RouteClass::of(request.method(), request.uri().path())
        {
            let caller = match class {
                RouteClass::Page => Caller::Anonymous(client),
                _ => caller(&request, client).await,
            };
            let standing = policies.count(&caller, class).await;
            if let Some(slot) = request.data::<StandingSlot>() {
                slot.set(standing);
            }
            if !standing.decision.allowed {
                return Err(ApiError::LimitExceeded(standing.retry_after_secs()).into());
            }
        }
        self.inner
            .call(request)
            .await
            .map(IntoResponse::into_response)
    }
}

/// Returns the caller of a request of a client. A key counts only if it is one of the tenant that is served: else each
/// invented one would be another client, and a key of one tenant a quota at another.
async fn caller(request: &Request, client: Client) -> Caller {
    let principal = Principal::of(request);
    match principal {
        Principal::Anonymous | Principal::SearchKey(_) => {}
        Principal::AdminKey => return Caller::Admin,
        Principal::ApiKey(key) => return Caller::ApiKey(Arc::clone(key)),
        Principal::Person(_) if !principal.is_staff() => {}
        Principal::Person(person) => return Caller::Person(person.live.account.id),
    }
    if let Some(app) = request.data::<AppState>()
        && request.headers().contains_key(API_KEY)
        && let Ok(resolved) = resolve_tenant(app, request).await
        && resolved.has_key
    {
        return Caller::Storefront(resolved.tenant.id);
    }
    Caller::Anonymous(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_follows_from_method_and_path() {
        let class = |method: Method, path: &str| RouteClass::of(&method, path);
        for (path, expected) in [
            ("/api/search", Some(RouteClass::Search)),
            ("/api/search/", Some(RouteClass::Search)),
            (
                "/api/instantsearch/1/indexes/products/7",
                Some(RouteClass::Search),
            ),
            ("/api/search/facets/brand", Some(RouteClass::Search)),
            ("/api/search/suggestions", Some(RouteClass::Suggestions)),
            ("/api/products/x", Some(RouteClass::Other)),
            ("/nowhere", Some(RouteClass::Page)),
            ("/", Some(RouteClass::Page)),
            ("/docs", Some(RouteClass::Page)),
            ("/health/ready", None),
            ("/media/demo/mug.svg", Some(RouteClass::Page)),
        ] {
            assert_eq!(class(Method::GET, path), expected, "{path}");
        }
        let changed = class(Method::POST, "/api/admin/products/batch");
        assert_eq!(changed, Some(RouteClass::Write));
        let events = class(Method::POST, "/api/search/events");
        assert_eq!(events, Some(RouteClass::Events));
    }
}
