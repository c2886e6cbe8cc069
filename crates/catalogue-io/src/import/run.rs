//! An import from its first byte to its summary.

use std::io::{self, BufRead, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use souk_domain::ProductStatus;
use souk_store::{Store, Tenant};
use tokio::sync::{mpsc, oneshot};

use super::args::ImportArgs;
use super::batches::{Batch, Batches};
use super::error::ImportError;
use super::keep::{Defaults, Kept};
use super::lanes::{Lanes, Written};
use super::losses::{Loss, Losses, lose};
use super::open::{read_bytes::ReadBytes, source::Source};
use super::preview;
use super::reading::{Gathered, SameFaults, gather};
use super::references::ReferenceBook;
use super::report::{ImportSummary, RowFault};
use super::silence;
use crate::progress::{Progress, Unit};

/// Faults that are shown one by one.
const SHOWN_FAULTS: u64 = 20;
/// Products that are shown before anything is written.
const SHOWN_PRODUCTS: usize = 3;
/// Batches that wait while another is written.
const WAITING_BATCHES: usize = 2;

/// Imports a file into a tenant's catalogue, with preview, progress and faults on standard error.
///
/// # Errors
/// If the file or the database cannot be used, if it is not sure what the file means and nobody can be asked, or if a
/// row has a fault and the import is strict.
pub async fn run(
    args: &ImportArgs,
    store: &Store,
    tenant: &Tenant,
) -> Result<ImportSummary, ImportError> {
    let source = Source::open(&args.file).map_err(|source| ImportError::Open {
        path: args.file.clone(),
        source,
    })?;
    let progress = Arc::new(Progress::shown("Importing", Unit::Bytes, source.total));
    let result = import(args, source, store, tenant, &progress).await;
    progress.finish();
    result
}

async fn import(
    args: &ImportArgs,
    source: Source,
    store: &Store,
    tenant: &Tenant,
    progress: &Arc<Progress>,
) -> Result<ImportSummary, ImportError> {
    let store = &store.clone().in_bulk();
    let read_bytes = source.read.clone();
    let (sender, mut receiver) = mpsc::channel(WAITING_BATCHES);
    let (finished, reading) = oneshot::channel();
    let reader = ReaderThread {
        args: args.clone(),
        defaults: Defaults {
            currency: args.default_currency.unwrap_or(tenant.currency),
            stock: args.default_stock,
            status: args.default_status.unwrap_or(ProductStatus::Active),
        },
        progress: progress.clone(),
        read_bytes: read_bytes.clone(),
        sender,
    };
    // A thread of its own: the runtime would wait for a blocking task that waits for standard input.
    std::thread::spawn(move || {
        let losses = reader.read(source);
        // Nobody listens when writing has failed.
        let _ = finished.send(losses);
    });

    let mut import = Import {
        args,
        progress,
        read_bytes,
        store,
        tenant,
        writing: None,
        errors: args.errors.as_deref().map(open_errors).transpose()?,
        same: SameFaults::default(),
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
    let losses = reading.await.map_err(|_| ImportError::Reader)??;
    for (loss, count) in losses {
        lose(&mut import.summary.losses, loss, count as usize);
    }
    import.summary.dry_run = args.dry_run;
    Ok(import.summary)
}

/// The thread that reads the files.
struct ReaderThread {
    args: ImportArgs,
    defaults: Defaults,
    progress: Arc<Progress>,
    read_bytes: ReadBytes,
    sender: mpsc::Sender<Batch>,
}

impl ReaderThread {
    /// Reads the files to their end, and says what was left out.
    fn read(self, source: Source) -> Result<Losses, ImportError> {
        let failed = ImportError::read(&self.args.file);
        let gathered = gather(&self.args, source, self.defaults.currency, &|bytes| {
            self.progress.set(bytes);
        })?;
        self.progress.set(self.read_bytes.get());
        let unsure = unsure(&gathered);
        let mut batches = Batches::new(gathered, self.defaults.clone(), self.args.strict);
        self.show(&mut batches)?;
        let asks = !self.args.yes && !self.args.dry_run;
        if let Some(reason) = unsure.filter(|_| asks) {
            self.ask(reason)?;
        }
        while let Some(batch) = batches.next().map_err(failed)? {
            if self.sender.blocking_send(batch).is_err() {
                break;
            }
        }
        Ok(batches.gathered.assembler.losses)
    }

    /// Shows what the file was taken for, and the first products.
    fn show(&self, batches: &mut Batches) -> Result<(), ImportError> {
        let failed = ImportError::read(&self.args.file);
        let gathered = &batches.gathered;
        for (description, file) in gathered.descriptions.iter().zip(&gathered.assembler.files) {
            self.progress.note(&preview::describe(description, file));
        }
        if let Some(products) = super::batches::products_left(&gathered.products) {
            let rows = gathered.rows;
            self.progress.note(&format!(
                "{rows} rows of {products} products; the first ones:"
            ));
        }
        for kept in batches.preview(SHOWN_PRODUCTS).map_err(failed)? {
            self.progress.note(&preview::product(&kept));
        }
        Ok(())
    }

    /// Asks whether to go on, if somebody sits there.
    fn ask(&self, reason: String) -> Result<(), ImportError> {
        let by_hand = self.args.file.as_os_str() != "-"
            && io::stdin().is_terminal()
            && io::stderr().is_terminal();
        if !by_hand {
            return Err(ImportError::Unsure(reason));
        }
        self.progress.note(&format!(
            "Not sure what is meant: {reason}. Import it like this? [y/N]"
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

/// Doubts about a file that only a person can settle.
fn unsure(gathered: &Gathered) -> Option<String> {
    let doubts: Vec<String> = gathered
        .assembler
        .files
        .iter()
        .flat_map(|file| file.facts.unsure())
        .map(|(column, value)| {
            format!("column `{column}` may have marks of thousands or decimals, as in `{value}`")
        })
        .collect();
    (!doubts.is_empty() && gathered.assembler.unit.is_none()).then(|| doubts.join("; "))
}

/// An import under way.
struct Import<'a> {
    args: &'a ImportArgs,
    progress: &'a Progress,
    read_bytes: ReadBytes,
    store: &'a Store,
    tenant: &'a Tenant,
    writing: Option<Writing>,
    errors: Option<csv::Writer<std::fs::File>>,
    same: SameFaults,
    summary: ImportSummary,
}

/// Writers that are opened with the first product.
struct Writing {
    book: ReferenceBook,
    lanes: Lanes,
}

impl Import<'_> {
    async fn writing(&mut self) -> Result<&mut Writing, ImportError> {
        if self.writing.is_none() {
            let scope = self.store.scope(self.tenant.id);
            let book = ReferenceBook::open(scope, self.tenant)
                .await
                .map_err(ImportError::Catalogue)?;
            let scope = self.store.scope(self.tenant.id);
            self.writing = Some(Writing {
                book,
                lanes: Lanes::new(&scope, self.store.backend(), self.args.strict),
            });
        }
        self.writing.as_mut().ok_or(ImportError::Reader)
    }

    async fn take(&mut self, mut batch: Batch) -> Result<(), ImportError> {
        self.summary.read += batch.rows;
        self.summary.variants += batch.variants;
        self.summary.skipped += batch.further_faults;
        if batch.further_faults > 0 {
            self.progress.note(&format!(
                "{} rows that cannot be read are counted, but neither shown nor written down",
                batch.further_faults
            ));
        }
        if self.args.dry_run {
            self.fill(&mut batch.products).await?;
            self.progress.set(self.read_bytes.get());
            return batch.faults.iter().try_for_each(|fault| self.report(fault));
        }
        let writing = self.writing().await?;
        for kept in &mut batch.products {
            let line = kept.line;
            let settled = writing.book.settle(kept).await;
            settled.map_err(|source| ImportError::Store {
                first: line,
                last: line,
                source,
            })?;
        }
        self.fill(&mut batch.products).await?;
        for written in self.writing().await?.lanes.write(batch).await {
            self.count(written)?;
        }
        self.progress.set(self.read_bytes.get());
        Ok(())
    }

    /// Takes from the catalogue what the file leaves open.
    async fn fill(&mut self, batch: &mut [Kept]) -> Result<(), ImportError> {
        let products = self.store.scope(self.tenant.id).products();
        let rules = silence::Rules {
            stock_is_given: self.args.default_stock.is_some(),
            clear_blank: self.args.clear_blank,
        };
        silence::fill(&products, batch, rules, &mut self.summary.losses)
            .await
            .map_err(ImportError::Catalogue)
    }

    /// Waits for what is still being written.
    async fn finish(&mut self) -> Result<(), ImportError> {
        while let Some(writing) = &mut self.writing {
            let Some(written) = writing.lanes.finish().await else {
                break;
            };
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
        let (results, slugs_made) = results.map_err(|source| ImportError::Store {
            first: line(keys.first()),
            last: line(keys.last()),
            source,
        })?;
        lose(
            &mut self.summary.losses,
            Loss::SlugTaken,
            slugs_made as usize,
        );
        let mut good = false;
        for ((line, id), result) in keys.into_iter().zip(results) {
            match result {
                Ok(upserted) if upserted.created => self.summary.created += 1,
                Ok(upserted) if upserted.changed => self.summary.updated += 1,
                Ok(_) => self.summary.unchanged += 1,
                Err(invalid) => {
                    faults.push(RowFault::of_field(line, Some(&id), invalid));
                    continue;
                }
            }
            good = true;
        }
        if good {
            self.same = SameFaults::default();
        }
        faults.sort_by_key(|fault| fault.line);
        for fault in &faults {
            self.report(fault)?;
            if !good && let Some(rows) = self.same.add(fault) {
                return Err(ImportError::SameFault {
                    path: self.args.file.clone(),
                    rows,
                    reason: fault.to_string(),
                    looks_like: "See with --dry-run how each column is understood, and say otherwise with --map".to_owned(),
                });
            }
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
