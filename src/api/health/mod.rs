//! Liveness and readiness.

pub mod response;

use poem::{Request, web::Data};
use poem_openapi::{ApiResponse, OpenApi};
use souk_cache::Kind;
use souk_identity::Permission;

use self::response::{Dependency, HealthDetails, Live, Outbox, Readiness};
use crate::{
    api::Tag,
    http::{JsonResponse, Principal},
    readiness::Level,
    state::AppState,
};

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
    /// Not ready: neither database nor search engine answers, and no response is at hand.
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
    /// Each dependency as it was last checked, about a second ago, and how far the index is behind the database. Callers with
    /// the permission `index.read` are also told of connection pools and circuit breakers.
    #[oai(path = "/ready", method = "get", operation_id = "ready")]
    async fn ready(&self, app: Data<&AppState>, request: &Request) -> ReadyAnswer {
        let level = app.readiness.level(has_copies(&app));
        let mut dependencies = vec![
            Dependency::new("database", &app.readiness.database),
            Dependency::new("search", &app.readiness.search),
        ];
        if app.redis.is_some() {
            dependencies.push(Dependency::new("redis", &app.readiness.redis));
        }
        let sees_details = Principal::of(request).may(Permission::IndexRead);
        let readiness = JsonResponse(Readiness {
            status: level.into(),
            engine: app.search.gateway().engine().into(),
            dependencies,
            outbox: app.readiness.outbox.get().map(Outbox::from),
            details: sees_details.then(|| HealthDetails::of(&app)),
        });
        match level {
            Level::Unavailable => ReadyAnswer::Unavailable(readiness, 2),
            Level::Ready | Level::Degraded => ReadyAnswer::Ready(readiness),
        }
    }
}

/// Returns true if responses are at hand that may be served while all else is away.
fn has_copies(app: &AppState) -> bool {
    let holds = |kind: Kind| app.cache.stats(kind).entries > 0;
    !app.cache.stale_if_error().is_zero() && Kind::ALL.into_iter().any(holds)
}
