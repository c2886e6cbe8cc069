//! Engine traits of [`TantivyIndex`]: searches and writes run on blocking threads, searches under a semaphore.

use std::collections::HashMap;

use async_trait::async_trait;
use souk_domain::{
    EngineKind, Facet, FacetName, Hit, Language, ProductId, SearchPage, Suggestion, TenantId,
};

use souk_embeddings::Vector;

use super::index::tenant::TenantIndex;
use super::index::{Inner, TantivyIndex};
use super::{
    facets::value_search,
    index::entries,
    query::{nearest, relaxed, search, similar},
    suggest,
};
use crate::{
    Generation, IndexEntry, IndexError, IndexGenerations, IndexOp, IndexWriter, OpOutcome,
    PhysicalIndex, Refresh, SearchEngine, SearchError, SearchPlan, SuggestRequest,
};

#[async_trait]
impl SearchEngine for TantivyIndex {
    fn kind(&self) -> EngineKind {
        EngineKind::Tantivy
    }

    async fn search(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        let plan = plan.clone();
        self.read(plan.tenant, move |index| search::search(index, &plan))
            .await
    }

    async fn search_relaxed(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        let plan = plan.clone();
        self.read(plan.tenant, move |index| relaxed::search(index, &plan))
            .await
    }

    async fn nearest(
        &self,
        plan: &SearchPlan,
        vector: &Vector,
        limit: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        let Some(vectors) = self.inner.vectors.of(plan.tenant) else {
            return Ok(Vec::new());
        };
        let (plan, vector) = (plan.clone(), vector.clone());
        self.read(plan.tenant, move |index| {
            nearest::nearest(index, &vectors.read(), &plan, (&vector, limit))
        })
        .await
    }

    async fn facet_values(
        &self,
        plan: &SearchPlan,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
        limit: usize,
    ) -> Result<Facet, SearchError> {
        let plan = plan.clone();
        let attribute = attribute.map(str::to_owned);
        let needle = needle.to_owned();
        self.read(plan.tenant, move |index| {
            value_search::facet_values(index, &plan, (facet, attribute.as_deref()), &needle, limit)
        })
        .await
    }

    async fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        let request = request.clone();
        self.read(request.tenant, move |index| {
            suggest::suggest(index, &request)
        })
        .await
    }

    async fn similar(
        &self,
        tenant: TenantId,
        product: ProductId,
        limit: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        self.read(tenant, move |index| similar::similar(index, product, limit))
            .await
    }

    async fn ready(&self, tenant: TenantId) -> Result<(), SearchError> {
        self.inner.tenant(tenant).map(drop)
    }
}

#[async_trait]
impl IndexWriter for TantivyIndex {
    async fn ensure(&self, tenant: TenantId, language: Language) -> Result<bool, IndexError> {
        self.write(move |inner| inner.ensure(tenant, language))
            .await
    }

    async fn apply(
        &self,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError> {
        self.write(move |inner| apply(inner, ops, refresh)).await
    }

    async fn refresh(&self) -> Result<(), IndexError> {
        self.write(Inner::refresh).await
    }

    async fn entries(
        &self,
        tenant: TenantId,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError> {
        self.write(move |inner| {
            let index = inner.tenant(tenant).map_err(IndexError::engine)?;
            entries::entries(&index, after, limit).map_err(IndexError::engine)
        })
        .await
    }

    async fn write_vectors(
        &self,
        tenant: TenantId,
        model: &str,
        vectors: Vec<(ProductId, Option<Vector>)>,
    ) -> Result<(), IndexError> {
        let model = model.to_owned();
        self.write(move |inner| {
            inner.vectors.write(tenant, &model, vectors);
            Ok(())
        })
        .await
    }

    async fn remove(&self, tenant: TenantId) -> Result<(), IndexError> {
        self.write(move |inner| inner.remove(tenant)).await
    }
}

#[async_trait]
impl IndexGenerations for TantivyIndex {
    async fn create(
        &self,
        tenant: TenantId,
        language: Language,
        generation: Generation,
    ) -> Result<(), IndexError> {
        self.write(move |inner| inner.create(tenant, language, generation))
            .await
    }

    async fn apply_to(
        &self,
        tenant: TenantId,
        generation: Generation,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError> {
        self.write(move |inner| inner.apply_to(tenant, generation, ops, refresh))
            .await
    }

    async fn finish(&self, tenant: TenantId, generation: Generation) -> Result<u64, IndexError> {
        self.write(move |inner| inner.finish(tenant, generation))
            .await
    }

    async fn entries_of(
        &self,
        tenant: TenantId,
        generation: Generation,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError> {
        self.write(move |inner| {
            let index = inner.generation(tenant, generation)?;
            entries::entries(&index, after, limit).map_err(IndexError::engine)
        })
        .await
    }

    async fn serve(&self, tenant: TenantId, generation: Generation) -> Result<(), IndexError> {
        self.write(move |inner| inner.serve(tenant, generation))
            .await
    }

    async fn discard(&self, tenant: TenantId, generation: Generation) -> Result<(), IndexError> {
        self.write(move |inner| inner.discard(tenant, generation))
            .await
    }

    async fn indexes(&self, tenant: TenantId) -> Result<Vec<PhysicalIndex>, IndexError> {
        self.write(move |inner| inner.indexes(tenant)).await
    }
}

impl TantivyIndex {
    async fn read<T: Send + 'static>(
        &self,
        tenant: TenantId,
        work: impl FnOnce(&TenantIndex) -> tantivy::Result<T> + Send + 'static,
    ) -> Result<T, SearchError> {
        let index = self.inner.tenant(tenant)?;
        // Searches are CPU-bound: more of them than cores only slows each one down.
        let permit = self
            .inner
            .permits
            .clone()
            .acquire_owned()
            .await
            .map_err(SearchError::unavailable)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(&index)
        });
        done.await
            .map_err(SearchError::engine)?
            .map_err(SearchError::engine)
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let inner = self.inner.clone();
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .map_err(IndexError::engine)?
    }
}

/// Applies changes in one batch per tenant; outcomes keep the order of `ops`.
fn apply(inner: &Inner, ops: Vec<IndexOp>, refresh: Refresh) -> Result<Vec<OpOutcome>, IndexError> {
    let count = ops.len();
    let mut by_tenant: HashMap<TenantId, (Vec<usize>, Vec<IndexOp>)> = HashMap::new();
    for (place, op) in ops.into_iter().enumerate() {
        let (places, ops) = by_tenant.entry(op.tenant()).or_default();
        places.push(place);
        ops.push(op);
    }
    let mut outcomes = vec![OpOutcome::Stale; count];
    for (tenant, (places, ops)) in by_tenant {
        for (place, outcome) in places.into_iter().zip(inner.apply(tenant, ops, refresh)?) {
            outcomes[place] = outcome;
        }
    }
    Ok(outcomes)
}
