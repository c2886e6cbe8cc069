//! What is logged, to standard error.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `log.filter` | `SOUK_LOG` | `warn,souk=info` |
//! | `log.format` | `SOUK_LOG_FORMAT` | `text` |
//! | `log.access` | `SOUK_ACCESS_LOG` | `false` |

use serde::{Deserialize, Serialize};

/// What is logged.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Directives as `tracing_subscriber::EnvFilter` takes them.
    pub filter: String,
    /// How a line looks.
    pub format: LogFormat,
    /// Whether each request gets a line: its method, path, status and time, and nothing of who asked.
    pub access: bool,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
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
