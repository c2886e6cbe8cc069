//! Administration, demo catalogue, logs and metrics.

use std::net::SocketAddr;

use crate::alternative::same;
use crate::choices::LogFormat;
use crate::declare::settings;
use crate::secret::Secret;

settings! {
    /// Admin API.
    admin: AdminConfig {
        /// Bearer token of the admin API. Unset: generated at the first start and kept in `admin-key` in the data folder.
        key: Option<Secret> = None, "SOUK_ADMIN_KEY", rule ("have at least 16 characters; unset it to have one generated", |key| key.is_empty() || key.len() >= 16);
        /// Admin key is taken. Without it, only people with roles and API keys reach the admin API; nobody but the command line manages tenants then.
        key_accepted: bool = true, "SOUK_ADMIN_KEY_ACCEPTED";
    }

    /// Demo catalogue.
    demo: DemoConfig {
        /// Demo catalogue in an empty database at the first start.
        enabled: bool = true, "SOUK_DEMO", serve_flag "--no-demo";
        /// Products of the demo catalogue.
        products: u32 = 2_000, "SOUK_DEMO_PRODUCTS", range 0..=10_000_000, unit "products";
    }

    /// Logging to standard error.
    log: LogConfig {
        /// Log filter, as directives of `tracing_subscriber::EnvFilter`.
        filter: String = "warn,souk=info".to_owned(), "SOUK_LOG", or &[same("RUST_LOG")];
        /// Format of log lines.
        format: LogFormat = LogFormat::Text, "SOUK_LOG_FORMAT", flag "--log-format";
        /// Access log: method, path, status and duration of each request, without client data.
        access: bool = false, "SOUK_ACCESS_LOG";
    }

    /// Prometheus metrics, on a listener of their own.
    metrics: MetricsConfig {
        /// Listen address and port of `/metrics`, such as `127.0.0.1:9464`. Empty: no metrics.
        listen: String = String::new(), "SOUK_METRICS_LISTEN", flag "--metrics-listen", rule ("be an address with a port, such as 127.0.0.1:9464; empty for no metrics", |listen| listen.is_empty() || listen.parse::<SocketAddr>().is_ok());
    }
}

impl MetricsConfig {
    /// Returns the listen address; `None` if metrics are off.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }
}
