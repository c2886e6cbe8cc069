//! Signals that there are events: of this process after its commits, of others over Redis or PostgreSQL.

use souk_redis::{Redis, Signal};
use souk_store::Heard;
use tracing::debug;

use super::Parts;

/// Name of the signal in Redis.
const NAME: &str = "events";

/// Wakes the feed of orders until it is cancelled, and tells other processes of what this one has written.
pub(super) async fn run(parts: &Parts, redis: Option<Redis>) {
    let signal = redis.map(|redis| Signal::new(redis, NAME));
    tokio::join!(
        announce(parts, signal.as_ref()),
        hear(parts, signal.as_ref())
    );
}

async fn announce(parts: &Parts, signal: Option<&Signal>) {
    let mut told = parts.store.events_told();
    loop {
        told.written().await;
        parts.woken.notify_one();
        if let Some(signal) = signal
            && let Err(error) = signal.send().await
        {
            // They ask by themselves, too.
            debug!(%error, "other processes not told of events");
        }
    }
}

/// Listens while somebody watches.
async fn hear(parts: &Parts, signal: Option<&Signal>) {
    let mut readers = parts.orders.subscribers();
    loop {
        if readers.wait_for(|count| *count > 0).await.is_err() {
            return;
        }
        let listening = async {
            match signal {
                Some(signal) => signal.listen(|| parts.woken.notify_one()).await,
                None => follow_notices(parts).await,
            }
        };
        tokio::select! {
            () = listening => {
                // There are no notices, as on SQLite.
                let _ = readers.wait_for(|count| *count == 0).await;
            }
            _ = wait_for_nobody(parts) => {}
        }
    }
}

async fn follow_notices(parts: &Parts) {
    let following = parts.store.follow_events(|heard| match heard {
        Heard::Notice(_) => parts.woken.notify_one(),
        Heard::Silence(error) => {
            let error = error.map(|error| souk_telemetry::chain(&error));
            debug!(error, "no notices of events; they are looked for");
        }
    });
    following.await;
}

async fn wait_for_nobody(parts: &Parts) {
    let mut readers = parts.orders.subscribers();
    let _ = readers.wait_for(|count| *count == 0).await;
}
