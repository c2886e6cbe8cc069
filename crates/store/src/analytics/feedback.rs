//! Weights of past days, shared by popularity and suggestions.

use serde::Serialize;

use crate::Scope;

/// Number of half-lives after which a day is ignored.
const HALF_LIVES: u32 = 8;
/// Weight of an event of today, in millionths.
const FULL_WEIGHT: f64 = 1_000_000.0;

/// Popularity and suggestions learnt from a tenant's analytics.
#[derive(Debug, Clone)]
pub struct SearchFeedback {
    pub(super) scope: Scope,
}

impl Scope {
    /// Popularity and suggestions learnt from the tenant's analytics.
    pub fn search_feedback(&self) -> SearchFeedback {
        SearchFeedback::new(self.clone())
    }
}

impl SearchFeedback {
    pub(crate) fn new(scope: Scope) -> Self {
        Self { scope }
    }
}

/// Weight of a day, in millionths.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct DayWeight {
    pub(super) day: i64,
    pub(super) weight: i64,
}

/// First day with a weight; older rows need not be read.
pub(super) fn first_day(weights: &[DayWeight]) -> i64 {
    weights.iter().map(|it| it.day).min().unwrap_or_default()
}

/// Returns the weights of the days up to today, halved every `half_life_days`.
pub(super) fn weights(today: i64, half_life_days: u32) -> Vec<DayWeight> {
    let half_life = half_life_days.max(1);
    let days = 0..=i64::from(half_life.saturating_mul(HALF_LIVES));
    let decayed = |age: i64| FULL_WEIGHT * 0.5_f64.powf(age as f64 / f64::from(half_life));
    days.map(|age| DayWeight {
        day: today - age,
        weight: decayed(age).round() as i64,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_weighs_half_after_a_half_life() {
        let weights = weights(100, 7);
        let of = |day| weights.iter().find(|it| it.day == day).map(|it| it.weight);
        assert_eq!(of(100), Some(1_000_000));
        assert_eq!(of(93), Some(500_000));
        assert_eq!(of(86), Some(250_000));
        assert_eq!(of(101), None);
        assert_eq!(weights.len(), 57);
    }
}
