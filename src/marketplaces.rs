//! Which marketplace a request is for.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use souk_domain::TenantId;
use souk_store::{Store, StoreError, Tenant};
use tokio::sync::RwLock;

/// How long the list of marketplaces is believed: one added on the command line is found after this.
const BELIEVED_FOR: Duration = Duration::from_secs(2);

/// The marketplaces of this installation, kept in memory since every request asks.
pub struct Marketplaces {
    store: Store,
    known: RwLock<Option<Known>>,
}

#[derive(Clone)]
struct Known {
    tenants: Arc<[Tenant]>,
    read_at: Instant,
}

impl Marketplaces {
    /// The marketplaces in this store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            known: RwLock::default(),
        }
    }

    /// All of them.
    ///
    /// # Errors
    /// If they were never read and the database cannot be.
    pub async fn all(&self) -> Result<Arc<[Tenant]>, StoreError> {
        if let Some(known) = &*self.known.read().await
            && known.read_at.elapsed() < BELIEVED_FOR
        {
            return Ok(Arc::clone(&known.tenants));
        }
        let mut known = self.known.write().await;
        if let Some(known) = &*known
            && known.read_at.elapsed() < BELIEVED_FOR
        {
            return Ok(Arc::clone(&known.tenants));
        }
        match (self.store.tenants().list().await, &mut *known) {
            (Ok(tenants), known) => {
                let tenants: Arc<[Tenant]> = tenants.into();
                *known = Some(Known {
                    tenants: Arc::clone(&tenants),
                    read_at: Instant::now(),
                });
                Ok(tenants)
            }
            (Err(error), Some(known)) => {
                // Marketplaces hardly ever change, and searches can do without the database.
                tracing::warn!(%error, "the list of marketplaces cannot be read; the last one is used");
                known.read_at = Instant::now();
                Ok(Arc::clone(&known.tenants))
            }
            (Err(error), None) => Err(error),
        }
    }

    /// The marketplace of a host name, else of an API key, else the only one.
    ///
    /// # Errors
    /// If the database is needed and cannot be read.
    pub async fn find(
        &self,
        host: Option<&str>,
        api_key: Option<&str>,
    ) -> Result<Option<Tenant>, StoreError> {
        let tenants = self.all().await?;
        let of_host = host.map(without_port).and_then(|host| {
            tenants.iter().find(|tenant| {
                tenant
                    .host
                    .as_deref()
                    .is_some_and(|own| own.eq_ignore_ascii_case(host))
            })
        });
        if let Some(tenant) = of_host {
            return Ok(Some(tenant.clone()));
        }
        if let [only] = &*tenants {
            return Ok(Some(only.clone()));
        }
        let of_key = api_key.and_then(|key| by_key(&tenants, key));
        Ok(of_key.cloned())
    }

    /// The marketplace whose API key this is.
    ///
    /// # Errors
    /// If they were never read and the database cannot be.
    pub async fn holder(&self, api_key: &str) -> Result<Option<TenantId>, StoreError> {
        let tenants = self.all().await?;
        Ok(by_key(&tenants, api_key).map(|tenant| tenant.id))
    }
}

/// In memory: a key that someone made up costs the database nothing.
fn by_key<'a>(tenants: &'a [Tenant], api_key: &str) -> Option<&'a Tenant> {
    let hash = api_key_hash(api_key);
    tenants
        .iter()
        .find(|tenant| tenant.api_key_hash.as_ref() == Some(&hash))
}

/// How a marketplace's key is kept: it is long and random, so that a plain hash gives nothing away.
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
