//! What a search can be tuned by, apart from what is indexed.
//!
//! A plan is made with settings and carries them, so that every engine ranks by the same ones. They change without a
//! reindex; what is indexed depends on [`crate::weights`] alone.

use crate::weights::MAX_WEIGHT;

/// All settings.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SearchSettings {
    /// What the words of a text count.
    pub words: WordScores,
    /// When a text is relaxed.
    pub relaxing: Relaxing,
}

/// What a word of a text counts in a product that matches it: its rarity, times the quality of the match, times how much
/// the word weighs there, saturated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WordScores {
    /// The weight in a product (see [`crate::weights`]) at which a word counts half of what it can.
    pub saturation: f32,
    /// The quality of a longer word that begins alike, next to 1 for the word itself.
    pub beginning: f32,
    /// The quality of a word that is one edit away.
    pub one_typo: f32,
    /// The quality of a word that is two edits away.
    pub two_typos: f32,
}

impl Default for WordScores {
    fn default() -> Self {
        Self {
            saturation: 2.4,
            beginning: 0.2,
            one_typo: 0.5,
            two_typos: 0.25,
        }
    }
}

impl WordScores {
    /// What a word of a weight counts next to the most it could, from 0 to 1.
    pub fn saturated(&self, weight: u8) -> f32 {
        let weight = f32::from(weight.min(MAX_WEIGHT));
        weight / (weight + self.saturation)
    }
}

/// When a text is taken less strictly than it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relaxing {
    /// Whether words may have typos when nothing has all of them as they were typed.
    pub typos: bool,
    /// Whether some words may be missing when nothing has all of them.
    pub missing_words: bool,
}

impl Default for Relaxing {
    fn default() -> Self {
        Self {
            typos: true,
            missing_words: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_more_the_more_it_weighs_but_ever_less_so() {
        let scores = WordScores::default();
        let counts: Vec<_> = (0..=MAX_WEIGHT)
            .map(|weight| scores.saturated(weight))
            .collect();
        assert_eq!(counts[0], 0.0);
        let gains: Vec<_> = counts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(
            gains
                .windows(2)
                .all(|pair| pair[0] > pair[1] && pair[1] > 0.0)
        );
        assert!(counts.iter().all(|&count| count < 1.0));
    }
}
