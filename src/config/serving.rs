//! Options of the HTTP server, rate limits, CORS and trusted proxies.

use std::time::Duration;

use souk_config::{CorsConfig, ProxyConfig, RateLimitConfig, ServerConfig};
use souk_rate_limit::Quota;

use crate::http::{
    BadCors, BadNetwork, ConnectionLimits, Cors, CorsOptions, RateLimitOptions, RequestLimits,
    TrustedProxies,
};

/// Conversions of the `server` section.
pub trait ServerSection {
    /// Returns the limits of a connection.
    fn connections(&self) -> ConnectionLimits;

    /// Returns the limits of a request.
    fn requests(&self) -> RequestLimits;
}

impl ServerSection for ServerConfig {
    fn connections(&self) -> ConnectionLimits {
        ConnectionLimits {
            max_connections: self.max_connections,
            max_client_connections: self.max_client_connections,
            header_timeout: Duration::from_millis(self.header_timeout_ms),
            idle_timeout: Duration::from_millis(self.idle_timeout_ms),
            max_head_bytes: self.max_url_bytes + self.max_header_bytes,
            drain_timeout: Duration::from_millis(self.drain_timeout_ms),
        }
    }

    fn requests(&self) -> RequestLimits {
        RequestLimits::from(self)
    }
}

/// Conversion of the `cors` section.
pub trait CorsSection {
    /// Returns the policy of cross-origin requests.
    ///
    /// # Errors
    /// If an origin, method or header is invalid, or credentials are allowed for every origin.
    fn cors(&self) -> Result<Cors, BadCors>;
}

impl CorsSection for CorsConfig {
    fn cors(&self) -> Result<Cors, BadCors> {
        Cors::new(&CorsOptions {
            origins: &self.allowed_origins,
            methods: &self.allowed_methods,
            headers: &self.allowed_headers,
            credentials: self.allow_credentials,
            max_age_secs: self.max_age_secs,
        })
    }
}

/// Conversion of the `proxy` section.
pub trait ProxySection {
    /// Returns the trusted proxies.
    ///
    /// # Errors
    /// If a network is invalid.
    fn trusted(&self) -> Result<TrustedProxies, BadNetwork>;
}

impl ProxySection for ProxyConfig {
    fn trusted(&self) -> Result<TrustedProxies, BadNetwork> {
        TrustedProxies::parse(&self.trusted, self.header)
    }
}

/// A quota of zero, or of more than one request per microsecond.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} must be at least 1, and at most a million requests per second of RATE_LIMIT_WINDOW_SECS"
)]
pub struct BadQuota(&'static str);

/// Conversion of the `rate_limit` section.
pub trait RateLimitSection {
    /// Returns the quotas; `None` if rate limiting is off.
    ///
    /// # Errors
    /// If a quota is out of range.
    fn options(&self) -> Result<Option<RateLimitOptions>, BadQuota>;
}

impl RateLimitSection for RateLimitConfig {
    fn options(&self) -> Result<Option<RateLimitOptions>, BadQuota> {
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
            pages: quota(self.pages_max_requests, "RATE_LIMIT_PAGES_MAX_REQUESTS")?,
            events: own(self.events_max_requests, "RATE_LIMIT_EVENTS_MAX_REQUESTS")?,
            key: quota(self.key_max_requests, "RATE_LIMIT_KEY_MAX_REQUESTS")?,
            admin: quota(self.admin_max_requests, "RATE_LIMIT_ADMIN_MAX_REQUESTS")?,
            write: quota(self.write_max_requests, "RATE_LIMIT_WRITE_MAX_REQUESTS")?,
            refused_keys: quota(self.refused_keys_max, "RATE_LIMIT_REFUSED_KEYS_MAX")?,
        }))
    }
}
