//! Loading what is asked most before anybody asks: at the start, and when another index is served.
//!
//! It asks the API what clients asked, through the cache, so that there is one way to load an answer. It stands inside
//! the guards, so that no client's quota pays for it, and it is in no hurry: the service is ready without it.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use poem::{
    Endpoint, Request,
    http::{HeaderValue, Method, header},
};
use souk_cache::{FRESHNESS_BOUND, HotKey, HotKeyStore, HotKeys};
use souk_domain::TenantId;
use souk_redis::Redis;
use souk_search::QueryText;
use souk_store::{IndexJob, JobId, JobState, StoreError, Tenant};
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::{
    http::{InternalTenant, Replayed},
    state::AppState,
};

/// Loads at a time: clients come first.
const AT_ONCE: usize = 2;
/// Interval of checking for a new live index.
const LOOK: Duration = Duration::from_secs(10);
/// Interval of saving hot keys.
const KEEP: Duration = Duration::from_secs(30);
/// Interval of checking that loaded entries would be kept.
const POLL: Duration = Duration::from_millis(100);
/// Longest wait for the hot keys at startup.
const CONNECTING: Duration = Duration::from_secs(10);
/// Jobs among which the last one that changed the index is looked for.
const JOBS: u32 = 8;
/// What most browsers take: the packed form that they get is made, too.
const CODINGS: HeaderValue = HeaderValue::from_static("gzip, deflate, br, zstd");

/// Cache warmer of this process.
pub struct CacheWarmer<E> {
    app: AppState,
    api: Arc<E>,
    hot_keys: Arc<HotKeys>,
    memory: HotKeyStore,
    /// Start time of the process.
    began_at_ms: i64,
    /// The last job after which each tenant's answers were loaded.
    loaded_after: HashMap<TenantId, JobId>,
}

impl<E: Endpoint> CacheWarmer<E> {
    /// For an API that stands behind no guard.
    pub fn new(app: AppState, api: Arc<E>, hot_keys: Arc<HotKeys>, memory: HotKeyStore) -> Self {
        Self {
            app,
            api,
            hot_keys,
            memory,
            began_at_ms: now_ms(),
            loaded_after: HashMap::new(),
        }
    }

    /// Warms until told to stop, and then writes down what was asked most.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let _ = shutdown.run_until_cancelled(self.work()).await;
        self.keep().await;
    }

    async fn work(&mut self) {
        let hot = self.remembered().await;
        self.trusting().await;
        self.warm(hot, "the start").await;
        let mut kept = Instant::now();
        loop {
            time::sleep(LOOK).await;
            if kept.elapsed() >= KEEP {
                self.keep().await;
                kept = Instant::now();
            }
            match self.reindexed().await {
                Ok(hot) if hot.is_empty() => {}
                Ok(hot) => {
                    self.trusting().await;
                    self.warm(hot, "another index").await;
                }
                Err(error) => debug!(%error, "not known whether another index is served"),
            }
        }
    }

    async fn remembered(&self) -> Vec<HotKey> {
        if let HotKeyStore::Redis(redis) = &self.memory {
            connected(redis).await;
        }
        match self.memory.load(self.hot_keys.remembered()).await {
            Ok(hot) => hot,
            Err(error) => {
                debug!(%error, "what was asked most is not remembered");
                vec![]
            }
        }
    }

    async fn keep(&self) {
        let mut hot_keys = self.hot_keys.hot_keys();
        hot_keys.retain(|hot| !may_tell_who_asked(&hot.address));
        let keeping = self.memory.store(&hot_keys, self.hot_keys.remembered());
        if let Err(error) = keeping.await {
            debug!(%error, "what is asked most is not written down");
        }
    }

    /// Waits until what is loaded is kept: before, it would be loaded for nothing.
    async fn trusting(&self) {
        let trusts = || {
            let behind = self.app.cache.freshness_lag();
            behind.is_some_and(|behind| behind <= FRESHNESS_BOUND)
        };
        while !trusts() {
            time::sleep(POLL).await;
        }
    }

    /// What is asked most of those tenants of which another index is served since one last looked.
    async fn reindexed(&mut self) -> Result<Vec<HotKey>, StoreError> {
        let mut hot_keys = self.hot_keys.hot_keys();
        let mut tenants: Vec<TenantId> = hot_keys.iter().map(|hot| hot.tenant).collect();
        tenants.sort_unstable();
        tenants.dedup();
        let mut changed = Vec::new();
        for tenant in tenants {
            if let Some(last) = self.last_job(tenant).await?
                && self.loaded_after.insert(tenant, last) != Some(last)
            {
                changed.push(tenant);
            }
        }
        hot_keys.retain(|hot| changed.contains(&hot.tenant));
        Ok(hot_keys)
    }

    /// The last job that had another index served, if that was since this process began.
    async fn last_job(&self, tenant: TenantId) -> Result<Option<JobId>, StoreError> {
        let jobs = self
            .app
            .store
            .scope(tenant)
            .index_jobs()
            .list(None, JOBS)
            .await?;
        let last = jobs.iter().find(|job| job.state == JobState::Done);
        let is_ours = |job: &&IndexJob| job.finished_at_ms >= Some(self.began_at_ms);
        Ok(last.filter(is_ours).map(|job| job.id))
    }

    async fn warm(&self, hot: Vec<HotKey>, why: &'static str) {
        let Ok(tenants) = self.app.tenant_directory.all().await else {
            return;
        };
        let begun = Instant::now();
        let tenant_of = |hot: &HotKey| tenants.iter().find(|tenant| tenant.id == hot.tenant);
        let requests: Vec<Request> = hot
            .iter()
            .filter_map(|hot| question(hot, tenant_of(hot)?))
            .collect();
        if requests.is_empty() {
            return;
        }
        let loaded = stream::iter(requests)
            .map(|request| self.api.call(request))
            .buffer_unordered(AT_ONCE)
            .filter(|answer| std::future::ready(answer.is_ok()))
            .count()
            .await;
        let took_ms = begun.elapsed().as_millis() as u64;
        info!(loaded, took_ms, why, "cache warmed");
    }
}

/// Request that replays a hot key.
fn question(hot: &HotKey, tenant: &Arc<Tenant>) -> Option<Request> {
    let mut request = Request::builder()
        .method(Method::GET)
        .uri(hot.address.parse().ok()?)
        .header(header::ACCEPT_ENCODING, CODINGS)
        .finish();
    request.set_data(InternalTenant(tenant.clone()));
    request.set_data(Replayed(hot.heat));
    Some(request)
}

/// Whether an address has a text in it by which somebody may be known: it is written down nowhere.
fn may_tell_who_asked(address: &str) -> bool {
    let Some((_, query)) = address.split_once('?') else {
        return false;
    };
    let mut given = form_urlencoded::parse(query.as_bytes());
    given.any(|(name, text)| matches!(&*name, "q" | "query") && QueryText::new(&text).is_withheld())
}

fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

async fn connected(redis: &Redis) {
    if !redis.connected_within(CONNECTING).await {
        debug!("Redis does not say what was asked most");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_url_is_not_stored() {
        for personal in [
            "/api/search?q=jane.doe%40example.org",
            "/api/search?page=1&q=%2B49+171+2345678",
            "/api/search/facets/brand?query=jane%40example.org",
        ] {
            assert!(may_tell_who_asked(personal), "{personal}");
        }
        for other in [
            "/api/categories",
            "/api/search?q=dragon+mug&price_max=10000000",
        ] {
            assert!(!may_tell_who_asked(other), "{other}");
        }
    }
}
