//! Settings of the HTTP server and its clients.

use super::{Setting, setting};

pub(super) const SETTINGS: &[Setting] = &[
    setting(
        "server.listen",
        "SOUK_LISTEN",
        "address and port to listen on",
    ),
    setting(
        "server.request_timeout_ms",
        "SOUK_REQUEST_TIMEOUT_MS",
        "longest time for one request",
    ),
    setting(
        "server.header_timeout_ms",
        "SOUK_HEADER_TIMEOUT_MS",
        "time for the headers of a request to arrive",
    ),
    setting(
        "server.body_timeout_ms",
        "SOUK_BODY_TIMEOUT_MS",
        "time for the body of a request to arrive",
    ),
    setting(
        "server.idle_timeout_ms",
        "SOUK_IDLE_TIMEOUT_MS",
        "time that a connection is kept without a request",
    ),
    setting(
        "server.drain_timeout_ms",
        "SOUK_DRAIN_TIMEOUT_MS",
        "time for requests in flight at shutdown",
    ),
    setting(
        "server.max_connections",
        "SOUK_MAX_CONNECTIONS",
        "most connections at a time; more wait",
    ),
    setting(
        "server.max_url_bytes",
        "SOUK_MAX_URL_BYTES",
        "longest address of a request; longer gets 414",
    ),
    setting(
        "server.max_header_bytes",
        "SOUK_MAX_HEADER_BYTES",
        "all headers of a request together; more gets 431",
    ),
    setting(
        "proxy.trusted",
        "TRUSTED_PROXIES",
        "networks of proxies that may say for whom they ask",
    ),
    setting(
        "proxy.header",
        "SOUK_PROXY_HEADER",
        "where they do: `x_forwarded_for`, `forwarded` or `x_real_ip`",
    ),
    setting(
        "rate_limit.enabled",
        "ENABLE_RATE_LIMITING",
        "whether a client may ask for so much only",
    ),
    setting(
        "rate_limit.window_secs",
        "RATE_LIMIT_WINDOW_SECS",
        "the window of all quotas",
    ),
    setting(
        "rate_limit.max_requests",
        "RATE_LIMIT_MAX_REQUESTS",
        "requests of an address in a window",
    ),
    setting(
        "rate_limit.search_max_requests",
        "RATE_LIMIT_SEARCH_MAX_REQUESTS",
        "searches of an address; 0: counted with the rest",
    ),
    setting(
        "rate_limit.suggestions_max_requests",
        "RATE_LIMIT_SUGGESTIONS_MAX_REQUESTS",
        "suggestions of an address; 0: counted with the rest",
    ),
    setting(
        "rate_limit.events_max_requests",
        "RATE_LIMIT_EVENTS_MAX_REQUESTS",
        "requests of an address that tell what shoppers do; 0: counted with the rest",
    ),
    setting(
        "rate_limit.key_max_requests",
        "RATE_LIMIT_KEY_MAX_REQUESTS",
        "requests with a marketplace's key",
    ),
    setting(
        "rate_limit.admin_max_requests",
        "RATE_LIMIT_ADMIN_MAX_REQUESTS",
        "reads with the admin key",
    ),
    setting(
        "rate_limit.write_max_requests",
        "RATE_LIMIT_WRITE_MAX_REQUESTS",
        "changes with the admin key",
    ),
    setting(
        "cors.allowed_origins",
        "CORS_ALLOWED_ORIGINS",
        "origins whose pages may use the API, or `*`",
    ),
    setting(
        "cors.allowed_methods",
        "CORS_ALLOWED_METHODS",
        "with which methods",
    ),
    setting(
        "cors.allowed_headers",
        "CORS_ALLOWED_HEADERS",
        "with which headers",
    ),
    setting(
        "cors.allow_credentials",
        "CORS_ALLOW_CREDENTIALS",
        "whether with the browser's credentials",
    ),
    setting(
        "cors.max_age_secs",
        "CORS_MAX_AGE_SECS",
        "how long browsers may remember that",
    ),
    setting(
        "security.hsts_max_age_secs",
        "SOUK_HSTS_MAX_AGE_SECS",
        "how long browsers come with TLS only; 0: nothing is said",
    ),
    setting(
        "server.compression",
        "ENABLE_COMPRESSION",
        "whether answers are packed for clients that take it",
    ),
];
