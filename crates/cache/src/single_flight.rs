//! Deduplication of concurrent loads of one key.

use std::{collections::HashMap, error::Error, fmt, sync::Arc, time::Duration};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use parking_lot::Mutex;
use tokio::time::Instant;
use tracing::Instrument;

use crate::entry::{Entry, Key};

/// Age up to which a load can be joined; what an older one read may be outdated when it ends.
const JOINABLE: Duration = Duration::from_millis(500);

/// Result of a shared load.
pub(crate) type LoadResult<E> = Result<Arc<Entry>, LoadError<E>>;
type SharedLoad<E> = Shared<BoxFuture<'static, LoadResult<E>>>;

/// Failed load, shared by all waiting requests.
#[derive(Debug)]
pub enum LoadError<E> {
    /// Error of the load.
    Failed(Arc<E>),
    /// Load that panicked or was cancelled.
    Broken,
}

impl<E> Clone for LoadError<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(error.clone()),
            Self::Broken => Self::Broken,
        }
    }
}

impl<E: fmt::Display> fmt::Display for LoadError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Broken => f.write_str("the load broke off"),
        }
    }
}

impl<E: Error> Error for LoadError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => error.source(),
            Self::Broken => None,
        }
    }
}

/// Running loads by key.
pub(crate) struct SingleFlight<E>(Mutex<HashMap<Key, (Instant, SharedLoad<E>)>>);

impl<E> Default for SingleFlight<E> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<E: Send + Sync + 'static> SingleFlight<E> {
    /// Joins the running load of a key or starts one. A load continues when no request waits any more.
    pub(crate) fn join<L>(self: &Arc<Self>, key: Key, load: impl FnOnce() -> L) -> SharedLoad<E>
    where
        L: Future<Output = LoadResult<E>> + Send + 'static,
    {
        let mut loads = self.0.lock();
        if let Some((begun, load)) = loads.get(&key)
            && begun.elapsed() < JOINABLE
        {
            return load.clone();
        }
        let begun = Instant::now();
        let (load, flights) = (load(), self.clone());
        let loading = async move {
            let result = std::panic::AssertUnwindSafe(load).catch_unwind().await;
            flights.finish(key, begun);
            result.unwrap_or(Err(LoadError::Broken))
        };
        // What it logs belongs to the request that asked first.
        let task = tokio::spawn(loading.in_current_span());
        let outcome = async move { task.await.unwrap_or(Err(LoadError::Broken)) };
        let load = outcome.boxed().shared();
        loads.insert(key, (begun, load.clone()));
        load
    }

    fn finish(&self, key: Key, begun: Instant) {
        let mut loads = self.0.lock();
        if loads.get(&key).is_some_and(|(of, _)| *of == begun) {
            loads.remove(&key);
        }
    }
}
