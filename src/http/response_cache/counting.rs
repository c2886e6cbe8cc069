//! Counting searches where answers go out, cached or not.

use chrono::Utc;
use poem::{Request, http::header::USER_AGENT};
use souk_cache::Page;
use souk_domain::TenantId;
use souk_search_service::{Analytics, SearchFacts, VisitorHash};

use super::cache_request::CacheRequest;
use crate::http::{RequestVisitor, auth::Principal, head_as_get::HeadersOnly};

/// What programs that walk through shops call themselves by.
const CRAWLERS: [&str; 3] = ["bot", "crawl", "spider"];

/// Reports whether a request may be a shopper's: not that of staff, nor of a program that says it is one.
pub(crate) fn counts(request: &Request) -> bool {
    let agent = request
        .header(USER_AGENT)
        .unwrap_or_default()
        .to_ascii_lowercase();
    !CRAWLERS.iter().any(|crawler| agent.contains(crawler))
        && !Principal::of(request).is_staff()
        && request.data::<HeadersOnly>().is_none()
}

/// Counts a search if this is its first page: the others are of the same search.
pub(super) fn count(
    analytics: &Analytics,
    tenant: TenantId,
    cache_request: &CacheRequest<'_>,
    page: &Page,
    (visitor, network): (RequestVisitor, Option<VisitorHash>),
) {
    let is_first = cache_request
        .parameter("page")
        .is_none_or(|page| page == "1");
    if !is_first || cache_request.parameter("cursor").is_some() {
        return;
    }
    let typed = cache_request.parameter("q").unwrap_or_default();
    let facts = page.derived(|answer| SearchFacts::of(typed, answer));
    if let Some(Some(facts)) = facts {
        analytics.searched(
            tenant,
            facts,
            (visitor.0, network),
            Utc::now().timestamp_millis(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shoppers_are_told_from_programs_and_staff() {
        let by = |agent: &str| Request::builder().header("User-Agent", agent).finish();
        let shopper = "Mozilla/5.0 (X11; Linux x86_64)";
        assert!(counts(&by(shopper)));
        assert!(!counts(&by("Mozilla/5.0 (compatible; Googlebot/2.1)")));
        let mut staff = by(shopper);
        Principal::AdminKey.set(&mut staff);
        assert!(!counts(&staff));
    }
}
