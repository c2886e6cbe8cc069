//! What a match counts, as a small number that documents are compared by.

use crate::ranking::weights::{FieldWeights, MAX_WEIGHT};
use crate::settings::WordScores;

/// The value of the best match there is.
const MOST: f32 = 255.0;
/// What a value has to be multiplied by to be a share of the best.
pub(crate) const VALUE_SCALE: f32 = 1.0 / MOST;
/// A code that begins so, next to the whole one.
const BEGINNING_OF_CODE: f32 = 0.5;

/// The values of a term's matches, by the weight that the term has in a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values([u8; MAX_WEIGHT as usize + 1]);

impl Values {
    /// The value of a match where the term weighs so much.
    #[inline]
    pub(crate) fn of(&self, weight: u32) -> u8 {
        self.0[weight.min(u32::from(MAX_WEIGHT)) as usize]
    }

    /// Those of a word that matches so well.
    fn of_quality(quality: f32) -> Self {
        let weights = FieldWeights::default();
        let mut values = [0; MAX_WEIGHT as usize + 1];
        for (weight, value) in (0..=MAX_WEIGHT).zip(&mut values).skip(1) {
            let share = quality * weights.saturated(weight);
            *value = (share * MOST).round().clamp(1.0, MOST) as u8;
        }
        Self(values)
    }

    /// The same for every weight.
    fn constant(share: f32) -> Self {
        Self([(share * MOST) as u8; MAX_WEIGHT as usize + 1])
    }
}

/// The values of every kind of match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MatchValues {
    pub(crate) same_stem: Values,
    pub(crate) synonym: Values,
    pub(crate) beginning: Values,
    pub(crate) one_typo: Values,
    pub(crate) two_typos: Values,
    pub(crate) whole_code: Values,
    pub(crate) beginning_of_code: Values,
}

impl MatchValues {
    pub(crate) fn new(scores: &WordScores) -> Self {
        Self {
            same_stem: Values::of_quality(1.0),
            synonym: Values::of_quality(scores.synonym),
            beginning: Values::of_quality(scores.beginning),
            one_typo: Values::of_quality(scores.one_typo),
            two_typos: Values::of_quality(scores.two_typos),
            whole_code: Values::constant(1.0),
            beginning_of_code: Values::constant(BEGINNING_OF_CODE),
        }
    }

    /// Those of completions, for which a beginning is as good as a word.
    pub(crate) fn of_completions() -> Self {
        Self::new(&WordScores {
            beginning: 1.0,
            ..WordScores::default()
        })
    }

    /// Whether a value is that of a whole code.
    pub(crate) fn is_whole_code(value: u8) -> bool {
        f32::from(value) == MOST
    }
}
