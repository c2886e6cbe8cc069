//! Settings of quotas per client.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `rate_limit.enabled` | `ENABLE_RATE_LIMITING` | `true` |
//! | `rate_limit.window_secs` | `RATE_LIMIT_WINDOW_SECS` | `60` |
//! | `rate_limit.max_requests` | `RATE_LIMIT_MAX_REQUESTS` | `100` for each address |
//! | `rate_limit.search_max_requests` | `RATE_LIMIT_SEARCH_MAX_REQUESTS` | `0`: searches are counted with the rest |
//! | `rate_limit.suggestions_max_requests` | `RATE_LIMIT_SUGGESTIONS_MAX_REQUESTS` | `0`: suggestions are counted with the rest |
//! | `rate_limit.events_max_requests` | `RATE_LIMIT_EVENTS_MAX_REQUESTS` | `100`; `0`: events are counted with the rest |
//! | `rate_limit.key_max_requests` | `RATE_LIMIT_KEY_MAX_REQUESTS` | `6000` for each `X-Api-Key` |
//! | `rate_limit.admin_max_requests` | `RATE_LIMIT_ADMIN_MAX_REQUESTS` | `1000` reads with the admin key |
//! | `rate_limit.write_max_requests` | `RATE_LIMIT_WRITE_MAX_REQUESTS` | `1000` changes with the admin key |

use std::time::Duration;

use serde::{Deserialize, Serialize};
use souk_rate_limit::Quota;

use crate::http::RateLimitOptions;

/// Quotas per client and window.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimitConfig {
    /// True to limit requests.
    pub enabled: bool,
    /// The window, in seconds.
    pub window_secs: u32,
    /// Requests of an address (of IPv6, of a network of 64 bits).
    pub max_requests: u32,
    /// Of these, searches; 0 for no quota of their own.
    pub search_max_requests: u32,
    /// Of these, suggestions; 0 for no quota of their own.
    pub suggestions_max_requests: u32,
    /// Requests that tell what shoppers do, counted apart, so that telling it costs nobody a search; 0 for no quota of
    /// their own.
    pub events_max_requests: u32,
    /// Requests of whoever holds a marketplace's key.
    pub key_max_requests: u32,
    /// Reading requests of whoever holds the admin key.
    pub admin_max_requests: u32,
    /// Changes of whoever holds the admin key.
    pub write_max_requests: u32,
}

impl Default for RateLimitConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            window_secs: 60,
            max_requests: 100,
            search_max_requests: 0,
            suggestions_max_requests: 0,
            events_max_requests: 100,
            key_max_requests: 6_000,
            admin_max_requests: 1_000,
            write_max_requests: 1_000,
        }
    }
}

/// A number of requests that cannot be counted: none, or more than one in a microsecond.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} is at least 1, and at most a million requests in each second of RATE_LIMIT_WINDOW_SECS"
)]
pub struct BadQuota(&'static str);

impl RateLimitConfig {
    /// The quotas; none if nothing is counted.
    ///
    /// # Errors
    /// If one cannot be counted.
    pub fn options(&self) -> Result<Option<RateLimitOptions>, BadQuota> {
        if !self.enabled {
            return Ok(None);
        }
        let window = Duration::from_secs(self.window_secs.into());
        let quota = |max, variable| Quota::new(max, window).ok_or(BadQuota(variable));
        let own = |max, variable| (max > 0).then(|| quota(max, variable)).transpose();
        Ok(Some(RateLimitOptions {
            anonymous: quota(self.max_requests, "RATE_LIMIT_MAX_REQUESTS")?,
            search: own(self.search_max_requests, "RATE_LIMIT_SEARCH_MAX_REQUESTS")?,
            suggestions: own(
                self.suggestions_max_requests,
                "RATE_LIMIT_SUGGESTIONS_MAX_REQUESTS",
            )?,
            events: own(self.events_max_requests, "RATE_LIMIT_EVENTS_MAX_REQUESTS")?,
            key: quota(self.key_max_requests, "RATE_LIMIT_KEY_MAX_REQUESTS")?,
            admin: quota(self.admin_max_requests, "RATE_LIMIT_ADMIN_MAX_REQUESTS")?,
            write: quota(self.write_max_requests, "RATE_LIMIT_WRITE_MAX_REQUESTS")?,
        }))
    }
}
