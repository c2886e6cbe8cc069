//! Effects of merchandising rules and query understanding on a search, besides the matching of words.
//!
//! It is part of the plan, so that every engine does it alike, and it changes without a reindex.

use std::collections::BTreeSet;

use souk_domain::{Conditions, Filters, ProductId, SortKey};

/// Lowest factor of a [`Boost`].
pub const MIN_FACTOR: f32 = 0.05;
/// Highest factor of a [`Boost`].
pub const MAX_FACTOR: f32 = 20.0;
/// Most products that are pinned.
pub const MAX_PINNED: usize = 50;

/// The score of a pinned product is above this, and that of no other. Up to twice as much, each whole number is a score.
pub(crate) const PIN_SCORE: f32 = 8_388_608.0;
/// The same while browsing, as a power of two: above any popularity, however boosted.
const BROWSING_PIN: i32 = 70;
/// Below are popularities, at or above the bits of numbers.
const FIRST_BITS: i64 = 1 << 52;

/// Merchandising of one search.
///
/// A hidden product is neither found nor counted, even if it is pinned. `only` narrows hits and all facets, since no
/// facet shows it as selected. A pinned product is found regardless of the words and counts like any other hit.
///
/// Pins and boosts change two orders: relevance, and popularity without text. There pins come first, and a boost
/// multiplies the relevance score or the popularity. Matches of a typed code still precede other matches, and full
/// matches precede partial ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merchandising {
    /// Pinned products, first in this order regardless of the words, if they pass the filters. At most [`MAX_PINNED`];
    /// the rest is ignored.
    pub pinned: Vec<ProductId>,
    /// Not found at all.
    pub hidden: Vec<Chosen>,
    /// Nothing else is found: each of them has to hold.
    pub only: Vec<Filters>,
    /// Boosted or buried products. The factors of several boosts that match a product are multiplied, up to
    /// [`MAX_FACTOR`].
    pub boosts: Vec<Boost>,
}

/// Some products.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// Products by id.
    Products(BTreeSet<ProductId>),
    /// All that pass these filters; without any, all there are.
    Matching(Filters),
}

/// Factor on the scores of some products.
#[derive(Debug, Clone, PartialEq)]
pub struct Boost {
    /// Products that are boosted.
    pub chosen: Chosen,
    /// By what: [`MIN_FACTOR`] to [`MAX_FACTOR`]; less than 1 buries.
    pub factor: f32,
}

impl Merchandising {
    /// Returns true if there are no effects.
    pub fn is_idle(&self) -> bool {
        *self == Self::default()
    }

    /// Narrows further, by the conditions of a query.
    #[must_use]
    pub(crate) fn narrowed(mut self, conditions: &Conditions) -> Self {
        self.only.extend(conditions.passing.iter().cloned());
        let excluded = conditions.excluded.iter().cloned().map(Chosen::Matching);
        self.hidden.extend(excluded);
        if !conditions.without.is_empty() {
            let products = Chosen::Products(conditions.without.clone());
            self.hidden.push(products);
        }
        self
    }

    /// Returns true if products are left out.
    pub(crate) fn narrows(&self) -> bool {
        !self.hidden.is_empty() || !self.only.is_empty()
    }

    /// Returns true if the order changes.
    pub(crate) fn orders(&self) -> bool {
        !self.pinned.is_empty() || !self.boosts.is_empty()
    }

    /// Returns the pins without duplicates, each with the number of pins after it.
    pub(crate) fn pins(&self) -> impl Iterator<Item = Pin> {
        let mut seen = BTreeSet::new();
        let pinned = self.pinned.iter().filter(move |id| seen.insert(**id));
        let places = pinned.take(MAX_PINNED).enumerate();
        places.map(|(place, &id)| Pin {
            id,
            following: (MAX_PINNED - place) as u8,
        })
    }

    /// The boosts, each factor within its limits.
    pub(crate) fn ranking_signals(&self) -> impl Iterator<Item = (&Chosen, f32)> {
        let boosts = self.boosts.iter();
        boosts.map(|boost| (&boost.chosen, boost.factor.clamp(MIN_FACTOR, MAX_FACTOR)))
    }

    /// All filters in it.
    pub(crate) fn filters(&self) -> impl Iterator<Item = &Filters> {
        let boosts = self.boosts.iter().map(|boost| &boost.chosen);
        let chosen = self.hidden.iter().chain(boosts);
        let matching = chosen.filter_map(|chosen| match chosen {
            Chosen::Matching(filters) => Some(filters),
            Chosen::Products(_) => None,
        });
        self.only.iter().chain(matching)
    }

    /// The most that a score is multiplied with.
    pub(crate) fn most(&self) -> f32 {
        let lifting = self.ranking_signals().map(|(_, factor)| factor.max(1.0));
        lifting.product::<f32>().min(MAX_FACTOR)
    }
}

/// A pinned product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) id: ProductId,
    /// More than the pins after it.
    following: u8,
}

impl Pin {
    /// Returns the relevance score: a whole number.
    pub(crate) fn score(self) -> f32 {
        PIN_SCORE + f32::from(self.following)
    }

    /// Returns the sort key while browsing: a number that `f32` holds as well.
    pub(crate) fn browsing_score(self) -> f64 {
        2.0_f64.powi(BROWSING_PIN + i32::from(self.following))
    }
}

/// The score that a hit shows: pins have none of their own.
pub(crate) fn shown_score(score: f32) -> Option<f32> {
    (score <= PIN_SCORE).then_some(score)
}

/// Sort key of a hit when merchandising changes the order of browsing: by its popularity times its boosts, or by its pin.
pub(crate) fn browsing_key(score: f64) -> SortKey {
    // The bits of numbers that are not negative are in their order.
    SortKey::Integer(score.max(0.0).to_bits().cast_signed())
}

/// The score that is the key of a hit. The key may be of a page from before merchandising applied: a popularity.
pub(crate) fn browsing_score(key: SortKey) -> f64 {
    match key {
        SortKey::Integer(bits) if bits >= FIRST_BITS => {
            let score = f64::from_bits(bits.cast_unsigned());
            if score.is_finite() { score } else { f64::MAX }
        }
        SortKey::Integer(popularity) => popularity.max(0) as f64,
        SortKey::Score(score) | SortKey::Rating(score) => f64::from(score),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boost(factor: f32) -> Boost {
        Boost {
            chosen: Chosen::Matching(Filters::default()),
            factor,
        }
    }

    #[test]
    fn pins_fall_and_each_counts_once() {
        let merchandising = Merchandising {
            pinned: (0..200).map(|id| ProductId(id / 2)).collect(),
            ..Merchandising::default()
        };
        let pins: Vec<_> = merchandising.pins().collect();
        assert_eq!(pins.len(), MAX_PINNED);
        assert!(
            pins.windows(2)
                .all(|pair| pair[0].score() > pair[1].score())
        );
        let falls = |pair: &[Pin]| pair[0].browsing_score() > pair[1].browsing_score();
        assert!(pins.windows(2).all(falls));
        let last = pins[MAX_PINNED - 1];
        assert!(last.score() > PIN_SCORE && shown_score(last.score()).is_none());
        assert!(last.browsing_score() > i64::MAX as f64 * f64::from(MAX_FACTOR));
        assert!((pins[0].browsing_score() as f32).is_finite());
    }

    #[test]
    fn conditions_of_a_query_add_to_rules() {
        let filters = |brand: &str| Filters {
            brand: [brand.to_owned()].into(),
            ..Filters::default()
        };
        let rules = Merchandising {
            only: vec![filters("a")],
            ..Merchandising::default()
        };
        assert_eq!(rules.clone().narrowed(&Conditions::default()), rules);
        let conditions = Conditions {
            passing: vec![filters("b")],
            excluded: vec![filters("c")],
            without: [ProductId(7)].into(),
        };
        let narrowed = rules.narrowed(&conditions);
        assert_eq!(narrowed.only, [filters("a"), filters("b")]);
        let products = Chosen::Products([ProductId(7)].into());
        assert_eq!(narrowed.hidden, [Chosen::Matching(filters("c")), products]);
    }

    #[test]
    fn factors_keep_to_their_limits_even_together() {
        let merchandising = Merchandising {
            boosts: vec![boost(0.0), boost(15.0), boost(1e9)],
            ..Merchandising::default()
        };
        let ranking_signals: Vec<_> = merchandising
            .ranking_signals()
            .map(|(_, factor)| factor)
            .collect();
        assert_eq!(ranking_signals, [MIN_FACTOR, 15.0, MAX_FACTOR]);
        assert_eq!(merchandising.most(), MAX_FACTOR);
        assert_eq!(Merchandising::default().most(), 1.0);
    }

    #[test]
    fn a_key_reads_back_and_a_popularity_is_one() {
        for score in [0.0, 0.05, 1.0, 12.5, 1e12, 2.0_f64.powi(120)] {
            assert_eq!(browsing_score(browsing_key(score)), score);
        }
        assert_eq!(browsing_score(SortKey::Integer(90)), 90.0);
        assert_eq!(browsing_score(SortKey::Integer(-1)), 0.0);
        assert_eq!(browsing_score(SortKey::Integer(i64::MAX)), f64::MAX);
    }
}
