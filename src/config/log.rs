//! Settings of the log on standard error.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `log.filter` | `SOUK_LOG` | `warn,souk=info` |
//! | `log.format` | `SOUK_LOG_FORMAT` | `text` |
//! | `log.access` | `SOUK_ACCESS_LOG` | `false` |

use serde::{Deserialize, Serialize};

/// Settings of the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Directives as `tracing_subscriber::EnvFilter` takes them.
    pub filter: String,
    /// Format of log lines.
    pub format: LogFormat,
    /// True to log each request: its method, path, status and time, and nothing of the client.
    pub access: bool,
}

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// JSON object per line.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            filter: "warn,souk=info".to_owned(),
            format: LogFormat::Text,
            access: false,
        }
    }
}
