//! Response cache over the local and the shared tier: lookup, load and storage.

use std::{
    convert::Infallible,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use rand::RngExt;
use souk_domain::TenantId;
use souk_redis::{Redis, RedisFailure};
use tokio::time::Instant;
use tracing::{Instrument, debug, info_span};

use crate::{
    content::Content,
    entry::{Entry, Key},
    invalidation::{
        freshness::FreshnessGuard,
        invalidator::Invalidator,
        log::{InvalidationLog, Validity, Version},
        observer::InvalidationObserver,
    },
    kind::{Kind, Lifetimes},
    local::LocalCache,
    shared::{Begun, Fetched, Shared, SharedEntry},
    single_flight::{LoadError, LoadResult, SingleFlight},
    stats::{CacheStats, count},
    tag::Tag,
};

/// Longest age of a response that cannot be shown to be fresh.
pub const SHORT_TTL: Duration = Duration::from_millis(700);
/// Largest freshness lag at which the standard lifetimes apply.
pub const FRESHNESS_BOUND: Duration = Duration::from_millis(900);
/// Age at which a short-lived response is renewed while it is served.
const RENEW_AFTER: Duration = Duration::from_millis(350);
/// Largest relative deviation of a lifetime, so that entries loaded together expire apart.
const JITTER: f64 = 0.1;

/// Settings of a [`Cache`].
#[derive(Debug, Clone)]
pub struct CacheOptions {
    /// False bypasses the cache.
    pub enabled: bool,
    /// Memory limit of the local tier, in bytes.
    pub process_bytes: u64,
    /// Lifetime of each kind of response.
    pub lifetimes: Lifetimes,
    /// Longest age of an entry that is served because a load met an outage; zero serves none.
    pub stale_if_error: Duration,
}

/// Error of a load, as far as the cache has to understand it.
pub trait LoadFailure {
    /// Returns true if a part that the load needs is away, so that an old response is better than none.
    fn is_outage(&self) -> bool;
}

impl LoadFailure for Infallible {
    fn is_outage(&self) -> bool {
        match *self {}
    }
}

/// Time to live of a response whose tags are not invalidated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// Lifetime of the kind, see [`CacheOptions::lifetimes`].
    Standard,
    /// [`SHORT_TTL`], in this process only: for degraded responses and responses without tags.
    Short,
}

/// Result of a load.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Response.
    pub content: Content,
    /// Dependencies of the response.
    pub tags: Vec<Tag>,
    /// Time to live.
    pub ttl: Ttl,
}

/// Origin of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Fresh entry of a tier.
    Hit,
    /// Stale entry of the local tier, which is renewed in the background.
    Stale,
    /// Old entry, served because what loads a newer one is away.
    StaleIfError {
        /// Time for which it may be served still, here or by a cache in front.
        left: Duration,
    },
    /// Loaded by this request or by a concurrent one.
    Miss,
    /// Not of the cache: it is disabled, or has no part in this response.
    Bypass,
}

/// Response with its origin.
#[derive(Debug, Clone)]
pub struct Served {
    /// Response.
    pub content: Content,
    /// Dependencies of the response.
    pub tags: Arc<[Tag]>,
    /// Origin.
    pub source: Source,
}

/// Response cache of a process, cheap to clone. `E` is the error of a load.
pub struct Cache<E>(Arc<Parts<E>>);

struct Parts<E> {
    enabled: bool,
    lifetimes: Lifetimes,
    stale_if_error: Duration,
    local: LocalCache,
    shared: Option<Shared>,
    log: Arc<InvalidationLog>,
    freshness: Arc<FreshnessGuard>,
    loads: Arc<SingleFlight<E>>,
}

/// Usability of an entry.
enum Age {
    Fresh,
    Stale,
    Gone,
}

/// State before a load, compared with the state after it.
pub(crate) struct LoadToken {
    version: Version,
    began: Instant,
    shared: Option<Begun>,
    /// Entry of Redis that is no longer fresh.
    old: Option<Arc<Entry>>,
}

impl<E> Clone for Cache<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<E: LoadFailure + Send + Sync + 'static> Cache<E> {
    /// Creates an empty cache. Until a [`crate::InvalidationListener`] runs, every entry lives for [`SHORT_TTL`].
    pub fn new(options: &CacheOptions, redis: Option<Redis>) -> Self {
        Self(Arc::new(Parts {
            enabled: options.enabled,
            lifetimes: options.lifetimes,
            stale_if_error: options.stale_if_error,
            local: LocalCache::new(options.process_bytes),
            shared: redis.map(Shared::new),
            log: Arc::default(),
            freshness: Arc::new(FreshnessGuard::new()),
            loads: Arc::default(),
        }))
    }

    pub(crate) fn shared(&self) -> Option<&Shared> {
        self.0.shared.as_ref()
    }

    pub(crate) fn log(&self) -> &Arc<InvalidationLog> {
        &self.0.log
    }

    pub(crate) fn freshness(&self) -> &Arc<FreshnessGuard> {
        &self.0.freshness
    }

    /// Returns the handle that invalidates tags in this process and, with Redis, in all others.
    pub fn invalidator(&self) -> Invalidator {
        Invalidator::new(Some(self.0.log.clone()), self.0.shared.clone())
    }

    /// Has every invalidation that reaches this process told to an observer. Only the first one counts.
    pub fn observe(&self, observer: Arc<dyn InvalidationObserver>) {
        self.0.log.observe(observer);
    }

    /// Returns the time since which invalidations may be missing; `None` before the first probe.
    pub fn freshness_lag(&self) -> Option<Duration> {
        self.0.freshness.behind(Instant::now())
    }

    /// Returns the longest age of a response that is served because of an outage.
    pub fn stale_if_error(&self) -> Duration {
        self.0.stale_if_error
    }

    /// Returns the counters of a kind.
    pub fn stats(&self, kind: Kind) -> CacheStats {
        self.0.local.stats(kind)
    }

    /// Deletes a tenant's entries whose names match a pattern (`*` and `?`), such as `search:*`, in Redis and in every
    /// process that hears of it. Says how many there were in Redis.
    ///
    /// # Errors
    /// If Redis is in use and fails; the entries of this process are gone all the same.
    pub async fn delete_matching(
        &self,
        tenant: TenantId,
        pattern: &str,
    ) -> Result<Option<u64>, RedisFailure> {
        self.remove_matching(tenant, pattern);
        let Some(shared) = self.shared() else {
            return Ok(None);
        };
        let deleted = shared.delete_matching(tenant, pattern).await?;
        // After the deletion, so that nobody finds again what is being deleted.
        shared.publish_removal(tenant, pattern).await?;
        Ok(Some(deleted))
    }

    pub(crate) fn remove_matching(&self, tenant: TenantId, pattern: &str) {
        self.0.local.remove_matching(tenant, pattern);
    }

    /// Returns the cached response, or loads it once for all concurrent requests. `load` is called only on a miss or
    /// a stale hit.
    ///
    /// # Errors
    /// If it had to be loaded and that failed.
    pub async fn get<L, R>(&self, key: Key, load: L) -> Result<Served, LoadError<E>>
    where
        L: FnOnce() -> R + Send,
        R: Future<Output = Result<Loaded, E>> + Send + 'static,
    {
        if !self.0.enabled {
            let loaded = load()
                .await
                .map_err(|error| LoadError::Failed(Arc::new(error)))?;
            return Ok(Served {
                content: loaded.content,
                tags: loaded.tags.into(),
                source: Source::Bypass,
            });
        }
        let counters = self.0.local.counters(key.kind);
        if let Some(entry) = self.0.local.get(&key) {
            let (counter, source) = match self.age(&entry, key.tenant, Instant::now()) {
                Age::Fresh => (&counters.hits, Source::Hit),
                Age::Stale => (&counters.stale, Source::Stale),
                Age::Gone => return self.load(key, load).await,
            };
            count(counter);
            if source == Source::Stale {
                drop(self.load_once(key, load()));
            }
            return Ok(Served::from(&entry, source));
        }
        self.load(key, load).await
    }

    async fn load<L, R>(&self, key: Key, load: L) -> Result<Served, LoadError<E>>
    where
        L: FnOnce() -> R + Send,
        R: Future<Output = Result<Loaded, E>> + Send + 'static,
    {
        let counters = self.0.local.counters(key.kind);
        count(&counters.misses);
        match self.load_once(key, load()).await {
            Ok(entry) => Ok(Served::from(&entry, Source::Miss)),
            Err(error) => {
                let (old, left) = self.stand_in(&key, &error).ok_or(error)?;
                count(&counters.stale_if_error);
                Ok(Served::from(&old, Source::StaleIfError { left }))
            }
        }
    }

    /// Returns the entry that may be served although it is old, because its load met an outage, and for how long.
    fn stand_in(&self, key: &Key, error: &LoadError<E>) -> Option<(Arc<Entry>, Duration)> {
        let LoadError::Failed(error) = error else {
            return None;
        };
        let old = self.0.local.get(key).filter(|_| error.is_outage())?;
        let left = self.stands_in_for(&old, key.tenant, Instant::now())?;
        Some((old, left))
    }

    /// Returns the time for which an entry may be served during an outage. What is known to have changed never is,
    /// wherever its copy comes from: Redis may not have heard of an invalidation that was applied here.
    pub(crate) fn stands_in_for(
        &self,
        entry: &Entry,
        tenant: TenantId,
        now: Instant,
    ) -> Option<Duration> {
        let log = &self.0.log;
        let age = now.saturating_duration_since(entry.loaded);
        let left = self.0.stale_if_error.checked_sub(age)?;
        let is_known = matches!(entry.content, Content::Page(_) | Content::Moved(_))
            && entry.validity(log, tenant) != Validity::Invalid
            && !log.has_changed_since(tenant, &entry.tags, entry.loaded);
        is_known.then_some(left)
    }

    fn load_once<R>(&self, key: Key, load: R) -> impl Future<Output = LoadResult<E>> + use<R, E>
    where
        R: Future<Output = Result<Loaded, E>> + Send + 'static,
    {
        let cache = self.clone();
        self.0.loads.join(key, move || async move {
            let mut token = match cache.begin(key).await {
                Ok(entry) => return Ok(entry),
                Err(token) => token,
            };
            count(&cache.0.local.counters(key.kind).loads);
            let loaded = load
                .instrument(info_span!("load", cache = key.kind.name()))
                .await
                .inspect_err(|error| {
                    if error.is_outage() {
                        cache.fall_back_on(key, token.old.take());
                    }
                })
                .map_err(|error| LoadError::Failed(Arc::new(error)))?;
            let entry = cache.keep(key, &token, loaded);
            let kept = entry.clone();
            // Nobody waits for Redis to have taken it.
            let sharing = async move { cache.share(key, token, &kept).await };
            tokio::spawn(sharing.in_current_span());
            Ok(entry)
        })
    }

    /// Keeps an old entry of Redis for the time of an outage, unless a newer one is here.
    fn fall_back_on(&self, key: Key, old: Option<Arc<Entry>>) {
        let Some(old) = old else { return };
        let own = self.0.local.get(&key);
        if own.is_none_or(|own| own.loaded < old.loaded) {
            self.0.local.insert(key, old);
        }
    }

    /// Returns an entry of the local tier, valid or not.
    #[cfg(test)]
    pub(crate) fn kept(&self, key: &Key) -> Option<Arc<Entry>> {
        self.0.local.get(key)
    }

    /// Returns a fresh entry from Redis, or the token of a load that begins now.
    pub(crate) async fn begin(&self, key: Key) -> Result<Arc<Entry>, LoadToken> {
        let mut token = LoadToken {
            version: self.0.log.version(),
            began: Instant::now(),
            shared: None,
            old: None,
        };
        let Some(shared) = self.shared() else {
            return Err(token);
        };
        let Fetched { begun, found } = match shared.fetch(key.tenant, &key.name()).await {
            Ok(fetched) => fetched,
            Err(error) => {
                debug!(%error, "not looked up in Redis");
                return Err(token);
            }
        };
        token.shared = Some(begun);
        let Some(entry) = found.and_then(|found| self.fetched(key, &token, found)) else {
            return Err(token);
        };
        let age = self.age(&entry, key.tenant, Instant::now());
        if !matches!(age, Age::Fresh) {
            // About to be renewed by another process.
            token.old = Some(entry);
            return Err(token);
        }
        count(&self.0.local.counters(key.kind).shared_hits);
        self.0.local.insert(key, entry.clone());
        Ok(entry)
    }

    /// Converts an entry from Redis, unless it is older than this machine runs.
    pub(crate) fn fetched(
        &self,
        key: Key,
        token: &LoadToken,
        found: SharedEntry,
    ) -> Option<Arc<Entry>> {
        let loaded = token.began.checked_sub(found.age)?;
        let content = found.body.into();
        Some(self.entry(
            key,
            token.version,
            loaded,
            content,
            found.tags,
            Ttl::Standard,
        ))
    }

    /// Stores a loaded response in the local tier unless one of its tags was invalidated since.
    pub(crate) fn keep(&self, key: Key, token: &LoadToken, loaded: Loaded) -> Arc<Entry> {
        let Loaded { content, tags, ttl } = loaded;
        let entry = self.entry(key, token.version, token.began, content, tags, ttl);
        let validity = entry.validity(&self.0.log, key.tenant);
        if !matches!(validity, Validity::Invalid | Validity::Missed) {
            self.0.local.insert(key, entry.clone());
        }
        entry
    }

    /// Stores a loaded response in Redis under the same condition.
    pub(crate) async fn share(&self, key: Key, token: LoadToken, entry: &Entry) {
        let (Some(shared), Some(begun), Content::Page(page)) =
            (self.shared(), token.shared, &entry.content)
        else {
            return;
        };
        if entry.fresh.is_zero() {
            return;
        }
        let lifetime = entry.fresh + entry.stale;
        let (name, tags) = (key.name(), &entry.tags);
        let stored = shared
            .store(&begun, key.tenant, &name, tags, page.body(), lifetime)
            .await;
        match stored {
            Ok(true) => {}
            Ok(false) => debug!(name, "what it was made from has changed meanwhile"),
            Err(error) => debug!(name, %error, "not stored in Redis"),
        }
    }

    fn entry(
        &self,
        key: Key,
        version: Version,
        loaded: Instant,
        content: Content,
        tags: Vec<Tag>,
        ttl: Ttl,
    ) -> Arc<Entry> {
        let lifetime = self.0.lifetimes.of(key.kind);
        let (fresh, stale) = match ttl {
            Ttl::Standard => (jittered(lifetime), lifetime),
            Ttl::Short => (Duration::ZERO, Duration::ZERO),
        };
        Arc::new(Entry {
            content,
            tags: tags.into(),
            version,
            loaded,
            fresh,
            stale,
            valid_at: AtomicU64::new(u64::MAX),
        })
    }

    /// Decides how an entry may be served; nothing else decides it.
    fn age(&self, entry: &Entry, tenant: TenantId, now: Instant) -> Age {
        let age = now.saturating_duration_since(entry.loaded);
        let validity = entry.validity(&self.0.log, tenant);
        if matches!(validity, Validity::Invalid | Validity::Missed) {
            return Age::Gone;
        }
        let proven = || {
            self.0
                .freshness
                .behind(now)
                .is_some_and(|behind| behind <= FRESHNESS_BOUND)
        };
        if validity == Validity::Valid && age <= entry.fresh + entry.stale && proven() {
            return if age <= entry.fresh {
                Age::Fresh
            } else {
                Age::Stale
            };
        }
        match age {
            age if age <= RENEW_AFTER => Age::Fresh,
            age if age <= SHORT_TTL => Age::Stale,
            _ => Age::Gone,
        }
    }
}

impl Served {
    fn from(entry: &Entry, source: Source) -> Self {
        Self {
            content: entry.content.clone(),
            tags: entry.tags.clone(),
            source,
        }
    }
}

fn jittered(lifetime: Duration) -> Duration {
    lifetime.mul_f64(rand::rng().random_range(1.0 - JITTER..=1.0 + JITTER))
}
