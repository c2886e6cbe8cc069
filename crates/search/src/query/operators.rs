//! Exact phrases and exclusions of a search. They hold at every stage, and for pinned products as well.

use super::analysis::{Analyzer, normal_code};
use super::text_query::{MAX_WORDS, MIN_CODE_CHARS, WordForm};

/// Operators of a search text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operators {
    /// Phrases that a product must have.
    pub phrases: Vec<ExactPhrase>,
    /// Words and phrases that a product must not have.
    pub excluded: Vec<ExactPhrase>,
}

/// Words that stand next to each other in one text, as they are written but for case and accents.
///
/// A text is the title, a name (of the brand, a category, a fandom or the seller), a value of an attribute, or the
/// description. A phrase that is the whole of one of the product's codes is had as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExactPhrase {
    /// Words of the phrase in order, at least one.
    pub words: Vec<WordForm>,
    /// Normal form of the phrase as a code, if it may be one.
    pub code: Option<String>,
}

impl Operators {
    /// Returns true if there are none.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty() && self.excluded.is_empty()
    }
}

impl ExactPhrase {
    /// Returns the phrase of a text; none if it has no word. Words after the first [`MAX_WORDS`] are ignored.
    pub(crate) fn new(text: &str, analyzer: &mut Analyzer) -> Option<Self> {
        let mut words = analyzer.words(text);
        words.truncate(MAX_WORDS);
        let code = normal_code(text);
        let is_code = code.chars().count() >= MIN_CODE_CHARS;
        (!words.is_empty()).then(|| Self {
            words: words.into_iter().map(WordForm::from).collect(),
            code: is_code.then_some(code),
        })
    }

    /// Returns the word, if the phrase is a single one. An excluded word excludes its other inflections as well.
    pub fn single(&self) -> Option<&WordForm> {
        match self.words.as_slice() {
            [word] => Some(word),
            _ => None,
        }
    }
}
