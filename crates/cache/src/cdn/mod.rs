//! Purges of invalidated tags at a CDN, sent by a background task.
//!
//! Queueing a tag never blocks. Waiting tags are merged, and failed requests are retried with growing pauses. A tag
//! that still fails is given up, counted and logged; the CDN's copy ends with its lifetime.
//!
//! Each tag is purged a second time some seconds later. A tier between the CDN and the API, such as nginx, may hold a copy
//! of its own for as long as the answer's `Cache-Control` allows, and hand it to the CDN after the first purge.

mod client;
mod pending;
mod surrogate;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use secrecy::SecretString;
use souk_domain::TenantId;
use tokio::{
    sync::{Notify, watch},
    time::{self, Instant},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{info, warn};

pub use self::surrogate::{ParseTagHeaderError, TagHeader};
use self::{
    client::Cdn,
    pending::{Pending, Round, Tags},
};
use crate::tag::Tag;

/// Settings of a [`Purger`]. `Debug` hides the URL and the token.
#[derive(Clone)]
pub struct PurgeOptions {
    /// URL of the purge endpoint.
    pub url: String,
    /// Bearer token.
    pub token: Option<SecretString>,
    /// Most tags in one request.
    pub at_once: usize,
    /// Time between requests in which tags are gathered.
    pub interval: Duration,
    /// Delay of the second purge; longer than any tier in between may serve old copies.
    pub again_after: Duration,
    /// Attempts per request.
    pub tries: usize,
    /// First pause of the backoff.
    pub shortest_pause: Duration,
}

impl PurgeOptions {
    /// Creates options for a URL with the defaults.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            token: None,
            at_once: 100,
            interval: Duration::from_secs(1),
            again_after: Duration::from_secs(8),
            tries: 8,
            shortest_pause: Duration::from_millis(500),
        }
    }

    /// Checks the URL and the HTTP client.
    ///
    /// # Errors
    /// If the address is none.
    pub fn check(&self) -> Result<(), InvalidPurgeOptions> {
        Cdn::new(self).map(drop)
    }
}

impl fmt::Debug for PurgeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PurgeOptions")
            .field("at_once", &self.at_once)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

/// Invalid purge options.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPurgeOptions {
    /// Invalid URL. It is not repeated here because it may hold a secret.
    #[error("is no http:// or https:// address")]
    Url,
    /// HTTP client that cannot be built.
    #[error("requests cannot be made")]
    Client(#[source] reqwest::Error),
}

/// Tags purged since the process started; each purge of a tag counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurgeStats {
    /// Tags accepted by the CDN.
    pub purged: u64,
    /// Tags given up after the last attempt.
    pub given_up: u64,
}

/// Purger of a CDN, cheap to clone. Dropping the last clone stops it.
#[derive(Clone)]
pub struct Purger(Arc<Handle>);

struct Handle {
    desk: Arc<Desk>,
    _ends: DropGuard,
}

struct Desk {
    pending: Mutex<Pending>,
    added: Notify,
    /// True while tags are new or being sent.
    busy: watch::Sender<bool>,
    purged: AtomicU64,
    given_up: AtomicU64,
}

impl Purger {
    /// Starts the background task.
    ///
    /// Has to be called within a tokio runtime.
    ///
    /// # Errors
    /// If the options cannot be used.
    pub fn start(options: PurgeOptions) -> Result<Self, InvalidPurgeOptions> {
        let cdn = Cdn::new(&options)?;
        let desk = Arc::new(Desk {
            pending: Mutex::default(),
            added: Notify::new(),
            busy: watch::Sender::new(false),
            purged: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
        });
        let ends = CancellationToken::new();
        let working = work(desk.clone(), cdn, options);
        tokio::spawn(ends.clone().run_until_cancelled_owned(working));
        Ok(Self(Arc::new(Handle {
            desk,
            _ends: ends.drop_guard(),
        })))
    }

    /// Queues tags of a tenant. Returns at once.
    pub fn purge(&self, tenant: TenantId, tags: &[Tag]) {
        let desk = &self.0.desk;
        let lost = {
            let mut pending = desk.pending.lock();
            desk.busy.send_replace(true);
            pending.add(tenant, tags)
        };
        desk.gave_up(lost);
        desk.added.notify_one();
    }

    /// Returns the counters.
    pub fn stats(&self) -> PurgeStats {
        PurgeStats {
            purged: self.0.desk.purged.load(Ordering::Relaxed),
            given_up: self.0.desk.given_up.load(Ordering::Relaxed),
        }
    }

    /// Waits until each queued tag was purged once, up to `limit`. Used at shutdown.
    pub async fn finish(&self, limit: Duration) {
        let mut busy = self.0.desk.busy.subscribe();
        // Whoever has not been told by now is told by the lifetime of what it holds.
        let _ = time::timeout(limit, busy.wait_for(|busy| !busy)).await;
    }
}

impl fmt::Debug for Purger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Purger").field(&self.stats()).finish()
    }
}

impl Desk {
    fn gave_up(&self, tags: u64) {
        self.given_up.fetch_add(tags, Ordering::Relaxed);
    }

    /// Schedules the second purge of new tags.
    fn done(&self, due: Instant, new: Tags) {
        let mut pending = self.pending.lock();
        self.gave_up(pending.add_again(due, new));
        self.busy.send_replace(pending.has_new());
    }

    /// Waits for due tags and takes them.
    async fn next(&self) -> Round {
        loop {
            let added = self.added.notified();
            let due = {
                let mut pending = self.pending.lock();
                if let Some(round) = pending.take(Instant::now()) {
                    return round;
                }
                pending.next_due()
            };
            match due {
                Some(due) => {
                    let _ = time::timeout_at(due, added).await;
                }
                None => added.await,
            }
        }
    }
}

/// Purges queued tags until it is cancelled.
async fn work(desk: Arc<Desk>, cdn: Cdn, options: PurgeOptions) {
    let mut failing = false;
    loop {
        let Round { tags, new, lost } = desk.next().await;
        desk.gave_up(lost);
        for tags in tags.surrogates().chunks(options.at_once.max(1)) {
            let count = tags.len() as u64;
            match cdn.purge(tags).await {
                Ok(()) => {
                    desk.purged.fetch_add(count, Ordering::Relaxed);
                    if failing {
                        info!("the CDN takes purges again");
                    }
                    failing = false;
                }
                Err(error) => {
                    desk.gave_up(count);
                    let given_up = desk.given_up.load(Ordering::Relaxed);
                    // Once an outage, and not once a request.
                    if !failing {
                        let cause = std::error::Error::source(&error).map(ToString::to_string);
                        warn!(%error, cause, given_up, "the CDN was not told what has changed; its copies are old until they end");
                    }
                    failing = true;
                }
            }
        }
        desk.done(Instant::now() + options.again_after, new);
        time::sleep(options.interval).await;
    }
}
