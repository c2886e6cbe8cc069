//! `RateLimit` response headers.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use poem::http::{HeaderMap, HeaderName, HeaderValue};
use souk_rate_limit::{Decision, Quota};

/// How the client stands, as `draft-ietf-httpapi-ratelimit-headers` (08 and later) has it: `"default";r=99;t=1`.
const LIMIT_FIELD: HeaderName = HeaderName::from_static("ratelimit");
/// The quota that it is counted against, likewise: `"default";q=100;w=60`.
const POLICY_FIELD: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Quota of a client after a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// The name of the quota.
    pub(super) policy: &'static str,
    /// The quota.
    pub(super) quota: Quota,
    /// Decision and remaining quota.
    pub(super) decision: Decision,
}

impl Standing {
    /// After how many seconds asking again makes sense; at least one.
    pub(super) fn retry_after_secs(&self) -> u32 {
        whole_seconds(self.decision.retry_in).max(1)
    }

    /// Tells the client.
    fn write(&self, headers: &mut HeaderMap) {
        let Self {
            policy,
            quota,
            decision,
        } = self;
        let max = quota.max();
        let window = whole_seconds(quota.window());
        let left = decision.remaining;
        let reset = whole_seconds(decision.whole_in);
        for (name, value) in [
            (POLICY_FIELD, format!("\"{policy}\";q={max};w={window}")),
            (LIMIT_FIELD, format!("\"{policy}\";r={left};t={reset}")),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}

/// Returns a duration in seconds, rounded up so that a client does not retry too early.
fn whole_seconds(time: Duration) -> u32 {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// Slot for the rate-limit fields of a response, filled before the response exists.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct StandingSlot(Arc<OnceLock<Standing>>);

impl StandingSlot {
    pub(super) fn set(&self, standing: Standing) {
        // The first quota that a request is counted against is told.
        let _ = self.0.set(standing);
    }

    /// Tells the client how it stands, if it was counted.
    pub(in crate::http) fn write(&self, headers: &mut HeaderMap) {
        if let Some(standing) = self.0.get() {
            standing.write(headers);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_how_it_stands() {
        let standing = Standing {
            policy: "default",
            quota: Quota::new(100, Duration::from_secs(60)).unwrap(),
            decision: Decision {
                allowed: false,
                remaining: 0,
                whole_in: Duration::from_millis(59_400),
                retry_in: Duration::from_millis(1),
            },
        };
        let mut headers = HeaderMap::new();
        standing.write(&mut headers);
        assert_eq!(headers[POLICY_FIELD], "\"default\";q=100;w=60");
        assert_eq!(headers[LIMIT_FIELD], "\"default\";r=0;t=60");
        assert_eq!(standing.retry_after_secs(), 1);
    }
}
