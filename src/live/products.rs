//! Products that are watched, and their states as they were told last.

use std::{
    collections::{HashMap, HashSet},
    mem,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::Utc;
use parking_lot::Mutex;
use souk_cache::{InvalidationObserver, Tag};
use souk_domain::{ProductId, TenantId};
use souk_live::{Frame, Hub, Subscription};
use souk_store::{Store, StoreError};
use tokio::sync::Notify;

use super::product_state::ProductState;

/// Kind of the event.
const CHANGED: &str = "product.changed";

/// A product of a tenant.
pub type ProductTopic = (TenantId, ProductId);

/// Products that are watched; cheap to clone. It observes invalidations, by which the products are read again.
#[derive(Debug, Clone)]
pub struct WatchedProducts(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    store: Store,
    hub: Hub<ProductTopic>,
    /// States of watched products, by which a change is told from an invalidation without one.
    known: Mutex<HashMap<ProductTopic, Known>>,
    changed: Mutex<Changed>,
    woken: Notify,
    last_position: AtomicI64,
}

#[derive(Debug)]
struct Known {
    state: ProductState,
    frame: Frame,
}

#[derive(Debug, Default)]
struct Changed {
    products: HashSet<ProductTopic>,
    /// Tenants of which any product may have changed.
    tenants: HashSet<TenantId>,
    /// True if any product may have changed.
    all: bool,
}

impl WatchedProducts {
    pub(super) fn new(store: Store, queue: usize) -> Self {
        Self(Arc::new(Parts {
            store,
            hub: Hub::new(queue),
            known: Mutex::default(),
            changed: Mutex::default(),
            woken: Notify::new(),
            last_position: AtomicI64::new(0),
        }))
    }

    /// Watches products of a tenant.
    pub fn subscribe(
        &self,
        tenant: TenantId,
        products: &[ProductId],
    ) -> Subscription<ProductTopic> {
        let topics = products.iter().map(|product| (tenant, *product));
        self.0.hub.subscribe(topics)
    }

    /// Returns the present states of products that are watched already.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn states(
        &self,
        tenant: TenantId,
        products: &[ProductId],
    ) -> Result<Vec<Frame>, StoreError> {
        let frame_of = |product: &ProductId| {
            let known = self.0.known.lock();
            known
                .get(&(tenant, *product))
                .map(|known| known.frame.clone())
        };
        let missing = products.iter().filter(|it| frame_of(it).is_none());
        let missing: Vec<ProductId> = missing.copied().collect();
        for (topic, state) in self.read(tenant, &missing).await? {
            let frame = self.frame(&state);
            let mut known = self.0.known.lock();
            // What the feed has read meanwhile is newer.
            known.entry(topic).or_insert(Known { state, frame });
        }
        Ok(products.iter().filter_map(frame_of).collect())
    }

    /// Returns the state of a product that is not shown to whoever asks.
    pub fn unlisted(&self, product: ProductId) -> Frame {
        self.frame(&ProductState::unlisted(product))
    }

    /// Returns a position that is higher than any before: the time in milliseconds since 1970.
    pub fn position(&self) -> i64 {
        let now = Utc::now().timestamp_millis();
        let last = &self.0.last_position;
        let before = last.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| {
            Some(now.max(last + 1))
        });
        // The update is never refused.
        now.max(before.unwrap_or_default() + 1)
    }

    pub(super) fn hub(&self) -> &Hub<ProductTopic> {
        &self.0.hub
    }

    /// Waits until products may have changed.
    pub(super) async fn changed(&self) {
        self.0.woken.notified().await;
    }

    /// Takes the watched products that may have changed.
    pub(super) fn take_changed(&self) -> HashSet<ProductTopic> {
        let Changed {
            mut products,
            tenants,
            all,
        } = mem::take(&mut *self.0.changed.lock());
        if all || !tenants.is_empty() {
            let of_tenants = |topic: &ProductTopic| {
                let is_meant = all || tenants.contains(&topic.0);
                is_meant.then_some(*topic)
            };
            products.extend(self.0.hub.watched(of_tenants));
        }
        products
    }

    /// Has products read that may have changed.
    pub(super) fn suspect(&self, products: impl IntoIterator<Item = ProductTopic>) {
        self.0.changed.lock().products.extend(products);
        self.0.woken.notify_one();
    }

    /// Forgets what nobody watches any more, and returns what is watched.
    pub(super) fn tidy(&self) -> Vec<ProductTopic> {
        let mut known = self.0.known.lock();
        known.retain(|topic, _| self.0.hub.is_watched(topic));
        known.keys().copied().collect()
    }

    /// Reads products, and publishes those that are others than they were told.
    pub(super) async fn refresh(
        &self,
        tenant: TenantId,
        products: &[ProductId],
    ) -> Result<(), StoreError> {
        for (topic, state) in self.read(tenant, products).await? {
            let mut known = self.0.known.lock();
            if known.get(&topic).is_some_and(|known| known.state == state) {
                continue;
            }
            let frame = self.frame(&state);
            let now = Known {
                state,
                frame: frame.clone(),
            };
            known.insert(topic, now);
            // Under the lock, so that nobody takes the old state and then misses the new one.
            self.0.hub.publish(&topic, &frame);
        }
        Ok(())
    }

    async fn read(
        &self,
        tenant: TenantId,
        products: &[ProductId],
    ) -> Result<HashMap<ProductTopic, ProductState>, StoreError> {
        let records = self.0.store.scope(tenant).products();
        let records = records.by_ids(products).await?;
        let unlisted = products.iter().map(|product| {
            let state = ProductState::unlisted(*product);
            ((tenant, *product), state)
        });
        let mut states: HashMap<ProductTopic, ProductState> = unlisted.collect();
        for record in records {
            states.insert((tenant, record.id), ProductState::of(&record));
        }
        Ok(states)
    }

    fn frame(&self, state: &ProductState) -> Frame {
        Frame::new(Some(self.position()), CHANGED, &state.json())
    }
}

impl InvalidationObserver for WatchedProducts {
    fn invalidated(&self, tenant: TenantId, tags: &[Tag]) {
        let mut is_news = false;
        for tag in tags {
            match tag {
                Tag::Product(product) => {
                    let topic = (tenant, *product);
                    let is_watched =
                        self.0.hub.is_watched(&topic) || self.0.known.lock().contains_key(&topic);
                    if is_watched {
                        self.0.changed.lock().products.insert(topic);
                        is_news = true;
                    }
                }
                Tag::All => {
                    self.0.changed.lock().tenants.insert(tenant);
                    is_news = true;
                }
                Tag::Search
                | Tag::Categories
                | Tag::Fandoms
                | Tag::Sellers
                | Tag::Category(_)
                | Tag::Fandom(_)
                | Tag::Seller(_) => {}
            }
        }
        if is_news {
            self.0.woken.notify_one();
        }
    }

    fn missed(&self) {
        self.0.changed.lock().all = true;
        self.0.woken.notify_one();
    }
}
