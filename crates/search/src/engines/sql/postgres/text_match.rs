//! Text matches as tsqueries over words and tags.

use super::tsquery;
use crate::engines::sql::query::text_match::{TextMatch, WordMatch};
use crate::query::has_digit;

impl WordMatch {
    /// Returns kind and ids of the tags of matching categories, fandoms and sellers.
    pub(crate) fn tags(&self) -> [(char, &[i64]); 3] {
        [
            ('c', &self.categories),
            ('f', &self.fandoms),
            ('s', &self.sellers),
        ]
    }

    /// Returns a tsquery for all products that match by word or tag.
    pub(crate) fn tsquery(&self) -> String {
        let own = Some(self.term.matching_tsquery()).filter(|query| !query.is_empty());
        let named = self.tags().into_iter().filter(|(_, ids)| !ids.is_empty());
        let named = named.map(|(tag, ids)| tsquery::ids(tag, ids));
        let code = self.code.as_deref();
        let code = code.map(|code| tsquery::part_of_code(code, self.code_match));
        let synonyms = self
            .alternatives()
            .map(|words| tsquery::every(words.iter().map(Self::tsquery)));
        tsquery::any(own.into_iter().chain(named).chain(code).chain(synonyms))
    }

    /// Returns a tsquery for products that match in their titles.
    pub(crate) fn title_tsquery(&self) -> String {
        let own = Some(self.term.title_tsquery()).filter(|query| !query.is_empty());
        let synonyms = self
            .synonyms
            .iter()
            .map(|words| tsquery::every(words.iter().map(Self::title_tsquery)));
        tsquery::any(own.into_iter().chain(synonyms))
    }
}

impl TextMatch {
    /// Returns a tsquery for the products that match.
    pub(crate) fn tsquery(&self) -> String {
        let words = self.combined(self.words.iter().map(WordMatch::tsquery));
        tsquery::any([words].into_iter().chain(self.code_query()))
    }

    /// Returns a tsquery for the products that match in their titles.
    pub(crate) fn title_tsquery(&self) -> String {
        self.combined(self.words.iter().map(WordMatch::title_tsquery))
    }

    /// Returns a tsquery for the products with a code that the whole text is, or begins if it has a digit.
    pub(crate) fn code_query(&self) -> Option<String> {
        let code = self.code.as_deref()?;
        Some(match has_digit(code) {
            true => tsquery::code_prefix(code),
            false => tsquery::code(code),
        })
    }

    fn combined(&self, words: impl Iterator<Item = String>) -> String {
        if self.any {
            tsquery::any(words)
        } else {
            tsquery::every(words)
        }
    }
}
