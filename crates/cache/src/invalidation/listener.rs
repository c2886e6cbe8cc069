//! Receives invalidations from other processes and probes that none is missing.

use std::{error::Error, time::Duration};

use futures_util::{StreamExt, future::BoxFuture};
use redis::{Msg, aio::PubSub};
use souk_domain::TenantId;
use souk_redis::RedisFailure;
use tokio::{
    sync::watch,
    time::{self, Instant},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::{
    cache::{Cache, LoadFailure},
    shared::{Look, PATTERN, Shared},
    tag,
};

/// Time between probes.
const PROBE_INTERVAL: Duration = Duration::from_millis(200);
/// The same where processes share what they see of the backlog, so that what is older is made up for.
const SHARED_PROBE_INTERVAL: Duration = Duration::from_millis(100);
/// Timeout of a probe; a later result would exceed the freshness bound.
const TIMEOUT: Duration = Duration::from_millis(900);
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Source of the age of changes that are committed and not invalidated yet.
pub trait Backlog: Send + Sync + 'static {
    /// Returns the waiting time of the oldest change; zero if there is none.
    ///
    /// # Errors
    /// If it cannot be found out just now.
    fn oldest(&self) -> BoxFuture<'_, Result<Duration, Box<dyn Error + Send + Sync>>>;
}

/// Source of the invalidations of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidationListener {
    /// Invalidations of this process only.
    Local,
    /// All processes, over Redis.
    Redis,
    /// No reliable source: entries have the short lifetime.
    None,
}

impl InvalidationListener {
    /// Receives invalidations and probes freshness until shutdown.
    pub async fn run<E: LoadFailure + Send + Sync + 'static>(
        self,
        cache: Cache<E>,
        backlog: impl Backlog,
        shutdown: CancellationToken,
    ) {
        let listening_task = async {
            match (self, cache.shared().cloned()) {
                (Self::None, _) | (Self::Redis, None) => {}
                (Self::Local, None) => prove(&cache, &backlog, None).await,
                (listener, Some(shared)) => {
                    let probe = LoopbackProbe::new(&shared);
                    let proving = match listener {
                        Self::Local => prove(&cache, &backlog, None),
                        _ => prove(&cache, &backlog, Some((&shared, &probe))),
                    };
                    tokio::join!(listen(&cache, &shared, &probe), proving);
                }
            }
        };
        let _ = shutdown.run_until_cancelled(listening_task).await;
    }
}

/// Channel on which a process receives its own messages.
struct LoopbackProbe {
    channel: String,
    heard: watch::Sender<u64>,
}

impl LoopbackProbe {
    fn new(shared: &Shared) -> Self {
        let id = rand::random::<u64>();
        Self {
            channel: shared.redis().key(format_args!("echo:{id:016x}")),
            heard: watch::Sender::new(0),
        }
    }
}

/// Receives invalidations until it is cancelled. After a gap everything is invalidated.
async fn listen<E: LoadFailure + Send + Sync + 'static>(
    cache: &Cache<E>,
    shared: &Shared,
    probe: &LoopbackProbe,
) {
    let mut pause = SHORTEST_PAUSE;
    loop {
        match subscribed(shared, probe).await {
            Ok(mut listening) => {
                pause = SHORTEST_PAUSE;
                // After the subscription: no drop is between the two.
                cache.log().invalidate_all();
                let mut messages = listening.on_message();
                while let Some(message) = messages.next().await {
                    heard(cache, shared, probe, &message);
                }
                info!("lost the invalidation channel; using the short TTL");
            }
            Err(error) => debug!(%error, "failed to subscribe to the invalidation channel"),
        }
        let jitter = rand::random_range(0.5..=1.0);
        time::sleep(pause.mul_f64(jitter)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn subscribed(shared: &Shared, probe: &LoopbackProbe) -> Result<PubSub, RedisFailure> {
    let mut listening = shared.redis().listen().await?;
    let channels = [shared.channel(), probe.channel.clone()];
    match time::timeout(TIMEOUT, listening.subscribe(&channels)).await {
        Ok(subscribed) => subscribed?,
        Err(_) => return Err(RedisFailure::Timeout(TIMEOUT)),
    }
    Ok(listening)
}

fn heard<E: LoadFailure + Send + Sync + 'static>(
    cache: &Cache<E>,
    shared: &Shared,
    probe: &LoopbackProbe,
    message: &Msg,
) {
    let text = message.get_payload::<String>().unwrap_or_default();
    if message.get_channel_name() == probe.channel {
        if let Ok(number) = text.parse() {
            probe.heard.send_replace(number);
        }
        return;
    }
    if message.get_channel_name() != shared.channel() {
        return;
    }
    let parts = text.split_once(' ').and_then(|(tenant, what)| {
        let tenant: TenantId = tenant.parse().ok()?;
        Some((tenant, what))
    });
    match parts {
        Some((tenant, what)) if what.starts_with(PATTERN) => {
            cache.remove_matching(tenant, &what[PATTERN.len()..]);
        }
        Some((tenant, what)) => match tag::read(what) {
            Some(tags) => cache.log().invalidate_tags(tenant, &tags),
            None => cache.log().invalidate_all(),
        },
        // From a newer version, perhaps.
        None => cache.log().invalidate_all(),
    }
}

/// Probes freshness until it is cancelled.
async fn prove<E: LoadFailure + Send + Sync + 'static>(
    cache: &Cache<E>,
    backlog: &impl Backlog,
    probe: Option<(&Shared, &LoopbackProbe)>,
) {
    let interval = probe.map_or(PROBE_INTERVAL, |_| SHARED_PROBE_INTERVAL);
    for number in 1.. {
        match time::timeout(TIMEOUT, proof(backlog, probe, number)).await {
            Ok(Ok(until)) => cache.freshness().proved(until),
            Ok(Err(error)) => debug!(%error, "freshness probe failed"),
            Err(_) => debug!("freshness probe timed out"),
        }
        time::sleep(interval).await;
    }
}

/// Returns the waiting time of the oldest change, at least. One process looks for all.
async fn shared_backlog(
    shared: &Shared,
    backlog: &impl Backlog,
) -> Result<Duration, Box<dyn Error + Send + Sync>> {
    match shared.look().await? {
        Look::Shared(waits) => Ok(waits),
        Look::Needed(at_ms) => {
            let waits = backlog.oldest().await?;
            shared.note_look(at_ms, waits).await?;
            Ok(waits)
        }
    }
}

/// Returns the new watermark: every change committed before it was invalidated in this process.
async fn proof(
    backlog: &impl Backlog,
    probe: Option<(&Shared, &LoopbackProbe)>,
    number: u64,
) -> Result<Instant, Box<dyn Error + Send + Sync>> {
    let began = Instant::now();
    let waits = match probe {
        Some((shared, _)) => shared_backlog(shared, backlog).await?,
        None => backlog.oldest().await?,
    };
    if let Some((shared, probe)) = probe {
        // What is no longer waiting was dropped before this is sent, hence is heard of before this is.
        shared.publish(&probe.channel, &number.to_string()).await?;
        probe
            .heard
            .subscribe()
            .wait_for(|heard| *heard >= number)
            .await?;
    }
    began
        .checked_sub(waits)
        .ok_or_else(|| "changes have waited for longer than this machine runs".into())
}
