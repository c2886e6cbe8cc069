//! The search configuration that is in force in each marketplace, as this process knows it.
//!
//! Every search goes by it, so it is kept in memory, compiled. A task looks several times a second whether another was
//! put in force, and is woken over Redis, where there is one, when some process did so. While the database is away, what
//! was last known stays in force.

mod active_config;
mod editing;
mod search_context;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use souk_domain::TenantId;
use souk_redis::{Redis, Signal};
use souk_store::{Store, StoreError, Tenant};
use souk_telemetry::chain;
use tokio::{
    sync::{Mutex, Notify},
    time,
};
use tokio_util::sync::CancellationToken;

pub use self::{
    active_config::{ActiveConfig, CompiledVersion, DefinedAttributes, Experiment, products_of},
    editing::{EditError, Edited, edit, new_id, read},
    search_context::{SearchContext, enforced_fingerprint},
};
pub(crate) use search_context::narrowed;

/// How often it is looked whether something changed. Together with what a look takes, well below the two seconds within
/// which every process goes by a change.
const LOOKING: Duration = Duration::from_millis(500);
/// The same while other processes tell of changes over Redis, for those that could not, such as the command line.
const LOOKING_BESIDE_SIGNAL: Duration = Duration::from_millis(1_800);
/// The same while the database tells of changes.
const LOOKING_WHILE_TOLD: Duration = Duration::from_secs(10);
/// Timeout of a check.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Interval of looking up products named in rules again; products may appear or disappear.
const LOOKED_UP: Duration = Duration::from_secs(10);

/// Active configurations of all tenants searched so far.
pub struct SearchConfigs {
    store: Store,
    known: ArcSwap<HashMap<TenantId, Arc<ActiveConfig>>>,
    /// Held by the one who loads, so that nothing older replaces something newer.
    loading: Mutex<()>,
    signal: Option<Signal>,
    woken: Notify,
    /// True while the database tells of changes.
    is_told: AtomicBool,
}

impl SearchConfigs {
    /// The configurations in this store, whose changes are also told over Redis if there is one.
    pub fn new(store: Store, redis: Option<Redis>) -> Self {
        Self {
            store,
            known: ArcSwap::default(),
            loading: Mutex::default(),
            signal: redis.map(|redis| Signal::new(redis, "search-config")),
            woken: Notify::new(),
            is_told: AtomicBool::new(false),
        }
    }

    /// Active configuration of a tenant.
    ///
    /// # Errors
    /// If it was never read and the database cannot be.
    pub async fn of(&self, tenant: &Tenant) -> Result<Arc<ActiveConfig>, StoreError> {
        if let Some(known) = self.known.load().get(&tenant.id) {
            return Ok(Arc::clone(known));
        }
        let _loading = self.loading.lock().await;
        if let Some(known) = self.known.load().get(&tenant.id) {
            return Ok(Arc::clone(known));
        }
        let scope = self.store.scope(tenant.id);
        let loaded = Arc::new(ActiveConfig::load(&scope, tenant.language, None).await?);
        self.keep(tenant.id, Arc::clone(&loaded));
        Ok(loaded)
    }

    /// Notes whether the database tells of changes from now on, and looks at once.
    pub fn told(&self, is_told: bool) {
        self.is_told.store(is_told, Ordering::Release);
        self.wake();
    }

    /// Has the task look at once whether something changed.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// Goes by what has just been put in force, and tells the other processes. They find out by themselves, too.
    pub async fn changed(&self) {
        if let Err(error) = self.look().await {
            tracing::debug!(error = chain(&error), "a change is seen a little later");
        }
        if let Some(signal) = &self.signal
            && let Err(error) = signal.send().await
        {
            tracing::debug!(error = chain(&error), "no process is told of a change");
        }
    }

    /// Looks whether something changed, and goes by it.
    ///
    /// # Errors
    /// If the database cannot be read; what is known stays in force.
    pub async fn look(&self) -> Result<(), StoreError> {
        let _loading = self.loading.lock().await;
        let revisions = self.store.search_config_revisions().await?;
        let defined = self.store.attribute_revisions().await?;
        let known = self.known.load_full();
        let mut failure = None;
        for (tenant, active_config) in known.iter() {
            let revision = revisions.get(tenant).copied().unwrap_or(0);
            let is_due =
                active_config.names_products() && active_config.loaded_at.elapsed() >= LOOKED_UP;
            let is_same = active_config.revision == revision
                && active_config.attributes.revision == defined.get(tenant).copied().unwrap_or(0);
            if is_same && !is_due {
                continue;
            }
            match self.newer(*tenant, active_config, is_same).await {
                Ok(newer) => self.keep(*tenant, Arc::new(newer)),
                // One marketplace that cannot be read holds up no other.
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// What is in force now in place of what was. If that is the same, only the products that it names may be others.
    async fn newer(
        &self,
        tenant: TenantId,
        before: &ActiveConfig,
        is_same: bool,
    ) -> Result<ActiveConfig, StoreError> {
        let scope = self.store.scope(tenant);
        if is_same && let Some(checked) = before.checked(&scope).await? {
            return Ok(checked);
        }
        ActiveConfig::load(&scope, before.language, Some(before)).await
    }

    /// Looks again and again until told to stop.
    pub async fn follow(&self, shutdown: CancellationToken) {
        let following = async {
            match &self.signal {
                Some(signal) => {
                    let listening = signal.listen(|| self.woken.notify_one());
                    tokio::join!(self.keep_looking(LOOKING_BESIDE_SIGNAL), listening);
                }
                None => self.keep_looking(LOOKING).await,
            }
        };
        let _ = shutdown.run_until_cancelled(following).await;
    }

    async fn keep_looking(&self, every: Duration) {
        let mut is_failing = false;
        loop {
            let looked = time::timeout(TIMEOUT, self.look()).await;
            let failure = match looked {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(chain(&error)),
                Err(_) => Some("no answer in time".to_owned()),
            };
            match failure {
                None => is_failing = false,
                Some(error) if !is_failing => {
                    is_failing = true;
                    tracing::warn!(
                        error,
                        "search configurations cannot be read; those last known stay in force"
                    );
                }
                Some(error) => tracing::debug!(error, "search configurations still cannot be read"),
            }
            let every = match self.is_told.load(Ordering::Acquire) {
                true => LOOKING_WHILE_TOLD,
                false => every,
            };
            let _ = time::timeout(every, self.woken.notified()).await;
        }
    }

    /// Only by whoever holds `loading`.
    fn keep(&self, tenant: TenantId, active_config: Arc<ActiveConfig>) {
        let mut known = (*self.known.load_full()).clone();
        known.insert(tenant, active_config);
        self.known.store(Arc::new(known));
    }
}
