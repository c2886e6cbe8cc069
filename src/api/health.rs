//! Liveness and readiness.

use std::time::{Duration, Instant};

use chrono::Utc;
use poem::web::Data;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use serde::Serialize;
use souk_store::OutboxStats;
use souk_telemetry::chain;

use super::{Tag, views::EngineName};
use crate::{error::ApiError, http::JsonResponse, state::AppState};

/// Timeout of a dependency check.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

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

/// Answers of `live`.
#[derive(ApiResponse)]
pub enum LiveAnswer {
    /// The process runs.
    #[oai(status = 200)]
    Live(JsonResponse<Live>),
}

/// Answers of `ready`.
#[derive(ApiResponse)]
pub enum ReadyAnswer {
    /// Requests can be answered.
    #[oai(status = 200)]
    Ready(JsonResponse<Readiness>),
    /// Not ready: the database is unavailable.
    #[oai(status = 503)]
    Unavailable(
        JsonResponse<Readiness>,
        /// Seconds until a retry may succeed.
        #[oai(header = "Retry-After")]
        u32,
    ),
}

/// For whoever watches the service.
pub struct HealthApi;

#[OpenApi(prefix_path = "/health", tag = "Tag::Health")]
impl HealthApi {
    /// Check liveness
    #[oai(path = "/live", method = "get", operation_id = "live")]
    async fn live(&self) -> LiveAnswer {
        LiveAnswer::Live(JsonResponse(Live {
            status: "live".to_owned(),
        }))
    }

    /// Check readiness
    ///
    /// Each dependency with its latency, and how far the index is behind the database.
    #[oai(path = "/ready", method = "get", operation_id = "ready")]
    async fn ready(&self, app: Data<&AppState>) -> ReadyAnswer {
        let (database, stats) = probe("database", app.store.outbox().stats()).await;
        let (search, _) = probe("search", search_ready(&app)).await;
        let status = match (database.up, search.up) {
            (false, _) => ReadyStatus::Unavailable,
            (true, false) => ReadyStatus::Degraded,
            (true, true) => ReadyStatus::Ready,
        };
        let mut dependencies = vec![database, search];
        if let Some(redis) = &app.redis {
            dependencies.push(probe("redis", redis.ping()).await.0);
        }
        let readiness = Readiness {
            status,
            engine: app.search.gateway().engine().into(),
            dependencies,
            outbox: stats.map(Outbox::from),
        };
        match status {
            ReadyStatus::Unavailable => ReadyAnswer::Unavailable(JsonResponse(readiness), 2),
            _ => ReadyAnswer::Ready(JsonResponse(readiness)),
        }
    }
}

async fn probe<T, E>(
    name: &str,
    answer: impl Future<Output = Result<T, E>>,
) -> (Dependency, Option<T>)
where
    E: std::error::Error + 'static,
{
    let started = Instant::now();
    let outcome = tokio::time::timeout(PROBE_TIMEOUT, answer).await;
    if let Ok(Err(error)) = &outcome {
        tracing::debug!(name, error = chain(error), "a dependency is not ready");
    }
    let value = outcome.ok().and_then(Result::ok);
    let dependency = Dependency {
        name: name.to_owned(),
        up: value.is_some(),
        latency_ms: started.elapsed().as_micros() as f64 / 1_000.0,
    };
    (dependency, value)
}

/// The engine is ready when it is for every marketplace.
async fn search_ready(app: &AppState) -> Result<(), ApiError> {
    for tenant in app.tenant_directory.all().await?.iter() {
        app.search.gateway().ready(tenant.id).await?;
    }
    Ok(())
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

/// Age of the oldest waiting change in seconds; 0 if none waits.
pub(super) fn lag_seconds(oldest_created_at_ms: Option<i64>) -> f64 {
    let now_ms = Utc::now().timestamp_millis();
    let lag_ms = oldest_created_at_ms.map_or(0, |oldest| (now_ms - oldest).max(0));
    lag_ms as f64 / 1_000.0
}
