//! The way to an answer: the configured engine under a time limit, else the database.
//!
//! A circuit breaker belongs between the two: [`Outage`] is its place. It now only counts an outage
//! once, so that a log holds one warning for each and not one for each request.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use souk_domain::{EngineKind, Facet, FacetName, Hit, ProductId, SearchPage, Suggestion, TenantId};
use souk_search::{SearchEngine, SearchError, SearchPlan, SuggestRequest};

use crate::error::chain;

/// An answer and who gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered<T> {
    /// The answer.
    pub value: T,
    /// Which engine gave it.
    pub engine: EngineKind,
    /// Whether it came from the fallback because the engine could not answer.
    pub degraded: bool,
}

/// Answers searches whatever happens to the engine.
#[derive(Clone)]
pub struct SearchGateway {
    engine: Arc<dyn SearchEngine>,
    fallback: Arc<dyn SearchEngine>,
    timeout: Duration,
    outage: Arc<Outage>,
}

impl SearchGateway {
    /// Asks `engine`, for at most `timeout`, then `fallback`.
    pub fn new(
        engine: Arc<dyn SearchEngine>,
        fallback: Arc<dyn SearchEngine>,
        timeout: Duration,
    ) -> Self {
        Self {
            engine,
            fallback,
            timeout,
            outage: Arc::default(),
        }
    }

    /// One page of hits with total and facets, at the strictest stage that finds something.
    ///
    /// # Errors
    /// If neither engine can answer.
    pub async fn search(&self, plan: &SearchPlan) -> Result<Answered<SearchPage>, SearchError> {
        self.ask(|engine| Box::pin(souk_search::search(engine, plan)))
            .await
    }

    /// Searches the values of one facet.
    ///
    /// # Errors
    /// If neither engine can answer.
    pub async fn facet_values(
        &self,
        plan: &SearchPlan,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
        limit: usize,
    ) -> Result<Answered<Facet>, SearchError> {
        self.ask(|engine| {
            Box::pin(souk_search::facet_values(
                engine, plan, facet, attribute, needle, limit,
            ))
        })
        .await
    }

    /// Completes what is being typed.
    ///
    /// # Errors
    /// If neither engine can answer.
    pub async fn suggest(
        &self,
        request: &SuggestRequest,
    ) -> Result<Answered<Vec<Suggestion>>, SearchError> {
        self.ask(|engine| engine.suggest(request)).await
    }

    /// Products like the given one.
    ///
    /// # Errors
    /// If neither engine can answer.
    pub async fn similar(
        &self,
        tenant: TenantId,
        product: ProductId,
        limit: usize,
    ) -> Result<Answered<Vec<Hit>>, SearchError> {
        self.ask(|engine| engine.similar(tenant, product, limit))
            .await
    }

    /// The configured engine's kind.
    pub fn engine(&self) -> EngineKind {
        self.engine.kind()
    }

    /// Whether the configured engine can answer now.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn ready(&self, tenant: TenantId) -> Result<(), SearchError> {
        self.limited(self.engine.ready(tenant)).await
    }

    async fn ask<'a, T, F>(&'a self, question: F) -> Result<Answered<T>, SearchError>
    where
        F: Fn(&'a dyn SearchEngine) -> BoxFuture<'a, Result<T, SearchError>>,
    {
        match self.limited(question(&*self.engine)).await {
            Ok(value) => {
                self.outage.ends();
                Ok(Answered {
                    value,
                    engine: self.engine.kind(),
                    degraded: false,
                })
            }
            Err(error) => {
                self.outage.begins(&error);
                let value = question(&*self.fallback).await?;
                Ok(Answered {
                    value,
                    engine: self.fallback.kind(),
                    degraded: true,
                })
            }
        }
    }

    async fn limited<T>(
        &self,
        answer: impl Future<Output = Result<T, SearchError>>,
    ) -> Result<T, SearchError> {
        tokio::time::timeout(self.timeout, answer)
            .await
            .unwrap_or_else(|_| {
                let limit = self.timeout.as_millis();
                Err(SearchError::unavailable(format!(
                    "no answer within {limit} ms"
                )))
            })
    }
}

/// Whether the engine is away, as of the last answer.
#[derive(Debug, Default)]
struct Outage(AtomicBool);

impl Outage {
    fn begins(&self, error: &SearchError) {
        if !self.0.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                error = chain(error),
                "the search engine does not answer; the database answers in its place"
            );
        }
    }

    fn ends(&self) {
        // A plain read first: this runs once a search, and writing would bounce the cache line.
        if self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed) {
            tracing::info!("the search engine answers again");
        }
    }
}
