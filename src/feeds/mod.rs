//! Product feeds that other systems fetch, each made at most once in its lifetime.
//!
//! A feed of a large catalogue is hundreds of megabytes, so it is in no memory: it is written page by page into a
//! packed temporary file, from which all who ask read, also while it grows.

mod spool;

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use parking_lot::Mutex;
use souk_catalogue_io::export::{FeedForm, FeedShop, ImageBase, ShopUrl};
use souk_domain::TenantId;
use souk_store::{Store, Tenant};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub use self::spool::{FeedFailed, Spool};

/// Age at which a feed is made again.
pub const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Feeds that are made at the same time.
const MAX_CONCURRENCY: usize = 2;

/// Feeds of one form, one for each tenant.
#[derive(Clone)]
pub struct Feeds(Arc<Parts>);

struct Parts {
    form: FeedForm,
    shop_url: ShopUrl,
    /// Base URL of images without a host; the shop's, if it is empty.
    image_base: String,
    lifetime: Duration,
    permits: Arc<Semaphore>,
    /// Each with the revision of the attributes' definitions that it goes by.
    spools: Mutex<HashMap<TenantId, (i64, Arc<Spool>)>>,
}

impl fmt::Debug for Feeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Feeds").field(&self.0.shop_url).finish()
    }
}

impl Feeds {
    /// Feeds that lead to a shop.
    pub fn new(
        form: FeedForm,
        shop_url: ShopUrl,
        image_base: impl Into<String>,
        lifetime: Duration,
    ) -> Self {
        Self(Arc::new(Parts {
            form,
            shop_url,
            image_base: image_base.into(),
            lifetime,
            permits: Arc::new(Semaphore::new(MAX_CONCURRENCY)),
            spools: Mutex::default(),
        }))
    }

    /// Time for which a feed of this age may still be kept.
    pub fn time_left(&self, spool: &Spool) -> Duration {
        self.0.lifetime.saturating_sub(spool.age())
    }

    /// The feed of a tenant, which is begun unless there is one that is young enough and of this revision of the attributes'
    /// definitions: what is internal now may be in an older one. Without a revision, as while the database is away, any.
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub fn of_tenant(
        &self,
        store: &Store,
        tenant: &Arc<Tenant>,
        revision: Option<i64>,
        shutdown: &CancellationToken,
    ) -> std::io::Result<Arc<Spool>> {
        let mut spools = self.0.spools.lock();
        spools.retain(|_, (_, spool)| !spool.is_failed() && spool.age() < self.0.lifetime);
        if let Some((_, spool)) = spools
            .get(&tenant.id)
            .filter(|(begun, _)| revision.is_none_or(|revision| *begun >= revision))
        {
            return Ok(Arc::clone(spool));
        }
        let links = self.0.shop_url.links(&tenant.slug);
        let shop = FeedShop {
            name: tenant.name.clone(),
            images: ImageBase::new(Some(&self.0.image_base), Some(&links)),
            links,
        };
        let spool = Arc::new(Spool::begin(
            store.clone(),
            Arc::clone(tenant),
            (self.0.form.clone(), shop),
            Arc::clone(&self.0.permits),
            shutdown.clone(),
        )?);
        spools.insert(tenant.id, (revision.unwrap_or(0), Arc::clone(&spool)));
        Ok(spool)
    }
}
