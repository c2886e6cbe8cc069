//! Observer of a running import: keeps its progress for heartbeats and its faults in a file, and stops it.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::Instant,
};

use souk_catalogue_io::import::{
    FaultWriter, ImportError, ImportObserver, ImportPhase, ImportPreview, ImportProgress,
    ImportSummary, Pace, RowFault,
};
use souk_store::{ImportCounts, ImportLoss};

/// Reason to stop an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Stop {
    /// Cancellation on request.
    Requested = 1,
    /// Shutdown of this process; another one goes on, or this one when it starts again.
    Shutdown = 2,
    /// End of the lease: another worker may have the import.
    LeaseLost = 3,
}

/// Observer of one import.
pub(super) struct Watcher {
    progress: Mutex<ImportProgress>,
    pace: Mutex<Pace>,
    path: PathBuf,
    faults: Mutex<FaultWriter<BufWriter<File>>>,
    stop: AtomicU8,
}

impl Watcher {
    /// Opens the file for faults.
    pub(super) fn open(path: PathBuf) -> Result<Self, ImportError> {
        let opened = File::create(&path)
            .map_err(csv::Error::from)
            .and_then(|file| FaultWriter::new(BufWriter::new(file)));
        let faults = opened.map_err(failed(&path))?;
        Ok(Self {
            progress: Mutex::default(),
            pace: Mutex::new(Pace::new(Instant::now())),
            path,
            faults: Mutex::new(faults),
            stop: AtomicU8::new(0),
        })
    }

    /// Stops the import before its next batch. The first reason counts.
    pub(super) fn stop(&self, reason: Stop) {
        let first = self
            .stop
            .compare_exchange(0, reason as u8, Ordering::SeqCst, Ordering::SeqCst);
        if first.is_ok() {
            tracing::debug!(?reason, "an import has to stop");
        }
    }

    /// Returns the reason for which it was stopped.
    pub(super) fn stopped(&self) -> Option<Stop> {
        match self.stop.load(Ordering::SeqCst) {
            1 => Some(Stop::Requested),
            2 => Some(Stop::Shutdown),
            3 => Some(Stop::LeaseLost),
            _ => None,
        }
    }

    /// Returns the progress for the database.
    pub(super) fn counts(&self) -> ImportCounts {
        let progress = held(&self.progress).clone();
        let (rate, seconds_left) = held(&self.pace).measure(&progress, Instant::now());
        ImportCounts {
            rate,
            seconds_left,
            ..counts_of(&progress)
        }
    }

    /// Returns the final counts.
    pub(super) fn final_counts(&self, summary: &ImportSummary) -> ImportCounts {
        let mut progress = held(&self.progress).clone();
        progress.summary = summary.clone();
        progress.rows = summary.read;
        ImportCounts {
            products_total: Some(progress.products()),
            ..counts_of(&progress)
        }
    }

    /// Writes out the faults that wait in memory.
    pub(super) fn flush(&self) -> Result<(), ImportError> {
        let flushed = held(&self.faults).flush();
        flushed.map_err(|error: io::Error| failed(&self.path)(error.into()))
    }
}

impl ImportObserver for Watcher {
    fn progress(&self, progress: &ImportProgress) {
        *held(&self.progress) = progress.clone();
    }

    fn preview(&self, _preview: &ImportPreview) {}

    fn fault(&self, fault: &RowFault, _skipped: u64) -> Result<(), ImportError> {
        held(&self.faults).write(fault).map_err(failed(&self.path))
    }

    fn further_faults(&self, _rows: u64) {}

    fn settle_doubt(&self, doubt: &str) -> Result<(), ImportError> {
        Err(ImportError::Unsure(doubt.to_owned()))
    }

    fn is_cancelled(&self) -> bool {
        self.stopped().is_some()
    }
}

/// Locks what stays usable whoever broke down while holding it.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed(path: &Path) -> impl Fn(csv::Error) -> ImportError + '_ {
    |source| ImportError::Errors {
        path: path.to_owned(),
        source,
    }
}

fn counts_of(progress: &ImportProgress) -> ImportCounts {
    let summary = &progress.summary;
    ImportCounts {
        writing: progress.phase == ImportPhase::Writing,
        bytes_read: progress.bytes_read,
        rows: progress.rows,
        products_total: progress.products_total,
        created: summary.created,
        updated: summary.updated,
        unchanged: summary.unchanged,
        skipped: summary.skipped,
        variants: summary.variants,
        archived: summary.archived,
        rate: None,
        seconds_left: None,
        losses: summary
            .losses
            .iter()
            .map(|(loss, count)| ImportLoss {
                count: *count,
                what: loss.to_string(),
            })
            .collect(),
    }
}
