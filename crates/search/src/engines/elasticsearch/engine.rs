//! Search engine and index writer over an Elasticsearch cluster.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::RwLock;
use souk_domain::{
    EngineKind, Facet, FacetName, Hit, Language, ProductId, SearchPage, Suggestion, TenantId,
};

use super::cluster::client::{Client, Method, Request};
use super::cluster::failure::Failure;
use super::index::index_names::Names;
use super::index::writer::{Batch, Target};
use super::options::{ElasticsearchOptions, OptionsError};
use super::{
    index::{bulk, document::Encoder, entries, foreign},
    query::{body, page, similar},
    suggest,
};
use crate::suggestions::{Completer, best};
use crate::{
    Generation, IndexEntry, IndexError, IndexGenerations, IndexOp, IndexWriter, OpOutcome,
    PhysicalIndex, Refresh, SearchEngine, SearchError, SearchPlan, SuggestRequest,
};

/// The engine over an Elasticsearch cluster. Cloning is cheap and gives the same engine.
#[derive(Debug, Clone)]
pub struct ElasticsearchIndex {
    pub(crate) client: Client,
    pub(crate) options: Arc<ElasticsearchOptions>,
    pub(crate) names: Names,
    /// The language each tenant's index was last asked for in.
    pub(crate) languages: Arc<RwLock<HashMap<TenantId, Language>>>,
}

impl ElasticsearchIndex {
    /// An engine over a cluster, which is not asked for anything yet.
    ///
    /// # Errors
    /// If the options cannot be right.
    pub fn new(options: ElasticsearchOptions) -> Result<Self, OptionsError> {
        options.check()?;
        Ok(Self {
            client: Client::new(&options)?,
            names: Names::new(&options.prefix),
            options: Arc::new(options),
            languages: Arc::default(),
        })
    }

    /// The path and body of the request that answers a plan, for whoever wants to send it without us.
    pub fn search_request(&self, plan: &SearchPlan) -> (String, Vec<u8>) {
        let path = format!("/{}/_search", self.names.alias(plan.tenant));
        (path, body::search_body(plan))
    }

    /// Lines of a bulk request for a change, two for a document, for callers that send them by themselves.
    ///
    /// # Errors
    /// The reason, if the index cannot hold the document.
    pub fn bulk_lines(
        &self,
        generation: Generation,
        language: Language,
        op: &IndexOp,
    ) -> Result<Vec<u8>, String> {
        let index = self.names.index(op.tenant(), generation);
        bulk::item(0, op, &index, &mut Encoder::new(language)).map(|item| item.lines)
    }

    /// Searches the index that a tenant is served from. Half an answer is none.
    async fn ask(&self, tenant: TenantId, body: Vec<u8>) -> Result<Bytes, Failure> {
        let path = format!("{}/_search", self.names.alias(tenant));
        let request = Request::new(Method::Post, &path)
            .parameters(&[("allow_partial_search_results", "false")])
            .body(body);
        self.client.search(request).await
    }

    /// Entries of an index or alias, with ids above the given one, rising.
    async fn entries_in(
        &self,
        index: &str,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError> {
        let entries = entries::entries(&self.client, index, after, limit).await;
        entries.map_err(|failure| failure.writing(index))
    }

    async fn batch(&self, target: Target, ops: &[IndexOp]) -> Result<Batch<'_>, IndexError> {
        Ok(Batch {
            client: &self.client,
            options: &self.options,
            names: &self.names,
            target,
            languages: self.languages_of(ops).await?,
        })
    }
}

#[async_trait]
impl SearchEngine for ElasticsearchIndex {
    fn kind(&self) -> EngineKind {
        EngineKind::Elasticsearch
    }

    async fn search(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        let answer = self.ask(plan.tenant, body::search_body(plan)).await?;
        Ok(page::page(plan, &answer)?)
    }

    async fn facet_values(
        &self,
        plan: &SearchPlan,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
        limit: usize,
    ) -> Result<Facet, SearchError> {
        let body = page::values_body(plan, facet, attribute);
        let answer = self.ask(plan.tenant, body).await?;
        let (wanted, within) = ((facet, attribute), (needle, limit));
        Ok(page::facet_values(plan, wanted, within, &answer)?)
    }

    async fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        if request.limit == 0 {
            return Ok(Vec::new());
        }
        let mut completer = Completer::new(&request.text);
        // Those that take a typo only if there are no others.
        for with_typo in [false, true] {
            let Some(body) = suggest::body(&completer, with_typo) else {
                break;
            };
            let answer = self.ask(request.tenant, body).await?;
            let found = suggest::completions(&mut completer, &request.text, &answer)?;
            if !found.is_empty() {
                return Ok(best(found, request.limit));
            }
        }
        Ok(Vec::new())
    }

    async fn similar(
        &self,
        tenant: TenantId,
        product: ProductId,
        limit: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        let model = self.ask(tenant, similar::model_body(product)).await?;
        let Some(body) = similar::body(product, limit, &model)? else {
            return Ok(Vec::new());
        };
        Ok(similar::hits(&self.ask(tenant, body).await?)?)
    }

    async fn ready(&self, tenant: TenantId) -> Result<(), SearchError> {
        let body = br#"{"size":0,"track_total_hits":false,"terminate_after":1}"#;
        self.ask(tenant, body.to_vec()).await?;
        Ok(())
    }
}

#[async_trait]
impl IndexWriter for ElasticsearchIndex {
    async fn ensure(&self, tenant: TenantId, language: Language) -> Result<bool, IndexError> {
        self.make_served(tenant, language).await
    }

    async fn apply(
        &self,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError> {
        let batch = self.batch(Target::Served, &ops).await?;
        batch.apply(ops, refresh).await
    }

    async fn refresh(&self) -> Result<(), IndexError> {
        let pattern = self.names.everything();
        let path = format!("{pattern}/_refresh");
        let refreshed = self.client.manage(Request::new(Method::Post, &path)).await;
        refreshed
            .map(drop)
            .map_err(|failure| failure.writing(&pattern))
    }

    async fn entries(
        &self,
        tenant: TenantId,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError> {
        let alias = self.names.alias(tenant);
        self.entries_in(&alias, after, limit).await
    }

    async fn foreign_documents(&self, tenant: TenantId) -> Result<Vec<String>, IndexError> {
        let alias = self.names.alias(tenant);
        let foreign = foreign::names(&self.client, &alias).await;
        foreign.map_err(|failure| failure.writing(&alias))
    }

    async fn delete_foreign(&self, tenant: TenantId, names: &[String]) -> Result<(), IndexError> {
        let alias = self.names.alias(tenant);
        let deleted = foreign::delete(&self.client, &alias, names).await;
        deleted.map_err(|failure| failure.writing(&alias))
    }

    async fn remove(&self, tenant: TenantId) -> Result<(), IndexError> {
        self.delete_all(tenant).await
    }
}

#[async_trait]
impl IndexGenerations for ElasticsearchIndex {
    async fn create(
        &self,
        tenant: TenantId,
        language: Language,
        generation: Generation,
    ) -> Result<(), IndexError> {
        self.make_beside(tenant, language, generation).await
    }

    async fn apply_to(
        &self,
        tenant: TenantId,
        generation: Generation,
        ops: Vec<IndexOp>,
        refresh: Refresh,
    ) -> Result<Vec<OpOutcome>, IndexError> {
        let target = Target::Named(tenant, generation);
        let batch = self.batch(target, &ops).await?;
        batch.apply(ops, refresh).await
    }

    async fn finish(&self, tenant: TenantId, generation: Generation) -> Result<u64, IndexError> {
        self.end_bulk_load(tenant, generation).await
    }

    async fn entries_of(
        &self,
        tenant: TenantId,
        generation: Generation,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<Vec<IndexEntry>, IndexError> {
        let index = self.names.index(tenant, generation);
        self.entries_in(&index, after, limit).await
    }

    async fn serve(&self, tenant: TenantId, generation: Generation) -> Result<(), IndexError> {
        self.swap_alias(tenant, generation).await
    }

    async fn discard(&self, tenant: TenantId, generation: Generation) -> Result<(), IndexError> {
        self.delete_unserved(tenant, generation).await
    }

    async fn indexes(&self, tenant: TenantId) -> Result<Vec<PhysicalIndex>, IndexError> {
        self.list(tenant).await
    }
}
