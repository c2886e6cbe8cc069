//! The task that finds out what this process can answer.

use std::time::{Duration, Instant};

use futures_util::future;
use souk_telemetry::chain;
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::{
    error::ApiError,
    readiness::{Checked, Reading},
    state::AppState,
};

/// Time between two checks of a dependency.
const INTERVAL: Duration = Duration::from_secs(1);
/// Timeout of a check of the database or of Redis.
const TIMEOUT: Duration = Duration::from_millis(900);
/// Timeout of a check of the search engine, longer than what a search may take.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(3);

/// Checks every dependency about once a second until shutdown. None waits for another.
pub async fn run(app: AppState, shutdown: CancellationToken) {
    let checking = async {
        tokio::join!(
            again_and_again(|| check_database(&app)),
            again_and_again(|| check_search(&app)),
            again_and_again(|| check_redis(&app)),
        )
    };
    let _ = shutdown.run_until_cancelled(checking).await;
}

/// Checks every dependency once.
pub async fn check(app: &AppState) {
    tokio::join!(check_database(app), check_search(app), check_redis(app));
}

async fn again_and_again<F: Future<Output = ()>>(check: impl Fn() -> F) {
    loop {
        check().await;
        time::sleep(INTERVAL).await;
    }
}

async fn check_database(app: &AppState) {
    let readings = &app.readiness;
    let up = checked("database", &readings.database, TIMEOUT, app.store.ping()).await;
    let outbox = app.store.outbox();
    let stats = async { time::timeout(TIMEOUT, outbox.stats()).await.ok()?.ok() };
    let stats = if up { stats.await } else { None };
    readings.outbox.set(stats);
}

/// The engine is up when it is for every tenant.
async fn check_search(app: &AppState) {
    let ready = async {
        let tenants = app.tenant_directory.all().await?;
        let gateway = app.search.gateway();
        let ready = tenants.iter().map(|tenant| gateway.ready(tenant.id));
        future::try_join_all(ready).await?;
        Ok::<_, ApiError>(())
    };
    checked("search", &app.readiness.search, SEARCH_TIMEOUT, ready).await;
}

async fn check_redis(app: &AppState) {
    if let Some(redis) = &app.redis {
        checked("redis", &app.readiness.redis, TIMEOUT, redis.ping()).await;
    }
}

async fn checked<T, E>(
    name: &str,
    reading: &Reading<Checked>,
    timeout: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> bool
where
    E: std::error::Error + 'static,
{
    let started = Instant::now();
    let outcome = time::timeout(timeout, answer).await;
    if let Ok(Err(error)) = &outcome {
        tracing::debug!(name, error = chain(error), "a dependency is not ready");
    }
    let up = matches!(outcome, Ok(Ok(_)));
    reading.set(Some(Checked {
        up,
        latency: started.elapsed(),
    }));
    up
}
