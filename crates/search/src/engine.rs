//! The two contracts: reading an index and writing one.

use async_trait::async_trait;
use souk_domain::{
    EngineKind, Facet, FacetName, Hit, Language, ProductDocument, ProductId, SearchPage,
    Suggestion, TenantId,
};

use souk_embeddings::Vector;

use crate::{
    IndexError, SearchError, SearchPlan,
    relaxation::{self, Stages},
};

/// Answers searches. The contract suite in `crates/search/tests` holds every implementation to it.
///
/// An engine answers exactly the stage its plan asks for; when to try the next one is decided in one place, so that all
/// engines relax alike.
#[async_trait]
pub trait SearchEngine: Send + Sync {
    /// Returns the kind of this engine.
    fn kind(&self) -> EngineKind;

    /// Returns one page of hits with total and facets.
    ///
    /// # Errors
    /// See [`SearchError`]; a plan itself is never at fault.
    async fn search(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError>;

    /// The page of the strictest stage that finds something: what [`crate::search`] answers. An engine for which it costs
    /// less to go through the stages by itself may do so, by the same decisions.
    ///
    /// # Errors
    /// As [`Self::search`].
    async fn search_relaxed(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        let (_, page) = relaxation::relaxed(self, plan).await?;
        Ok(page)
    }

    /// Returns the products nearest to a vector, of those that filters and merchandising of a plan admit, nearest first; at most
    /// `limit`. Its words do not count. None by an engine that keeps no vectors.
    ///
    /// # Errors
    /// As [`Self::search`].
    async fn nearest(
        &self,
        _plan: &SearchPlan,
        _vector: &Vector,
        _limit: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        Ok(Vec::new())
    }

    /// Searches the values of one facet for those whose value or label has a word that begins with
    /// each word of `needle` (folded); all of them when it is blank. At most `limit`, by falling count. The
    /// facet's own selection does not narrow it. `attribute` names the attribute when `facet` is
    /// [`FacetName::Attributes`]. Price and rating have no values to search and answer an empty facet.
    ///
    /// # Errors
    /// See [`SearchError`].
    async fn facet_values(
        &self,
        plan: &SearchPlan,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
        limit: usize,
    ) -> Result<Facet, SearchError>;

    /// Completions of what is being typed: from the first letter, tolerant of one typo from the third.
    ///
    /// # Errors
    /// See [`SearchError`].
    async fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError>;

    /// Products like the given one (never itself), most similar first; empty if it is not indexed.
    ///
    /// # Errors
    /// See [`SearchError`].
    async fn similar(
        &self,
        tenant: TenantId,
        product: ProductId,
        limit: usize,
    ) -> Result<Vec<Hit>, SearchError>;

    /// Checks that this tenant can be searched now; cheap enough for a readiness probe.
    ///
    /// # Errors
    /// What stands in the way.
    async fn ready(&self, tenant: TenantId) -> Result<(), SearchError>;
}

impl<E: SearchEngine + ?Sized> Stages for E {
    type Results = SearchPage;
    type Error = SearchError;

    async fn find(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        self.search(plan).await
    }

    fn total(found: &SearchPage) -> u64 {
        found.total
    }
}

/// Text typed so far.
#[derive(Debug, Clone)]
pub struct SuggestRequest {
    /// Tenant whose catalogue is searched.
    pub tenant: TenantId,
    /// The tenant's language.
    pub language: Language,
    /// The text so far; not blank.
    pub text: String,
    /// At most so many suggestions over all kinds.
    pub limit: usize,
}

/// Change to an index.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexOp {
    /// Make the product look like this.
    Upsert {
        /// External version: a higher one wins, whatever arrives first.
        version: u64,
        /// Document to write.
        document: Box<ProductDocument>,
    },
    /// Make it disappear.
    Delete {
        /// External version, as above.
        version: u64,
        /// Tenant that owns the product.
        tenant: TenantId,
        /// Product that the change is for.
        id: ProductId,
    },
}

impl IndexOp {
    /// The product it is about.
    pub fn id(&self) -> ProductId {
        match self {
            Self::Upsert { document, .. } => document.id,
            Self::Delete { id, .. } => *id,
        }
    }

    /// The tenant it belongs to.
    pub fn tenant(&self) -> TenantId {
        match self {
            Self::Upsert { document, .. } => document.tenant_id,
            Self::Delete { tenant, .. } => *tenant,
        }
    }

    /// External version of the change.
    pub fn version(&self) -> u64 {
        match self {
            Self::Upsert { version, .. } | Self::Delete { version, .. } => *version,
        }
    }
}

/// Outcome of one [`IndexOp`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpOutcome {
    /// The change is in the index, durably.
    Applied,
    /// The index already holds the same or a newer version; nothing to do.
    Stale,
    /// The index refuses this document; the reason is for the operator.
    Rejected(String),
}

/// Point in time at which written documents become visible to searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// Before `apply` returns: the queue is short and someone may be waiting.
    Now,
    /// Left to the engine, as for a bulk load.
    Later,
}

/// Document as the index holds it, for `verify`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexEntry {
    /// The product.
    pub id: ProductId,
    /// The version it was written with.
    pub version: u64,
    /// [`ProductDocument::content_hash`] of what was written.
    pub content_hash: u64,
}

/// Writes an index.
#[async_trait]
pub trait IndexWriter: Send + Sync {
    /// Makes the tenant's index exist in the given language with the current mapping. Answers
    /// whether it was newly made, and so needs every product again.
    ///
    /// # Errors
    /// See [`IndexError`].
    async fn ensure(&self, tenant: TenantId, language: Language) -> Result<bool, IndexError>;

    /// Applies changes in order and answers one outcome each, in the same order. When it returns,
    /// applied changes survive a killed process. An older version never replaces a newer one. A deletion from
    /// an index that is gone is [`OpOutcome::Stale`].
    ///
    /// # Errors
    /// If the batch as a whole was not taken; some of it may be applied all the same, and applying it again is right.
    async fn apply(
        &self,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError>;

    /// Makes everything that was applied so far visible to searches.
    ///
    /// # Errors
    /// See [`IndexError`].
    async fn refresh(&self) -> Result<(), IndexError>;

    /// Up to `limit` entries with ids above `after`, rising.
    ///
    /// # Errors
    /// See [`IndexError`].
    async fn entries(
        &self,
        tenant: TenantId,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError>;

    /// Returns names of documents in the tenant's index that Souk did not write, rising: some of them, if they are
    /// many. None where nobody else can write.
    ///
    /// # Errors
    /// See [`IndexError`].
    async fn foreign_documents(&self, _tenant: TenantId) -> Result<Vec<String>, IndexError> {
        Ok(Vec::new())
    }

    /// Deletes documents that Souk did not write, and leaves those of the same name that it did.
    ///
    /// # Errors
    /// See [`IndexError`].
    async fn delete_foreign(&self, _tenant: TenantId, _names: &[String]) -> Result<(), IndexError> {
        Ok(())
    }

    /// Replaces vectors of products by those of a model, or removes them where there is none. Vectors of another model are
    /// forgotten. An engine that keeps no vectors does nothing.
    ///
    /// # Errors
    /// See [`IndexError`].
    async fn write_vectors(
        &self,
        _tenant: TenantId,
        _model: &str,
        _vectors: Vec<(ProductId, Option<Vector>)>,
    ) -> Result<(), IndexError> {
        Ok(())
    }

    /// Removes the tenant's index, if there is one.
    ///
    /// # Errors
    /// See [`IndexError`].
    async fn remove(&self, tenant: TenantId) -> Result<(), IndexError>;
}

/// Number of a tenant's physical index, rising from one reindex to the next. The first is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub i64);

/// Physical index of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhysicalIndex {
    /// Generation of the index.
    pub generation: Generation,
    /// Name or folder, for the operator.
    pub name: String,
    /// True if searches use this index.
    pub serving: bool,
    /// Number of documents as of the last refresh.
    pub documents: u64,
    /// Size on disk, in bytes.
    pub bytes: u64,
    /// True if the mapping is the one this program would create now. An index with another one works, but wants a
    /// reindex.
    pub current: bool,
}

/// Several indexes of one tenant beside each other, of which one is served: what a reindex without a gap is made of.
///
/// [`IndexWriter`]'s methods mean the index that is served; [`IndexWriter::remove`] removes all.
#[async_trait]
pub trait IndexGenerations: IndexWriter {
    /// Makes an empty index with the current mapping beside the one that is served, tuned for a bulk load; nothing if
    /// it is there already.
    ///
    /// # Errors
    /// See [`IndexError`].
    async fn create(
        &self,
        tenant: TenantId,
        language: Language,
        generation: Generation,
    ) -> Result<(), IndexError>;

    /// Like [`IndexWriter::apply`], to the index named instead of the one that is served. All of `ops` are `tenant`'s.
    ///
    /// # Errors
    /// See [`IndexError`]; [`IndexError::Missing`] if there is no such index.
    async fn apply_to(
        &self,
        tenant: TenantId,
        generation: Generation,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError>;

    /// Ends the bulk load: makes everything visible, restores the settings of an index that is served, and answers
    /// how many documents it holds.
    ///
    /// # Errors
    /// As [`Self::apply_to`].
    async fn finish(&self, tenant: TenantId, generation: Generation) -> Result<u64, IndexError>;

    /// Like [`IndexWriter::entries`], of the index named.
    ///
    /// # Errors
    /// As [`Self::apply_to`].
    async fn entries_of(
        &self,
        tenant: TenantId,
        generation: Generation,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError>;

    /// Has searches and [`IndexWriter::apply`] go to this index from now on, in one step: no search meets none or two.
    ///
    /// # Errors
    /// As [`Self::apply_to`]; what was served is served on.
    async fn serve(&self, tenant: TenantId, generation: Generation) -> Result<(), IndexError>;

    /// Deletes an index that is not served; nothing if there is none.
    ///
    /// # Errors
    /// See [`IndexError`]; [`IndexError::Engine`] if it is served.
    async fn discard(&self, tenant: TenantId, generation: Generation) -> Result<(), IndexError>;

    /// The tenant's indexes, by rising generation.
    ///
    /// # Errors
    /// See [`IndexError`].
    async fn indexes(&self, tenant: TenantId) -> Result<Vec<PhysicalIndex>, IndexError>;
}
