//! The text of a search as engines match it: words, word forms, synonyms and a possible code.

use strsim::osa_distance;

use super::analysis::{Analyzer, OtherForm, Token};
use crate::words::each_pair;

/// Fewest letters of a word that may be a prefix by itself. Shorter prefixes are those of most of a catalogue.
const MIN_PREFIX_LETTERS: usize = 3;
/// Minimum length of a code, or of its prefix, to be looked up as a part number or SKU.
pub const MIN_CODE_CHARS: usize = 3;
/// Maximum number of words searched for; further ones are ignored.
pub const MAX_WORDS: usize = 16;
/// Number of letters of a short word that may have a typo.
const SHORT_LETTERS: usize = 3;

/// A text, understood.
///
/// A product matches if (each, or any: see the stage) word matches it, or if `code` does. A word matches a product
/// if it matches title, description, brand, category names, fandom, seller name or attribute values by stem (its own, or
/// that of the word it makes with a neighbour), by beginning where [`Word::prefix`] is set, by all words of one of its
/// [`Word::synonyms`] or [`Word::related`] forms, or, if [`Word::code`] is set, one of its codes as far as
/// [`Word::code_match`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPlan {
    /// As typed, trimmed.
    pub raw: String,
    /// Words of the text. Empty if the text has none, which matches no product.
    pub words: Vec<Word>,
    /// The normal form of the whole text, if that may be one code, such as `AB-12 34` for `ab1234`. Such products come
    /// first: whole codes, then those with the code as a prefix. Prefixes without a digit are left to [`Word::code`].
    pub code: Option<String>,
}

/// Word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded and lower-cased.
    pub surface: String,
    /// Stemmed, as the index holds it.
    pub stem: String,
    /// True if the word may be a prefix: the last one, still being typed.
    pub prefix: bool,
    /// Maximum edit distance at stages that allow typos: 0 for short words and those with a digit, else 1, and 2 from
    /// eight letters on. Query relaxation sets it to 1 for a word of three letters that no product has.
    pub typos: u8,
    /// Normal form as a code, if the word may be (part of) one.
    pub code: Option<String>,
    /// Farthest that the code may match.
    pub code_match: CodeMatch,
    /// Variants as a single word: joined with a neighbour (`head set` as `headset`), or a quantity in another
    /// spelling.
    pub joined: Vec<WordForm>,
    /// Synonyms: a product matches if it has every word of one of these, by stem, in any text field.
    ///
    /// A synonym of several words of the text stands at each of them. Since all words have to match, the text then
    /// matches by those words, or by the synonym: (a or s) and (b or s) is (a and b) or s. Where synonyms overlap, such
    /// as s for "a b" and t for "b c", a product also matches by both: it has the meaning of every word.
    pub synonyms: Vec<Vec<WordForm>>,
    /// Further forms, found by query understanding: a product matches if it has every word of one of these, by stem, and
    /// ranks after all that have the word itself. Compounds with the word (`Kaffeetasse` for `tasse`), and the
    /// words that it is made of (`red`, `bull` for `redbull`).
    pub related: Vec<Vec<WordForm>>,
}

/// Farthest that a word may match a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum CodeMatch {
    /// The whole code.
    #[default]
    Whole,
    /// A prefix of the code.
    Prefix,
    /// A prefix of what stands behind a sign in the code, or behind a change between letters and digits.
    Within,
}

/// A word in a word's place: two neighbouring words of a text as one, or a part of a synonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordForm {
    /// Folded and lower-cased.
    pub surface: String,
    /// Stemmed, as the index holds it.
    pub stem: String,
}

impl From<OtherForm> for WordForm {
    fn from(form: OtherForm) -> Self {
        Self {
            surface: form.surface,
            stem: form.stem,
        }
    }
}

impl From<Token> for WordForm {
    fn from(token: Token) -> Self {
        Self {
            surface: token.surface,
            stem: token.stem,
        }
    }
}

impl WordForm {
    /// The word that a text is; none if it is too long to be indexed.
    pub(crate) fn new(text: &str, analyzer: &mut Analyzer) -> Option<Self> {
        analyzer.words(text).pop().map(Self::from)
    }

    /// Two letters of a word in a script whose inner words no dictionary finds, as documents have them.
    fn pair(letters: &str) -> Self {
        Self {
            surface: letters.to_owned(),
            stem: letters.to_owned(),
        }
    }

    /// Converts the form to a word that is taken literally.
    pub(crate) fn as_word(&self) -> Word {
        Word {
            surface: self.surface.clone(),
            stem: self.stem.clone(),
            prefix: false,
            typos: 0,
            code: None,
            code_match: CodeMatch::default(),
            joined: Vec::new(),
            synonyms: Vec::new(),
            related: Vec::new(),
        }
    }
}

impl Word {
    /// Returns true if a stem is that of the word or of one of its variants.
    pub fn has_stem(&self, stem: &str) -> bool {
        self.stem == stem || self.joined.iter().any(|joined| joined.stem == stem)
    }

    /// Returns true if the word is long enough to be a prefix by itself. A letter of a script without spaces says as much as
    /// a word.
    pub(crate) fn is_long_prefix(&self) -> bool {
        let is_dense = |letter: char| letter > '\u{e00}' && letter.is_alphabetic();
        self.surface.chars().count() >= MIN_PREFIX_LETTERS || self.surface.chars().any(is_dense)
    }

    /// Returns true for a word of three letters, which may have a typo only if no product has it.
    pub(crate) fn is_short(&self) -> bool {
        let is_letter = |letter: char| !letter.is_numeric() && !letter.is_ascii_punctuation();
        self.surface.chars().count() == SHORT_LETTERS && self.surface.chars().all(is_letter)
    }

    /// Returns the edit distance of a word of the catalogue, if it is within the typos.
    ///
    /// In a word of three letters, two neighbours may be swapped or a letter after the first replaced. Other edits would
    /// find a large part of all words so short.
    pub(crate) fn distance_of(&self, surface: &str) -> Option<usize> {
        let typos = usize::from(self.typos);
        // A cheap way out first: an edit changes a letter, of at most four bytes.
        if typos == 0 || surface.len().abs_diff(self.surface.len()) > typos * 4 {
            return None;
        }
        let distance = osa_distance(surface, &self.surface);
        if distance > typos || (distance > 0 && self.is_short() && !self.is_short_typo(surface)) {
            return None;
        }
        Some(distance)
    }

    fn is_short_typo(&self, surface: &str) -> bool {
        let own: Vec<_> = self.surface.chars().collect();
        let other: Vec<_> = surface.chars().collect();
        let is_swapped = own.first() == other.get(1) && own.get(1) == other.first();
        own.len() == other.len() && (own.first() == other.first() || is_swapped)
    }

    /// Adds a word that it may be.
    pub(crate) fn add_variant(&mut self, other: Option<WordForm>) {
        if let Some(other) = other
            && other.stem != self.stem
            && !self.joined.contains(&other)
        {
            self.joined.push(other);
        }
    }

    /// Adds several words that it may be together.
    pub(crate) fn add_synonym(&mut self, others: Option<Vec<WordForm>>) {
        if let Some(others) = others
            && !self.synonyms.contains(&others)
        {
            self.synonyms.push(others);
        }
    }

    /// Adds the pairs of its letters, by which documents with the word inside another are found.
    pub(crate) fn add_pairs(&mut self) {
        let mut pairs = Vec::new();
        each_pair(&self.surface, |pair| pairs.push(WordForm::pair(pair)));
        if pairs.len() > 1 {
            self.add_synonym(Some(pairs));
        }
    }

    /// Takes it for what it is: finished, without typos, no code and no part of a longer word.
    pub fn take_literally(&mut self) {
        self.prefix = false;
        self.typos = 0;
        self.code = None;
        self.joined.clear();
        self.synonyms.clear();
        self.related.clear();
    }
}
