//! Preview of an uploaded file: an import that writes nothing and reads the first rows only.

use std::sync::{Arc, Mutex, PoisonError};

use souk_catalogue_io::import::{
    self, ImportError, ImportObserver, ImportOptions, ImportPreview, ImportProgress, ImportSummary,
    RowFault,
};
use souk_store::{ImportJob, Store, Tenant};

use super::service::ImportService;

/// Rows that a preview reads.
pub const PREVIEW_ROWS: u64 = 5_000;
/// Faults that are named.
const SHOWN_FAULTS: u64 = 20;

/// Preview of a file.
#[derive(Debug)]
pub struct Preview {
    /// Description of the file and the first products.
    pub preview: ImportPreview,
    /// Counts of the rows that were read.
    pub summary: ImportSummary,
    /// The first faults.
    pub faults: Vec<RowFault>,
    /// True if the whole file was read.
    pub complete: bool,
}

/// A file that cannot be previewed.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The file is not in the data folder of this process.
    #[error("the file is not in the data folder of this process")]
    NoFile,
    /// The file cannot be imported.
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl ImportService {
    /// Previews the file of an import with some options.
    ///
    /// # Errors
    /// If the file is missing here, is no catalogue, or the database fails.
    pub async fn preview(
        &self,
        store: &Store,
        tenant: &Tenant,
        job: &ImportJob,
        options: &ImportOptions,
    ) -> Result<Preview, PreviewError> {
        if !self.files.has(&job.file_key) {
            return Err(PreviewError::NoFile);
        }
        // Never closed.
        let _permit = self.previews.acquire().await;
        let mut args = options.args(self.files.path(&job.file_key), &job.file_name);
        args.dry_run = true;
        args.max_rows = Some(PREVIEW_ROWS);
        let viewer = Arc::new(Viewer::default());
        let summary = import::import(&args, store, tenant, viewer.clone()).await?;
        let (preview, faults) = viewer.take();
        Ok(Preview {
            preview: preview.ok_or(ImportError::Reader)?,
            complete: summary.read < PREVIEW_ROWS,
            summary,
            faults,
        })
    }
}

/// Observer that keeps the preview and the first faults.
#[derive(Default)]
struct Viewer(Mutex<(Option<ImportPreview>, Vec<RowFault>)>);

impl Viewer {
    fn take(&self) -> (Option<ImportPreview>, Vec<RowFault>) {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ImportObserver for Viewer {
    fn progress(&self, _progress: &ImportProgress) {}

    fn preview(&self, preview: &ImportPreview) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.0 = Some(preview.clone());
    }

    fn fault(&self, fault: &RowFault, skipped: u64) -> Result<(), ImportError> {
        if skipped <= SHOWN_FAULTS {
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.1.push(fault.clone());
        }
        Ok(())
    }

    fn further_faults(&self, _rows: u64) {}

    fn settle_doubt(&self, _doubt: &str) -> Result<(), ImportError> {
        Ok(())
    }
}
