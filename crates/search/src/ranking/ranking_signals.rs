//! Ranking signals of a product as values from 0 to 1, the same in every engine.
//!
//! Signals of a product's own data are computed when it is indexed. Its age and availability are computed when it is
//! searched. None needs logarithms in a database or scripts in a cluster.

use crate::settings::RankingSignals;

/// Popularity in powers of ten: from this many on, nothing is more popular.
pub const POPULARITY_STEPS: i32 = 6;
/// Rating assumed for a product without ratings.
pub const USUAL_RATING: f32 = 3.5;
/// By how many ratings a product has to differ from the usual to differ from it half as much.
pub const RATINGS_OF_WEIGHT: f32 = 10.0;
const LOWEST_RATING: f32 = 1.0;
const HIGHEST_RATING: f32 = 5.0;
const DAY_MS: f64 = 86_400_000.0;

/// How popular: the logarithm of popularity, in which each power of ten is a step of the same height, with a straight
/// line from one to the next. 0 for nothing, 1 for a million or more.
pub fn popularity(popularity: i64) -> f32 {
    let seen = popularity.max(0).saturating_add(1) as f64;
    let steps = f64::from(POPULARITY_STEPS);
    let step = (0..POPULARITY_STEPS).find(|step| seen < 10_f64.powi(step + 1));
    let Some(step) = step else {
        return 1.0;
    };
    let within = (seen / 10_f64.powi(step) - 1.0) / 9.0;
    ((f64::from(step) + within) / steps) as f32
}

/// How well rated: the mean with [`RATINGS_OF_WEIGHT`] ratings of [`USUAL_RATING`] added, from the lowest to the highest
/// rating. So a single rating of five stars says less than a hundred of four and a half.
pub fn rating(mean: Option<f32>, count: u32) -> f32 {
    let (mean, count) = mean.map_or((0.0, 0.0), |mean| (mean, count as f32));
    let damped = (mean * count + USUAL_RATING * RATINGS_OF_WEIGHT) / (count + RATINGS_OF_WEIGHT);
    ((damped - LOWEST_RATING) / (HIGHEST_RATING - LOWEST_RATING)).clamp(0.0, 1.0)
}

/// How new: 1 today, half of it after [`RankingSignals::freshness_days`], 0 after twice as many.
pub fn freshness(created_at_ms: i64, today_ms: i64, ranking_signals: &RankingSignals) -> f32 {
    let age = today_ms.abs_diff(created_at_ms) as f64;
    (1.0 - age / fading_ms(ranking_signals)).max(0.0) as f32
}

/// After how long nothing is left of a product's freshness.
pub(crate) fn fading_ms(ranking_signals: &RankingSignals) -> f64 {
    2.0 * f64::from(ranking_signals.freshness_days) * DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn popularity_rises_ever_slower_to_one() {
        assert_eq!(popularity(0), 0.0);
        assert_eq!(popularity(-5), 0.0);
        assert_eq!(popularity(9), 1.0 / 6.0);
        assert_eq!(popularity(999), 0.5);
        assert_eq!(popularity(999_999), 1.0);
        assert_eq!(popularity(i64::MAX), 1.0);
        let values: Vec<_> = (0..6).map(|power| popularity(10_i64.pow(power))).collect();
        assert!(
            values.windows(2).all(|pair| pair[0] < pair[1]),
            "{values:?}"
        );
    }

    #[test]
    fn few_ratings_say_little() {
        assert_eq!(rating(None, 0), 0.625);
        assert!(rating(Some(5.0), 1) > rating(None, 0));
        assert!(rating(Some(4.5), 100) > rating(Some(5.0), 1));
        assert!(rating(Some(1.0), 1) < rating(None, 0));
        assert!(rating(Some(1.0), 1_000_000) < 0.001);
    }

    #[test]
    fn freshness_fades_evenly() {
        let ranking_signals = RankingSignals {
            freshness_days: 10.0,
            ..RankingSignals::default()
        };
        let today = 1_000 * DAY_MS as i64;
        let of = |days: i64| freshness(today - days * DAY_MS as i64, today, &ranking_signals);
        assert_eq!([of(0), of(10), of(20), of(30)], [1.0, 0.5, 0.0, 0.0]);
        assert!(of(5) > of(6));
    }
}
