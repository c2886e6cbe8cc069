//! Search metrics: responses, durations, failures and rejections by engine.

use std::time::Duration;

use prometheus_client::registry::Registry;
use souk_domain::{EngineKind, MatchStage, SearchPage};
use souk_search::SearchError;

use souk_telemetry::{CounterBy, SecondsBy, seconds};

use super::{
    Timeout,
    limiter::{Overloaded, Pool},
};

/// Operations of an engine.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operation {
    Search,
    FacetValues,
    Suggestions,
    Similar,
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::FacetValues => "facet_values",
            Self::Suggestions => "suggestions",
            Self::Similar => "similar",
        }
    }
}

/// Search metrics. Clones share their counters.
#[derive(Debug, Clone)]
pub struct SearchMetrics {
    answered: CounterBy<3>,
    took: SecondsBy<2>,
    failures: CounterBy<2>,
    refused: CounterBy<1>,
    stages: CounterBy<2>,
    empty: CounterBy<1>,
}

impl Default for SearchMetrics {
    fn default() -> Self {
        Self {
            answered: CounterBy::default(),
            took: seconds(),
            failures: CounterBy::default(),
            refused: CounterBy::default(),
            stages: CounterBy::default(),
            empty: CounterBy::default(),
        }
    }
}

impl SearchMetrics {
    /// Registers the metrics.
    pub fn register(&self, registry: &mut Registry) {
        // What has not happened yet is 0, not absent: only so does its first time show as a rise.
        for pool in Pool::ALL {
            self.refused.get_or_create_owned(&[("place", pool.name())]);
        }
        registry.register(
            "search_responses",
            "Questions to a search engine that were answered, by engine, question and whether the engine stood in for another",
            self.answered.clone(),
        );
        registry.register(
            "search_duration_seconds",
            "How long the engine took that answered, by engine and question",
            self.took.clone(),
        );
        registry.register(
            "search_failures",
            "Questions that an engine did not answer, by engine and reason",
            self.failures.clone(),
        );
        registry.register(
            "search_rejected",
            "Questions that found no place, so that their client got 503",
            self.refused.clone(),
        );
        registry.register(
            "search_stages",
            "Searches by engine and by how strictly words were taken in the end",
            self.stages.clone(),
        );
        registry.register(
            "search_empty",
            "Searches that found nothing, by engine",
            self.empty.clone(),
        );
    }

    pub(super) fn answered(
        &self,
        engine: EngineKind,
        operation: Operation,
        degraded: bool,
        took: Duration,
    ) {
        let degraded = if degraded { "true" } else { "false" };
        let (engine, operation) = (engine.as_str(), operation.name());
        let labels = [
            ("engine", engine),
            ("question", operation),
            ("degraded", degraded),
        ];
        self.answered.get_or_create(&labels).inc();
        let labels = [("engine", engine), ("question", operation)];
        self.took.get_or_create(&labels).observe(took.as_secs_f64());
    }

    pub(super) fn failed(&self, engine: EngineKind, error: &SearchError) {
        let reason = match error {
            SearchError::NotReady(_) => "not_ready",
            SearchError::Unavailable(cause) if cause.is::<Timeout>() => "timed_out",
            SearchError::Unavailable(_) => "unavailable",
            SearchError::Engine(_) => "failed",
        };
        self.not_answered(engine, reason);
    }

    /// Counts a search that the open breaker kept from the engine.
    pub(super) fn breaker_open(&self, engine: EngineKind) {
        self.not_answered(engine, "breaker_open");
    }

    fn not_answered(&self, engine: EngineKind, reason: &'static str) {
        let labels = [("engine", engine.as_str()), ("reason", reason)];
        self.failures.get_or_create(&labels).inc();
    }

    pub(super) fn rejected(&self, Overloaded(pool): Overloaded) {
        self.refused.get_or_create(&[("place", pool.name())]).inc();
    }

    pub(super) fn found(&self, engine: EngineKind, page: &SearchPage) {
        let stage = match page.stage {
            MatchStage::AllTerms => "all_terms",
            MatchStage::Fuzzy => "fuzzy",
            MatchStage::AnyTerm => "any_term",
        };
        let labels = [("engine", engine.as_str()), ("stage", stage)];
        self.stages.get_or_create(&labels).inc();
        if page.total == 0 {
            self.empty
                .get_or_create(&[("engine", engine.as_str())])
                .inc();
        }
    }
}
