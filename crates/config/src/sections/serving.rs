//! HTTP server, proxies, rate limits, CORS and security headers.

use std::net::{Ipv4Addr, SocketAddr};

use crate::alternative::{PORT, RATE_LIMIT_TTL, same};
use crate::choices::ProxyHeader;
use crate::declare::settings;

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;
/// Largest quota: a million requests per second of the longest window are checked on use.
const MAX_QUOTA: u64 = 1_000_000_000;

settings! {
    /// HTTP server.
    server: ServerConfig {
        /// Listen address and port; port 0 takes a free one.
        listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)), "SOUK_LISTEN", or &[PORT], serve_flag "--listen";
        /// Time limit of a request; 503 after it.
        request_timeout_ms: u64 = 30_000, "SOUK_REQUEST_TIMEOUT_MS", range 1..=DAY_MS;
        /// Time limit for receiving the request headers; the connection is closed after it.
        header_timeout_ms: u64 = 10_000, "SOUK_HEADER_TIMEOUT_MS", range 1..=DAY_MS;
        /// Time limit for receiving the request body; 408 after it.
        body_timeout_ms: u64 = 20_000, "SOUK_BODY_TIMEOUT_MS", range 1..=DAY_MS;
        /// Time until an idle connection is closed. It must exceed the idle timeout of a proxy in front.
        idle_timeout_ms: u64 = 75_000, "SOUK_IDLE_TIMEOUT_MS", range 1..=DAY_MS;
        /// Time for requests in flight to finish at shutdown.
        drain_timeout_ms: u64 = 10_000, "SOUK_DRAIN_TIMEOUT_MS", range 0..=DAY_MS;
        /// Maximum of simultaneous connections; more wait.
        max_connections: usize = 8_192, "SOUK_MAX_CONNECTIONS", range 1..=1_000_000, unit "connections";
        /// Maximum of simultaneous connections of one IP address (IPv6: of one /64 network), unless it is a trusted proxy; more are closed.
        max_client_connections: usize = 200, "SOUK_MAX_CLIENT_CONNECTIONS", range 1..=1_000_000, unit "connections";
        /// Maximum length of a request URL; 414 above it.
        max_url_bytes: usize = 8 * 1024, "SOUK_MAX_URL_BYTES", range 1_024..=1_048_576;
        /// Maximum size of all request headers together; 431 above it.
        max_header_bytes: usize = 16 * 1024, "SOUK_MAX_HEADER_BYTES", range 1_024..=1_048_576;
        /// Compression of responses (zstd, br, gzip) for clients that accept it.
        compression: bool = true, "ENABLE_COMPRESSION";
    }

    /// Trusted reverse proxies.
    proxy: ProxyConfig {
        /// Networks or addresses of trusted proxies, separated by commas. Empty: no forwarding header is used.
        trusted: String = String::new(), "TRUSTED_PROXIES";
        /// Header in which the proxies pass the client's address.
        header: ProxyHeader = ProxyHeader::XForwardedFor, "SOUK_PROXY_HEADER";
    }

    /// Rate limits per client.
    rate_limit: RateLimitConfig {
        /// Rate limiting.
        enabled: bool = true, "ENABLE_RATE_LIMITING";
        /// Window of all quotas.
        window_secs: u32 = 60, "RATE_LIMIT_WINDOW_SECS", range 1..=86_400, or &[RATE_LIMIT_TTL];
        /// Requests per IP address (IPv6: per /64 network) and window.
        max_requests: u32 = 100, "RATE_LIMIT_MAX_REQUESTS", range 1..=MAX_QUOTA, unit "requests", or &[same("RATE_LIMIT_MAX")];
        /// Searches per IP address and window; 0: part of the general quota.
        search_max_requests: u32 = 0, "RATE_LIMIT_SEARCH_MAX_REQUESTS", range 0..=MAX_QUOTA, unit "requests";
        /// Suggestion requests per IP address and window; 0: part of the general quota.
        suggestions_max_requests: u32 = 0, "RATE_LIMIT_SUGGESTIONS_MAX_REQUESTS", range 0..=MAX_QUOTA, unit "requests";
        /// Event requests per IP address and window; 0: part of the general quota.
        events_max_requests: u32 = 100, "RATE_LIMIT_EVENTS_MAX_REQUESTS", range 0..=MAX_QUOTA, unit "requests";
        /// Requests for pages, documentation and images per IP address and window.
        pages_max_requests: u32 = 600, "RATE_LIMIT_PAGES_MAX_REQUESTS", range 1..=MAX_QUOTA, unit "requests";
        /// Requests per tenant key and window.
        key_max_requests: u32 = 6_000, "RATE_LIMIT_KEY_MAX_REQUESTS", range 1..=MAX_QUOTA, unit "requests";
        /// Read requests with the admin key, or with an API key, per window.
        admin_max_requests: u32 = 1_000, "RATE_LIMIT_ADMIN_MAX_REQUESTS", range 1..=MAX_QUOTA, unit "requests";
        /// Write requests with the admin key, or with an API key, per window.
        write_max_requests: u32 = 1_000, "RATE_LIMIT_WRITE_MAX_REQUESTS", range 1..=MAX_QUOTA, unit "requests";
        /// Wrong keys per network (IPv4: /24, IPv6: /48) and window. Right keys of the network go on.
        refused_keys_max: u32 = 20, "RATE_LIMIT_REFUSED_KEYS_MAX", range 1..=MAX_QUOTA, unit "keys";
    }

    /// Cross-origin requests.
    cors: CorsConfig {
        /// Allowed origins, such as `https://shop.example`, separated by commas; `*` for all; empty for none.
        allowed_origins: String = String::new(), "CORS_ALLOWED_ORIGINS";
        /// Allowed methods, separated by commas.
        allowed_methods: String = "GET, HEAD, POST, PUT, PATCH, DELETE".to_owned(), "CORS_ALLOWED_METHODS";
        /// Allowed request headers, separated by commas.
        allowed_headers: String = ALLOWED_HEADERS.to_owned(), "CORS_ALLOWED_HEADERS";
        /// Cookies and other credentials in cross-origin requests; not with the origin `*`.
        allow_credentials: bool = false, "CORS_ALLOW_CREDENTIALS";
        /// Time that browsers cache a preflight response.
        max_age_secs: u32 = 7_200, "CORS_MAX_AGE_SECS", range 0..=86_400;
    }

    /// Security response headers.
    security: SecurityConfig {
        /// `max-age` of `Strict-Transport-Security`; 0: no such header. Needs TLS on this host and its subdomains.
        hsts_max_age_secs: u64 = 0, "SOUK_HSTS_MAX_AGE_SECS", range 0..=315_360_000;
    }
}

const ALLOWED_HEADERS: &str = "Authorization, Content-Type, If-Match, If-None-Match, X-Actor, X-Api-Key, X-Request-Id, X-Visitor-Id";
