//! Liveness and readiness on the wire.

use poem_openapi::{Enum, Object};
use serde::Serialize;
use souk_store::{BreakerState, OutboxStats, PoolStats};

use crate::{
    api::views::{EngineName, lag_seconds},
    readiness::{Checked, Level, Reading},
    state::AppState,
};

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
    /// Insides of the process; only for callers with the permission `index.read`.
    #[oai(skip_serializing_if_is_none)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<HealthDetails>,
}

/// Insides of the process.
#[derive(Debug, Object, Serialize)]
pub struct HealthDetails {
    /// Connection pools of the database.
    pub pools: Vec<HealthPool>,
    /// Circuit breakers.
    pub breakers: Vec<HealthBreaker>,
}

/// A connection pool.
#[derive(Debug, Object, Serialize)]
pub struct HealthPool {
    /// Name: `all` on PostgreSQL, `readers` and `writer` on SQLite.
    pub name: String,
    /// Connections in use.
    pub used: u32,
    /// Open connections that are not in use.
    pub idle: u32,
    /// Connections that are kept open.
    pub min: u32,
    /// Most connections that may be open.
    pub max: u32,
}

/// A circuit breaker.
#[derive(Debug, Object, Serialize)]
pub struct HealthBreaker {
    /// Part that is left alone while it fails: `search` or `database`.
    pub name: String,
    /// State.
    pub state: BreakerLevel,
    /// Times that it opened since the process started.
    pub openings: u64,
}

/// State of a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum BreakerLevel {
    /// All is well.
    Closed,
    /// One request at a time is let through.
    HalfOpen,
    /// No request is let through.
    Open,
}

/// Readiness level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ReadyStatus {
    /// All is well.
    Ready,
    /// A part is away, and the process answers what it can without it.
    Degraded,
    /// Nothing can be answered.
    Unavailable,
}

/// Something that is needed.
#[derive(Debug, Object, Serialize)]
pub struct Dependency {
    /// `database`, `search`, or `redis` where that is in use: without it, everything works, only slower.
    pub name: String,
    /// True if it answered when it was last checked, about a second ago.
    pub up: bool,
    /// Time that it took to answer, in milliseconds.
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

impl Dependency {
    pub(super) fn new(name: &str, reading: &Reading<Checked>) -> Self {
        let checked = reading.get();
        Self {
            name: name.to_owned(),
            up: checked.is_some_and(|checked| checked.up),
            latency_ms: checked.map_or(0.0, |checked| checked.latency.as_micros() as f64 / 1_000.0),
        }
    }
}

impl HealthDetails {
    pub(super) fn of(app: &AppState) -> Self {
        let gateway = app.search.gateway();
        let mut breakers = vec![HealthBreaker {
            name: "search".to_owned(),
            state: gateway.breaker().into(),
            openings: gateway.breaker_openings(),
        }];
        breakers.extend(app.store.breaker().map(|state| HealthBreaker {
            name: "database".to_owned(),
            state: state.into(),
            openings: app.store.breaker_openings(),
        }));
        Self {
            pools: app
                .store
                .pools()
                .into_iter()
                .map(HealthPool::from)
                .collect(),
            breakers,
        }
    }
}

impl From<PoolStats> for HealthPool {
    fn from(stats: PoolStats) -> Self {
        Self {
            name: stats.pool.to_owned(),
            used: stats.used,
            idle: stats.idle,
            min: stats.min,
            max: stats.max,
        }
    }
}

impl From<BreakerState> for BreakerLevel {
    fn from(state: BreakerState) -> Self {
        match state {
            BreakerState::Closed => Self::Closed,
            BreakerState::HalfOpen => Self::HalfOpen,
            BreakerState::Open => Self::Open,
        }
    }
}

impl From<Level> for ReadyStatus {
    fn from(level: Level) -> Self {
        match level {
            Level::Ready => Self::Ready,
            Level::Degraded => Self::Degraded,
            Level::Unavailable => Self::Unavailable,
        }
    }
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
