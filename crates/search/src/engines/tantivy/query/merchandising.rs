//! Ranks documents by sort order, merchandising and ranking signals, and excludes hidden ones.

use souk_domain::{ProductId, Sort};
use tantivy::DocId;

use super::filters::{self, Filter};
use super::matching::Match;
use super::passing::has_passing;
use super::ranking;
use crate::SearchPlan;
use crate::engines::tantivy::index::dictionary::Dictionary;
use crate::engines::tantivy::index::row::Row;
use crate::engines::tantivy::index::table::Table;
use crate::merchandising::{Chosen, MAX_FACTOR, Pin, browsing_key};
use crate::ranking::ranking_signals;

/// Ranking of the documents of a search. Static dispatch keeps plain searches, by far the most frequent, fast.
pub(crate) trait Ranking {
    /// Returns false if merchandising excludes a document. With several variants, each filter of
    /// [`narrowing`](Self::narrowing) may have been met by another one.
    fn admits(&self, table: &Table, row: &Row<'_>, doc: DocId) -> bool;

    /// Returns the filters of merchandising that narrow the result, which no facet excludes.
    fn narrowing(&self) -> &[Filter];

    /// Returns true if a document is pinned, and so found whether the text matches or not.
    fn is_pinned(&self, table: &Table, doc: DocId) -> bool;

    /// Returns the pinned products.
    fn pinned(&self) -> impl Iterator<Item = ProductId>;

    /// Returns an upper bound of the rank of a document that is not pinned. Cheaper than [`rank`](Self::rank).
    fn highest(&self, matched: Match) -> u64;

    /// Returns the rank of a document, see [`ranking`].
    fn rank(&self, table: &Table, row: &Row<'_>, doc: DocId, matched: Match) -> u64;
}

/// Ranking of a plan without merchandising and ranking signals.
pub(crate) struct Plain(pub(crate) Sort);

impl Ranking for Plain {
    #[inline]
    fn admits(&self, _: &Table, _: &Row<'_>, _: DocId) -> bool {
        true
    }

    #[inline]
    fn narrowing(&self) -> &[Filter] {
        &[]
    }

    #[inline]
    fn is_pinned(&self, _: &Table, _: DocId) -> bool {
        false
    }

    fn pinned(&self) -> impl Iterator<Item = ProductId> {
        std::iter::empty()
    }

    #[inline]
    fn highest(&self, _: Match) -> u64 {
        u64::MAX
    }

    #[inline]
    fn rank(&self, table: &Table, _: &Row<'_>, doc: DocId, matched: Match) -> u64 {
        ranking::rank(self.0, table, doc, matched.score())
    }
}

/// Ranking of a plan with merchandising or ranking signals.
pub(crate) struct Merchandised<'a> {
    plan: &'a SearchPlan,
    /// Pins by ascending id.
    pins: Vec<Pin>,
    hidden: Vec<Products>,
    only: Vec<Filter>,
    boosts: Vec<(Products, f32)>,
    /// Maximum factor of a word score; multiplying tiers by it keeps them above every word score.
    most: f32,
    has_signals: bool,
}

/// Selection of products, resolved to ids or filters.
enum Products {
    /// Ids, ascending.
    Ids(Vec<i64>),
    Matching(Vec<Filter>),
}

impl Products {
    fn resolve(chosen: &Chosen, dictionary: &Dictionary) -> Self {
        match chosen {
            Chosen::Products(ids) => Self::Ids(ids.iter().map(|id| id.0).collect()),
            Chosen::Matching(filters) => Self::Matching(filters::resolve(filters, dictionary)),
        }
    }

    fn have(&self, table: &Table, row: &Row<'_>, doc: DocId) -> bool {
        match self {
            Self::Ids(ids) => ids.binary_search(&table.ids[doc as usize]).is_ok(),
            Self::Matching(filters) => has_passing(filters, table, row),
        }
    }
}

impl<'a> Merchandised<'a> {
    /// Returns the ranking of a plan, or `None` if the plan is plain.
    pub(crate) fn resolve(plan: &'a SearchPlan, dictionary: &Dictionary) -> Option<Self> {
        let merchandising = &plan.merchandising;
        let ranking_signals = &plan.settings.ranking_signals;
        let has_signals = plan.sort == Sort::Relevance && ranking_signals.are_on();
        if merchandising.is_idle() && !has_signals {
            return None;
        }
        let mut pins: Vec<_> = merchandising.pins().collect();
        pins.sort_unstable_by_key(|pin| pin.id);
        let hidden = merchandising.hidden.iter();
        let only = merchandising.only.iter();
        let boosts = merchandising.ranking_signals();
        Some(Self {
            plan,
            pins,
            hidden: hidden
                .map(|chosen| Products::resolve(chosen, dictionary))
                .collect(),
            only: only
                .flat_map(|filters| filters::resolve(filters, dictionary))
                .collect(),
            boosts: boosts
                .map(|(chosen, factor)| (Products::resolve(chosen, dictionary), factor))
                .collect(),
            most: merchandising.most() * ranking_signals.most(),
            has_signals,
        })
    }

    fn pin(&self, table: &Table, doc: DocId) -> Option<Pin> {
        if self.pins.is_empty() {
            return None;
        }
        let id = ProductId(table.ids[doc as usize]);
        let place = self.pins.binary_search_by_key(&id, |pin| pin.id);
        place.ok().map(|place| self.pins[place])
    }

    fn boost(&self, table: &Table, row: &Row<'_>, doc: DocId) -> f32 {
        let boosts = self.boosts.iter();
        let own = boosts.filter(|(products, _)| products.have(table, row, doc));
        own.map(|(_, factor)| factor)
            .product::<f32>()
            .min(MAX_FACTOR)
    }

    /// Returns the factor of the ranking signals; 1 without them.
    fn signal_factor(&self, table: &Table, row: &Row<'_>, doc: DocId) -> f32 {
        if !self.has_signals {
            return 1.0;
        }
        let weights = &self.plan.settings.ranking_signals;
        let mut factor = 1.0;
        if weights.popularity > 0.0 {
            factor +=
                weights.popularity * ranking_signals::popularity(table.popularity[doc as usize]);
        }
        if weights.rating > 0.0 {
            factor += weights.rating * table.rating_values[doc as usize];
        }
        if weights.freshness > 0.0 {
            let created_at = table.created_at[doc as usize];
            let freshness = ranking_signals::freshness(created_at, self.plan.today_ms, weights);
            factor += weights.freshness * freshness;
        }
        if row.in_stock() {
            factor += weights.stock;
        }
        factor
    }

    fn score(&self, table: &Table, row: &Row<'_>, doc: DocId, matched: Match) -> f32 {
        let factor = self.boost(table, row, doc) * self.signal_factor(table, row, doc);
        matched.words * factor + matched.tier * self.most
    }

    fn browsing_score(&self, table: &Table, row: &Row<'_>, doc: DocId) -> f64 {
        let popularity = table.popularity[doc as usize] as f64;
        popularity * f64::from(self.boost(table, row, doc))
    }
}

impl Ranking for Merchandised<'_> {
    fn admits(&self, table: &Table, row: &Row<'_>, doc: DocId) -> bool {
        self.only.iter().all(|filter| filter.accepts(row))
            && !self.hidden.iter().any(|them| them.have(table, row, doc))
    }

    fn narrowing(&self) -> &[Filter] {
        &self.only
    }

    fn is_pinned(&self, table: &Table, doc: DocId) -> bool {
        self.pin(table, doc).is_some()
    }

    fn pinned(&self) -> impl Iterator<Item = ProductId> {
        self.pins.iter().map(|pin| pin.id)
    }

    #[inline]
    fn highest(&self, matched: Match) -> u64 {
        if self.plan.sort != Sort::Relevance {
            return u64::MAX;
        }
        // The same operations as in `score`, so that rounding never makes the bound too low.
        ranking::of_score(matched.words * self.most + matched.tier * self.most)
    }

    fn rank(&self, table: &Table, row: &Row<'_>, doc: DocId, matched: Match) -> u64 {
        let sort = self.plan.sort;
        if sort == Sort::Relevance {
            let pin = self.pin(table, doc).map(Pin::score);
            let score = pin.unwrap_or_else(|| self.score(table, row, doc, matched));
            return ranking::rank(sort, table, doc, score);
        }
        if self.plan.is_browse_steered() {
            let pin = self.pin(table, doc).map(Pin::browsing_score);
            let score = pin.unwrap_or_else(|| self.browsing_score(table, row, doc));
            return ranking::rank_of(browsing_key(score), sort);
        }
        ranking::rank(sort, table, doc, 0.0)
    }
}
