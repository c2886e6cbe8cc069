//! The indexer inside `souk serve`. `souk-indexer` takes the same variables.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `indexer.in_process` | `SOUK_INDEXER_IN_PROCESS` | `auto`: yes if database or index is embedded |
//! | `indexer.batch` | `SOUK_INDEXER_BATCH` | `1000` |
//! | `indexer.lease_secs` | `SOUK_INDEXER_LEASE_SECS` | `60` |
//! | `indexer.poll_ms` | `SOUK_INDEXER_POLL_MS` | `50` |
//! | `indexer.max_attempts` | `SOUK_INDEXER_MAX_ATTEMPTS` | `8` |

use serde::{Deserialize, Serialize};
use souk_indexer::IndexerOptions;

/// The indexer inside `souk serve`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IndexerConfig {
    /// Whether `souk serve` indexes changes itself.
    pub in_process: InProcess,
    /// Changes claimed at once.
    pub batch: u32,
    /// How long a claim lasts: a killed process's changes are free again after it.
    pub lease_secs: u32,
    /// Longest wait before looking for changes again.
    pub poll_ms: u32,
    /// Refusals of one document before it becomes a dead letter.
    pub max_attempts: u32,
}

/// Who brings changes to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InProcess {
    /// `souk serve` does where the database or the index is embedded, since those serve one process.
    Auto,
    /// `souk serve` does.
    Yes,
    /// `souk-indexer run` does.
    No,
}

impl Default for IndexerConfig {
    fn default() -> Self {
        let options = IndexerOptions::default();
        Self {
            in_process: InProcess::Auto,
            batch: options.batch,
            lease_secs: options.lease_secs,
            poll_ms: options.poll_ms,
            max_attempts: options.max_attempts,
        }
    }
}

impl IndexerConfig {
    /// As the indexer takes it.
    pub fn options(&self) -> IndexerOptions {
        IndexerOptions {
            batch: self.batch,
            lease_secs: self.lease_secs,
            poll_ms: self.poll_ms,
            max_attempts: self.max_attempts,
        }
    }
}
