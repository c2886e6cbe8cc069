//! Request ids.

use std::fmt;

use poem::{Request, http::HeaderName};

/// The header that carries it, both ways.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

const MAX_CHARS: usize = 64;

/// What ties a request to its log lines: the caller's own id if it gave a sane one, else a random one.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    /// The request's id.
    pub fn of(request: &Request) -> Self {
        let given = request.header(HEADER).filter(|id| is_sane(id));
        Self(given.map_or_else(random, str::to_owned))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a log line and a header can hold without harm.
fn is_sane(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !id.is_empty() && id.len() <= MAX_CHARS && id.bytes().all(plain)
}

fn random() -> String {
    format!("{:016x}", rand::random::<u64>())
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(given: &str) -> RequestId {
        RequestId::of(&Request::builder().header(HEADER, given).finish())
    }

    #[test]
    fn a_sane_id_is_kept_and_any_other_replaced() {
        assert_eq!(id("order-7.a_B").as_str(), "order-7.a_B");
        for bad in ["", "a b", "a\"b", &"a".repeat(65)] {
            assert_ne!(id(bad).as_str(), bad);
        }
    }
}
