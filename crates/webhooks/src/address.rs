//! Rules of an endpoint's URL.

use std::net::IpAddr;

use url::{Host, Url};

use crate::networks::Networks;

/// Most characters of an endpoint's URL.
pub const MAX_URL_CHARS: usize = 2_048;

/// URL that deliveries may go to, as far as it can be told without resolving its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointUrl(Url);

/// URL that deliveries may not go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Text that is too long.
    #[error("must have at most 2048 characters")]
    TooLong,
    /// Text that is no URL.
    #[error("must be a URL such as https://shop.example/hooks")]
    NoUrl,
    /// Scheme other than `https` and, where that is allowed, `http`.
    #[error("must begin with https://")]
    Scheme,
    /// URL with a user name or a password.
    #[error("must have neither user name nor password")]
    User,
    /// URL with a fragment.
    #[error("must have no fragment (`#`)")]
    Fragment,
    /// Host that is not in the public internet.
    #[error("must be an address of the public internet")]
    Private,
}

impl EndpointUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn parse(text: &str, networks: Networks) -> Result<Self, BadAddress> {
        if text.chars().count() > MAX_URL_CHARS {
            return Err(BadAddress::TooLong);
        }
        // The parser would take them away.
        if text.chars().any(|it| it.is_control() || it.is_whitespace()) {
            return Err(BadAddress::NoUrl);
        }
        let url = Url::parse(text).map_err(|_| BadAddress::NoUrl)?;
        match (url.scheme(), networks) {
            ("https", _) | ("http", Networks::Any) => {}
            _ => return Err(BadAddress::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadAddress::User);
        }
        if url.fragment().is_some() {
            return Err(BadAddress::Fragment);
        }
        let is_allowed = match url.host() {
            None => return Err(BadAddress::NoUrl),
            Some(Host::Ipv4(address)) => networks.allow(address.into()),
            Some(Host::Ipv6(address)) => networks.allow(address.into()),
            Some(Host::Domain(name)) => networks == Networks::Any || !is_local(name),
        };
        if !is_allowed {
            return Err(BadAddress::Private);
        }
        if url.as_str().len() > MAX_URL_CHARS {
            return Err(BadAddress::TooLong);
        }
        Ok(Self(url))
    }

    /// Returns the URL as it is called.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// Returns the name to be resolved and the port; `None` if the host is an address.
    pub(crate) fn name(&self) -> Option<(&str, u16)> {
        let port = self.0.port_or_known_default()?;
        match self.0.host()? {
            Host::Domain(name) => Some((name, port)),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }
}

/// True for names that are the machine's own, or of its network.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let ends = [".localhost", ".local", ".internal", ".home.arpa"];
    name == "localhost"
        || name.parse::<IpAddr>().is_ok()
        || ends.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<EndpointUrl, BadAddress> {
        EndpointUrl::parse(text, Networks::Public)
    }

    #[test]
    fn public_https_urls_are_taken() {
        for text in [
            "https://shop.example/hooks?of=souk",
            "https://shop.example:8443/",
            "https://1.1.1.1/",
            "https://[2606:4700:4700::1111]/hooks",
        ] {
            assert_eq!(parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn url_that_breaks_a_rule_is_refused() {
        use BadAddress::{Fragment, NoUrl, Private, Scheme, TooLong, User};
        let long = format!("https://shop.example/{}", "a".repeat(MAX_URL_CHARS));
        for (text, fault) in [
            ("shop.example", NoUrl),
            ("https://", NoUrl),
            ("https://shop.example/a b", NoUrl),
            ("https://shop.example/\n", NoUrl),
            ("http://shop.example/", Scheme),
            ("ftp://shop.example/", Scheme),
            ("file:///etc/passwd", Scheme),
            ("https://ada@shop.example/", User),
            ("https://:secret@shop.example/", User),
            ("https://shop.example/#top", Fragment),
            ("https://localhost/", Private),
            ("https://LOCALHOST./", Private),
            ("https://api.localhost/", Private),
            ("https://printer.local/", Private),
            ("https://metadata.google.internal/", Private),
            ("https://127.0.0.1/", Private),
            ("https://0x7f.1/", Private),
            ("https://2130706433/", Private),
            ("https://017700000001/", Private),
            ("https://[::1]/", Private),
            ("https://[::ffff:127.0.0.1]/", Private),
            ("https://169.254.169.254/latest/meta-data", Private),
            (&long, TooLong),
        ] {
            assert_eq!(parse(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn trusted_network_takes_http_and_private_addresses() {
        for text in [
            "http://127.0.0.1:8080/",
            "http://localhost/",
            "https://shop/",
        ] {
            assert!(EndpointUrl::parse(text, Networks::Any).is_ok(), "{text}");
        }
        let user = EndpointUrl::parse("http://ada@shop/", Networks::Any);
        assert_eq!(user, Err(BadAddress::User));
    }
}
