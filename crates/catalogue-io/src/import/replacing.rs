//! Archives the products of a seller that a file no longer has, for `--replace-seller`.
//!
//! The file is read twice: to its end for the ids that it has, and then for its products. So it is known before anything
//! is written what would be archived, and a file that breaks off archives nothing.

use std::collections::HashSet;

use souk_domain::{ProductId, SellerId};
use souk_store::{Entity, Products, Scope, StoreError};
use tokio::sync::oneshot;
use xxhash_rust::xxh3::xxh3_128;

use super::args::ImportArgs;
use super::batches::{Batch, Batches};
use super::error::ImportError;
use super::keep::{Defaults, Kept};
use super::observe::tracker::Tracker;
use super::open::{read_bytes::ReadBytes, source::Source};
use super::reading::gather;
use super::report::RowFault;

/// Products that are looked at, or archived, at a time.
const AT_ONCE: u32 = 1_000;

/// External ids that a file has of one seller.
#[derive(Debug, Default)]
struct FileIds {
    /// Slugs of the seller: the one that was given, and the present one.
    seller: Vec<String>,
    /// Hashes of the ids, which are shorter. An id of a row with a fault is one of the file's.
    ids: HashSet<u128>,
    /// Products of the seller.
    products: u64,
    /// Rows of which nobody knows what product they are.
    unreadable: u64,
    rows: u64,
}

/// Replacement of the products of a seller by those of a file.
pub(super) struct Replacement {
    seller: Option<SellerId>,
    file: FileIds,
    /// Newest product of the seller before anything was written. Later ones stay.
    last: ProductId,
    /// Number of products that are not archived.
    live: u64,
    /// Number of those among them that the file no longer has.
    missing: u64,
    /// True if the file was not read to its end, for a preview.
    cut: bool,
}

impl FileIds {
    fn add(&mut self, products: &[Kept], faults: &[RowFault]) {
        for kept in products {
            let seller = kept.key().seller;
            if seller.is_some_and(|slug| self.seller.contains(&slug)) {
                self.products += 1;
                self.ids.insert(hash(&kept.product.external_id));
            }
        }
        for fault in faults {
            match &fault.external_id {
                Some(id) => {
                    self.ids.insert(hash(id));
                }
                None => self.unreadable += 1,
            }
        }
    }

    /// Reads a file to its end.
    fn read(
        mut self,
        args: &ImportArgs,
        defaults: Defaults,
        tracker: &Tracker,
    ) -> Result<Self, ImportError> {
        let failed = ImportError::read(&args.file);
        let source =
            Source::open(&args.file, ReadBytes::default()).map_err(|source| ImportError::Open {
                path: args.file.clone(),
                source,
            })?;
        let gathered = gather(args, source, defaults.currency, &|rows, bytes| {
            tracker.update(|progress| {
                progress.rows = rows;
                progress.bytes_read = bytes;
            });
            tracker.check()
        })?;
        let mut batches = Batches::new(gathered, defaults, false);
        while let Some(batch) = batches.next().map_err(failed)? {
            tracker.check()?;
            self.rows += batch.rows;
            self.unreadable += batch.further_faults;
            self.add(&batch.products, &batch.faults);
        }
        Ok(self)
    }
}

impl Replacement {
    /// Reads the file for what it has of the seller that is to be replaced, and looks what the seller has besides.
    ///
    /// # Errors
    /// If the file cannot be read to its end, has nothing of the seller, or the database fails.
    pub(super) async fn prepare(
        args: &ImportArgs,
        seller: &str,
        defaults: Defaults,
        scope: &Scope,
        tracker: &Tracker,
    ) -> Result<Self, ImportError> {
        let refused = |reason: String| ImportError::Header {
            path: args.file.clone(),
            reason,
        };
        if args.file.as_os_str() == "-" {
            let reason = "a file that replaces a seller's products is read twice, as standard input cannot be";
            return Err(refused(reason.to_owned()));
        }
        let (id, slugs) = seller_of(scope, seller)
            .await
            .map_err(ImportError::Catalogue)?;
        let ids = FileIds {
            seller: slugs,
            ..FileIds::default()
        };
        let (finished, reading) = oneshot::channel();
        let (thread_args, thread_tracker) = (args.clone(), tracker.clone());
        // Not a task of the runtime: see the thread that reads the products.
        std::thread::spawn(move || {
            // Nobody listens when the import was dropped.
            let _ = finished.send(ids.read(&thread_args, defaults, &thread_tracker));
        });
        let file = reading.await.map_err(|_| ImportError::Reader)??;
        let cut = args.max_rows.is_some_and(|most| file.rows >= most);
        if file.products == 0 && !cut {
            return Err(refused(format!(
                "has no product of the seller `{seller}` that is to be replaced"
            )));
        }
        let mut replacement = Self {
            seller: id,
            file,
            last: ProductId(0),
            live: 0,
            missing: 0,
            cut,
        };
        let products = scope.products();
        let counted = replacement.count(&products).await;
        counted.map_err(ImportError::Catalogue)?;
        Ok(replacement)
    }

    async fn count(&mut self, products: &Products) -> Result<(), StoreError> {
        let Some(seller) = self.seller else {
            return Ok(());
        };
        loop {
            let page = products.live_of_seller(seller, self.last, AT_ONCE).await?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            self.last = *last;
            self.live += page.len() as u64;
            let missing = page.iter().filter(|(_, id)| self.is_missing(id));
            self.missing += missing.count() as u64;
        }
    }

    fn is_missing(&self, external_id: &str) -> bool {
        !self.file.ids.contains(&hash(external_id))
    }

    /// The seller, if it was there before.
    pub(super) fn seller(&self) -> Option<SellerId> {
        self.seller
    }

    /// Number of products that will be archived; unknown if the file was not read to its end.
    pub(super) fn missing(&self) -> Option<u64> {
        (!self.cut).then_some(self.missing)
    }

    /// Says why it may not be meant.
    pub(super) fn doubt(&self) -> Option<String> {
        let Self { missing, live, .. } = self;
        let unreadable = self.file.unreadable;
        if self.cut || *missing == 0 {
            return None;
        }
        let would = format!(
            "{missing} of the seller's {live} products are not in the file and would be archived"
        );
        if missing * 2 > *live {
            return Some(would);
        }
        (unreadable > 0).then(|| format!("{unreadable} rows cannot be read, and {would}"))
    }

    /// Notes what the file has when it is read for its products: it may be another by then.
    pub(super) fn note(&mut self, batch: &Batch) {
        self.file.add(&batch.products, &batch.faults);
    }

    /// Archives what the file no longer has, and returns the number of products.
    ///
    /// # Errors
    /// If the database fails, or the import is cancelled. What was archived before stays so.
    pub(super) async fn archive(
        &self,
        products: &Products,
        tracker: &Tracker,
    ) -> Result<u64, ImportError> {
        let Some(seller) = self.seller else {
            return Ok(0);
        };
        let mut archived = 0;
        let mut after = ProductId(0);
        loop {
            tracker.check()?;
            let page = products.live_of_seller(seller, after, AT_ONCE).await;
            let page = page.map_err(ImportError::Catalogue)?;
            let missing: Vec<ProductId> = page
                .iter()
                .filter(|(id, external_id)| *id <= self.last && self.is_missing(external_id))
                .map(|(id, _)| *id)
                .collect();
            let done = products.archive_of_seller(seller, &missing).await;
            archived += done.map_err(ImportError::Catalogue)?;
            match page.last() {
                Some((last, _)) if *last < self.last => after = *last,
                _ => return Ok(archived),
            }
        }
    }
}

/// The seller of a slug, present or former, with the slugs by which a file may name it.
async fn seller_of(
    scope: &Scope,
    slug: &str,
) -> Result<(Option<SellerId>, Vec<String>), StoreError> {
    let mut slugs = vec![slug.to_owned()];
    if let Some(seller) = scope.sellers().by_slug(slug).await? {
        return Ok((Some(SellerId(seller.id)), slugs));
    }
    let moved = scope.former_slugs().find(Entity::Seller, slug).await?;
    Ok(match moved {
        Some(moved) => {
            slugs.push(moved.current);
            (Some(SellerId(moved.id)), slugs)
        }
        None => (None, slugs),
    })
}

fn hash(external_id: &str) -> u128 {
    xxh3_128(external_id.as_bytes())
}
