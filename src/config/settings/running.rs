//! Settings of administration, logs and metrics.

use super::{Setting, secret, setting};

pub(super) const SETTINGS: &[Setting] = &[
    secret(
        "admin.key",
        "SOUK_ADMIN_KEY",
        "key of the admin API; unset: one is made",
    ),
    setting(
        "demo.enabled",
        "SOUK_DEMO",
        "whether a first start fills an empty database",
    ),
    setting(
        "demo.products",
        "SOUK_DEMO_PRODUCTS",
        "with how many products",
    ),
    setting(
        "log.filter",
        "SOUK_LOG",
        "what is logged, such as `info,souk=debug`",
    ),
    setting("log.format", "SOUK_LOG_FORMAT", "`text` or `json`"),
    setting(
        "log.access",
        "SOUK_ACCESS_LOG",
        "whether each request gets a line in the log",
    ),
    setting(
        "metrics.listen",
        "SOUK_METRICS_LISTEN",
        "address and port of `/metrics` for Prometheus; empty: not served",
    ),
];
