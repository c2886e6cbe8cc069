//! Applies changes to an index: skips stale ones and commits the rest of a batch together.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use souk_domain::ProductId;
use tantivy::columnar::Column;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, InvertedIndexReader, SegmentReader, TERMINATED, Term};

use super::columns::alive;
use super::document::Encoder;
use super::schema;
use super::tenant::TenantIndex;
use super::writer_state::{Recent, Versions, Writer};
use crate::{IndexOp, OpOutcome, Refresh};

/// Retention of a deletion's version, so that a late older change does not undo the deletion. Far longer than a
/// worker's lease on a batch.
const DELETION_RETENTION: Duration = Duration::from_secs(15 * 60);
/// Maximum number of unrefreshed writes, whose versions are kept in memory; more force a refresh.
const MAX_UNREFRESHED: usize = 50_000;
/// Tantivy's minimum memory per thread, in bytes.
const MIN_THREAD_MEMORY: usize = 15_000_000;

/// Batch that is indexed but not committed.
struct Staged {
    outcomes: Vec<OpOutcome>,
    versions: HashMap<i64, Recent>,
    /// True if there is anything to commit.
    touched: bool,
}

impl Writer {
    /// Opens the index for writing.
    pub(crate) fn open(
        tenant: &TenantIndex,
        memory: usize,
        threads: usize,
    ) -> tantivy::Result<Self> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread((memory / threads).max(MIN_THREAD_MEMORY))
            .num_worker_threads(threads)
            .num_merge_threads(1)
            .build();
        let inner: tantivy::IndexWriter = tenant.index.writer_with_options(options)?;
        inner.set_merge_policy(Box::new(merge_policy()));
        // A writer killed before its commit leaves files behind. The next commit may need the same names, such as the
        // deletions of a segment at the same stamp, and would fail on them every time.
        inner.garbage_collect_files().wait()?;
        // A predecessor may have failed after its commit took effect.
        tenant.refresh()?;
        Ok(Self {
            inner,
            encoder: Encoder::new(tenant.fields, tenant.language),
        })
    }

    /// Applies changes and returns their outcomes in order.
    pub(crate) fn apply(
        &mut self,
        tenant: &TenantIndex,
        versions: &mut Versions,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> tantivy::Result<Vec<OpOutcome>> {
        let staged = self.stage(tenant, versions, ops)?;
        if staged.touched {
            self.inner.commit()?;
            versions.dirty = true;
        }
        versions.recent.extend(staged.versions);
        let full = versions.recent.len() > MAX_UNREFRESHED;
        if refresh == Refresh::Now || full {
            self.refresh(tenant, versions)?;
        }
        Ok(staged.outcomes)
    }

    /// Makes committed documents searchable, if any are not.
    pub(crate) fn refresh(
        &self,
        tenant: &TenantIndex,
        versions: &mut Versions,
    ) -> tantivy::Result<()> {
        if versions.dirty {
            tenant.refresh()?;
            versions.forget_refreshed();
        }
        Ok(())
    }

    /// Passes the changes to the index one by one, so that its threads index while the next is encoded.
    fn stage(
        &mut self,
        tenant: &TenantIndex,
        versions: &Versions,
        ops: Vec<IndexOp>,
    ) -> tantivy::Result<Staged> {
        let indexed = Indexed::new(tenant)?;
        let now = Instant::now();
        let mut staged = Staged {
            outcomes: Vec::with_capacity(ops.len()),
            versions: HashMap::with_capacity(ops.len()),
            touched: false,
        };
        for op in ops {
            let ProductId(id) = op.id();
            let earlier = staged
                .versions
                .get(&id)
                .or_else(|| versions.recent.get(&id));
            let (known, exists) = match earlier {
                Some(recent) => (Some(recent.version), recent.deleted_at.is_none()),
                None => {
                    let version = indexed.version(id)?;
                    (version, version.is_some())
                }
            };
            let version = op.version();
            if known.is_some_and(|known| known >= version) {
                staged.outcomes.push(OpOutcome::Stale);
                continue;
            }
            let document = match op {
                IndexOp::Delete { .. } => None,
                IndexOp::Upsert { document, .. } => match self.encoder.encode(&document, version) {
                    Ok(document) => Some(document),
                    Err(reason) => {
                        staged.outcomes.push(OpOutcome::Rejected(reason));
                        continue;
                    }
                },
            };
            let recent = Recent {
                version,
                deleted_at: document.is_none().then_some(now),
            };
            staged.touched |= exists || document.is_some();
            if exists {
                // Deletes only documents added before this operation.
                let term = Term::from_field_i64(tenant.fields.id, id);
                self.inner.delete_term(term);
            }
            if let Some(document) = document {
                self.inner.add_document(document)?;
            }
            staged.versions.insert(id, recent);
            staged.outcomes.push(OpOutcome::Applied);
        }
        Ok(staged)
    }
}

impl Versions {
    /// Forgets versions that the new snapshot holds. Call after a snapshot of all commits.
    fn forget_refreshed(&mut self) {
        self.dirty = false;
        self.recent.retain(|_, recent| {
            recent
                .deleted_at
                .is_some_and(|at| at.elapsed() < DELETION_RETENTION)
        });
    }
}

/// Returns a policy that merges six segments of similar size, with size levels a factor of eight apart. Searches
/// visit few segments, and a single change is merged with few others at a time.
fn merge_policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(6);
    policy.set_min_layer_size(50);
    policy.set_level_log_size(3.0);
    policy.set_del_docs_ratio_before_merge(0.25);
    policy
}

/// Reader of the versions of documents in the snapshot.
struct Indexed {
    segments: Vec<IndexedSegment>,
    field: tantivy::schema::Field,
}

struct IndexedSegment {
    reader: SegmentReader,
    ids: Arc<InvertedIndexReader>,
    versions: Column<u64>,
}

impl Indexed {
    fn new(tenant: &TenantIndex) -> tantivy::Result<Self> {
        let snapshot = tenant.snapshot();
        let readers = snapshot.searcher.segment_readers().iter();
        let segments = readers.map(|reader| {
            Ok(IndexedSegment {
                ids: reader.inverted_index(tenant.fields.id)?,
                versions: reader.fast_fields().u64(schema::VERSION)?,
                reader: reader.clone(),
            })
        });
        Ok(Self {
            segments: segments.collect::<tantivy::Result<_>>()?,
            field: tenant.fields.id,
        })
    }

    fn version(&self, id: i64) -> tantivy::Result<Option<u64>> {
        let term = Term::from_field_i64(self.field, id);
        for segment in &self.segments {
            if let Some(doc) = segment.living(&term)? {
                return Ok(segment.versions.first(doc));
            }
        }
        Ok(None)
    }
}

impl IndexedSegment {
    fn living(&self, term: &Term) -> tantivy::Result<Option<DocId>> {
        let Some(mut postings) = self.ids.read_postings(term, IndexRecordOption::Basic)? else {
            return Ok(None);
        };
        let is_alive = alive(&self.reader);
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if is_alive(doc) {
                return Ok(Some(doc));
            }
            doc = postings.advance();
        }
        Ok(None)
    }
}
