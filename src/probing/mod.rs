//! The task that finds out what this process can answer.
//!
//! The checks have to stay cheap with many processes and tenants: the outbox is counted by one process for all, and the search
//! engine is asked for one tenant at a time.

mod outbox_counter;
mod tenant_rotation;

use std::time::{Duration, Instant};

use souk_telemetry::chain;
use tokio::time;
use tokio_util::sync::CancellationToken;

use self::{outbox_counter::OutboxCounter, tenant_rotation::TenantRotation};
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
    let database = async {
        let mut counter = OutboxCounter::new(app.redis.as_ref());
        loop {
            check_database(&app, &mut counter).await;
            time::sleep(INTERVAL).await;
        }
    };
    let search = async {
        let mut rotation = TenantRotation::default();
        loop {
            check_search(&app, &mut rotation).await;
            time::sleep(INTERVAL).await;
        }
    };
    let redis = async {
        loop {
            check_redis(&app).await;
            time::sleep(INTERVAL).await;
        }
    };
    let checking = async { tokio::join!(database, search, redis) };
    let _: Option<((), (), ())> = shutdown.run_until_cancelled(checking).await;
}

/// Checks every dependency once, the search engine for each tenant.
pub async fn check(app: &AppState) {
    let (mut counter, mut rotation) = (OutboxCounter::new(None), TenantRotation::default());
    tokio::join!(
        check_database(app, &mut counter),
        check_search(app, &mut rotation),
        check_redis(app)
    );
}

async fn check_database(app: &AppState, counter: &mut OutboxCounter) {
    let readings = &app.readiness;
    let up = checked("database", &readings.database, TIMEOUT, app.store.ping()).await;
    if !up {
        readings.outbox.set(None);
        return;
    }
    let outbox = app.store.outbox();
    let count = async { time::timeout(TIMEOUT, outbox.stats()).await.ok()?.ok() };
    if let Some(counted) = counter.count(count).await {
        readings.outbox.set(counted);
    }
}

/// The engine is up when it is for every tenant.
async fn check_search(app: &AppState, rotation: &mut TenantRotation) {
    let ready = async {
        let tenants = app.tenant_directory.all().await?;
        let tenants: Vec<_> = tenants.iter().map(|tenant| tenant.id).collect();
        rotation.begin(&tenants);
        while let Some(tenant) = rotation.due() {
            app.search.gateway().ready(tenant).await?;
            rotation.succeeded(tenant);
        }
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
