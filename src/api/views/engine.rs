//! Engine that produced a response, and its processing time.

use std::time::Duration;

use poem_openapi::Enum;
use serde::Serialize;
use souk_domain::EngineKind;

/// Engine that produced the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "Engine", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum EngineName {
    /// An Elasticsearch cluster.
    Elasticsearch,
    /// The embedded index.
    Tantivy,
    /// The database.
    Database,
}

impl From<EngineKind> for EngineName {
    fn from(kind: EngineKind) -> Self {
        match kind {
            EngineKind::Elasticsearch => Self::Elasticsearch,
            EngineKind::Tantivy => Self::Tantivy,
            EngineKind::Database => Self::Database,
        }
    }
}

/// Whole milliseconds of a duration.
pub fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
