//! Words of the catalogue that a word of a query stands for, as a full-text query.

use std::collections::{BTreeMap, BTreeSet};

use crate::engines::sql::dialect::Dialect;

/// Most words of a prefix that a query lists one by one.
pub(crate) const NAMED: usize = 64;

/// Words of the catalogue that a word of a query stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Term {
    /// Words that match whole.
    pub(crate) words: BTreeSet<String>,
    /// Edit distances of those words that match only by their typos.
    pub(crate) typos: BTreeMap<String, usize>,
    /// Prefix whose words match as well.
    pub(crate) prefix: Option<String>,
    /// Words of the catalogue with that prefix.
    pub(crate) completions: BTreeSet<String>,
    /// Words of an exact phrase, which match only next to each other.
    pub(crate) phrase: Vec<String>,
}

impl Term {
    /// Returns a query in the full-text language of the dialect.
    pub(crate) fn query(&self, dialect: Dialect) -> String {
        self.marked("", dialect)
    }

    /// Returns the words at an edit distance and the prefix if it is 0, as a query with its number of alternatives.
    pub(crate) fn query_at(&self, distance: usize, dialect: Dialect) -> (String, usize) {
        let at = |word: &&String| self.typos.get(*word).copied().unwrap_or(0) == distance;
        let term = Self {
            words: self.words.iter().filter(at).cloned().collect(),
            prefix: self.prefix.clone().filter(|_| distance == 0),
            ..Self::default()
        };
        let alternatives = term.words.len() + usize::from(term.prefix.is_some());
        (term.query(dialect), alternatives)
    }

    /// Returns true if the prefix has more words than are listed one by one.
    pub(crate) fn has_prefix(&self) -> bool {
        self.prefix.is_some() && self.completions.len() > NAMED
    }

    /// Returns all words that match, whole or by the prefix.
    pub(crate) fn written(&self) -> impl Iterator<Item = &String> {
        self.words.union(&self.completions)
    }

    /// Returns a query among words that begin with a mark, such as `^` for words of titles.
    pub(crate) fn marked(&self, mark: &str, dialect: Dialect) -> String {
        let quoted = |word: &String| dialect.quoted(&format!("{mark}{word}"));
        let words = self.words.iter().map(quoted);
        let prefix = self
            .prefix
            .iter()
            .map(|prefix| quoted(prefix) + dialect.syntax().prefix);
        let phrase = Some(&self.phrase).filter(|words| !words.is_empty());
        let phrase = phrase.map(|words| dialect.phrase(words));
        let alternatives: Vec<_> = words.chain(prefix).chain(phrase).collect();
        alternatives.join(dialect.syntax().any)
    }
}

#[cfg(test)]
impl Term {
    /// Of words that match whole.
    pub(crate) fn of(words: &[&str]) -> Self {
        Self {
            words: words.iter().copied().map(str::to_owned).collect(),
            ..Self::default()
        }
    }
}
