//! Public origin of a request, which absolute links are made of.

use poem::{Request, http::header};
use souk_store::Tenant;

use crate::{agents::Agents, http::TrustedProxies};

/// Public origin, such as `https://shop.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    /// The address that the installation gives, else scheme and host of the request. A proxy is asked for the scheme if it
    /// is trusted.
    pub(crate) fn of(
        request: &Request,
        agents: &Agents,
        tenant: &Tenant,
        proxies: &TrustedProxies,
    ) -> Self {
        if let Some(url) = agents.url(tenant) {
            return Self(url);
        }
        let authority = request.uri().authority().map(|it| it.as_str());
        let host = authority.or_else(|| request.header(header::HOST));
        let forwarded = || request.header("x-forwarded-proto");
        let is_https = proxies.sent(request)
            && forwarded().is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"));
        let scheme = if is_https { "https" } else { "http" };
        let host = host.filter(|host| is_host(host)).unwrap_or("localhost");
        Self(format!("{scheme}://{host}"))
    }

    /// The origin, without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reports whether an `Origin` header is of a page of this host.
pub(crate) fn is_of_host(origin: &str, host: Option<&str>) -> bool {
    let own = origin.split_once("://").map(|(_, host)| host);
    own.is_some() && own == host
}

/// Reports whether a text is a host with or without a port, and nothing that could lead elsewhere.
fn is_host(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_host_is_taken() {
        for host in ["shop.example", "shop.example:8080", "[::1]:3000"] {
            assert!(is_host(host), "{host}");
        }
        for text in ["", "a@b", "a/b", "a b", "a\"b"] {
            assert!(!is_host(text), "{text}");
        }
    }

    #[test]
    fn page_is_of_a_host_whatever_its_scheme() {
        let host = Some("shop.example:80");
        assert!(is_of_host("https://shop.example:80", host));
        assert!(!is_of_host("https://shop.example:81", host));
        assert!(!is_of_host("null", host) && !is_of_host("null", None));
    }
}
