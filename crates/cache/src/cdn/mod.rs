//! Purging a CDN: whoever drops tags says so here, and a task tells the CDN.
//!
//! It never stands in anybody's way: what is to be purged is noted down, tags that wait are put together, and a CDN that
//! is away or wants to be left alone is asked again with growing pauses. What it has not taken by then is given up,
//! counted and logged; its copies end with their lifetime.
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

/// Where and how to purge. Printing it shows no secret.
#[derive(Clone)]
pub struct PurgeOptions {
    /// Where requests go.
    pub url: String,
    /// What they are authorised by.
    pub token: Option<SecretString>,
    /// Tags of one request, at most.
    pub at_once: usize,
    /// How long to gather tags between requests.
    pub interval: Duration,
    /// After how long a tag is purged again; longer than any tier between may serve what is old.
    pub again_after: Duration,
    /// How often a request is tried.
    pub tries: usize,
    /// The shortest pause before it is tried again.
    pub shortest_pause: Duration,
}

impl PurgeOptions {
    /// To an address, with what suits most.
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

    /// Whether purges could be sent.
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

/// Options that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPurgeOptions {
    /// The address is none. It is not repeated here: it may be as good as a secret.
    #[error("is no http:// or https:// address")]
    Url,
    /// Requests cannot be made.
    #[error("requests cannot be made")]
    Client(#[source] reqwest::Error),
}

/// What was purged since the process began. A tag counts each time that it is purged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurgeStats {
    /// Tags that the CDN has taken.
    pub purged: u64,
    /// Tags that were given up.
    pub given_up: u64,
}

/// Tells a CDN which tags were dropped. Cheap to clone; dropping the last clone ends it.
#[derive(Clone)]
pub struct Purger(Arc<Handle>);

struct Handle {
    desk: Arc<Desk>,
    _ends: DropGuard,
}

struct Desk {
    pending: Mutex<Pending>,
    added: Notify,
    /// Whether something is new or being sent.
    busy: watch::Sender<bool>,
    purged: AtomicU64,
    given_up: AtomicU64,
}

impl Purger {
    /// Begins to purge, in the background.
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

    /// Has tags of a tenant purged. Returns at once.
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

    /// What was done so far.
    pub fn stats(&self) -> PurgeStats {
        PurgeStats {
            purged: self.0.desk.purged.load(Ordering::Relaxed),
            given_up: self.0.desk.given_up.load(Ordering::Relaxed),
        }
    }

    /// Waits until everything was purged once, so long at most: for a process that is about to end.
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

    /// Has what was purged for the first time purged again.
    fn done(&self, due: Instant, new: Tags) {
        let mut pending = self.pending.lock();
        self.gave_up(pending.add_again(due, new));
        self.busy.send_replace(pending.has_new());
    }

    /// Waits until something is due, and takes it.
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

/// Purges what comes in, for ever.
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
