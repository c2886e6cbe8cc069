//! Receivers of changes that the index has applied.
//!
//! A worker passes each batch to its sinks after the index took it and before its rows are acknowledged. A sink that
//! fails keeps the rows in the outbox, so it gets them again: every sink must tolerate a change twice.

mod caches;
mod changed_texts;
mod sink;

use souk_cache::{Invalidator, Purger};
use souk_store::Store;

use self::caches::Caches;
pub(crate) use self::changed_texts::ChangedTexts;
pub(crate) use self::sink::Sink;

/// Connections that the sinks of a process use.
#[derive(Clone, Default)]
pub(crate) struct SinkOptions {
    /// Invalidates the caches of the API. Without one, every change is noted as a pending invalidation.
    pub(crate) invalidator: Option<Invalidator>,
    /// Purges a CDN, if there is one.
    pub(crate) purger: Option<Purger>,
    /// Collects products for the embedding, if there is a model.
    pub(crate) changed_texts: Option<ChangedTexts>,
}

impl SinkOptions {
    /// Creates the sinks, in the order in which they get each change.
    pub(crate) fn open(&self, store: &Store) -> Vec<Box<dyn Sink>> {
        let caches = Caches::new(store.clone(), self.invalidator.clone(), self.purger.clone());
        let mut sinks: Vec<Box<dyn Sink>> = vec![Box::new(caches)];
        if let Some(changed) = &self.changed_texts {
            sinks.push(Box::new(changed.clone()));
        }
        sinks
    }
}
