//! Liveness and readiness on the wire.

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_store::OutboxStats;

use crate::api::views::{EngineName, lag_seconds};

/// Liveness of the process.
#[derive(Debug, Object, Serialize)]
pub struct Live {
    /// Always `live`.
    pub status: String,
}

/// Readiness to answer requests.
#[derive(Debug, Object, Serialize)]
pub struct Readiness {
    /// The whole in one word.
    pub status: ReadyStatus,
    /// Configured engine.
    pub engine: EngineName,
    /// Dependencies.
    pub dependencies: Vec<Dependency>,
    /// Changes waiting to be indexed; absent if the database is unavailable.
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbox: Option<Outbox>,
}

/// Readiness level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ReadyStatus {
    /// All is well.
    Ready,
    /// Searches are answered by the database, since the engine cannot.
    Degraded,
    /// The database is away.
    Unavailable,
}

/// Something that is needed.
#[derive(Debug, Object, Serialize)]
pub struct Dependency {
    /// `database`, `search`, or `redis` where that is in use: without it, everything works, only slower.
    pub name: String,
    /// True if it answered.
    pub up: bool,
    /// Processing time in milliseconds.
    pub latency_ms: f64,
}

/// Changes waiting to be indexed.
#[derive(Debug, Object, Serialize)]
pub struct Outbox {
    /// Changes that wait.
    pub rows: u64,
    /// Age of the oldest change.
    pub lag_seconds: f64,
    /// Changes that were given up, for an admin to look at.
    pub dead_letters: u64,
}

impl From<OutboxStats> for Outbox {
    fn from(stats: OutboxStats) -> Self {
        Self {
            rows: stats.rows,
            lag_seconds: lag_seconds(stats.oldest_created_at_ms),
            dead_letters: stats.dead_letters,
        }
    }
}
