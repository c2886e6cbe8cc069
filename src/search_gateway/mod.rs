//! The way to an answer: the configured engine under a time limit and behind a circuit breaker, else the database.
//!
//! Room is bounded: whoever finds none is sent away at once, so that a crowd slows nobody who is already in.

mod admission;
mod breaker;
mod metrics;
mod slow;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use souk_domain::{EngineKind, Facet, FacetName, Hit, ProductId, SearchPage, Suggestion, TenantId};
use souk_search::{SearchEngine, SearchError, SearchPlan, SuggestRequest};
use tracing::Instrument;

use self::{
    admission::{Admission, Full, Guest},
    breaker::Breaker,
    metrics::Question,
};
pub use self::{
    admission::{Place, Places},
    breaker::BreakerState,
    metrics::SearchMetrics,
};
use souk_telemetry::chain;

/// An answer and who gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineResponse<T> {
    /// The answer.
    pub value: T,
    /// Which engine gave it.
    pub engine: EngineKind,
    /// Whether it came from the fallback because the engine could not answer.
    pub degraded: bool,
}

/// No answer.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// There are too many requests at the moment.
    #[error("too many searches at a time")]
    Overloaded,
    /// Neither engine can answer.
    #[error(transparent)]
    Search(#[from] SearchError),
}

/// The engine took too long.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} ms", .0.as_millis())]
struct Late(Duration);

/// How much is let through.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// How long the engine may take before the database answers in its place.
    pub timeout: Duration,
    /// How long an engine that failed is left alone before it is probed.
    pub pause: Duration,
    /// How many searches may be under way at a time.
    pub places: usize,
    /// How many of them the engine works on at a time; the others wait for their turn.
    pub engine_places: usize,
    /// How many of them the database works on at a time in the engine's place; the others wait for their turn.
    pub fallback_places: usize,
    /// How long a search waits for its turns, all in all.
    pub patience: Duration,
}

/// Answers searches whatever happens to the engine; cheap to clone.
#[derive(Clone)]
pub struct SearchGateway {
    engine: Arc<dyn SearchEngine>,
    fallback: Arc<dyn SearchEngine>,
    breaker: Breaker,
    admission: Admission,
    timeout: Duration,
    slow: Option<Duration>,
    metrics: SearchMetrics,
}

impl SearchGateway {
    /// Asks `engine`, then `fallback`.
    pub fn new(
        engine: Arc<dyn SearchEngine>,
        fallback: Arc<dyn SearchEngine>,
        options: &GatewayOptions,
    ) -> Self {
        let sizes = [
            options.places,
            options.engine_places,
            options.fallback_places,
        ];
        Self {
            engine,
            fallback,
            breaker: Breaker::new(options.pause),
            admission: Admission::new(sizes, options.patience),
            timeout: options.timeout,
            slow: None,
            metrics: SearchMetrics::default(),
        }
    }

    /// Tells the log of searches that take as long as that, or longer.
    #[must_use]
    pub fn noting_slow(self, threshold: Option<Duration>) -> Self {
        Self {
            slow: threshold,
            ..self
        }
    }

    /// How searches went so far.
    pub fn metrics(&self) -> &SearchMetrics {
        &self.metrics
    }

    /// How many places of a kind there are.
    pub fn places(&self, kind: Place) -> Places {
        self.admission.places(kind)
    }

    /// How often the breaker before the engine opened, probes that failed not counted.
    pub fn breaker_openings(&self) -> u64 {
        self.breaker.openings()
    }

    /// What the breaker before the engine lets through.
    pub fn breaker(&self) -> BreakerState {
        self.breaker.state()
    }

    /// One page of hits with total and facets, at the strictest stage that finds something.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn search(
        &self,
        plan: &SearchPlan,
    ) -> Result<EngineResponse<SearchPage>, GatewayError> {
        let began = Instant::now();
        let answered = self
            .ask(Question::Search, |engine| {
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
            .ask(Question::FacetValues, |engine| {
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
        self.ask(Question::Suggestions, |engine| engine.suggest(request))
            .await
    }

    /// Products like the given one.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn similar(
        &self,
        tenant: TenantId,
        product: ProductId,
        limit: usize,
    ) -> Result<EngineResponse<Vec<Hit>>, GatewayError> {
        self.ask(Question::Similar, |engine| {
            engine.similar(tenant, product, limit)
        })
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

    async fn ask<'a, T, F>(
        &'a self,
        what: Question,
        question: F,
    ) -> Result<EngineResponse<T>, GatewayError>
    where
        F: Fn(&'a dyn SearchEngine) -> BoxFuture<'a, Result<T, SearchError>>,
    {
        let guest = self.admission.enter().map_err(|full| self.refuse(full))?;
        if let Some(value) = self.ask_engine(&guest, what, &question).await? {
            return Ok(EngineResponse {
                value,
                engine: self.engine.kind(),
                degraded: false,
            });
        }
        let turn = guest.turn(Place::Fallback).await;
        let _turn = turn.map_err(|full| self.refuse(full))?;
        let (engine, began) = (self.fallback.kind(), Instant::now());
        let span = tracing::info_span!("ask", %engine, question = what.name());
        let value = question(&*self.fallback)
            .instrument(span)
            .await
            .inspect_err(|error| self.metrics.failed(engine, error))?;
        self.metrics.answered(engine, what, true, began.elapsed());
        Ok(EngineResponse {
            value,
            engine,
            degraded: true,
        })
    }

    fn refuse(&self, full: Full) -> GatewayError {
        self.metrics.refused(full);
        GatewayError::Overloaded
    }

    /// What the engine answers, if it does.
    async fn ask_engine<'a, T, F>(
        &'a self,
        guest: &Guest<'_>,
        what: Question,
        question: &F,
    ) -> Result<Option<T>, GatewayError>
    where
        F: Fn(&'a dyn SearchEngine) -> BoxFuture<'a, Result<T, SearchError>>,
    {
        let engine = self.engine.kind();
        // Nobody queues for an engine that is known to be away.
        let _turn = if self.breaker.state() == BreakerState::Open {
            None
        } else {
            let turn = guest.turn(Place::Engine).await;
            Some(turn.map_err(|full| self.refuse(full))?)
        };
        let Some(passage) = self.breaker.enter() else {
            self.metrics.spared(engine);
            return Ok(None);
        };
        let began = Instant::now();
        let span = tracing::info_span!("ask", %engine, question = what.name());
        let answer = self.limited(question(&*self.engine)).instrument(span).await;
        if let Err(error) = &answer {
            self.metrics.failed(engine, error);
        }
        Ok(match answer {
            Ok(value) => {
                passage.succeeded();
                self.metrics.answered(engine, what, false, began.elapsed());
                Some(value)
            }
            // It lives, and fails at this question: no reason to keep others from it.
            Err(error @ SearchError::Engine(_)) => {
                passage.succeeded();
                tracing::error!(
                    error = chain(&error),
                    "the search engine failed at a search; the database answers it"
                );
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
            .unwrap_or_else(|_| Err(SearchError::unavailable(Late(self.timeout))))
    }
}
