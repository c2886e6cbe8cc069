//! Liveness and readiness.

pub mod response;

use std::time::{Duration, Instant};

use poem::web::Data;
use poem_openapi::{ApiResponse, OpenApi};
use souk_telemetry::chain;

use self::response::{Dependency, Live, Outbox, Readiness, ReadyStatus};
use crate::{api::Tag, error::ApiError, http::JsonResponse, state::AppState};

/// Timeout of a dependency check.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

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
