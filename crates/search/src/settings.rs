//! Settings of search that change without a reindex.
//!
//! A plan is made with settings and carries them, so that every engine ranks by the same ones. They change without a
//! reindex; what is indexed depends on [`crate::ranking::weights`] and [`crate::ranking::ranking_signals`] alone. As JSON, what is left out is as by
//! default.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use souk_domain::InvalidField;

use crate::merchandising::MAX_FACTOR;

/// Most products that are wanted before a result is filled up.
pub const MAX_ENOUGH: u64 = 1_000;
/// Highest weight of meaning.
pub const MAX_MEANING: f32 = 10.0;
/// Longest time in which a product loses half its freshness, in days.
pub const MAX_FRESHNESS_DAYS: f32 = 3_650.0;

/// Quality of a further form of a word, found by query understanding. The heaviest match of one stays behind the lightest of
/// the word itself.
pub const RELATED_QUALITY: f32 = 0.2;

/// All settings.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SearchSettings {
    /// Scores of word matches.
    pub words: WordScores,
    /// Settings of query relaxation.
    #[serde(rename = "relaxing")]
    pub relaxation: QueryRelaxation,
    /// Weights of the ranking signals.
    #[serde(rename = "factors")]
    pub ranking_signals: RankingSignals,
    /// Settings of query understanding.
    pub understanding: QueryUnderstanding,
    /// Weights of search by meaning.
    pub meaning: MeaningWeights,
}

/// Quality of matches other than of the exact word, each from 0 to 1. A word scores its rarity times match quality
/// times term weight, saturated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordScores {
    /// Quality of a longer word with this prefix, next to 1 for the word itself.
    #[serde(rename = "beginning")]
    pub prefix: f32,
    /// Quality of a word that is one edit away.
    pub one_typo: f32,
    /// Quality of a word that is two edits away.
    pub two_typos: f32,
    /// Quality of a synonym.
    pub synonym: f32,
}

impl Default for WordScores {
    fn default() -> Self {
        Self {
            prefix: 0.2,
            one_typo: 0.5,
            two_typos: 0.25,
            synonym: 0.9,
        }
    }
}

/// Settings of query relaxation: when looser stages run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueryRelaxation {
    /// Allows typos if no product has all words as they were typed.
    pub typos: bool,
    /// Allows missing words if no product has all of them.
    pub missing_words: bool,
    /// Number of full matches, regardless of filters, below which partial matches are backfilled. 0 and 1 disable it.
    /// At most [`MAX_ENOUGH`].
    pub enough: u64,
}

impl Default for QueryRelaxation {
    /// Enables every stage. Ten results fill what a shopper sees first.
    fn default() -> Self {
        Self {
            typos: true,
            missing_words: true,
            enough: 10,
        }
    }
}

/// Weights of the ranking signals, each from 0 (off) to 1. The relevance score is multiplied with 1 + the sum of each
/// weight times its value, see [`crate::ranking::ranking_signals`]. Other orders stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankingSignals {
    /// Weight of popularity.
    pub popularity: f32,
    /// Weight of the rating.
    pub rating: f32,
    /// Weight of freshness.
    pub freshness: f32,
    /// Weight of availability.
    pub stock: f32,
    /// After so many days a product has lost half its freshness, and after twice as many all. From 1 to
    /// [`MAX_FRESHNESS_DAYS`].
    pub freshness_days: f32,
}

impl Default for RankingSignals {
    /// All off: which of them gain something depends on the catalogue, see `docs/search/LAB-NOTES.md`.
    fn default() -> Self {
        Self {
            popularity: 0.0,
            rating: 0.0,
            freshness: 0.0,
            stock: 0.0,
            freshness_days: 90.0,
        }
    }
}

impl RankingSignals {
    /// Returns true if any weight is above 0.
    pub fn are_on(&self) -> bool {
        self.most() > 1.0
    }

    /// The most that they multiply a score with.
    pub fn most(&self) -> f32 {
        1.0 + self.popularity + self.rating + self.freshness + self.stock
    }
}

/// Settings of query understanding, see [`crate::query_understanding`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueryUnderstanding {
    /// Boosts products that have a value the text means.
    pub boosts: bool,
    /// Factor of that boost, from 1 to [`MAX_FACTOR`].
    pub factor: f32,
    /// Restricts results to the meant value, where that is certain enough.
    pub filters: bool,
    /// Minimum share of the products with a phrase in their titles that have the value, from 0 to 1.
    pub share: f32,
    /// The same where the value is called so.
    pub share_of_named: f32,
    /// The same for it to be sure enough to filter by.
    pub share_to_filter: f32,
    /// Minimum share of the products with a value that have the phrase in their titles, from 0 to 1.
    pub coverage: f32,
    /// Offers a better spelling for words unknown to the catalogue.
    pub did_you_mean: bool,
}

impl Default for QueryUnderstanding {
    /// As measured, see `docs/search/LAB-NOTES.md`.
    fn default() -> Self {
        Self {
            boosts: true,
            factor: 1.3,
            filters: false,
            share: 0.6,
            share_of_named: 0.1,
            share_to_filter: 0.9,
            coverage: 0.3,
            did_you_mean: true,
        }
    }
}

/// Weights of the order by meaning next to 1 for the order by words, each from 0 (off) to [`MAX_MEANING`]. They count where
/// a model is given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeaningWeights {
    /// Weight for texts of two words.
    pub weight: f32,
    /// Weight for texts of three words and more.
    pub sentence_weight: f32,
}

impl Default for MeaningWeights {
    /// As measured, see `docs/search/MEANING.md`.
    fn default() -> Self {
        Self {
            weight: 0.2,
            sentence_weight: 1.0,
        }
    }
}

impl SearchSettings {
    /// Checks that every value is in its range.
    ///
    /// # Errors
    /// Names the first that is not, such as `words.beginning`.
    pub fn validated(self) -> Result<Self, InvalidField> {
        let Self {
            words,
            relaxation,
            ranking_signals,
            understanding,
            meaning,
        } = &self;
        let share = 0.0..=1.0;
        for (field, value, range) in [
            ("words.beginning", words.prefix, &share),
            ("words.one_typo", words.one_typo, &share),
            ("words.two_typos", words.two_typos, &share),
            ("words.synonym", words.synonym, &share),
            ("factors.popularity", ranking_signals.popularity, &share),
            ("factors.rating", ranking_signals.rating, &share),
            ("factors.freshness", ranking_signals.freshness, &share),
            ("factors.stock", ranking_signals.stock, &share),
            (
                "factors.freshness_days",
                ranking_signals.freshness_days,
                &(1.0..=MAX_FRESHNESS_DAYS),
            ),
            (
                "understanding.factor",
                understanding.factor,
                &(1.0..=MAX_FACTOR),
            ),
            ("understanding.share", understanding.share, &share),
            (
                "understanding.share_of_named",
                understanding.share_of_named,
                &share,
            ),
            (
                "understanding.share_to_filter",
                understanding.share_to_filter,
                &share,
            ),
            ("understanding.coverage", understanding.coverage, &share),
            ("meaning.weight", meaning.weight, &(0.0..=MAX_MEANING)),
            (
                "meaning.sentence_weight",
                meaning.sentence_weight,
                &(0.0..=MAX_MEANING),
            ),
        ] {
            check(field, value, range)?;
        }
        if relaxation.enough > MAX_ENOUGH {
            let message = format!("is at most {MAX_ENOUGH}");
            return Err(InvalidField::new("relaxing.enough", message));
        }
        Ok(self)
    }
}

fn check(field: &'static str, value: f32, range: &RangeInclusive<f32>) -> Result<(), InvalidField> {
    // What is no number is in no range.
    if range.contains(&value) {
        return Ok(());
    }
    let message = format!("lies between {} and {}", range.start(), range.end());
    Err(InvalidField::new(field, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<SearchSettings, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn settings_read_back_and_what_is_left_out_is_the_default() {
        let settings = read(r#"{"words": {"synonym": 0.5}, "relaxing": {"enough": 0}}"#).unwrap();
        assert_eq!(settings.words.synonym, 0.5);
        assert_eq!(settings.words.prefix, WordScores::default().prefix);
        assert_eq!(settings.relaxation.enough, 0);
        assert!(settings.relaxation.typos);
        let written = serde_json::to_string(&settings).unwrap();
        assert_eq!(read(&written).unwrap(), settings);
    }

    #[test]
    fn a_setting_that_does_not_exist_is_refused() {
        for json in [r#"{"word": {}}"#, r#"{"factors": {"price": 1}}"#] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn each_setting_is_held_to_its_range() {
        assert!(SearchSettings::default().validated().is_ok());
        for (json, field) in [
            (r#"{"words": {"beginning": 1.5}}"#, "words.beginning"),
            (r#"{"words": {"one_typo": -0.1}}"#, "words.one_typo"),
            (r#"{"words": {"two_typos": 2}}"#, "words.two_typos"),
            (r#"{"words": {"synonym": 1e39}}"#, "words.synonym"),
            (r#"{"relaxing": {"enough": 1001}}"#, "relaxing.enough"),
            (r#"{"factors": {"popularity": 1.1}}"#, "factors.popularity"),
            (r#"{"factors": {"rating": -1}}"#, "factors.rating"),
            (r#"{"factors": {"freshness": 3}}"#, "factors.freshness"),
            (r#"{"factors": {"stock": 3}}"#, "factors.stock"),
            (
                r#"{"factors": {"freshness_days": 0}}"#,
                "factors.freshness_days",
            ),
            (
                r#"{"understanding": {"factor": 0.5}}"#,
                "understanding.factor",
            ),
            (r#"{"understanding": {"share": 2}}"#, "understanding.share"),
            (
                r#"{"understanding": {"share_of_named": -1}}"#,
                "understanding.share_of_named",
            ),
            (
                r#"{"understanding": {"share_to_filter": 1.1}}"#,
                "understanding.share_to_filter",
            ),
            (
                r#"{"understanding": {"coverage": -0.1}}"#,
                "understanding.coverage",
            ),
            (r#"{"meaning": {"weight": -0.1}}"#, "meaning.weight"),
            (
                r#"{"meaning": {"sentence_weight": 11}}"#,
                "meaning.sentence_weight",
            ),
        ] {
            let error = read(json).unwrap().validated().unwrap_err();
            assert_eq!(error.field, field);
        }
        let mut settings = SearchSettings::default();
        settings.words.synonym = f32::NAN;
        assert!(settings.validated().is_err());
    }

    #[test]
    fn factors_are_on_if_one_counts() {
        assert!(!RankingSignals::default().are_on());
        let ranking_signals = RankingSignals {
            stock: 0.1,
            ..RankingSignals::default()
        };
        assert!(ranking_signals.are_on());
    }
}
