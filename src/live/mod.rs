//! Live updates: what happens to orders and products, told to those who watch.
//!
//! Two feeds fill the hubs of a process. Events of orders are rows that are numbered per tenant without gaps, so that whoever
//! resumes after a number is told of all that came since. States of products are read once for all who watch them, when the
//! relay has their tags invalidated. While nobody watches, nothing is read.

mod audience;
mod backlog;
mod event_feed;
mod event_frames;
mod positions;
mod product_feed;
mod product_state;
mod products;
mod signals;
pub mod watch_mails;

use std::{sync::Arc, time::Duration};

use souk_domain::TenantId;
use souk_live::{Connections, Hub};
use souk_redis::Redis;
use souk_store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use self::positions::Positions;
pub use self::{
    audience::Audience,
    backlog::Backlog,
    event_feed::today,
    event_frames::{day_frame, hello, reset},
    positions::Follower,
    product_state::terms_of,
    products::{ProductTopic, WatchedProducts},
};

/// Limits and intervals of live updates.
#[derive(Debug, Clone, Copy)]
pub struct LiveOptions {
    /// Most connections of a process.
    pub max_connections: usize,
    /// Most connections of a client's address.
    pub max_client_connections: usize,
    /// Events by which a reader may be behind before it is dropped.
    pub queue: usize,
    /// Units of a variant from which on its stock is low.
    pub low_stock: i64,
    /// Longest time for which events of other processes may go unnoticed.
    pub poll: Duration,
    /// Pause after which a silent connection is sent a comment.
    pub heartbeat: Duration,
    /// Pause after which credentials are checked again.
    pub recheck: Duration,
    /// Pause between reads of watched products of which no change was told.
    pub sweep: Duration,
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            max_client_connections: 20,
            queue: 64,
            low_stock: 5,
            poll: Duration::from_secs(1),
            heartbeat: Duration::from_secs(15),
            recheck: Duration::from_secs(30),
            sweep: Duration::from_secs(30),
        }
    }
}

/// Topic of orders: whoever may be told of them in a tenant.
pub type OrderTopic = (TenantId, Audience);

/// Live updates of a process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Live(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    store: Store,
    options: LiveOptions,
    connections: Connections<String>,
    orders: Hub<OrderTopic>,
    positions: Positions,
    /// Told that there may be events.
    woken: Notify,
    products: WatchedProducts,
}

impl Live {
    /// Creates the live updates of a process.
    pub fn new(store: Store, options: LiveOptions) -> Self {
        Self(Arc::new(Parts {
            connections: Connections::new(options.max_connections, options.max_client_connections),
            orders: Hub::new(options.queue),
            positions: Positions::default(),
            woken: Notify::new(),
            products: WatchedProducts::new(store.clone(), options.queue),
            store,
            options,
        }))
    }

    /// Limits and intervals.
    pub fn options(&self) -> &LiveOptions {
        &self.0.options
    }

    /// Connections that are open.
    pub fn connections(&self) -> &Connections<String> {
        &self.0.connections
    }

    /// Hub of orders.
    pub fn orders(&self) -> &Hub<OrderTopic> {
        &self.0.orders
    }

    /// Products that are watched.
    pub fn products(&self) -> &WatchedProducts {
        &self.0.products
    }

    /// Follows a tenant's events for a reader of the hub of orders. It subscribes first.
    pub fn follow(&self, tenant: TenantId) -> Follower {
        self.0.positions.enter(tenant)
    }

    /// Feeds the hubs until shutdown.
    pub async fn run(self, redis: Option<Redis>, shutdown: CancellationToken) {
        let feeds = async {
            tokio::join!(
                event_feed::run(&self.0),
                product_feed::run(&self.0),
                signals::run(&self.0, redis),
            );
        };
        let _: Option<()> = shutdown.run_until_cancelled(feeds).await;
    }
}
