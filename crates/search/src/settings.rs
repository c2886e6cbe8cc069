//! What a search can be tuned by, apart from what is indexed.
//!
//! A plan is made with settings and carries them, so that every engine ranks by the same ones. They change without a
//! reindex; what is indexed depends on [`crate::weights`] alone.

/// All settings.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SearchSettings {
    /// What the words of a text count.
    pub words: WordScores,
    /// When a text is relaxed.
    pub relaxing: Relaxing,
}

/// How good matches are that are not the word itself. A word of a text counts in a product its rarity, times the quality
/// of the match, times how much it weighs there, saturated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WordScores {
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
            beginning: 0.2,
            one_typo: 0.5,
            two_typos: 0.25,
        }
    }
}

/// When a text is taken less strictly than it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relaxing {
    /// Whether words may have typos when nothing has all of them as they were typed.
    pub typos: bool,
    /// Whether some words may be missing when nothing has all of them.
    pub missing_words: bool,
    /// Where fewer products than these have all words, whatever the filters, products that have some of them follow.
    /// With 0 or 1 they never do.
    pub enough: u64,
}

impl Default for Relaxing {
    /// Enough is what a shopper sees first.
    fn default() -> Self {
        Self {
            typos: true,
            missing_words: true,
            enough: 10,
        }
    }
}
