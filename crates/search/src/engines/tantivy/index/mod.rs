//! Indexes of all tenants: opening, creating, writing and removing them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use souk_domain::{Language, TenantId};
use tantivy::TantivyError;
use tokio::sync::Semaphore;

use self::layout::TenantFolder;
use self::tenant::{TenantIndex, needs_rebuild};
use self::writer_state::{Versions, Writer};
use crate::engines::tantivy::vectors::Vectors;
use crate::{Generation, IndexError, IndexOp, OpOutcome, Refresh, SearchError};

/// Options of the embedded engine.
#[derive(Debug, Clone)]
pub struct TantivyOptions {
    /// Root directory of the indexes; created if absent.
    pub directory: PathBuf,
    /// Memory of a tenant's writer before it flushes a segment, in bytes over all its threads; 64 MiB by default.
    pub writer_memory: usize,
    /// Indexing threads of a tenant's writer, at least 1; by default the number of cores, at most 2.
    pub writer_threads: usize,
    /// Concurrent searches, at least 1; further ones queue. The number of cores by default.
    pub search_threads: usize,
}

impl TantivyOptions {
    /// Creates options with the defaults for this directory.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            directory: directory.into(),
            writer_memory: 64 << 20,
            writer_threads: cores.min(2),
            search_threads: cores,
        }
    }
}

/// Embedded engine; clones share the same indexes.
#[derive(Clone)]
pub struct TantivyIndex {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    options: TantivyOptions,
    /// Indexes of the serving generation.
    pub(super) tenants: RwLock<HashMap<TenantId, Arc<TenantIndex>>>,
    /// Open indexes of other generations.
    pub(super) building: RwLock<HashMap<(TenantId, Generation), Arc<TenantIndex>>>,
    /// Held while an index is created, opened, put into service or removed.
    pub(super) lifecycle: Mutex<()>,
    pub(super) permits: Arc<Semaphore>,
    pub(super) vectors: Vectors,
}

impl TantivyIndex {
    /// Opens all indexes under the directory for searching.
    ///
    /// Logs a single index that fails to open, and leaves its repair to [`ensure`](crate::IndexWriter::ensure).
    ///
    /// # Errors
    /// Fails if the directory cannot be created or read.
    pub fn open(options: TantivyOptions) -> Result<Self, IndexError> {
        fs::create_dir_all(&options.directory).map_err(IndexError::unavailable)?;
        let mut tenants = HashMap::new();
        for entry in fs::read_dir(&options.directory).map_err(IndexError::unavailable)? {
            let entry = entry.map_err(IndexError::unavailable)?;
            let name = entry.file_name();
            let Some(tenant) = name.to_str().and_then(|name| name.parse::<TenantId>().ok()) else {
                continue;
            };
            match open_served(&TenantFolder::new(entry.path())) {
                Ok(Some(index)) => drop(tenants.insert(tenant, index)),
                Ok(None) => {}
                Err(error) => tracing::warn!(%tenant, %error, "index failed to open"),
            }
        }
        let permits = Arc::new(Semaphore::new(options.search_threads.max(1)));
        let inner = Inner {
            options,
            tenants: RwLock::new(tenants),
            building: RwLock::default(),
            lifecycle: Mutex::new(()),
            permits,
            vectors: Vectors::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Returns the tenant's index for use with Tantivy's own API, if the tenant has one.
    ///
    /// Field names are in [`schema`](crate::engines::tantivy::index::schema). Text fields hold the stems and words that
    /// [`crate::query::analysis`] produces.
    pub fn raw(&self, tenant: TenantId) -> Option<tantivy::Index> {
        let tenants = self.inner.tenants.read();
        tenants.get(&tenant).map(|tenant| tenant.index.clone())
    }

    /// Returns the memory of the tenant's row tables, in bytes.
    pub fn table_bytes(&self, tenant: TenantId) -> Option<usize> {
        let tenant = self.inner.tenant(tenant).ok()?;
        let snapshot = tenant.snapshot();
        Some(snapshot.tables.iter().map(|table| table.bytes()).sum())
    }
}

fn open_served(folder: &TenantFolder) -> tantivy::Result<Option<Arc<TenantIndex>>> {
    let served = folder.served()?;
    match folder.usable(served) {
        Some((path, language)) => TenantIndex::open(&path, language, served).map(Some),
        None => Ok(None),
    }
}

impl Inner {
    pub(super) fn tenant(&self, tenant: TenantId) -> Result<Arc<TenantIndex>, SearchError> {
        let found = self.tenants.read().get(&tenant).cloned();
        found.ok_or_else(|| SearchError::NotReady(format!("tenant {tenant} has no index")))
    }

    pub(super) fn folder(&self, tenant: TenantId) -> TenantFolder {
        TenantFolder::new(self.options.directory.join(tenant.to_string()))
    }

    pub(super) fn ensure(&self, tenant: TenantId, language: Language) -> Result<bool, IndexError> {
        let _lifecycle = self.lifecycle.lock();
        let open = self.tenants.read().get(&tenant).cloned();
        if let Some(open) = open.filter(|open| open.language == language) {
            self.with_writer(&open, |_, _| Ok(()))?;
            return Ok(false);
        }
        // The index in the other language is no longer searched; its writer closes.
        self.tenants.write().remove(&tenant);
        let (index, made) = self.open_or_create(tenant, language)?;
        self.with_writer(&index, |_, _| Ok(()))?;
        remove_others(&self.folder(tenant), &index);
        self.tenants.write().insert(tenant, index);
        Ok(made)
    }

    fn open_or_create(
        &self,
        tenant: TenantId,
        language: Language,
    ) -> Result<(Arc<TenantIndex>, bool), IndexError> {
        let folder = self.folder(tenant);
        let served = folder.served().map_err(IndexError::unavailable)?;
        let directory = TenantIndex::path(&folder.generation(served), language);
        if directory.is_dir() {
            match TenantIndex::open(&directory, language, served) {
                Ok(index) => return Ok((index, false)),
                Err(error) if needs_rebuild(&error) => {
                    tracing::warn!(%tenant, %error, "index damaged; rebuilding");
                }
                Err(error) => return Err(index_error(error, &directory)),
            }
        }
        let index = TenantIndex::create(&directory, language, served)
            .map_err(|error| index_error(error, &directory))?;
        Ok((index, true))
    }

    pub(super) fn apply(
        &self,
        tenant: TenantId,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError> {
        let index = match self.tenant(tenant) {
            Ok(index) => index,
            Err(_) if ops.iter().all(|op| matches!(op, IndexOp::Delete { .. })) => {
                return Ok(vec![OpOutcome::Stale; ops.len()]);
            }
            Err(absent) => return Err(IndexError::engine(absent)),
        };
        self.with_writer(&index, |writer, versions| {
            writer.apply(&index, versions, ops, refresh)
        })
    }

    /// Makes all applied changes searchable, in every tenant's index.
    pub(super) fn refresh(&self) -> Result<(), IndexError> {
        let tenants: Vec<_> = self.tenants.read().values().cloned().collect();
        for tenant in tenants {
            self.with_writer(&tenant, |writer, versions| {
                writer.refresh(&tenant, versions)
            })?;
        }
        Ok(())
    }

    /// Runs `work` with the tenant's writer, opening it if needed. A writer that fails is closed, and its
    /// uncommitted changes are lost.
    pub(super) fn with_writer<T>(
        &self,
        tenant: &TenantIndex,
        work: impl FnOnce(&mut Writer, &mut Versions) -> tantivy::Result<T>,
    ) -> Result<T, IndexError> {
        let mut slot = tenant.writer.lock();
        let mut writer = match slot.writer.take() {
            Some(writer) => writer,
            None => {
                let TantivyOptions {
                    writer_memory,
                    writer_threads,
                    ..
                } = self.options;
                Writer::open(tenant, writer_memory, writer_threads.max(1))
                    .map_err(|error| index_error(error, tenant.directory()))?
            }
        };
        let done = work(&mut writer, &mut slot.versions)
            .map_err(|error| index_error(error, tenant.directory()))?;
        slot.writer = Some(writer);
        Ok(done)
    }

    pub(super) fn remove(&self, tenant: TenantId) -> Result<(), IndexError> {
        let _lifecycle = self.lifecycle.lock();
        self.vectors.remove(tenant);
        let mut open: Vec<_> = self.tenants.write().remove(&tenant).into_iter().collect();
        self.building.write().retain(|&(of, _), index| {
            if of == tenant {
                open.push(index.clone());
            }
            of != tenant
        });
        for index in open {
            drop(index.writer.lock().writer.take());
        }
        let removed = self.folder(tenant).remove_all();
        removed.map_err(IndexError::unavailable)
    }
}

/// Deletes the generation's indexes of other languages and mappings.
fn remove_others(folder: &TenantFolder, current: &TenantIndex) {
    let siblings = folder.indexes_of(current.generation);
    for sibling in siblings.into_iter().flatten() {
        if sibling != current.directory()
            && let Err(error) = fs::remove_dir_all(&sibling)
        {
            tracing::warn!(%error, path = %sibling.display(), "failed to delete an outdated index");
        }
    }
}

/// Write lock held by another process.
#[derive(Debug, thiserror::Error)]
#[error(
    "another process writes the index in {directory}, and only one may: stop it, give this one a directory of its own, or set ELASTICSEARCH_URL"
)]
struct Locked {
    directory: String,
    source: TantivyError,
}

pub(super) fn index_error(error: TantivyError, directory: &Path) -> IndexError {
    match error {
        TantivyError::LockFailure(..) => IndexError::unavailable(Locked {
            directory: directory.display().to_string(),
            source: error,
        }),
        TantivyError::IoError(_)
        | TantivyError::OpenReadError(_)
        | TantivyError::OpenWriteError(_)
        | TantivyError::OpenDirectoryError(_)
        | TantivyError::ErrorInThread(_)
        | TantivyError::SystemError(_) => IndexError::unavailable(error),
        _ => IndexError::engine(error),
    }
}

pub(crate) mod card;
pub(crate) mod card_variants;
pub(crate) mod columns;
pub(crate) mod dictionary;
pub(crate) mod document;
pub(crate) mod entries;
pub(crate) mod generations;
pub(crate) mod groups;
pub(crate) mod layout;
pub(crate) mod name_frequencies;
pub(crate) mod row;
pub mod schema;
pub(crate) mod table;
pub(crate) mod tail;
pub(crate) mod tenant;
pub(crate) mod variants;
pub(crate) mod weighted;
pub(crate) mod writer;
pub(crate) mod writer_state;
