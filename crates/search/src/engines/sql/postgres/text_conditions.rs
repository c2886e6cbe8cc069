//! Conditions that a text sets on products, with their selectivity.

use super::{selectivity::Selectivity, tsquery};
use crate::engines::sql::query::{
    search::Search,
    text_match::{TextMatch, WordMatch},
};

/// Cost of reading a product and checking a condition, relative to gathering it from the index.
const READING: f64 = 8.0;

/// Condition of a text, as a tsquery.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) query: String,
    /// Fraction of all products that match at most. Products that match in several ways count several times.
    selectivity: f64,
    /// True if the query has a prefix.
    has_prefix: bool,
}

impl Condition {
    /// Returns a condition that the index always evaluates.
    pub(crate) fn of(query: String) -> Self {
        Self {
            query,
            selectivity: 0.0,
            has_prefix: false,
        }
    }

    pub(crate) fn selectivity(&self) -> f64 {
        self.selectivity
    }

    /// Returns true if checking products one by one is cheaper than the index, where another condition leaves the
    /// fraction `least`. For a prefix the index first gathers all products that have a word with it.
    pub(crate) fn is_checked(&self, least: f64) -> bool {
        self.has_prefix && least * READING <= self.selectivity.min(1.0)
    }
}

impl TextMatch {
    /// Returns the conditions that a product must all meet. The index evaluates each by itself; in one query it would
    /// check each product of a rare word against all other words and names.
    pub(crate) fn conditions(&self, selectivity: &Selectivity) -> Vec<Condition> {
        if self.any || self.words.is_empty() {
            return vec![Condition {
                query: self.tsquery(),
                selectivity: selectivity.of_text(self),
                has_prefix: self.words.iter().any(WordMatch::has_prefix),
            }];
        }
        let words = self.words.iter().map(|word| {
            let queries = [word.tsquery()].into_iter().chain(self.code_query());
            Condition {
                query: tsquery::any(queries),
                selectivity: selectivity.of_word(word),
                has_prefix: word.has_prefix(),
            }
        });
        words.collect()
    }
}

/// Conditions of a search's text; none without one.
pub(crate) fn of(search: &Search<'_>) -> Vec<Condition> {
    let text = search.text.as_ref();
    text.map_or_else(Vec::new, |text| text.conditions(&search.selectivity))
}
