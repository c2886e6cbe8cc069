//! Size and time limits of requests.

use std::time::Duration;

use poem::{Request, http::HeaderMap};
use souk_config::ServerConfig;

use crate::error::ApiError;

/// The bounds of a request.
#[derive(Debug, Clone, Copy)]
pub struct RequestLimits {
    /// Total request timeout.
    pub timeout: Duration,
    /// Timeout of reading the body.
    pub body_timeout: Duration,
    /// Bytes of its address.
    pub max_url_bytes: usize,
    /// Bytes of all its headers.
    pub max_header_bytes: usize,
}

impl From<&ServerConfig> for RequestLimits {
    fn from(settings: &ServerConfig) -> Self {
        Self {
            timeout: Duration::from_millis(settings.request_timeout_ms),
            body_timeout: Duration::from_millis(settings.body_timeout_ms),
            max_url_bytes: settings.max_url_bytes,
            max_header_bytes: settings.max_header_bytes,
        }
    }
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self::from(&ServerConfig::default())
    }
}

impl RequestLimits {
    /// Holds what is known of a request before its body against the bounds.
    pub(super) fn check(&self, request: &Request) -> Result<(), ApiError> {
        let uri = request.uri();
        let query = uri.query().map_or(0, |query| query.len() + 1);
        if uri.path().len() + query > self.max_url_bytes {
            return Err(ApiError::AddressTooLong(self.max_url_bytes));
        }
        if bytes_of(request.headers()) > self.max_header_bytes {
            return Err(ApiError::HeadersTooLarge(self.max_header_bytes));
        }
        Ok(())
    }
}

/// As they came: `name: value` and the end of the line.
fn bytes_of(headers: &HeaderMap) -> usize {
    const AROUND: usize = ": \r\n".len();
    let lines = headers.iter();
    lines
        .map(|(name, value)| name.as_str().len() + value.len() + AROUND)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: RequestLimits = RequestLimits {
        timeout: Duration::ZERO,
        body_timeout: Duration::ZERO,
        max_url_bytes: 10,
        max_header_bytes: 20,
    };

    fn checked(address: &str, headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = Request::builder().uri(address.parse().unwrap());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let refused = LIMITS.check(&request.finish()).err()?;
        Some(refused.problem().status.as_u16())
    }

    #[test]
    fn body_at_the_limit_passes_and_one_byte_more_fails() {
        assert_eq!(checked("/a?q=67890", &[]), None);
        assert_eq!(checked("/a?q=678901", &[]), Some(414));
        assert_eq!(checked("/", &[("a", "1234"), ("b", "123456")]), None);
        assert_eq!(checked("/", &[("a", "1234"), ("b", "1234567")]), Some(431));
    }
}
