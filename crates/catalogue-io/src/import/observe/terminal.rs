//! Observer of `souk import`: a bar, a preview and faults on standard error, and faults in a file.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::observer::{ImportObserver, ImportProgress};
use crate::import::args::ImportArgs;
use crate::import::error::ImportError;
use crate::import::preview::ImportPreview;
use crate::import::report::{FaultWriter, RowFault};
use crate::progress::{Progress, Unit};

/// Faults that are shown one by one.
const SHOWN_FAULTS: u64 = 20;

/// Terminal that an import is run from.
pub(in crate::import) struct Terminal {
    bar: Progress,
    file: PathBuf,
    errors: Option<PathBuf>,
    writer: Mutex<Option<FaultWriter<File>>>,
}

impl Terminal {
    /// Opens the file for faults, if one is named.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(in crate::import) fn open(
        args: &ImportArgs,
        bytes: Option<u64>,
    ) -> Result<Self, ImportError> {
        let writer = args.errors.as_deref().map(open_errors).transpose()?;
        Ok(Self {
            bar: Progress::shown("Importing", Unit::Bytes, bytes),
            file: args.file.clone(),
            errors: args.errors.clone(),
            writer: Mutex::new(writer),
        })
    }

    /// Takes the bar away and closes the file for faults.
    ///
    /// # Errors
    /// If the last of them cannot be written.
    pub(in crate::import) fn close(&self) -> Result<(), ImportError> {
        self.bar.finish();
        let Some(mut writer) = self.writer().take() else {
            return Ok(());
        };
        writer
            .flush()
            .map_err(|error| self.errors_failed(error.into()))
    }

    fn writer(&self) -> MutexGuard<'_, Option<FaultWriter<File>>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn errors_failed(&self, source: csv::Error) -> ImportError {
        let path = self.errors.clone().unwrap_or_default();
        ImportError::Errors { path, source }
    }
}

impl ImportObserver for Terminal {
    fn progress(&self, progress: &ImportProgress) {
        self.bar.set(progress.bytes_read);
    }

    fn preview(&self, preview: &ImportPreview) {
        for file in &preview.files {
            self.bar.note(&file.to_string());
        }
        if let Some(products) = preview.products_total {
            let rows = preview.rows;
            self.bar.note(&format!(
                "{rows} rows of {products} products; the first ones:"
            ));
        }
        for product in &preview.products {
            self.bar.note(&product.to_string());
        }
        if let Some(archived) = preview.archived {
            self.bar.note(&format!(
                "{archived} products of the seller are not in the file and will be archived"
            ));
        }
    }

    fn fault(&self, fault: &RowFault, skipped: u64) -> Result<(), ImportError> {
        if skipped <= SHOWN_FAULTS {
            self.bar.note(&format!("skipped {fault}"));
        } else if skipped == SHOWN_FAULTS + 1 {
            let more = match &self.errors {
                Some(path) => format!(
                    "further faults are counted here and written to {}",
                    path.display()
                ),
                None => "further faults are only counted; --errors FILE writes them all".to_owned(),
            };
            self.bar.note(&more);
        }
        let mut writer = self.writer();
        let Some(errors) = writer.as_mut() else {
            return Ok(());
        };
        errors
            .write(fault)
            .map_err(|source| self.errors_failed(source))
    }

    fn further_faults(&self, rows: u64) {
        self.bar.note(&format!(
            "{rows} rows that cannot be read are counted, but neither shown nor written down"
        ));
    }

    /// Asks, if somebody sits there.
    fn settle_doubt(&self, doubt: &str) -> Result<(), ImportError> {
        let by_hand =
            self.file.as_os_str() != "-" && io::stdin().is_terminal() && io::stderr().is_terminal();
        if !by_hand {
            return Err(ImportError::Unsure(doubt.to_owned()));
        }
        self.bar.note(&format!(
            "Not sure what is meant: {doubt}. Import it like this? [y/N]"
        ));
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer);
        let yes = read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
        if yes {
            Ok(())
        } else {
            Err(ImportError::Declined)
        }
    }
}

fn open_errors(path: &Path) -> Result<FaultWriter<File>, ImportError> {
    File::create(path)
        .map_err(csv::Error::from)
        .and_then(FaultWriter::new)
        .map_err(|source| ImportError::Errors {
            path: path.to_owned(),
            source,
        })
}
