//! Deletion of old imports and of files that no import has.

use std::{
    io,
    time::{Duration, SystemTime},
};

use souk_store::{Store, StoreError};
use souk_telemetry::chain;

use super::files::ImportFiles;

/// Time after which an import in which nothing happens is deleted with its file.
const RETENTION_MS: i64 = 7 * 86_400_000;
/// Age of a file from which on it is not one that is still being received.
const ORPHAN_AGE: Duration = Duration::from_secs(3_600);

/// Deletes imports older than 7 days with their files, and files that no import has.
///
/// # Errors
/// If the database fails. A file that cannot be deleted is logged, and tried again by the next call.
pub(super) async fn clean_up(
    store: &Store,
    files: &ImportFiles,
    now_ms: i64,
    now: SystemTime,
) -> Result<(), StoreError> {
    let queue = store.import_queue();
    for job in queue.prune(now_ms - RETENTION_MS, now_ms).await? {
        tracing::info!(import = %job.id, tenant = %job.tenant, "old import deleted");
        note(files.remove(&job.file_key));
    }
    let old = match files.older_than(ORPHAN_AGE, now) {
        Ok(old) if old.is_empty() => return Ok(()),
        Ok(old) => old,
        Err(error) => {
            note(Err(error));
            return Ok(());
        }
    };
    let known = queue.known_keys(&old).await?;
    for key in old.iter().filter(|key| !known.contains(*key)) {
        note(files.remove(key));
    }
    Ok(())
}

fn note(outcome: io::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(error = chain(&error), "old import files cannot be deleted");
    }
}
