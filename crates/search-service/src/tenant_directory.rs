//! Tenants by host name and API key, cached in memory.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use sha2::{Digest, Sha256};
use souk_domain::TenantId;
use souk_store::{Store, StoreError, Tenant};

/// Longest age of the list of tenants; a new tenant is found after this time.
const BELIEVED_FOR: Duration = Duration::from_secs(2);

/// The marketplaces of this installation, kept in memory since every request asks.
pub struct TenantDirectory {
    store: Store,
    known: ArcSwapOption<Known>,
    /// Lock held while the list is reloaded.
    reading: tokio::sync::Mutex<()>,
}

struct Known {
    tenants: Arc<[Arc<Tenant>]>,
    read_at: Instant,
}

/// Property of a request that resolved its tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolvedBy {
    /// Host name the request was sent to.
    Host,
    /// API key.
    Key,
    /// No other tenant exists.
    Only,
}

impl TenantDirectory {
    /// The marketplaces in this store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            known: ArcSwapOption::empty(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// All of them.
    ///
    /// # Errors
    /// If they were never read and the database cannot be.
    pub async fn all(&self) -> Result<Arc<[Arc<Tenant>]>, StoreError> {
        Ok(self.known().await?.tenants.clone())
    }

    /// Returns the tenant of a host name, else of an API key, else the only tenant. A port after the host is ignored.
    ///
    /// # Errors
    /// If the tenants were never read and the database cannot be.
    pub async fn resolve(
        &self,
        host: Option<&str>,
        api_key: Option<&str>,
    ) -> Result<Option<(Arc<Tenant>, ResolvedBy)>, StoreError> {
        let known = self.known().await?;
        if let Some(tenant) = host.and_then(|host| known.of_host(without_port(host))) {
            return Ok(Some((tenant, ResolvedBy::Host)));
        }
        if let [only] = &*known.tenants {
            return Ok(Some((only.clone(), ResolvedBy::Only)));
        }
        let found = api_key.and_then(|key| known.of_key(key));
        Ok(found.map(|tenant| (tenant, ResolvedBy::Key)))
    }

    /// The marketplace whose API key this is.
    ///
    /// # Errors
    /// If they were never read and the database cannot be.
    pub async fn holder(&self, api_key: &str) -> Result<Option<TenantId>, StoreError> {
        let known = self.known().await?;
        Ok(known.of_key(api_key).map(|tenant| tenant.id))
    }

    async fn known(&self) -> Result<Arc<Known>, StoreError> {
        if let Some(known) = self.believed() {
            return Ok(known);
        }
        let _reading = self.reading.lock().await;
        if let Some(known) = self.believed() {
            return Ok(known);
        }
        let tenants = match (self.store.tenants().list().await, self.known.load_full()) {
            (Ok(tenants), _) => tenants.into_iter().map(Arc::new).collect(),
            (Err(error), Some(known)) => {
                // TenantDirectory hardly ever change, and searches can do without the database.
                tracing::warn!(%error, "the list of marketplaces cannot be read; the last one is used");
                known.tenants.clone()
            }
            (Err(error), None) => return Err(error),
        };
        let known = Arc::new(Known {
            tenants,
            read_at: Instant::now(),
        });
        self.known.store(Some(known.clone()));
        Ok(known)
    }

    fn believed(&self) -> Option<Arc<Known>> {
        let known = self.known.load_full()?;
        (known.read_at.elapsed() < BELIEVED_FOR).then_some(known)
    }
}

impl Known {
    fn of_host(&self, host: &str) -> Option<Arc<Tenant>> {
        let of_host = |tenant: &&Arc<Tenant>| {
            let own = tenant.host.as_deref();
            own.is_some_and(|own| own.eq_ignore_ascii_case(host))
        };
        self.tenants.iter().find(of_host).cloned()
    }

    /// In memory: a key that someone made up costs the database nothing.
    fn of_key(&self, key: &str) -> Option<Arc<Tenant>> {
        let hash = api_key_hash(key);
        let of_key = |tenant: &&Arc<Tenant>| tenant.api_key_hash.as_ref() == Some(&hash);
        self.tenants.iter().find(of_key).cloned()
    }
}

/// Returns the stored form of an API key. The key is long and random, so a plain hash suffices.
pub fn api_key_hash(key: &str) -> String {
    Sha256::digest(key)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A host header's host: `[::1]:3000` has the host `[::1]`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_part_of_the_host() {
        assert_eq!(without_port("shop.example:3000"), "shop.example");
        assert_eq!(without_port("shop.example"), "shop.example");
        assert_eq!(without_port("[::1]:3000"), "[::1]");
        assert_eq!(without_port("[::1]"), "[::1]");
    }
}
