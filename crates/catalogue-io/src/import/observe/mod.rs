//! Observation of an import: its progress, preview and faults, for a terminal or for a job.

pub(super) mod observer;
mod pace;
pub(super) mod terminal;
pub(super) mod tracker;

pub use observer::{ImportObserver, ImportPhase, ImportProgress};
pub use pace::Pace;
