//! Tenants by host name and API key, cached in memory.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use chrono::Utc;
use parking_lot::Mutex;
use souk_domain::{TenantId, TenantKeyId};
use souk_store::{Store, StoreError, Tenant, UsableKey};
use souk_telemetry::chain;

use crate::api_key_hash;

/// Longest age of the list of tenants. With [`READ_TIMEOUT`] it is less than the two seconds after which a new tenant is
/// served and a revoked key refused.
const BELIEVED_FOR: Duration = Duration::from_secs(1);
/// Longest time to wait for a newer list while an older one is known. For as long others are served by the older one.
const READ_TIMEOUT: Duration = Duration::from_millis(500);
/// Time between two notes of a key's use, in milliseconds: what is stored is no more exact.
const USE_NOTED_EVERY_MS: i64 = 3_600_000;
/// Time before a note that failed is tried again, in milliseconds.
const USE_RETRIED_AFTER_MS: i64 = 60_000;

/// The tenants of this installation, kept in memory since every request asks.
pub struct TenantDirectory {
    store: Store,
    known: ArcSwapOption<Known>,
    /// Lock held while the list is reloaded.
    reading: tokio::sync::Mutex<()>,
    /// True while the database cannot be read, so that the log says it once.
    is_outdated: AtomicBool,
    /// Time of the last note of a use, by key.
    noted: Mutex<HashMap<TenantKeyId, i64>>,
}

struct Known {
    tenants: Arc<[Arc<Tenant>]>,
    by_host: HashMap<String, Arc<Tenant>>,
    default: Option<Arc<Tenant>>,
    /// Keys by their hashes: one that someone made up costs the database nothing.
    by_key: HashMap<String, (UsableKey, Arc<Tenant>)>,
    read_at: Instant,
}

/// Property of a request that resolved its tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolvedBy {
    /// Host name the request was sent to.
    Host,
    /// API key, sent to a host that is no tenant's.
    Key,
    /// Neither: it is the default tenant.
    Default,
}

/// Tenant of a request.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Tenant.
    pub tenant: Arc<Tenant>,
    /// Property of the request that decided.
    pub by: ResolvedBy,
    /// True if the request carries a key of the tenant.
    pub has_key: bool,
}

/// Reason for which a request has no tenant.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The host is no tenant's, no key was sent, and there is no default tenant.
    #[error("no tenant has this host")]
    NoTenant,
    /// The key is unknown, expired or revoked.
    #[error("no tenant has this key")]
    InvalidKey,
    /// The key is of another tenant than the host.
    #[error("the key is another tenant's")]
    ForeignKey,
    /// The tenants were never read and the database cannot be.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TenantDirectory {
    /// Creates a directory of the tenants in this store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            known: ArcSwapOption::empty(),
            reading: tokio::sync::Mutex::default(),
            is_outdated: AtomicBool::default(),
            noted: Mutex::default(),
        }
    }

    /// Returns all tenants.
    ///
    /// # Errors
    /// If they were never read and the database cannot be.
    pub async fn all(&self) -> Result<Arc<[Arc<Tenant>]>, StoreError> {
        Ok(self.known().await?.tenants.clone())
    }

    /// Returns the tenant of a host, else of an API key, else the default one. A port after the host is ignored.
    ///
    /// # Errors
    /// See [`ResolveError`]: a key that is sent has to be one, and of the tenant of the host.
    pub async fn resolve(
        &self,
        host: Option<&str>,
        api_key: Option<&str>,
    ) -> Result<Resolved, ResolveError> {
        let known = self.known().await?;
        let of_host = host.and_then(|host| known.by_host.get(&normal_host(host)));
        let Some(api_key) = api_key else {
            let (tenant, by) = match (of_host, &known.default) {
                (Some(tenant), _) => (tenant, ResolvedBy::Host),
                (None, Some(tenant)) => (tenant, ResolvedBy::Default),
                (None, None) => return Err(ResolveError::NoTenant),
            };
            return Ok(Resolved {
                tenant: tenant.clone(),
                by,
                has_key: false,
            });
        };
        let (key, of_key) = known
            .by_key
            .get(&api_key_hash(api_key))
            .ok_or(ResolveError::InvalidKey)?;
        let now_ms = Utc::now().timestamp_millis();
        if key.expires_at_ms.is_some_and(|end| end <= now_ms) {
            return Err(ResolveError::InvalidKey);
        }
        let by = match of_host {
            Some(tenant) if tenant.id != key.tenant => return Err(ResolveError::ForeignKey),
            Some(_) => ResolvedBy::Host,
            None => ResolvedBy::Key,
        };
        self.note_use(key, now_ms);
        Ok(Resolved {
            tenant: of_key.clone(),
            by,
            has_key: true,
        })
    }

    /// Notes a use in the background, if the last note is old enough.
    fn note_use(&self, key: &UsableKey, now_ms: i64) {
        let is_recent = |at: i64, within: i64| now_ms.saturating_sub(at) < within;
        let stored = key.last_used_at_ms;
        if stored.is_some_and(|at| is_recent(at, USE_NOTED_EVERY_MS)) {
            return;
        }
        let id = key.id;
        let mut noted = self.noted.lock();
        let last = noted.get(&id).copied();
        if last.is_some_and(|at| is_recent(at, USE_RETRIED_AFTER_MS)) {
            return;
        }
        noted.retain(|_, at| is_recent(*at, USE_RETRIED_AFTER_MS));
        noted.insert(id, now_ms);
        let tenants = self.store.tenants();
        tokio::spawn(async move {
            if let Err(error) = tenants.note_use(id, now_ms).await {
                tracing::debug!(error = chain(&error), key = %id, "use of a key not noted");
            }
        });
    }

    async fn known(&self) -> Result<Arc<Known>, StoreError> {
        if let Some(known) = self.believed() {
            return Ok(known);
        }
        let _reading = match (
            self.reading.try_lock(),
            self.young(BELIEVED_FOR + READ_TIMEOUT),
        ) {
            (Ok(reading), _) => reading,
            (Err(_), Some(known)) => return Ok(known),
            (Err(_), None) => self.reading.lock().await,
        };
        if let Some(known) = self.believed() {
            return Ok(known);
        }
        let known = match self.known.load_full() {
            None => Known::read(&self.store).await?,
            Some(last) => self.read_again(&last).await,
        };
        let known = Arc::new(known);
        self.known.store(Some(known.clone()));
        Ok(known)
    }

    /// Returns the tenants as they are now, or the last ones if the database does not answer: tenants hardly ever
    /// change, and searches can do without it.
    async fn read_again(&self, last: &Known) -> Known {
        let read = tokio::time::timeout(READ_TIMEOUT, Known::read(&self.store)).await;
        let error = match read {
            Ok(Ok(known)) => {
                self.is_outdated.store(false, Ordering::Relaxed);
                return known;
            }
            Ok(Err(error)) => chain(&error),
            Err(_) => "no answer in time".to_owned(),
        };
        if !self.is_outdated.swap(true, Ordering::Relaxed) {
            tracing::warn!(error, "tenants not read; the last ones are used");
        }
        last.again()
    }

    fn believed(&self) -> Option<Arc<Known>> {
        self.young(BELIEVED_FOR)
    }

    fn young(&self, age: Duration) -> Option<Arc<Known>> {
        let known = self.known.load_full()?;
        (known.read_at.elapsed() < age).then_some(known)
    }
}

impl Known {
    async fn read(store: &Store) -> Result<Self, StoreError> {
        let read_at = Instant::now();
        let tenants = store.tenants();
        // Keys first: one whose tenant has come since is known the next time.
        let keys = tenants.usable_keys().await?;
        let tenants: Arc<[_]> = tenants.list().await?.into_iter().map(Arc::new).collect();
        let by_id: HashMap<TenantId, &Arc<Tenant>> =
            tenants.iter().map(|tenant| (tenant.id, tenant)).collect();
        let by_key = keys.into_iter().filter_map(|key| {
            let tenant = Arc::clone(by_id.get(&key.tenant)?);
            Some((key.hash.clone(), (key, tenant)))
        });
        let by_key = by_key.collect();
        let hosts_of = |tenant: &Arc<Tenant>| {
            let tenant = tenant.clone();
            let hosts = tenant.hosts.clone().into_iter();
            hosts.map(move |host| (host, tenant.clone()))
        };
        let default = tenants.iter().find(|tenant| tenant.is_default);
        Ok(Self {
            by_host: tenants.iter().flat_map(hosts_of).collect(),
            default: default.cloned(),
            by_key,
            tenants,
            read_at,
        })
    }

    /// Returns the same, to be believed for another while.
    fn again(&self) -> Self {
        Self {
            tenants: self.tenants.clone(),
            by_host: self.by_host.clone(),
            default: self.default.clone(),
            by_key: self.by_key.clone(),
            read_at: Instant::now(),
        }
    }
}

/// Returns the host of a header as tenants have it: `Shop.Example.:3000` is `shop.example`, `[::1]:3000` is `[::1]`.
fn normal_host(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_header_is_read_without_port_and_case() {
        assert_eq!(normal_host("shop.example:3000"), "shop.example");
        assert_eq!(normal_host("Shop.Example."), "shop.example");
        assert_eq!(normal_host("shop.example.:80"), "shop.example");
        assert_eq!(normal_host("[::1]:3000"), "[::1]");
        assert_eq!(normal_host("[::1]"), "[::1]");
    }
}
