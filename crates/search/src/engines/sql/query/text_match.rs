//! Matches of a text: what was looked up for each of its words.

use super::term::Term;
use crate::engines::sql::{dialect::Dialect, place::Place};
use crate::query::CodeMatch;

/// Matches of a text.
#[derive(Debug)]
pub(crate) struct TextMatch {
    pub(crate) words: Vec<WordMatch>,
    /// True if one matching word is enough.
    pub(crate) any: bool,
    /// Whole text as a code, if it may be one.
    pub(crate) code: Option<String>,
    /// Qualities of words, by edit distance.
    pub(crate) qualities: [f32; 3],
}

/// Words of the same quality, as a full-text query.
#[derive(Debug, PartialEq)]
pub(crate) struct RankedWords {
    pub(crate) query: String,
    /// Number of words and prefixes in the query.
    pub(crate) alternatives: usize,
    pub(crate) quality: f32,
}

/// Matches of a word.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordMatch {
    pub(crate) term: Term,
    /// Full-text query; empty if no word of the catalogue matches.
    pub(crate) query: String,
    /// Code, or part of one.
    pub(crate) code: Option<String>,
    /// Farthest that the code may match.
    pub(crate) code_match: CodeMatch,
    /// Categories whose products match, descendants included.
    pub(crate) categories: Vec<i64>,
    pub(crate) fandoms: Vec<i64>,
    pub(crate) sellers: Vec<i64>,
    /// Synonyms: all words of one of them must match. None of the words matches nothing.
    pub(crate) synonyms: Vec<Vec<WordMatch>>,
    /// Further forms, likewise. They match and add nothing to a score.
    pub(crate) related: Vec<Vec<WordMatch>>,
}

impl WordMatch {
    pub(crate) fn new(term: Term, code: Option<(String, CodeMatch)>, dialect: Dialect) -> Self {
        let (code, code_match) = code.unzip();
        Self {
            query: term.query(dialect),
            code,
            code_match: code_match.unwrap_or_default(),
            term,
            ..Self::default()
        }
    }

    /// Returns the words of the catalogue that match.
    pub(crate) fn written(&self) -> impl Iterator<Item = &String> {
        self.term.written()
    }

    pub(crate) fn has_prefix(&self) -> bool {
        self.term.has_prefix()
    }

    /// Returns true if it can match only in the product's own text.
    pub(crate) fn is_plain(&self) -> bool {
        self.code.is_none()
            && self.categories.is_empty()
            && self.fandoms.is_empty()
            && self.sellers.is_empty()
            && self.alternatives().flatten().all(Self::is_plain)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.query.is_empty() && self.alternatives().next().is_none() && self.is_plain()
    }

    /// Returns synonyms and further forms: all words of one of them must match.
    pub(crate) fn alternatives(&self) -> impl Iterator<Item = &Vec<Self>> {
        self.synonyms.iter().chain(&self.related)
    }

    /// Returns itself and the words of its synonyms.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Self> {
        [self].into_iter().chain(self.synonyms.iter().flatten())
    }
}

#[cfg(test)]
impl TextMatch {
    /// Returns matches of words, for tests.
    pub(crate) fn of(words: Vec<WordMatch>, any: bool) -> Self {
        Self {
            words,
            any,
            code: None,
            qualities: [1.0, 0.5, 0.25],
        }
    }
}

impl WordMatch {
    /// Returns matching categories and fandoms.
    pub(crate) fn places(&self) -> [(Place, &[i64]); 2] {
        [
            (Place::Category, &self.categories),
            (Place::Fandom, &self.fandoms),
        ]
    }
}

impl TextMatch {
    /// Returns the words that products are ranked by: those as typed, then those with typos, as far as there are any.
    pub(crate) fn ranked_words(&self, dialect: Dialect) -> Vec<RankedWords> {
        let at = |(distance, quality): (usize, f32)| {
            let words = self.words.iter().flat_map(WordMatch::parts);
            let words = words.map(|word| word.term.query_at(distance, dialect));
            let (queries, alternatives): (Vec<_>, Vec<_>) =
                words.filter(|(_, alternatives)| *alternatives > 0).unzip();
            RankedWords {
                query: queries.join(dialect.syntax().any),
                alternatives: alternatives.iter().sum(),
                quality,
            }
        };
        let qualities = self.qualities.into_iter().enumerate();
        let words = qualities.map(at);
        words.filter(|words| words.alternatives > 0).collect()
    }
}
