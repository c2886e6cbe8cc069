//! Quality of a ranking, measured on graded judgements.

use std::{collections::HashMap, ops::Add};

/// Number of results that are evaluated, from the first.
pub const TOP: usize = 10;

/// Judged products of a query: product to grade, 0 (irrelevant) to 3 (exactly what was meant).
pub type Grades = HashMap<String, u8>;

/// Quality of the results of one query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Normalised discounted cumulative gain of the first [`TOP`] results; a product that nobody judged gains nothing.
    pub ndcg: f64,
    /// The same over the judged results only, as if the others were not there.
    pub ndcg_of_judged: f64,
    /// Share of the filled places among the first [`TOP`] that hold a judged product.
    pub judged: f64,
    /// Reciprocal of the first relevant result's place; 0 if none is among the first [`TOP`].
    pub reciprocal_rank: f64,
}

/// Outcome of one query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// None if no product is relevant to it.
    pub quality: Option<Quality>,
    /// Number of products found.
    pub found: u64,
}

/// The figures of many queries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RelevanceMetrics {
    /// Number of queries that have a relevant product; the means are over these.
    pub queries: usize,
    /// Mean of [`Quality::ndcg`].
    pub ndcg: f64,
    /// Mean of [`Quality::ndcg_of_judged`].
    pub ndcg_of_judged: f64,
    /// Mean of [`Quality::judged`].
    pub judged: f64,
    /// Mean of [`Quality::reciprocal_rank`].
    pub reciprocal_rank: f64,
    /// The share of all queries that found nothing.
    pub without_result: f64,
}

impl RelevanceMetrics {
    /// The figures of some outcomes; all are 0 where there is nothing to measure.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let (mut measured, mut all, mut empty) = (Vec::new(), 0_usize, 0_usize);
        for outcome in outcomes {
            measured.extend(outcome.quality);
            all += 1;
            empty += usize::from(outcome.found == 0);
        }
        let mean = |of: fn(&Quality) -> f64| {
            measured.iter().map(of).fold(0.0, f64::add) / measured.len().max(1) as f64
        };
        Self {
            queries: measured.len(),
            ndcg: mean(|it| it.ndcg),
            ndcg_of_judged: mean(|it| it.ndcg_of_judged),
            judged: mean(|it| it.judged),
            reciprocal_rank: mean(|it| it.reciprocal_rank),
            without_result: empty as f64 / all.max(1) as f64,
        }
    }
}

/// The quality of results, best first. They may go beyond [`TOP`], which only the judged ones are looked for in. None if
/// no product is relevant to the query: then no order is better than another.
pub fn quality(results: &[String], grades: &Grades) -> Option<Quality> {
    let ideal = ideal(grades);
    if ideal == 0.0 {
        return None;
    }
    let first = &results[..results.len().min(TOP)];
    let grade = |product: &String| grades.get(product).copied();
    let judged = first.iter().filter_map(grade).count();
    let relevant = first
        .iter()
        .position(|product| grade(product).is_some_and(|it| it > 0));
    Some(Quality {
        ndcg: gain(first.iter().map(|product| grade(product).unwrap_or(0))) / ideal,
        ndcg_of_judged: gain(results.iter().filter_map(grade).take(TOP)) / ideal,
        judged: judged as f64 / first.len().max(1) as f64,
        reciprocal_rank: relevant.map_or(0.0, |place| 1.0 / (place + 1) as f64),
    })
}

/// The gain of the best order of all that was judged.
fn ideal(grades: &Grades) -> f64 {
    let mut best: Vec<u8> = grades.values().copied().collect();
    best.sort_unstable_by(|one, other| other.cmp(one));
    gain(best.into_iter().take(TOP))
}

fn gain(grades: impl Iterator<Item = u8>) -> f64 {
    grades
        .enumerate()
        .map(|(place, grade)| (f64::from(grade).exp2() - 1.0) / ((place + 2) as f64).log2())
        .fold(0.0, |sum, gained| sum + gained)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grades(judged: &[(&str, u8)]) -> Grades {
        let owned = |&(product, grade): &(&str, u8)| (product.to_owned(), grade);
        judged.iter().map(owned).collect()
    }

    fn results(products: &[&str]) -> Vec<String> {
        products.iter().map(|&product| product.to_owned()).collect()
    }

    #[test]
    fn a_worked_example() {
        let grades = grades(&[("a", 3), ("b", 1), ("c", 0)]);
        let quality = quality(&results(&["x", "b", "c", "a"]), &grades).unwrap();
        let ideal = 7.0 + 1.0 / 3_f64.log2();
        let gained = 1.0 / 3_f64.log2() + 7.0 / 5_f64.log2();
        assert!((quality.ndcg - gained / ideal).abs() < 1e-12);
        let of_judged = 1.0 + 7.0 / 4_f64.log2();
        assert!((quality.ndcg_of_judged - of_judged / ideal).abs() < 1e-12);
        assert_eq!((quality.judged, quality.reciprocal_rank), (0.75, 0.5));
    }

    #[test]
    fn without_a_relevant_product_there_is_nothing_to_measure() {
        assert_eq!(quality(&results(&["a"]), &grades(&[("a", 0)])), None);
    }

    #[test]
    fn nothing_found_is_worth_nothing() {
        let quality = quality(&[], &grades(&[("a", 2)])).unwrap();
        assert_eq!((quality.ndcg, quality.judged), (0.0, 0.0));
    }

    #[test]
    fn figures_are_means_over_what_can_be_measured() {
        let grades = grades(&[("a", 3)]);
        let outcome = |found: &[&str], grades| Outcome {
            quality: quality(&results(found), grades),
            found: found.len() as u64,
        };
        let unjudged = Grades::new();
        let metrics = RelevanceMetrics::of(&[
            outcome(&["a"], &grades),
            outcome(&[], &grades),
            outcome(&["a"], &unjudged),
        ]);
        assert_eq!(metrics.queries, 2);
        assert_eq!((metrics.ndcg, metrics.reciprocal_rank), (0.5, 0.5));
        assert!((metrics.without_result - 1.0 / 3.0).abs() < 1e-12);
        let nothing = RelevanceMetrics::of(&[]);
        assert_eq!((nothing.queries, nothing.ndcg), (0, 0.0));
    }

    #[test]
    fn hits_after_the_first_ten_gain_nothing() {
        let mut found = vec!["x".to_owned(); TOP];
        found.push("a".to_owned());
        let quality = quality(&found, &grades(&[("a", 3)])).unwrap();
        assert_eq!((quality.ndcg, quality.reciprocal_rank), (0.0, 0.0));
        assert_eq!(quality.ndcg_of_judged, 1.0);
    }

    proptest! {
        #[test]
        fn the_best_order_is_worth_one_and_none_is_worth_more(
            judged in prop::collection::vec(0_u8..4, 1..20), swap in (0_usize..20, 0_usize..20)
        ) {
            let names: Vec<_> = (0..judged.len()).map(|place| place.to_string()).collect();
            let grades: Grades = names.iter().cloned().zip(judged).collect();
            let mut found = names;
            found.sort_by_key(|name| std::cmp::Reverse(grades[name]));
            let Some(best) = quality(&found, &grades) else { return Ok(()) };
            prop_assert!((best.ndcg - 1.0).abs() < 1e-9);
            let count = found.len();
            found.swap(swap.0 % count, swap.1 % count);
            let other = quality(&found, &grades).unwrap();
            prop_assert!(other.ndcg <= best.ndcg + 1e-9);
        }
    }
}
