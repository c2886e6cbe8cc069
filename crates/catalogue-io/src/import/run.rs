//! An import from its first byte to its summary.

use std::sync::Arc;

use souk_domain::ProductStatus;
use souk_store::{Store, Tenant};
use tokio::sync::{mpsc, oneshot};

use super::args::ImportArgs;
use super::batches::{Batch, Batches, products_left};
use super::error::ImportError;
use super::keep::{Defaults, Kept};
use super::lanes::{Lanes, Written};
use super::losses::{Loss, Losses, lose};
use super::observe::observer::{ImportObserver, ImportPhase};
use super::observe::terminal::Terminal;
use super::observe::tracker::Tracker;
use super::open::{read_bytes::ReadBytes, source::Source};
use super::preview::{FilePreview, ImportPreview, ProductPreview};
use super::reading::{Gathered, SameFaults, gather};
use super::references::ReferenceBook;
use super::replacing::Replacement;
use super::report::{ImportSummary, RowFault};
use super::silence;

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
    let terminal = Arc::new(Terminal::open(args, Source::total_of(&args.file))?);
    let result = import(args, store, tenant, terminal.clone()).await;
    terminal.close()?;
    result
}

/// Imports a file into a tenant's catalogue under the eyes of an observer. Nothing of `errors` in the arguments is used:
/// the observer keeps faults.
///
/// # Errors
/// As [`run`], and if the observer cancels it or cannot keep a fault. Batches that were written before stay.
pub async fn import(
    args: &ImportArgs,
    store: &Store,
    tenant: &Tenant,
    observer: Arc<dyn ImportObserver>,
) -> Result<ImportSummary, ImportError> {
    let store = &store.clone().in_bulk();
    let args = &with_seller(args);
    let tracker = Tracker::new(observer, Source::total_of(&args.file));
    let _stop = tracker.stop_on_drop();
    let read_bytes = ReadBytes::default();
    let defaults = Defaults {
        currency: args.default_currency.unwrap_or(tenant.currency),
        stock: args.default_stock,
        status: args.default_status.unwrap_or(ProductStatus::Active),
    };
    let replacement = match &args.replace_seller {
        Some(seller) => {
            let scope = store.scope(tenant.id);
            let prepared =
                Replacement::prepare(args, seller, defaults.clone(), &scope, &tracker).await?;
            Some(prepared)
        }
        None => None,
    };
    let (sender, mut receiver) = mpsc::channel(WAITING_BATCHES);
    let (finished, reading) = oneshot::channel();
    let reader = ReaderThread {
        args: args.clone(),
        defaults,
        archived: replacement.as_ref().and_then(Replacement::missing),
        doubt: replacement.as_ref().and_then(Replacement::doubt),
        tracker: tracker.clone(),
        read_bytes: read_bytes.clone(),
        sender,
    };
    // A thread of its own: the runtime would wait for a blocking task that waits for standard input.
    std::thread::spawn(move || {
        let losses = reader.read();
        // Nobody listens when writing has failed.
        let _ = finished.send(losses);
    });

    let mut import = Import {
        args,
        tracker,
        read_bytes,
        store,
        tenant,
        writing: None,
        replacement,
        same: SameFaults::default(),
        summary: ImportSummary::default(),
    };
    let mut outcome = Ok(());
    while let Some(batch) = receiver.recv().await {
        outcome = match import.tracker.check() {
            Ok(()) => import.take(batch).await,
            cancelled => cancelled,
        };
        if outcome.is_err() {
            break;
        }
    }
    // The reader stops at its next batch when nobody takes it.
    drop(receiver);
    if matches!(outcome, Ok(()) | Err(ImportError::Cancelled)) {
        import.finish().await?;
    }
    outcome?;
    let losses = reading.await.map_err(|_| ImportError::Reader)??;
    for (loss, count) in losses {
        lose(&mut import.summary.losses, loss, count as usize);
    }
    import.summary.dry_run = args.dry_run;
    import.replace().await?;
    Ok(import.summary)
}

/// The arguments with the seller that is to be replaced as that of rows that name none.
fn with_seller(args: &ImportArgs) -> ImportArgs {
    let mut args = args.clone();
    args.seller = args.seller.or_else(|| args.replace_seller.clone());
    args
}

/// The thread that reads the files.
struct ReaderThread {
    args: ImportArgs,
    defaults: Defaults,
    /// Number of products that will be archived.
    archived: Option<u64>,
    /// Doubt about their archiving.
    doubt: Option<String>,
    tracker: Tracker,
    read_bytes: ReadBytes,
    sender: mpsc::Sender<Batch>,
}

impl ReaderThread {
    /// Reads the files to their end, and says what was left out.
    fn read(self) -> Result<Losses, ImportError> {
        let failed = ImportError::read(&self.args.file);
        let source = Source::open(&self.args.file, self.read_bytes.clone()).map_err(|source| {
            ImportError::Open {
                path: self.args.file.clone(),
                source,
            }
        })?;
        let gathered = gather(
            &self.args,
            source,
            self.defaults.currency,
            &|rows, bytes| {
                self.tracker.update(|progress| {
                    progress.rows = rows;
                    progress.bytes_read = bytes;
                });
                self.tracker.check()
            },
        )?;
        let doubts: Vec<String> = unsure(&gathered)
            .into_iter()
            .chain(self.doubt.clone())
            .collect();
        let doubt = (!doubts.is_empty()).then(|| doubts.join("; "));
        let mut batches = Batches::new(gathered, self.defaults.clone(), self.args.strict);
        let products = products_left(&batches.gathered.products).map(|count| count as u64);
        self.tracker.update(|progress| {
            progress.phase = ImportPhase::Writing;
            progress.bytes_read = self.read_bytes.get();
            progress.rows = batches.gathered.rows;
            progress.products_total = products;
        });
        let gathered = &batches.gathered;
        let described = gathered.descriptions.iter().zip(&gathered.assembler.files);
        let files = described
            .map(|(description, file)| FilePreview::of(description, file))
            .collect();
        let rows = gathered.rows;
        let first = batches.preview(SHOWN_PRODUCTS).map_err(failed)?;
        self.tracker.observer.preview(&ImportPreview {
            files,
            rows,
            products_total: products,
            products: first.iter().map(ProductPreview::of).collect(),
            archived: self.archived,
            doubt: doubt.clone(),
        });
        let asks = !self.args.yes && !self.args.dry_run;
        if let Some(doubt) = doubt.filter(|_| asks) {
            self.tracker.observer.settle_doubt(&doubt)?;
        }
        while let Some(batch) = batches.next().map_err(failed)? {
            if self.tracker.is_cancelled() || self.sender.blocking_send(batch).is_err() {
                break;
            }
        }
        self.tracker.check()?;
        Ok(batches.gathered.assembler.losses)
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
    tracker: Tracker,
    read_bytes: ReadBytes,
    store: &'a Store,
    tenant: &'a Tenant,
    writing: Option<Writing>,
    replacement: Option<Replacement>,
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
            self.tracker.observer.further_faults(batch.further_faults);
        }
        if let Some(replacement) = &mut self.replacement {
            replacement.note(&batch);
        }
        if self.args.dry_run {
            self.fill(&mut batch.products).await?;
            self.tell();
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
        self.tell();
        Ok(())
    }

    /// Passes the progress on.
    fn tell(&self) {
        self.tracker.update(|progress| {
            progress.rows = progress.rows.max(self.summary.read);
            progress.bytes_read = self.read_bytes.get();
            progress.summary = self.summary.clone();
        });
    }

    /// Takes from the catalogue what the file leaves open.
    async fn fill(&mut self, batch: &mut [Kept]) -> Result<(), ImportError> {
        let products = self.store.scope(self.tenant.id).products();
        let rules = silence::Rules {
            stock_is_given: self.args.default_stock.is_some(),
            clear_blank: self.args.clear_blank,
            replaced: self.replacement.as_ref().and_then(Replacement::seller),
        };
        silence::fill(&products, batch, rules, &mut self.summary.losses)
            .await
            .map_err(ImportError::Catalogue)
    }

    /// Archives what the file no longer has of the seller that it replaces. The whole file was imported before.
    async fn replace(&mut self) -> Result<(), ImportError> {
        let Some(replacement) = self.replacement.take() else {
            return Ok(());
        };
        self.summary.archived = match self.args.dry_run {
            true => replacement.missing().unwrap_or_default(),
            false => {
                let products = self.store.scope(self.tenant.id).products();
                replacement.archive(&products, &self.tracker).await?
            }
        };
        self.tell();
        Ok(())
    }

    /// Waits for what is still being written.
    async fn finish(&mut self) -> Result<(), ImportError> {
        while let Some(writing) = &mut self.writing {
            let Some(written) = writing.lanes.finish().await else {
                break;
            };
            self.count(written)?;
        }
        self.tell();
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
        self.tracker.observer.fault(fault, self.summary.skipped)
    }
}
