//! Observability of a process: metrics, logs, traces.
//!
//! Nothing here is a static: whoever starts a process makes an [`Exporter`], lets its parts register what they count,
//! and serves it on a listener of its own. Metrics tell about the whole installation, so they are never served beside
//! the API.

mod chain;
mod disk;
mod exporter;
mod families;
mod line_fields;
mod process;
mod sheet;
mod start;
pub mod traces;

pub use chain::chain;
pub use disk::DiskMetrics;
pub use exporter::{Exporter, Refresh};
pub use families::{CounterBy, SecondsBy, seconds};
pub use sheet::Sheet;
pub use start::{LineFormat, start};

/// Upper bounds of buckets for how long something took, in seconds: from a cached answer to one that times out.
pub const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
