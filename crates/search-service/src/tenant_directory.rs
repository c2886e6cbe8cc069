//! Tenants by host name and API key, cached in memory.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use chrono::Utc;
use parking_lot::Mutex;
use souk_domain::{TenantId, TenantKeyId};
use souk_store::{Store, StoreError, Tenant, UsableKey};
use souk_telemetry::chain;
use tokio::sync::OwnedMutexGuard;

use crate::api_key_hash;

/// Longest age of the list of tenants while nobody tells of changes. With [`READ_TIMEOUT`] it is less than the two seconds after which a new tenant is
/// served and a revoked key refused.
const BELIEVED_FOR: Duration = Duration::from_secs(1);
/// The same while the database tells of changes.
const BELIEVED_WHILE_TOLD: Duration = Duration::from_secs(30);
/// Longest time to wait for a newer list while an older one is known. For as long others are served by the older one.
const READ_TIMEOUT: Duration = Duration::from_millis(500);
/// Longest time that one reading goes on when nobody waits for it any longer.
const READ_ABANDONED_AFTER: Duration = Duration::from_secs(30);
/// Least bound on the age of the keys: two lists and the time to read them.
const LEAST_KEYS_MAX_AGE: Duration = Duration::from_secs(3);
/// Time between two notes of a key's use, in milliseconds: what is stored is no more exact.
const USE_NOTED_EVERY_MS: i64 = 3_600_000;
/// Time before a note that failed is tried again, in milliseconds.
const USE_RETRIED_AFTER_MS: i64 = 60_000;

/// The tenants of this installation, kept in memory since every request asks.
pub struct TenantDirectory {
    store: Store,
    list: Arc<List>,
    /// Longest age of keys that are accepted.
    keys_max_age: Duration,
    /// Time of the last note of a use, by key.
    noted: Mutex<HashMap<TenantKeyId, i64>>,
}

/// The last list that was read, and the state of the next reading.
#[derive(Default)]
struct List {
    known: ArcSwapOption<Known>,
    /// Lock held while the list is reloaded.
    reading: Arc<tokio::sync::Mutex<()>>,
    /// True while the database tells of changes.
    is_told: AtomicBool,
    /// Number of changes told of.
    changes: AtomicU64,
    /// Time of the last reading that failed or took too long; `None` after one that succeeded.
    failed_at: Mutex<Option<Instant>>,
}

struct Known {
    tenants: Arc<[Arc<Tenant>]>,
    by_host: HashMap<String, Arc<Tenant>>,
    default: Option<Arc<Tenant>>,
    /// Keys by their hashes: one that someone made up costs the database nothing.
    by_key: HashMap<String, (UsableKey, Arc<Tenant>)>,
    /// Number of changes told of before it was read.
    changes: u64,
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
    /// The keys were not read for too long: one of them may have been revoked.
    #[error("the keys of tenants were not read for too long")]
    OutdatedKeys,
    /// The tenants were never read and the database cannot be.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TenantDirectory {
    /// Creates a directory of the tenants in this store. Keys that were read longer ago than `keys_max_age`, but at
    /// least three seconds, are no longer accepted.
    pub fn new(store: Store, keys_max_age: Duration) -> Self {
        Self {
            store,
            list: Arc::default(),
            keys_max_age: keys_max_age.max(LEAST_KEYS_MAX_AGE),
            noted: Mutex::default(),
        }
    }

    /// Notes whether the database tells of changes from now on. While it does, the list is believed for longer.
    pub fn told(&self, is_told: bool) {
        self.list.is_told.store(is_told, Ordering::Release);
        self.outdate();
    }

    /// Has the list read again when it is needed next.
    pub fn outdate(&self) {
        self.list.changes.fetch_add(1, Ordering::AcqRel);
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
        if known.read_at.elapsed() > self.keys_max_age {
            return Err(ResolveError::OutdatedKeys);
        }
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
        if let Some(known) = self.list.believed(self.keys_max_age) {
            return Ok(known);
        }
        let Some(last) = self.list.known.load_full() else {
            // Once in the life of a process: no request carries room for it.
            return Box::pin(self.first_read()).await;
        };
        let is_failing = self.list.failed_at.lock().is_some();
        match Arc::clone(&self.list.reading).try_lock_owned() {
            Ok(reading) => self.read_again(reading),
            Err(_) if last.read_at.elapsed() < BELIEVED_FOR + READ_TIMEOUT => return Ok(last),
            Err(_) => {}
        }
        // The reading goes on by itself: a slow database is read late, not never. Only the first request waits for one.
        if is_failing {
            return Ok(last);
        }
        let read = tokio::time::timeout(READ_TIMEOUT, self.list.reading.lock()).await;
        if read.is_err() {
            self.list.failed("no answer in time");
        }
        Ok(self.list.known.load_full().unwrap_or(last))
    }

    async fn first_read(&self) -> Result<Arc<Known>, StoreError> {
        let _reading = self.list.reading.lock().await;
        if let Some(known) = self.list.known.load_full() {
            return Ok(known);
        }
        Ok(self.list.replace(self.list.read(&self.store).await?))
    }

    /// Reads the tenants in the background. Until that succeeds, the last ones are used: tenants hardly ever change, and
    /// searches can do without the database.
    fn read_again(&self, reading: OwnedMutexGuard<()>) {
        let (store, list) = (self.store.clone(), self.list.clone());
        tokio::spawn(async move {
            let read = tokio::time::timeout(READ_ABANDONED_AFTER, list.read(&store)).await;
            match read {
                Ok(Ok(known)) => drop(list.replace(known)),
                Ok(Err(error)) => list.failed(&chain(&error)),
                Err(_) => list.failed("no answer in time"),
            }
            drop(reading);
        });
    }
}

impl List {
    /// Returns the list if it is new enough, or was tried to be renewed just now.
    fn believed(&self, keys_max_age: Duration) -> Option<Arc<Known>> {
        let known = self.known.load_full()?;
        let failed_at = *self.failed_at.lock();
        let believed_for = match self.is_told.load(Ordering::Acquire) {
            true => BELIEVED_WHILE_TOLD.min(keys_max_age / 3),
            false => BELIEVED_FOR,
        };
        let is_believed = known.changes == self.changes.load(Ordering::Acquire)
            && known.read_at.elapsed() < believed_for;
        (is_believed || failed_at.is_some_and(|at| at.elapsed() < BELIEVED_FOR)).then_some(known)
    }

    /// Reads a list. A change that is told of meanwhile makes it outdated.
    async fn read(&self, store: &Store) -> Result<Known, StoreError> {
        let changes = self.changes.load(Ordering::Acquire);
        Known::read(store, changes).await
    }

    fn replace(&self, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        self.known.store(Some(known.clone()));
        *self.failed_at.lock() = None;
        known
    }

    /// Notes a reading that failed, and logs the first of several.
    fn failed(&self, error: &str) {
        if self.failed_at.lock().replace(Instant::now()).is_none() {
            tracing::warn!(error, "tenants not read; the last ones are used");
        }
    }
}

impl Known {
    async fn read(store: &Store, changes: u64) -> Result<Self, StoreError> {
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
            changes,
            read_at,
        })
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
    use souk_domain::{Currency, Language};
    use souk_store::{DatabaseOptions, NewTenant, NewTenantKey};
    use souk_testkit::TestDatabase;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const KEY: &str = "a key";

    /// Returns a directory that has read one tenant with one key. The database is away by then.
    async fn known_without_database(
        database: &TestDatabase,
        keys_max_age: Duration,
    ) -> TenantDirectory {
        let options = DatabaseOptions::new(database.url());
        let store = Store::connect(&options).await.unwrap();
        let tenant = NewTenant {
            slug: "shop".to_owned(),
            name: "Shop".to_owned(),
            hosts: vec!["shop.example".parse().unwrap()],
            language: Language::English,
            currency: Currency::EUR,
        };
        let tenant = store.tenants().add(tenant).await.unwrap().id;
        let key = NewTenantKey {
            label: String::new(),
            prefix: String::new(),
            hash: api_key_hash(KEY),
            expires_at_ms: None,
        };
        store.tenants().keys(tenant).add(key).await.unwrap();
        let directory = TenantDirectory::new(store.clone(), keys_max_age);
        directory.resolve(None, Some(KEY)).await.unwrap();
        store.close().await.unwrap();
        directory
    }

    /// Makes the list older.
    fn age_by(directory: &TenantDirectory, age: Duration) {
        let known = directory.list.known.load_full().unwrap();
        let older = Known {
            tenants: known.tenants.clone(),
            by_host: known.by_host.clone(),
            default: known.default.clone(),
            by_key: known.by_key.clone(),
            changes: known.changes,
            read_at: known.read_at.checked_sub(age).unwrap(),
        };
        directory.list.known.store(Some(Arc::new(older)));
    }

    #[tokio::test]
    async fn keys_not_read_for_longer_than_the_bound_are_refused_as_outdated() {
        let database = TestDatabase::sqlite().await;
        let mut directory = known_without_database(&database, HOUR).await;
        age_by(&directory, Duration::from_secs(10));
        let resolved = directory.resolve(None, Some(KEY)).await.unwrap();
        assert!(resolved.has_key, "within the bound");

        directory.keys_max_age = Duration::from_secs(10);
        for key in [KEY, "no key"] {
            let refused = directory.resolve(None, Some(key)).await.unwrap_err();
            assert!(matches!(refused, ResolveError::OutdatedKeys), "{refused}");
        }
        let by_host = directory.resolve(Some("shop.example"), None).await.unwrap();
        assert_eq!(by_host.by, ResolvedBy::Host, "a host needs no key");
    }

    #[tokio::test]
    async fn keys_just_read_are_accepted_with_a_bound_of_zero() {
        let database = TestDatabase::sqlite().await;
        let directory = known_without_database(&database, Duration::ZERO).await;
        let resolved = directory.resolve(None, Some(KEY)).await.unwrap();
        assert!(resolved.has_key);
    }

    #[test]
    fn host_header_is_read_without_port_and_case() {
        assert_eq!(normal_host("shop.example:3000"), "shop.example");
        assert_eq!(normal_host("Shop.Example."), "shop.example");
        assert_eq!(normal_host("shop.example.:80"), "shop.example");
        assert_eq!(normal_host("[::1]:3000"), "[::1]");
        assert_eq!(normal_host("[::1]"), "[::1]");
    }
}
