//! API keys by their ids, cached in memory: a bounded number, each for a short time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use moka::sync::Cache;
use parking_lot::Mutex;
use souk_identity::OfferedApiKey;
use souk_store::{ApiKey, Store, StoreError};
use souk_telemetry::chain;

/// Most ids that are remembered, those that nobody has included.
const MOST_KNOWN: u64 = 10_000;
/// Longest time for which a key is not read again, in milliseconds. A revoked one is refused within a second, also if the connection
/// that tells of changes has died silently.
const BELIEVED_FOR_MS: i64 = 800;
/// Time between two notes of a key's use, in milliseconds.
const USE_NOTED_EVERY_MS: i64 = 60_000;

/// The API keys of this installation, as this process knows them.
///
/// A key that cannot be read again in time is not accepted: unlike a storefront, staff can wait.
pub struct ApiKeyDirectory {
    store: Store,
    known: Cache<String, Known>,
    /// Time of the last note of a use, by key.
    noted: Cache<String, Arc<Mutex<i64>>>,
    /// Number of changes told of.
    changes: AtomicU64,
}

#[derive(Clone)]
struct Known {
    key: Option<Arc<ApiKey>>,
    /// Number of changes told of before it was read.
    changes: u64,
    read_at_ms: i64,
}

impl ApiKeyDirectory {
    /// Creates a directory of the keys in this store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            known: Cache::new(MOST_KNOWN),
            noted: Cache::new(MOST_KNOWN),
            changes: AtomicU64::default(),
        }
    }

    /// Has every key read again when it is needed next.
    pub fn outdate(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// True if the id was asked for lately, so that finding it costs the database little.
    pub fn remembers(&self, offered: &OfferedApiKey) -> bool {
        self.known.contains_key(&offered.id)
    }

    /// True if the id was asked for lately.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.known.contains_key(id)
    }

    /// Returns the key of an id, in force or not.
    ///
    /// # Errors
    /// If the database is needed and fails.
    pub(crate) async fn of(
        &self,
        id: &str,
        now_ms: i64,
    ) -> Result<Option<Arc<ApiKey>>, StoreError> {
        self.find(id, now_ms).await
    }

    /// Returns the key that is offered if it is in force, and notes its use.
    ///
    /// # Errors
    /// If the database is needed and fails.
    pub async fn accept(
        &self,
        offered: &OfferedApiKey,
        now_ms: i64,
    ) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let key = self.find(&offered.id, now_ms).await?;
        let accepted = key.filter(|key| key.hash == offered.hash && key.is_in_force(now_ms));
        if let Some(key) = &accepted {
            self.note_use(key, now_ms);
        }
        Ok(accepted)
    }

    async fn find(&self, id: &str, now_ms: i64) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let changes = self.changes.load(Ordering::Acquire);
        if let Some(known) = self.known.get(id)
            && known.changes == changes
            // A clock that was set back makes nothing younger.
            && (0..BELIEVED_FOR_MS).contains(&now_ms.saturating_sub(known.read_at_ms))
        {
            return Ok(known.key);
        }
        let key = self.store.api_key(id).await?.map(Arc::new);
        let known = Known {
            key: key.clone(),
            changes,
            read_at_ms: now_ms,
        };
        self.known.insert(id.to_owned(), known);
        Ok(key)
    }

    /// Notes a use in the background, if the last note is old enough.
    pub(crate) fn note_use(&self, key: &ApiKey, now_ms: i64) {
        let is_recent = |at: i64| now_ms.saturating_sub(at) < USE_NOTED_EVERY_MS;
        if key.last_used_at_ms.is_some_and(is_recent) {
            return;
        }
        let noted = self.noted.get_with_by_ref(&key.id, Arc::default);
        let mut noted = noted.lock();
        if is_recent(*noted) {
            return;
        }
        *noted = now_ms;
        let (store, id) = (self.store.clone(), key.id.clone());
        tokio::spawn(async move {
            if let Err(error) = store.note_api_key_use(&id, now_ms).await {
                tracing::debug!(error = chain(&error), key = id, "use of a key not noted");
            }
        });
    }
}
