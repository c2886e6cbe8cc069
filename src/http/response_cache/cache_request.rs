//! Normal form of a cacheable request.

use std::{borrow::Cow, sync::Arc};

use poem::{
    Request,
    http::{Method, Uri},
};
use sha2::{Digest, Sha256};
use souk_cache::Kind;
use souk_store::Tenant;

use crate::http::{InternalTenant, RouteTable};

/// Which of the caches a request's answer belongs to; none if it is not kept.
pub(super) fn kind(request: &Request) -> Option<Kind> {
    if request.method() != Method::GET {
        return None;
    }
    let path = request.uri().path().strip_prefix("/api/")?;
    let mut segments = path.trim_end_matches('/').splitn(4, '/');
    match (
        segments.next()?,
        segments.next(),
        segments.next(),
        segments.next(),
    ) {
        ("search", None, None, None) => Some(Kind::Search),
        ("search", Some("suggestions"), None, None) => Some(Kind::Suggestions),
        ("search", Some("facets"), Some(_), None) => Some(Kind::Facets),
        ("products", None, None, None) | ("products", Some(_), Some("similar"), None) => {
            Some(Kind::Listing)
        }
        ("products", Some(_), None | Some("reviews"), None) => Some(Kind::Product),
        ("categories" | "fandoms", None, None, None) => Some(Kind::Categories),
        ("sellers", _, None, None) => Some(Kind::Seller),
        _ => None,
    }
}

/// Hash of the parts of a question: the first half of SHA-256, each part behind its length.
pub(crate) fn hash_of<P: AsRef<[u8]>>(parts: impl Iterator<Item = P>) -> u128 {
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut half = [0; 16];
    half.copy_from_slice(&hash.finalize()[..16]);
    u128::from_le_bytes(half)
}

/// Path of a public request with the parameters that its operation knows, ordered by name. Unknown parameters, such as
/// those of campaign links, do not change the cache key.
pub(super) struct CacheRequest<'a> {
    path: &'a str,
    parameters: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> CacheRequest<'a> {
    pub(super) fn of(request: &'a Request, routes: &RouteTable) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let known = routes.query_parameters(&Method::GET, request.uri().path());
        let known = known.unwrap_or_default();
        let mut parameters: Vec<_> = form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| known.iter().any(|known| known == name))
            .collect();
        // Stable: values of one name stay in their order.
        parameters.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self {
            path: request.uri().path(),
            parameters,
        }
    }

    /// A parameter's value; of several the first.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let given = self.parameters.iter().find(|(known, _)| known == name);
        given.map(|(_, value)| &**value)
    }

    /// Nobody finds a second question of the same hash, or could put an answer in another's place. Answers of other
    /// `versions` of what answers have other hashes.
    pub(super) fn hash(&self, versions: &[&str]) -> u128 {
        let parameters = self.parameters.iter();
        let parameters = parameters.flat_map(|(name, value)| [&**name, &**value]);
        let question = [self.path].into_iter().chain(parameters);
        hash_of(versions.iter().copied().chain(question))
    }

    /// Path and query that ask it.
    pub(super) fn url(&self) -> String {
        let mut address = self.path.to_owned();
        if !self.parameters.is_empty() {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(&self.parameters);
            address.push('?');
            address.push_str(&query.finish());
        }
        address
    }

    /// Returns the same request once more, with what decides its answer and nothing else. It is of the tenant that the
    /// answer is kept for, whatever has become of hosts and keys meanwhile.
    pub(super) fn again(&self, request: &Request, tenant: Arc<Tenant>) -> Request {
        let mut parts = request.uri().clone().into_parts();
        // What was taken apart goes together again.
        parts.path_and_query = self.url().parse().ok();
        let uri = Uri::from_parts(parts).unwrap_or_else(|_| request.uri().clone());
        let mut again = Request::builder().method(Method::GET).uri(uri).finish();
        again.set_data(InternalTenant(tenant));
        again
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::{Currency, Language, TenantId};

    use super::*;
    use crate::api;

    fn tenant() -> Tenant {
        Tenant {
            id: TenantId(1),
            slug: "shop".to_owned(),
            name: "Shop".to_owned(),
            hosts: vec![],
            is_default: true,
            language: Language::English,
            currency: Currency::EUR,
            shares_products: false,
            created_at_ms: 0,
        }
    }

    fn request(uri: &str) -> Request {
        Request::builder()
            .uri(uri.parse().unwrap())
            .header("Host", "shop.example")
            .header("Cookie", "secret")
            .finish()
    }

    fn hash(uri: &str) -> u128 {
        let routes = RouteTable::of::<api::Api>();
        CacheRequest::of(&request(uri), &routes).hash(&["1"])
    }

    #[test]
    fn public_answers_are_told_from_others() {
        for (uri, expected) in [
            ("/api/search?q=a", Some(Kind::Search)),
            ("/api/search/", Some(Kind::Search)),
            ("/api/search/suggestions?q=a", Some(Kind::Suggestions)),
            ("/api/search/facets/brand", Some(Kind::Facets)),
            ("/api/products", Some(Kind::Listing)),
            ("/api/products/mug", Some(Kind::Product)),
            ("/api/products/mug/similar", Some(Kind::Listing)),
            ("/api/categories", Some(Kind::Categories)),
            ("/api/products/mug/reviews?page=2", Some(Kind::Product)),
            ("/api/sellers", Some(Kind::Seller)),
            ("/api/sellers/acme", Some(Kind::Seller)),
            ("/api/admin/products/1", None),
            ("/api/admin", None),
            ("/health/ready", None),
            ("/", None),
        ] {
            assert_eq!(kind(&request(uri)), expected, "{uri}");
        }
    }

    #[test]
    fn spelling_does_not_matter_and_meaning_does() {
        let one = hash("/api/search?q=dragon+mug&brand=A&brand=B");
        assert_eq!(one, hash("/api/search?brand=A&q=dragon%20mug&brand=B"));
        assert_eq!(
            one,
            hash("/api/search?utm_source=x&q=dragon+mug&brand=A&brand=B")
        );
        // Known elsewhere, but not here.
        assert_eq!(hash("/api/fandoms"), hash("/api/fandoms?page=7&q=a"));
        assert_eq!(
            hash("/api/products/mug/"),
            hash("/api/products/mug/?sort=x")
        );
        for other in [
            "/api/search?q=dragon+mug&brand=B&brand=A",
            "/api/search?q=dragon+mug&brand=AB",
            "/api/products?q=dragon+mug&brand=A&brand=B",
            "/api/search?q=dragon+mug",
        ] {
            assert_ne!(one, hash(other), "{other}");
        }
    }

    #[test]
    fn replayed_request_has_no_personal_headers() {
        let routes = RouteTable::of::<api::Api>();
        let first = request("/api/search?q=%C3%A9+%26&utm_source=x");
        let again = CacheRequest::of(&first, &routes).again(&first, Arc::new(tenant()));
        assert_eq!(again.uri(), "/api/search?q=%C3%A9+%26");
        assert!(again.headers().is_empty(), "{:?}", again.headers());
        let InternalTenant(of) = again.data().unwrap();
        assert_eq!(of.slug, "shop");
    }
}
