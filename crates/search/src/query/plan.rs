//! The engine-neutral plan: what a query means, once, for every engine.

use std::{collections::BTreeSet, sync::Arc};

use souk_domain::{
    AttributeDefinitions, FacetName, Filters, Language, MatchStage, PageRequest, SearchQuery, Sort,
    Start, TenantId,
};
use souk_embeddings::Vector;

use super::operators::Operators;
use super::text_query::{CodeMatch, TextPlan, Word};
use crate::merchandising::Merchandising;
use crate::settings::SearchSettings;

/// Most values that a facet lists, besides selected ones.
pub const FACET_VALUES: usize = 50;
/// Most attributes that become facets, besides selected ones.
pub const ATTRIBUTE_FACETS: usize = 12;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Engine-neutral form of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPlan {
    /// Tenant whose catalogue is searched.
    pub tenant: TenantId,
    /// The tenant's language.
    pub language: Language,
    /// The words, if any; a plan without text matches every product.
    pub text: Option<TextPlan>,
    /// Exact phrases and exclusions of the text. They narrow every stage.
    pub operators: Operators,
    /// Match stage: strictness towards the words.
    pub stage: MatchStage,
    /// Filters of the result.
    pub filters: Filters,
    /// The order; never [`Sort::Relevance`] without text.
    pub sort: Sort,
    /// Requested page.
    pub page: PageRequest,
    /// Facets to count.
    pub facets: BTreeSet<FacetName>,
    /// Definitions of the tenant's attributes.
    pub definitions: Arc<AttributeDefinitions>,
    /// Settings of ranking and relaxation.
    pub settings: SearchSettings,
    /// Pins, boosts, hidden products and filters.
    pub merchandising: Merchandising,
    /// True if some product may have offers of several sellers. Otherwise a filter on sellers speaks of products alone,
    /// and nobody looks at their offers for it.
    pub shares_products: bool,
    /// Vector of the text, if it is searched by meaning as well.
    pub meaning: Option<Vector>,
    /// Origin of freshness, in milliseconds since 1970 UTC. A whole day, so that the pages of one search
    /// follow each other.
    pub today_ms: i64,
}

impl SearchPlan {
    /// The strictest plan for a query, with settings as they are by default.
    pub fn new(tenant: TenantId, language: Language, query: &SearchQuery, now_ms: i64) -> Self {
        let mut filters = query.filters.clone();
        filters.unify_names(|_| None);
        let text = query.text.as_deref();
        let parsed = text.map(|text| TextPlan::with_operators(text, language));
        let (text, operators) = parsed.unwrap_or_default();
        Self {
            tenant,
            language,
            text,
            operators,
            stage: MatchStage::AllTerms,
            filters,
            sort: query.effective_sort(),
            page: query.page.clone(),
            facets: query.facets.clone(),
            definitions: Arc::default(),
            settings: SearchSettings::default(),
            merchandising: Merchandising::default().narrowed(&query.conditions),
            shares_products: true,
            meaning: None,
            today_ms: now_ms - now_ms.rem_euclid(DAY_MS),
        }
    }

    /// The same, with other settings.
    #[must_use]
    pub fn with_settings(self, settings: SearchSettings) -> Self {
        Self { settings, ..self }
    }

    /// The same, for a tenant with these definitions of attributes.
    #[must_use]
    pub fn with_definitions(self, definitions: Arc<AttributeDefinitions>) -> Self {
        let mut filters = self.filters;
        filters.unify_names(|name| Some(definitions.get(name)?.name.clone()));
        Self {
            definitions,
            filters,
            ..self
        }
    }

    /// Returns the plan for a tenant of whose products some have offers of several sellers, or none.
    #[must_use]
    pub fn sharing(self, shares_products: bool) -> Self {
        Self {
            shares_products,
            ..self
        }
    }

    /// Returns the plan with merchandising effects.
    #[must_use]
    pub fn with_merchandising(self, merchandising: Merchandising) -> Self {
        Self {
            merchandising,
            ..self
        }
    }

    /// The same, at another stage.
    #[must_use]
    pub fn at(&self, stage: MatchStage) -> Self {
        let mut plan = Self {
            stage,
            ..self.clone()
        };
        if stage == MatchStage::AnyTerm {
            // By itself, a prefix of a letter or two would be found nearly everywhere.
            for word in plan.text.iter_mut().flat_map(|text| &mut text.words) {
                word.prefix &= word.is_long_prefix();
            }
        }
        plan
    }

    /// Returns a plan that backfills: partial matches follow full ones. Words match as typed, without typos.
    #[must_use]
    pub fn backfilled(&self) -> Self {
        let mut plan = self.at(MatchStage::AnyTerm);
        for word in plan.text.iter_mut().flat_map(|text| &mut text.words) {
            word.typos = 0;
        }
        plan
    }

    /// Returns a plan in which every word may be within a code, if that could find more.
    pub(crate) fn within_codes(&self) -> Option<Self> {
        let is_stricter = |word: &Word| word.code.is_some() && word.code_match < CodeMatch::Within;
        let text = self.text.as_ref()?;
        if !text.words.iter().any(is_stricter) {
            return None;
        }
        let mut plan = self.clone();
        for word in plan.text.iter_mut().flat_map(|text| &mut text.words) {
            word.code_match = CodeMatch::Within;
        }
        Some(plan)
    }

    /// Returns true if something besides the filters narrows the result.
    pub(crate) fn narrows(&self) -> bool {
        self.merchandising.narrows() || !self.operators.is_empty()
    }

    /// Returns a plan that counts matches of the words without filters.
    #[must_use]
    pub(crate) fn counting_unfiltered(&self) -> Self {
        Self {
            filters: Filters::default(),
            ..self.counting_words()
        }
    }

    /// Returns a plan that counts matches and reads no hits.
    #[must_use]
    pub(crate) fn counting(&self) -> Self {
        let page = PageRequest {
            limit: 0,
            start: Start::Offset(0),
        };
        Self {
            page,
            ..self.clone()
        }
    }

    /// Returns a plan that counts matches of the words, without pinned products and facets.
    #[must_use]
    pub(crate) fn counting_words(&self) -> Self {
        let mut plan = self.counting();
        plan.facets.clear();
        plan.merchandising.pinned.clear();
        plan
    }

    /// The same for counting the products that have one of its words, whatever the filters and merchandising.
    #[must_use]
    pub(crate) fn counting_word(&self, word: &Word) -> Self {
        let text = TextPlan {
            raw: word.surface.clone(),
            words: vec![word.clone()],
            code: None,
        };
        Self {
            text: Some(text),
            operators: Operators::default(),
            filters: Filters::default(),
            merchandising: Merchandising::default(),
            ..self.counting_words()
        }
    }

    /// Returns true while browsing in the default order if merchandising changes that order.
    pub(crate) fn is_browse_steered(&self) -> bool {
        self.text.is_none() && self.sort == Sort::Popular && self.merchandising.orders()
    }

    /// Returns true if partial matches are backfilled after this number of full matches.
    pub(crate) fn is_backfilled(&self, matching: u64) -> bool {
        self.can_be_backfilled() && matching > 0 && matching < self.settings.relaxation.enough
    }

    /// Returns true if a word could be missing. Orders other than relevance would mix partial matches with full ones.
    pub(crate) fn can_be_backfilled(&self) -> bool {
        let several = self.text.as_ref().is_some_and(|text| text.words.len() > 1);
        several
            && self.sort == Sort::Relevance
            && self.stage == MatchStage::AllTerms
            && self.settings.relaxation.missing_words
    }

    /// Returns the match stages that could find more for this plan, strictest first.
    pub fn stages(&self) -> Vec<MatchStage> {
        let Some(text) = &self.text else {
            return vec![MatchStage::AllTerms];
        };
        let relaxation = &self.settings.relaxation;
        let mut stages = vec![MatchStage::AllTerms];
        if relaxation.typos && text.words.iter().any(|word| word.typos > 0) {
            stages.push(MatchStage::Fuzzy);
        }
        if relaxation.missing_words && text.words.len() > 1 {
            stages.push(MatchStage::AnyTerm);
        }
        stages
    }
}
