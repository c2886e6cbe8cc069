//! Dispatch between API and pages.

use poem::{Endpoint, IntoResponse, Request, Response, Result};

/// Addresses of the API begin so; all others are those of pages.
const API: [&str; 2] = ["/api", "/health"];
/// Addresses of the API in the form of InstantSearch begin so.
pub(crate) const INSTANT_SEARCH: &str = "/api/instantsearch/";
/// Addresses of agents begin so, or are these.
const AGENTS: [&str; 5] = [
    "/api/ucp/",
    "/.well-known/ucp",
    "/mcp",
    "/agents.md",
    "/llms.txt",
];

/// Leads to the API or to the pages.
///
/// What the API answers out of its cache takes microseconds, of which a router of the framework, with its boxes and
/// another copy of the address, would be some.
pub struct ApiOrPages<A, I, G, P> {
    /// The API.
    pub api: A,
    /// The API in the form of InstantSearch.
    pub instant_search: I,
    /// What agents ask.
    pub agents: G,
    /// The pages.
    pub pages: P,
}

impl<A: Endpoint, I: Endpoint, G: Endpoint, P: Endpoint> Endpoint for ApiOrPages<A, I, G, P> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if request.uri().path().starts_with(INSTANT_SEARCH) {
            Ok(self.instant_search.call(request).await?.into_response())
        } else if is_of_agents(request.uri().path()) {
            Ok(self.agents.call(request).await?.into_response())
        } else if is_of_api(request.uri().path()) {
            Ok(self.api.call(request).await?.into_response())
        } else {
            Ok(self.pages.call(request).await?.into_response())
        }
    }
}

fn is_of_api(path: &str) -> bool {
    API.iter().any(|start| {
        let rest = path.strip_prefix(start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn is_of_agents(path: &str) -> bool {
    AGENTS.iter().any(|start| {
        let rest = path.strip_prefix(start);
        rest.is_some_and(|rest| rest.is_empty() || start.ends_with('/') || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_agents_are_told_by_whole_segments() {
        for path in [
            "/mcp",
            "/mcp/2026-04-08",
            "/api/ucp/x",
            "/.well-known/ucp",
            "/llms.txt",
        ] {
            assert!(is_of_agents(path), "{path}");
        }
        for path in ["/mcps", "/.well-known/ucps", "/api/ucp", "/llms.txts", "/"] {
            assert!(!is_of_agents(path), "{path}");
        }
    }

    #[test]
    fn the_api_is_told_by_whole_segments() {
        for path in ["/api", "/api/", "/api/search", "/health/ready"] {
            assert!(is_of_api(path), "{path}");
        }
        for path in [
            "/",
            "/apis",
            "/api-docs",
            "/docs/api",
            "/media/demo/mug.svg",
        ] {
            assert!(!is_of_api(path), "{path}");
        }
    }
}
