//! Host names by which requests find their tenant.

use std::{fmt, str::FromStr};

use serde::Serialize;
use url::Host;

/// Longest name in characters, by RFC 1035.
const MAX_CHARS: usize = 253;
/// Longest label in characters, by RFC 1035.
const MAX_LABEL_CHARS: usize = 63;

/// Name or address of a host, in lower case and without a port; other alphabets are in Punycode.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct HostName(String);

/// Text that is no host name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a host name such as shop.example, or an IP address: no scheme, port, path, blank or wildcard"
)]
pub struct HostNameError;

impl HostName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, HostNameError> {
        let host = Host::parse(text).map_err(|_| HostNameError)?;
        let is_valid = match &host {
            Host::Domain(name) => name.len() <= MAX_CHARS && name.split('.').all(is_label),
            Host::Ipv4(_) | Host::Ipv6(_) => true,
        };
        is_valid
            .then(|| Self(host.to_string()))
            .ok_or(HostNameError)
    }
}

/// Reports whether a text is a label; underscores are common though they are no part of the standard.
fn is_label(label: &str) -> bool {
    let is_plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
    };
    (1..=MAX_LABEL_CHARS).contains(&label.len()) && label.bytes().all(is_plain)
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_name_is_stored_as_browsers_send_it() {
        for (text, stored) in [
            ("shop.example", "shop.example"),
            ("Shop.EXAMPLE", "shop.example"),
            ("localhost", "localhost"),
            ("läden.example", "xn--lden-loa.example"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "[::1]"),
        ] {
            let host: HostName = text.parse().unwrap();
            assert_eq!(host.as_str(), stored, "{text}");
        }
    }

    #[test]
    fn text_that_is_no_host_is_refused() {
        let long = ["a"; 200].join(".");
        for text in [
            "",
            " ",
            "https://x y/",
            "https://shop.example",
            "shop.example:443",
            "shop.example/",
            "*.example",
            "shop.example.",
            ".example",
            "a..example",
            "user@shop.example",
            "a b.example",
            "::1",
            "shop.example\0",
            &"a".repeat(64),
            &long,
        ] {
            assert_eq!(text.parse::<HostName>(), Err(HostNameError), "{text}");
        }
    }
}
