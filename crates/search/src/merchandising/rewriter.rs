//! Rewriting of queries by a compiled configuration.

use std::collections::BTreeMap;

use souk_domain::{ExternalKey, Language, ProductId, SearchQuery, TenantId};

use super::{
    SearchConfig, Trace, config::Redirect, phrases::Phrases, rules::RuleTable,
    stop_words::StopWords, synonyms::SynonymTable,
};
use crate::{SearchPlan, SearchSettings, query::analysis::Analyzer};

/// A configuration, ready to rewrite queries.
#[derive(Debug)]
pub struct Rewriter {
    language: Language,
    settings: SearchSettings,
    stop_words: StopWords,
    synonyms: SynonymTable,
    redirects: Vec<Redirect>,
    /// Places among `redirects`.
    redirects_by_query: Phrases<usize>,
    rules: RuleTable,
}

/// Result of rewriting a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewritten {
    /// Plan that an engine executes.
    pub plan: SearchPlan,
    /// URL of the redirect, if any.
    pub redirect: Option<String>,
    /// Rules, synonyms and stop words that applied.
    pub trace: Trace,
}

impl Rewriter {
    /// Compiles a configuration. `products` has the products that it names by external ids; one that is not there is
    /// left out wherever it is named.
    pub fn new(
        config: &SearchConfig,
        language: Language,
        products: &BTreeMap<ExternalKey, ProductId>,
    ) -> Self {
        let mut analyzer = Analyzer::new(language);
        let stop_words = StopWords::new(&config.stop_words, &mut analyzer);
        let mut redirects_by_query = Phrases::new();
        for (place, redirect) in config.redirects.iter().enumerate() {
            let query = &redirect.query;
            redirects_by_query.add(query.phrase(), query.standing(), place, &mut analyzer);
        }
        Self {
            language,
            settings: config.settings,
            synonyms: SynonymTable::new(&config.synonyms, &stop_words, &mut analyzer),
            stop_words,
            redirects: config.redirects.clone(),
            redirects_by_query,
            rules: RuleTable::new(&config.rules, products, &mut analyzer),
        }
    }

    /// Rewrites a query at a time, in milliseconds since 1970 UTC. Conditions see the words as typed, with stop words,
    /// up to [`MAX_WORDS`](crate::query::MAX_WORDS).
    pub fn rewrite(&self, tenant: TenantId, query: &SearchQuery, now_ms: i64) -> Rewritten {
        let mut plan =
            SearchPlan::new(tenant, self.language, query, now_ms).with_settings(self.settings);
        let mut trace = Trace::default();
        let words = plan.text.iter().flat_map(|text| &text.words);
        let stems: Vec<&str> = words.map(|word| word.stem.as_str()).collect();
        let redirect = self.redirect(&stems);
        let merchandising = self.rules.apply(&stems, &query.filters, now_ms, &mut trace);
        plan.merchandising = merchandising.narrowed(&query.conditions);
        if let Some(text) = &mut plan.text {
            // First the synonyms: a phrase may have a stop word in it.
            trace.synonyms = self.synonyms.expand(text);
            trace.stop_words = self.stop_words.take_out(text);
        }
        trace.redirect = redirect.map(|redirect| redirect.id.clone());
        Rewritten {
            plan,
            redirect: redirect.map(|redirect| redirect.url.clone()),
            trace,
        }
    }

    /// A number that changes only when a rule begins or ends to apply because of the time.
    pub fn period(&self, now_ms: i64) -> usize {
        self.rules.period(now_ms)
    }

    /// The first redirect that a query has.
    fn redirect(&self, stems: &[&str]) -> Option<&Redirect> {
        let found = self.redirects_by_query.found_in(stems);
        let place = found.map(|found| *found.value).min()?;
        self.redirects.get(place)
    }
}

#[cfg(test)]
mod tests;
