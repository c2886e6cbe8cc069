//! Index of a tenant: opening, snapshots for searches, and refresh.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, Weak};

use arc_swap::ArcSwap;
use parking_lot::{Mutex, RwLock};
use souk_domain::{FacetName, Language, ProductId};
use tantivy::directory::error::OpenReadError;
use tantivy::directory::{WatchCallback, WatchHandle};
use tantivy::index::SegmentId;
use tantivy::schema::IndexRecordOption;
use tantivy::{
    Directory as _, DocAddress, DocSet as _, Index, IndexReader, ReloadPolicy, Searcher,
    TERMINATED, TantivyError, Term,
};

use super::columns::alive;
use super::dictionary::Dictionary;
use super::schema::{self, Fields};
use super::table::Table;
use super::writer_state::WriterSlot;
use crate::Generation;
use crate::engines::tantivy::facets::counting::{Counts, Wanted};
use crate::engines::tantivy::suggest::names::{self, Name};

/// Index of one generation of a tenant, open for searching.
pub(crate) struct TenantIndex {
    pub(crate) index: Index,
    pub(crate) fields: Fields,
    pub(crate) language: Language,
    pub(crate) generation: Generation,
    pub(crate) dictionary: RwLock<Dictionary>,
    pub(crate) writer: Mutex<WriterSlot>,
    directory: PathBuf,
    reader: IndexReader,
    snapshot: ArcSwap<Snapshot>,
    /// Row tables of the searched segments. Locked while a snapshot is built.
    tables: Mutex<HashMap<SegmentId, Arc<Table>>>,
    watch: OnceLock<WatchHandle>,
}

/// Consistent state of an index for searches: Tantivy's searcher and the row tables.
pub(crate) struct Snapshot {
    pub(crate) searcher: Searcher,
    /// Row tables in the order of the searcher's segments.
    pub(crate) tables: Vec<Arc<Table>>,
    /// Scale of the price ladder.
    pub(crate) price_scale: u32,
    /// Counts over all products, computed on first use.
    everything: OnceLock<Counts>,
    /// Suggestible names, computed on first use.
    names: OnceLock<Vec<Name>>,
}

impl TenantIndex {
    /// Returns the path of the index in this language within a generation's folder.
    pub(crate) fn path(generation_directory: &Path, language: Language) -> PathBuf {
        generation_directory.join(schema::directory_name(language))
    }

    /// Opens the index in this directory.
    pub(crate) fn open(
        directory: &Path,
        language: Language,
        generation: Generation,
    ) -> tantivy::Result<Arc<Self>> {
        Self::with_index(
            Index::open_in_dir(directory)?,
            directory,
            language,
            generation,
        )
    }

    /// Creates an empty index in this directory, deleting its previous content.
    pub(crate) fn create(
        directory: &Path,
        language: Language,
        generation: Generation,
    ) -> tantivy::Result<Arc<Self>> {
        if directory.exists() {
            std::fs::remove_dir_all(directory)?;
        }
        std::fs::create_dir_all(directory)?;
        let (schema, _) = schema::schema();
        let index = Index::builder()
            .schema(schema)
            .settings(schema::settings())
            .create_in_dir(directory)?;
        Self::with_index(index, directory, language, generation)
    }

    fn with_index(
        index: Index,
        directory: &Path,
        language: Language,
        generation: Generation,
    ) -> tantivy::Result<Arc<Self>> {
        schema::register_tokenizers(&index);
        let (_, fields) = schema::schema();
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            // Blocks are memory-mapped: a cache would only copy them behind a lock.
            .doc_store_cache_num_blocks(0)
            .try_into()?;
        let dictionary = RwLock::new(Dictionary::default());
        let mut tables = HashMap::new();
        let snapshot = Snapshot::load(&reader, &dictionary, &mut tables)?;
        let tenant = Arc::new(Self {
            fields,
            language,
            generation,
            dictionary,
            writer: Mutex::new(WriterSlot::default()),
            directory: directory.to_owned(),
            reader,
            snapshot: ArcSwap::from_pointee(snapshot),
            tables: Mutex::new(tables),
            watch: OnceLock::new(),
            index,
        });
        let _ = tenant.watch.set(tenant.watch_commits()?);
        Ok(tenant)
    }

    /// Refreshes on commits made elsewhere: finished merges, bulk loads, writes of another process.
    fn watch_commits(self: &Arc<Self>) -> tantivy::Result<WatchHandle> {
        let tenant: Weak<Self> = Arc::downgrade(self);
        let on_commit = move || {
            let Some(tenant) = tenant.upgrade() else {
                return;
            };
            if let Err(error) = tenant.refresh() {
                tracing::warn!(%error, "index refresh failed; recent changes are not searchable yet");
            }
        };
        self.index.directory().watch(WatchCallback::new(on_commit))
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Makes all commits so far searchable, without blocking searches.
    pub(crate) fn refresh(&self) -> tantivy::Result<()> {
        let mut tables = self.tables.lock();
        self.reader.reload()?;
        let before = self.snapshot.load();
        let now = self.reader.searcher();
        if before.searcher.generation().segments() == now.generation().segments() {
            return Ok(());
        }
        let snapshot = Snapshot::load(&self.reader, &self.dictionary, &mut tables)?;
        self.snapshot.store(Arc::new(snapshot));
        Ok(())
    }
}

impl Snapshot {
    fn load(
        reader: &IndexReader,
        dictionary: &RwLock<Dictionary>,
        known: &mut HashMap<SegmentId, Arc<Table>>,
    ) -> tantivy::Result<Self> {
        let searcher = reader.searcher();
        let mut tables = Vec::with_capacity(searcher.segment_readers().len());
        for segment in searcher.segment_readers() {
            let id = segment.segment_id();
            let table = match known.get(&id) {
                Some(table) => Arc::clone(table),
                None => {
                    let table = Arc::new(Table::build(segment, dictionary)?);
                    known.insert(id, Arc::clone(&table));
                    table
                }
            };
            tables.push(table);
        }
        known.retain(|id, _| {
            searcher
                .segment_readers()
                .iter()
                .any(|it| it.segment_id() == *id)
        });
        let largest = tables.iter().max_by_key(|table| table.len());
        Ok(Self {
            price_scale: largest.map_or(2, |table| table.price_scale),
            searcher,
            tables,
            everything: OnceLock::new(),
            names: OnceLock::new(),
        })
    }

    /// Returns the counts of all facets over all products.
    pub(crate) fn everything(&self, dictionary: &RwLock<Dictionary>) -> &Counts {
        self.everything.get_or_init(|| {
            let wanted = Wanted::of(&FacetName::ALL.into_iter().collect());
            let mut counts = Counts::new(wanted, &[], &dictionary.read());
            for (reader, table) in self.segments() {
                let is_alive = alive(reader);
                for doc in 0..reader.max_doc() {
                    if is_alive(doc) {
                        counts.add(wanted, &table.row(doc));
                    }
                }
            }
            counts
        })
    }

    /// Returns the names of categories, fandoms and brands with products.
    pub(crate) fn names(&self, dictionary: &RwLock<Dictionary>) -> &[Name] {
        self.names.get_or_init(|| {
            let counts = self.everything(dictionary);
            names::all(counts, &dictionary.read(), self.price_scale)
        })
    }

    /// Returns the address of a product's document, if it is indexed and not deleted.
    pub(crate) fn address(
        &self,
        fields: Fields,
        product: ProductId,
    ) -> tantivy::Result<Option<DocAddress>> {
        let term = Term::from_field_i64(fields.id, product.0);
        for (segment, (reader, _)) in self.segments().enumerate() {
            let index = reader.inverted_index(fields.id)?;
            let Some(mut postings) = index.read_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            let is_alive = alive(reader);
            while postings.doc() != TERMINATED {
                let doc = postings.doc();
                if is_alive(doc) {
                    return Ok(Some(DocAddress::new(segment as u32, doc)));
                }
                postings.advance();
            }
        }
        Ok(None)
    }

    /// Iterates over the segments with their row tables.
    pub(crate) fn segments(&self) -> impl Iterator<Item = (&tantivy::SegmentReader, &Table)> {
        let tables = self.tables.iter().map(Arc::as_ref);
        self.searcher.segment_readers().iter().zip(tables)
    }
}

/// Returns true if an index that fails to open with this error must be rebuilt. Errors that a retry or an operator
/// can resolve return false.
pub(crate) fn needs_rebuild(error: &TantivyError) -> bool {
    match error {
        TantivyError::IoError(error) => matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
        ),
        TantivyError::OpenReadError(OpenReadError::IoError { .. })
        | TantivyError::OpenDirectoryError(_)
        | TantivyError::OpenWriteError(_)
        | TantivyError::LockFailure(..)
        | TantivyError::SystemError(_)
        | TantivyError::ErrorInThread(_) => false,
        _ => true,
    }
}
