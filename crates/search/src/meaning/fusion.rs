//! Weighted reciprocal rank fusion of two orders of products.

use std::cmp::Ordering;

/// Constant of reciprocal rank fusion: the larger, the less the first ranks stand out.
const RANKS: f32 = 60.0;

/// Product in one of the two orders or in both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// Rank by the words, from 0. A product without one is found by meaning alone.
    pub(super) by_words: Option<usize>,
    /// Rank by meaning, from 0.
    pub(super) by_meaning: Option<usize>,
    /// Number of words of the text that the product has.
    pub(super) words: usize,
}

impl Candidate {
    fn score(&self, weight: f32) -> f32 {
        let share =
            |rank: Option<usize>| rank.map_or(0.0, |rank| 1.0 / (RANKS + 1.0 + rank as f32));
        share(self.by_words) + weight * share(self.by_meaning)
    }
}

/// Returns the places of candidates in their fused order. `candidates` stand in the order of the words, those found by
/// meaning alone at the end.
///
/// Meaning lifts no product past one with more of the words: its score is at most that of any such product before it.
pub(super) fn fused(candidates: &[Candidate], weight: f32) -> Vec<usize> {
    let most = candidates.iter().map(|it| it.words).max().unwrap_or(0);
    // Lowest score so far of the products with at least so many words.
    let mut lowest = vec![f32::INFINITY; most + 2];
    let mut scores = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let score = candidate.score(weight).min(lowest[candidate.words + 1]);
        if candidate.by_words.is_some() {
            for lowest in &mut lowest[..=candidate.words] {
                *lowest = lowest.min(score);
            }
        }
        scores.push(score);
    }
    let mut places: Vec<usize> = (0..candidates.len()).collect();
    let before = |one: &usize, other: &usize| {
        let by_score = scores[*other].total_cmp(&scores[*one]);
        match by_score {
            Ordering::Equal => one.cmp(other),
            _ => by_score,
        }
    };
    places.sort_unstable_by(before);
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn candidate(by_words: Option<usize>, by_meaning: Option<usize>, words: usize) -> Candidate {
        Candidate {
            by_words,
            by_meaning,
            words,
        }
    }

    #[test]
    fn product_in_both_orders_rises() {
        let candidates = [
            candidate(Some(0), None, 2),
            candidate(Some(1), None, 2),
            candidate(Some(2), Some(0), 2),
            candidate(None, Some(1), 2),
        ];
        assert_eq!(fused(&candidates, 1.0), [2, 0, 1, 3]);
        assert_eq!(fused(&candidates, 0.01), [0, 1, 2, 3]);
    }

    #[test]
    fn product_with_fewer_words_stays_behind() {
        let candidates = [
            candidate(Some(0), None, 2),
            candidate(Some(1), Some(0), 1),
            candidate(Some(2), Some(1), 1),
            candidate(None, Some(2), 1),
            candidate(None, Some(3), 0),
        ];
        assert_eq!(fused(&candidates, 5.0), [0, 1, 2, 3, 4]);
    }

    proptest! {
        #[test]
        fn no_product_is_lifted_past_one_with_more_words(
            words in prop::collection::vec((0_usize..4, prop::option::of(0_usize..40)), 0..20),
            alone in prop::collection::vec((0_usize..4, 0_usize..40), 0..10),
            weight in 0_f32..3.0,
        ) {
            let ranked = words.iter().enumerate();
            let ranked = ranked.map(|(rank, &(words, meaning))| candidate(Some(rank), meaning, words));
            let alone = alone.iter().map(|&(words, meaning)| candidate(None, Some(meaning), words));
            let candidates: Vec<Candidate> = ranked.chain(alone).collect();
            let order = fused(&candidates, weight);
            for (place, one) in order.iter().enumerate() {
                for later in &order[place + 1..] {
                    let (one, later) = (candidates[*one], candidates[*later]);
                    let was_behind = match (one.by_words, later.by_words) {
                        (Some(one), Some(later)) => one > later,
                        (None, Some(_)) => true,
                        (_, None) => false,
                    };
                    prop_assert!(!was_behind || one.words >= later.words);
                }
            }
            let mut all = order;
            all.sort_unstable();
            prop_assert_eq!(all, (0..candidates.len()).collect::<Vec<_>>());
        }

        #[test]
        fn without_weight_the_words_decide(words in prop::collection::vec((0_usize..4, prop::option::of(0_usize..40)), 0..20)) {
            let ranked = words.iter().enumerate();
            let ranked = ranked.map(|(rank, &(words, meaning))| candidate(Some(rank), meaning, words));
            let candidates: Vec<Candidate> = ranked.collect();
            prop_assert_eq!(fused(&candidates, 0.0), (0..words.len()).collect::<Vec<_>>());
        }
    }
}
