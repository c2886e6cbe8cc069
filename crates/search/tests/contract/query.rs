//! Queries in the words of a test.

use std::ops::Range;

use souk_domain::{
    Cursor, FacetName, Language, NumberRange, PageRequest, PriceFilter, ProductId, SearchQuery,
    Sort, Start, TenantId,
};
use souk_search::{
    Merchandising, SearchPlan, SearchSettings,
    merchandising::{Boost, Chosen},
    query::analysis::Analyzer,
    query::synonyms::Synonym,
    settings::RankingSignals,
};

/// A query for everything, narrowed step by step, and what is done to it besides.
#[derive(Debug, Clone)]
pub(crate) struct Query(pub(crate) SearchQuery, Tuning);

#[derive(Debug, Clone, Default)]
struct Tuning {
    merchandising: Merchandising,
    synonyms: Vec<(Range<usize>, String)>,
    ranking_signals: RankingSignals,
    today_ms: Option<i64>,
}

/// Everything there is, a hundred hits a page.
pub(crate) fn everything() -> Query {
    let query = SearchQuery {
        page: PageRequest {
            limit: 100,
            start: Start::Offset(0),
        },
        ..SearchQuery::default()
    };
    Query(query, Tuning::default())
}

/// What a text finds. The text is taken as it is: a space at its end says that its last word is whole.
pub(crate) fn text(text: &str) -> Query {
    let mut query = everything();
    query.0.text = Some(text.to_owned());
    query
}

macro_rules! alternatives {
    ($($name:ident),+) => {$(
        pub(crate) fn $name(mut self, value: &str) -> Self {
            self.0.filters.$name.insert(value.to_owned());
            self
        }
    )+};
}

impl Query {
    alternatives!(category, fandom, brand, seller);

    pub(crate) fn attribute(mut self, name: &str, value: &str) -> Self {
        let accepted = self.0.filters.attributes.entry(name.to_owned());
        accepted.or_default().insert(value.to_owned());
        self
    }

    pub(crate) fn price(
        mut self,
        min: impl Into<Option<i64>>,
        max: impl Into<Option<i64>>,
    ) -> Self {
        self.0.filters.price = Some(PriceFilter {
            min: min.into(),
            max: max.into(),
        });
        self
    }

    pub(crate) fn range(
        mut self,
        name: &str,
        min: impl Into<Option<f64>>,
        max: impl Into<Option<f64>>,
    ) -> Self {
        let (min, max) = (min.into(), max.into());
        let ranges = &mut self.0.filters.ranges;
        ranges.insert(name.to_owned(), NumberRange { min, max });
        self
    }

    pub(crate) fn rating_min(mut self, rating: f32) -> Self {
        self.0.filters.rating_min = Some(rating);
        self
    }

    pub(crate) fn in_stock(mut self, wanted: bool) -> Self {
        self.0.filters.in_stock = Some(wanted);
        self
    }

    pub(crate) fn sort(mut self, sort: Sort) -> Self {
        self.0.sort = sort;
        self
    }

    pub(crate) fn limit(mut self, limit: u32) -> Self {
        self.0.page.limit = limit;
        self
    }

    pub(crate) fn offset(mut self, offset: u32) -> Self {
        self.0.page.start = Start::Offset(offset);
        self
    }

    pub(crate) fn after(mut self, cursor: Cursor) -> Self {
        self.0.page.start = Start::After(cursor);
        self
    }

    pub(crate) fn facet(mut self, facet: FacetName) -> Self {
        self.0.facets.insert(facet);
        self
    }

    pub(crate) fn all_facets(mut self) -> Self {
        self.0.facets.extend(FacetName::ALL);
        self
    }

    pub(crate) fn pin(mut self, product: ProductId) -> Self {
        self.1.merchandising.pinned.push(product);
        self
    }

    pub(crate) fn hide(mut self, products: Chosen) -> Self {
        self.1.merchandising.hidden.push(products);
        self
    }

    /// Has it find nothing but what another query's filters let through.
    pub(crate) fn only(mut self, query: Query) -> Self {
        self.1.merchandising.only.push(query.0.filters);
        self
    }

    pub(crate) fn boost(mut self, chosen: Chosen, factor: f32) -> Self {
        self.1.merchandising.boosts.push(Boost { chosen, factor });
        self
    }

    pub(crate) fn steered(mut self, merchandising: Merchandising) -> Self {
        self.1.merchandising = merchandising;
        self
    }

    pub(crate) fn synonym(mut self, words: Range<usize>, phrase: &str) -> Self {
        self.1.synonyms.push((words, phrase.to_owned()));
        self
    }

    pub(crate) fn ranking_signals(mut self, ranking_signals: RankingSignals) -> Self {
        self.1.ranking_signals = ranking_signals;
        self
    }

    pub(crate) fn on_day(mut self, today_ms: i64) -> Self {
        self.1.today_ms = Some(today_ms);
        self
    }

    /// What its filters let through.
    pub(crate) fn matching(self) -> Chosen {
        Chosen::Matching(self.0.filters)
    }

    /// Its plan, by which only what has every word is found if anything has: cases tell what matches.
    pub(crate) fn plan(&self, tenant: TenantId, language: Language) -> SearchPlan {
        self.plan_backfilled_to(1, tenant, language)
    }

    /// Its plan, by which products with some of the words follow if fewer than `enough` have all.
    pub(crate) fn plan_backfilled_to(
        &self,
        enough: u64,
        tenant: TenantId,
        language: Language,
    ) -> SearchPlan {
        let mut settings = SearchSettings::default();
        settings.relaxation.enough = enough;
        settings.ranking_signals = self.1.ranking_signals;
        let mut plan = SearchPlan::new(
            tenant,
            language,
            &self.0,
            chrono::Utc::now().timestamp_millis(),
        )
        .with_settings(settings)
        .with_merchandising(self.1.merchandising.clone());
        plan.today_ms = self.1.today_ms.unwrap_or(plan.today_ms);
        let mut analyzer = Analyzer::new(language);
        for (words, phrase) in &self.1.synonyms {
            if let Some(text) = &mut plan.text {
                let synonym = Synonym::new(phrase, |_| false, &mut analyzer);
                text.add_synonym(words.clone(), &synonym);
            }
        }
        plan
    }
}
