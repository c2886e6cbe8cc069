//! Search gateway: the configured engine under a timeout and behind a circuit breaker, with the database as fallback.
//!
//! Concurrency is limited. A search over the limit is rejected at once and does not slow those already admitted.

mod limiter;
mod metrics;
mod slow;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use souk_breaker::Breaker;
pub use souk_breaker::BreakerState;
use souk_domain::{EngineKind, Facet, FacetName, Hit, ProductId, SearchPage, Suggestion, TenantId};
use souk_search::{SearchEngine, SearchError, SearchPlan, SuggestRequest};
use souk_telemetry::chain;
use tracing::Instrument;

use self::{
    limiter::{AdmittedSearch, ConcurrencyLimiter, Overloaded},
    metrics::Operation,
};
pub use self::{
    limiter::{Pool, PoolUsage},
    metrics::SearchMetrics,
};

/// Result of an engine, with the engine that produced it.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineResponse<T> {
    /// Result.
    pub value: T,
    /// Engine that produced the result.
    pub engine: EngineKind,
    /// True if the fallback answered because the engine could not.
    pub degraded: bool,
}

/// Failures of the gateway.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// Too many searches are under way.
    #[error("too many searches at a time")]
    Overloaded,
    /// Neither engine can answer.
    #[error(transparent)]
    Search(#[from] SearchError),
}

/// Engine timeout.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} ms", .0.as_millis())]
struct Timeout(Duration);

/// Limits of a [`SearchGateway`].
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// Longest time an engine may take before the database answers instead.
    pub timeout: Duration,
    /// Time between the breaker's opening and its next probe.
    pub breaker_cooldown: Duration,
    /// Most searches under way at a time; others are rejected.
    pub max_concurrency: usize,
    /// Most searches in the engine at a time; others wait.
    pub engine_max_concurrency: usize,
    /// Most fallback searches in the database at a time; others wait.
    pub fallback_max_concurrency: usize,
    /// Longest time a search waits for permits in total.
    pub queue_timeout: Duration,
}

/// Runs searches on the engine, or on the fallback if the engine fails; cheap to clone.
#[derive(Clone)]
pub struct SearchGateway {
    engine: Arc<dyn SearchEngine>,
    fallback: Arc<dyn SearchEngine>,
    breaker: Breaker,
    limiter: ConcurrencyLimiter,
    timeout: Duration,
    slow: Option<Duration>,
    metrics: SearchMetrics,
}

impl SearchGateway {
    /// Creates a gateway that queries `engine` first and `fallback` second.
    pub fn new(
        engine: Arc<dyn SearchEngine>,
        fallback: Arc<dyn SearchEngine>,
        options: &GatewayOptions,
    ) -> Self {
        let limits = [
            options.max_concurrency,
            options.engine_max_concurrency,
            options.fallback_max_concurrency,
        ];
        Self {
            engine,
            fallback,
            breaker: Breaker::new("search", options.breaker_cooldown),
            limiter: ConcurrencyLimiter::new(limits, options.queue_timeout),
            timeout: options.timeout,
            slow: None,
            metrics: SearchMetrics::default(),
        }
    }

    /// Logs searches that take at least this long; `None` logs none.
    #[must_use]
    pub fn noting_slow(self, threshold: Option<Duration>) -> Self {
        Self {
            slow: threshold,
            ..self
        }
    }

    /// Returns the search metrics.
    pub fn metrics(&self) -> &SearchMetrics {
        &self.metrics
    }

    /// Returns used and total permits of a pool.
    pub fn pool_usage(&self, pool: Pool) -> PoolUsage {
        self.limiter.usage(pool)
    }

    /// Returns the number of times the breaker opened, failed probes not counted.
    pub fn breaker_openings(&self) -> u64 {
        self.breaker.openings()
    }

    /// Returns the state of the breaker before the engine.
    pub fn breaker(&self) -> BreakerState {
        self.breaker.state()
    }

    /// Returns one page of hits with total and facets, at the strictest match stage that finds something.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn search(
        &self,
        plan: &SearchPlan,
    ) -> Result<EngineResponse<SearchPage>, GatewayError> {
        let began = Instant::now();
        let answered = self
            .execute(Operation::Search, |engine| {
                Box::pin(souk_search::search(engine, plan))
            })
            .await?;
        slow::note(self.slow, began.elapsed(), plan, &answered);
        self.metrics.found(answered.engine, &answered.value);
        Ok(answered)
    }

    /// Searches the values of one facet.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn facet_values(
        &self,
        plan: &SearchPlan,
        facet: FacetName,
        attribute: Option<&str>,
        needle: &str,
        limit: usize,
    ) -> Result<EngineResponse<Facet>, GatewayError> {
        let began = Instant::now();
        let answered = self
            .execute(Operation::FacetValues, |engine| {
                Box::pin(souk_search::facet_values(
                    engine, plan, facet, attribute, needle, limit,
                ))
            })
            .await?;
        slow::note(self.slow, began.elapsed(), plan, &answered);
        Ok(answered)
    }

    /// Completes what is being typed.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn suggest(
        &self,
        request: &SuggestRequest,
    ) -> Result<EngineResponse<Vec<Suggestion>>, GatewayError> {
        self.execute(Operation::Suggestions, |engine| engine.suggest(request))
            .await
    }

    /// Returns products similar to the given one.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn similar(
        &self,
        tenant: TenantId,
        product: ProductId,
        limit: usize,
    ) -> Result<EngineResponse<Vec<Hit>>, GatewayError> {
        self.execute(Operation::Similar, |engine| {
            engine.similar(tenant, product, limit)
        })
        .await
    }

    /// Returns the kind of the configured engine.
    pub fn engine(&self) -> EngineKind {
        self.engine.kind()
    }

    /// Checks that the configured engine answers now. One that has no index of this tenant answers: the database stands
    /// in for that index alone.
    ///
    /// # Errors
    /// The reason why it does not.
    pub async fn ready(&self, tenant: TenantId) -> Result<(), SearchError> {
        match self.limited(self.engine.ready(tenant)).await {
            Err(SearchError::NotReady(_)) => Ok(()),
            readiness => readiness,
        }
    }

    async fn execute<'a, T, F>(
        &'a self,
        operation: Operation,
        query: F,
    ) -> Result<EngineResponse<T>, GatewayError>
    where
        F: Fn(&'a dyn SearchEngine) -> BoxFuture<'a, Result<T, SearchError>>,
    {
        let admitted = self.limiter.admit().map_err(|pool| self.reject(pool))?;
        if let Some(value) = self.execute_on_engine(&admitted, operation, &query).await? {
            return Ok(EngineResponse {
                value,
                engine: self.engine.kind(),
                degraded: false,
            });
        }
        let permit = admitted.acquire(Pool::Fallback).await;
        let _permit = permit.map_err(|pool| self.reject(pool))?;
        let (engine, began) = (self.fallback.kind(), Instant::now());
        let span = tracing::info_span!("ask", %engine, question = operation.name());
        let value = query(&*self.fallback)
            .instrument(span)
            .await
            .inspect_err(|error| self.metrics.failed(engine, error))?;
        self.metrics
            .answered(engine, operation, true, began.elapsed());
        Ok(EngineResponse {
            value,
            engine,
            degraded: true,
        })
    }

    fn reject(&self, pool: Overloaded) -> GatewayError {
        self.metrics.rejected(pool);
        GatewayError::Overloaded
    }

    /// Returns the engine's result, or `None` if the fallback has to answer.
    async fn execute_on_engine<'a, T, F>(
        &'a self,
        admitted: &AdmittedSearch<'_>,
        operation: Operation,
        query: &F,
    ) -> Result<Option<T>, GatewayError>
    where
        F: Fn(&'a dyn SearchEngine) -> BoxFuture<'a, Result<T, SearchError>>,
    {
        let engine = self.engine.kind();
        // No search queues for an engine whose breaker is open.
        let _permit = if self.breaker.state() == BreakerState::Open {
            None
        } else {
            let permit = admitted.acquire(Pool::Engine).await;
            Some(permit.map_err(|pool| self.reject(pool))?)
        };
        let Some(passage) = self.breaker.enter() else {
            self.metrics.breaker_open(engine);
            return Ok(None);
        };
        let began = Instant::now();
        let span = tracing::info_span!("ask", %engine, question = operation.name());
        let answer = self.limited(query(&*self.engine)).instrument(span).await;
        if let Err(error) = &answer {
            self.metrics.failed(engine, error);
        }
        Ok(match answer {
            Ok(value) => {
                passage.succeeded();
                self.metrics
                    .answered(engine, operation, false, began.elapsed());
                Some(value)
            }
            // The engine is up and fails at this query only: the breaker stays closed.
            Err(error @ SearchError::Engine(_)) => {
                passage.succeeded();
                tracing::error!(
                    error = chain(&error),
                    "the search engine failed at a search; the database answers it"
                );
                None
            }
            // So it does while one tenant's index is missing: the others are none the worse.
            Err(error @ SearchError::NotReady(_)) => {
                passage.succeeded();
                tracing::debug!(error = chain(&error), "index missing; the database answers");
                None
            }
            Err(error) => {
                passage.failed();
                tracing::debug!(error = chain(&error), "the search engine does not answer");
                None
            }
        })
    }

    async fn limited<T>(
        &self,
        answer: impl Future<Output = Result<T, SearchError>>,
    ) -> Result<T, SearchError> {
        tokio::time::timeout(self.timeout, answer)
            .await
            .unwrap_or_else(|_| Err(SearchError::unavailable(Timeout(self.timeout))))
    }
}
