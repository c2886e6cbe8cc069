//! Match values: quality times saturated weight, quantised to one byte.

use crate::ranking::weights::{FieldWeights, MAX_WEIGHT};
use crate::settings::{RELATED_QUALITY, WordScores};

/// Value of the best possible match.
const MOST: f32 = 255.0;
/// Factor that converts a value to a share of the best, 0 to 1.
pub(crate) const VALUE_SCALE: f32 = 1.0 / MOST;
/// Share of a prefix match of a code, relative to a whole code.
const CODE_PREFIX: f32 = 0.5;
/// Share of a match within a code, relative to a whole code.
const INNER_CODE: f32 = 0.1;

/// Values of a term's matches, by the weight of the term in a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values([u8; MAX_WEIGHT as usize + 1]);

impl Values {
    /// Returns the value of a match where the term has this weight.
    #[inline]
    pub(crate) fn of(&self, weight: u32) -> u8 {
        self.0[weight.min(u32::from(MAX_WEIGHT)) as usize]
    }

    /// Computes the values for a match quality from 0 to 1.
    fn of_quality(quality: f32) -> Self {
        let weights = FieldWeights::default();
        let mut values = [0; MAX_WEIGHT as usize + 1];
        for (weight, value) in (0..=MAX_WEIGHT).zip(&mut values).skip(1) {
            let share = quality * weights.saturated(weight);
            *value = (share * MOST).round().clamp(1.0, MOST) as u8;
        }
        Self(values)
    }

    /// Creates values that are independent of the weight.
    fn constant(share: f32) -> Self {
        Self([(share * MOST) as u8; MAX_WEIGHT as usize + 1])
    }
}

/// Values of every kind of match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MatchValues {
    pub(crate) same_stem: Values,
    pub(crate) synonym: Values,
    pub(crate) related: Values,
    pub(crate) prefix: Values,
    pub(crate) one_typo: Values,
    pub(crate) two_typos: Values,
    pub(crate) whole_code: Values,
    pub(crate) code_prefix: Values,
    pub(crate) inner_code: Values,
}

impl MatchValues {
    pub(crate) fn new(scores: &WordScores) -> Self {
        Self {
            same_stem: Values::of_quality(1.0),
            synonym: Values::of_quality(scores.synonym),
            related: Values::of_quality(RELATED_QUALITY),
            prefix: Values::of_quality(scores.prefix),
            one_typo: Values::of_quality(scores.one_typo),
            two_typos: Values::of_quality(scores.two_typos),
            whole_code: Values::constant(1.0),
            code_prefix: Values::constant(CODE_PREFIX),
            inner_code: Values::constant(INNER_CODE),
        }
    }

    /// Creates the values for completions, where a prefix is as good as a whole word.
    pub(crate) fn of_completions() -> Self {
        Self::new(&WordScores {
            prefix: 1.0,
            ..WordScores::default()
        })
    }

    /// Returns true for the value of a whole code.
    pub(crate) fn is_whole_code(value: u8) -> bool {
        f32::from(value) == MOST
    }
}
