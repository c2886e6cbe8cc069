//! `souk import`: products from JSON Lines, CSV and TSV files into the catalogue.
//!
//! A thread reads and converts rows while the batches before are written. Both sides hold a few batches at most, so the
//! size of a file does not matter. Every batch is one transaction and every product is found again by its external
//! id: an import that was interrupted is simply run again.

mod args;
mod attributes;
mod batches;
mod columns;
mod convert;
mod fields;
mod format;
mod lanes;
mod lines;
mod naming;
mod price;
mod references;
mod report;
mod rows;
mod source;
mod value;

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use souk_domain::Currency;
use souk_store::{Store, StoreError, Tenant};
use tokio::sync::{mpsc, oneshot};

pub use args::ImportArgs;
pub use fields::MappedColumn;
pub use format::Format;
pub use price::PriceUnit;
pub use report::{ImportSummary, Loss, Losses, RowFault};

use crate::progress::{Progress, Unit};
use batches::{Batch, Batches};
use convert::{Converter, Defaults};
use fields::Mapping;
use lanes::{Lanes, Written};
use references::ReferenceBook;
use rows::{CsvRows, JsonRows, Rows};
use source::{ReadBytes, Source};

/// Faults that are shown one by one.
const SHOWN_FAULTS: u64 = 20;
/// Batches that wait while another is written.
const WAITING_BATCHES: usize = 2;

/// An import that did not reach its end. Batches that were written before stay.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Reason.
        source: io::Error,
    },
    /// The file cannot be read to its end.
    #[error("cannot read {} to its end", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Reason.
        source: io::Error,
    },
    /// The header of a CSV file is no good.
    #[error("{}: {reason}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// Fault.
        reason: String,
    },
    /// A row has a fault, and the import is strict.
    #[error("{0}")]
    Strict(RowFault),
    /// The faults cannot be written.
    #[error("cannot write {}", path.display())]
    Errors {
        /// The file for faults.
        path: PathBuf,
        /// Reason.
        source: csv::Error,
    },
    /// The store failed.
    #[error("cannot write the products of lines {first} to {last}")]
    Store {
        /// Line of the first product of the batch.
        first: u64,
        /// Line of the last.
        last: u64,
        /// Reason.
        source: StoreError,
    },
    /// The catalogue cannot be read.
    #[error("cannot read the catalogue")]
    Catalogue(#[source] StoreError),
    /// The reading thread is gone.
    #[error("the reader stopped unexpectedly")]
    Reader,
}

/// Imports a file into a tenant's catalogue, with progress and faults on standard error.
///
/// # Errors
/// If the file or the database cannot be used, or if a row has a fault and the import is strict.
pub async fn run(
    args: &ImportArgs,
    store: &Store,
    tenant: &Tenant,
) -> Result<ImportSummary, ImportError> {
    let source = Source::open(&args.file).map_err(|source| ImportError::Open {
        path: args.file.clone(),
        source,
    })?;
    let progress = Progress::shown("Importing", Unit::Bytes, source.total);
    let result = import(args, source, store, tenant, &progress).await;
    progress.finish();
    result
}

async fn import(
    args: &ImportArgs,
    source: Source,
    store: &Store,
    tenant: &Tenant,
    progress: &Progress,
) -> Result<ImportSummary, ImportError> {
    let store = &store.clone().in_bulk();
    let read_bytes = source.read.clone();
    let (sender, mut receiver) = mpsc::channel(WAITING_BATCHES);
    let reading_args = args.clone();
    let currency = args.default_currency.unwrap_or(tenant.currency);
    let (finished, reading) = oneshot::channel();
    // A thread of its own: the runtime would wait for a blocking task that waits for standard input.
    std::thread::spawn(move || {
        let losses = read_batches(&reading_args, source.reader, currency, sender);
        // Nobody listens when writing has failed.
        let _ = finished.send(losses);
    });

    let book = ReferenceBook::open(store.scope(tenant.id), tenant)
        .await
        .map_err(ImportError::Catalogue)?;
    let mut import = Import {
        args,
        progress,
        read_bytes,
        book,
        lanes: Lanes::new(&store.scope(tenant.id), store.backend(), args.strict),
        errors: args.errors.as_deref().map(open_errors).transpose()?,
        summary: ImportSummary::default(),
    };
    let mut outcome = Ok(());
    while let Some(batch) = receiver.recv().await {
        outcome = import.take(batch).await;
        if outcome.is_err() {
            break;
        }
    }
    // The reader stops at its next batch when nobody takes it.
    drop(receiver);
    if outcome.is_ok() {
        outcome = import.finish().await;
    }
    import.close_errors()?;
    outcome?;
    import.summary.losses = reading.await.map_err(|_| ImportError::Reader)??;
    Ok(import.summary)
}

/// Reads the file to its end, and says what was left out.
fn read_batches(
    args: &ImportArgs,
    reader: Box<dyn BufRead + Send>,
    currency: Currency,
    sender: mpsc::Sender<Batch>,
) -> Result<Losses, ImportError> {
    let failed = |source| ImportError::Read {
        path: args.file.clone(),
        source,
    };
    let mut batches = open_batches(args, reader, currency)?;
    if args.price_unit.is_none() {
        batches.detect_price_unit().map_err(failed)?;
    }
    while let Some(batch) = batches.next().map_err(failed)? {
        if sender.blocking_send(batch).is_err() {
            break;
        }
    }
    Ok(batches.converter.losses)
}

fn open_batches<R: BufRead>(
    args: &ImportArgs,
    mut reader: R,
    currency: Currency,
) -> Result<Batches<R>, ImportError> {
    let start = reader.fill_buf().map_err(|source| ImportError::Read {
        path: args.file.clone(),
        source,
    })?;
    let format = args
        .format
        .or_else(|| Format::of_name(&args.file))
        .unwrap_or_else(|| Format::of_content(start));
    let delimiter = match format {
        Format::Tsv => Some(args.delimiter.unwrap_or(b'\t')),
        _ => args.delimiter,
    };
    let rows = match format {
        Format::Jsonl => Rows::Json(JsonRows::new(reader)),
        Format::Csv | Format::Tsv => {
            let opened = CsvRows::new(reader, delimiter).map_err(|source| ImportError::Read {
                path: args.file.clone(),
                source,
            })?;
            Rows::Csv(opened.map_err(|reason| ImportError::Header {
                path: args.file.clone(),
                reason,
            })?)
        }
    };
    let converter = Converter {
        mapping: Mapping::new(&args.mapped, &args.ignored),
        defaults: Defaults {
            currency,
            stock: args.default_stock,
            seller: args.seller.clone(),
        },
        unit: args.price_unit.unwrap_or(PriceUnit::Minor),
        losses: Losses::new(),
    };
    Ok(Batches::new(rows, converter, args.strict))
}

/// An import under way.
struct Import<'a> {
    args: &'a ImportArgs,
    progress: &'a Progress,
    read_bytes: ReadBytes,
    book: ReferenceBook,
    lanes: Lanes,
    errors: Option<csv::Writer<std::fs::File>>,
    summary: ImportSummary,
}

impl Import<'_> {
    async fn take(&mut self, mut batch: Batch) -> Result<(), ImportError> {
        self.summary.read += batch.rows;
        self.summary.variants += batch.variants;
        for imported in &mut batch.products {
            let line = imported.line;
            let settled = self.book.settle(imported).await;
            settled.map_err(|source| ImportError::Store {
                first: line,
                last: line,
                source,
            })?;
        }
        for written in self.lanes.write(batch).await {
            self.count(written)?;
        }
        self.progress.set(self.read_bytes.get());
        Ok(())
    }

    /// Waits for what is still being written.
    async fn finish(&mut self) -> Result<(), ImportError> {
        while let Some(written) = self.lanes.finish().await {
            self.count(written)?;
        }
        Ok(())
    }

    /// Counts what was written, and reports the faults of what was not.
    fn count(&mut self, written: Written) -> Result<(), ImportError> {
        let Written {
            mut faults,
            keys,
            results,
        } = written;
        let line = |key: Option<&(u64, String)>| key.map_or(0, |(line, _)| *line);
        let results = results.map_err(|source| ImportError::Store {
            first: line(keys.first()),
            last: line(keys.last()),
            source,
        })?;
        for ((line, id), result) in keys.into_iter().zip(results) {
            match result {
                Ok(upserted) if upserted.created => self.summary.created += 1,
                Ok(upserted) if upserted.changed => self.summary.updated += 1,
                Ok(_) => self.summary.unchanged += 1,
                Err(invalid) => faults.push(RowFault::of_field(line, Some(&id), invalid)),
            }
        }
        faults.sort_by_key(|fault| fault.line);
        for fault in &faults {
            self.report(fault)?;
        }
        match faults.into_iter().next() {
            Some(fault) if self.args.strict => Err(ImportError::Strict(fault)),
            _ => Ok(()),
        }
    }

    fn report(&mut self, fault: &RowFault) -> Result<(), ImportError> {
        self.summary.skipped += 1;
        if self.summary.skipped <= SHOWN_FAULTS {
            self.progress.note(&format!("skipped {fault}"));
        } else if self.summary.skipped == SHOWN_FAULTS + 1 {
            let more = match &self.args.errors {
                Some(path) => format!(
                    "further faults are counted here and written to {}",
                    path.display()
                ),
                None => "further faults are only counted; --errors FILE writes them all".to_owned(),
            };
            self.progress.note(&more);
        }
        let Some(errors) = &mut self.errors else {
            return Ok(());
        };
        let line = fault.line.to_string();
        let id = fault.external_id.as_deref().unwrap_or_default();
        let field = fault.field.as_deref().unwrap_or_default();
        errors
            .write_record([&line, id, field, &fault.reason])
            .map_err(|source| self.errors_failed(source))
    }

    fn close_errors(&mut self) -> Result<(), ImportError> {
        let Some(mut errors) = self.errors.take() else {
            return Ok(());
        };
        errors
            .flush()
            .map_err(|error| self.errors_failed(error.into()))
    }

    fn errors_failed(&self, source: csv::Error) -> ImportError {
        let path = self.args.errors.clone().unwrap_or_default();
        ImportError::Errors { path, source }
    }
}

fn open_errors(path: &Path) -> Result<csv::Writer<std::fs::File>, ImportError> {
    let opened = csv::Writer::from_path(path).and_then(|mut writer| {
        writer.write_record(["line", "id", "field", "reason"])?;
        Ok(writer)
    });
    opened.map_err(|source| ImportError::Errors {
        path: path.to_owned(),
        source,
    })
}
