//! Terms as tsqueries that select products.

use super::{syntax, tsquery};
use crate::engines::sql::{dialect::Dialect, query::term::Term};

impl Term {
    /// Returns a tsquery that selects products. Words of a prefix are listed one by one, because the index gathers all
    /// products of a prefix before another condition applies. A rank has one part per word, so it uses [`Self::query`].
    pub(crate) fn matching_tsquery(&self) -> String {
        self.matching("")
    }

    /// Returns a tsquery that selects products by words of their titles.
    pub(crate) fn title_tsquery(&self) -> String {
        self.matching("^")
    }

    fn matching(&self, mark: &str) -> String {
        if self.has_prefix() || !self.phrase.is_empty() {
            return self.marked(mark, Dialect::Postgres);
        }
        let words: Vec<_> = self
            .written()
            .map(|word| tsquery::quoted(&format!("{mark}{word}")))
            .collect();
        words.join(syntax::ANY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::sql::query::term::NAMED;

    #[test]
    fn prefix_with_few_words_is_listed_word_by_word() {
        let completions = |number: usize| (0..number).map(|number| format!("of{number}")).collect();
        let mut term = Term {
            prefix: Some("of".to_owned()),
            completions: completions(2),
            ..Term::of(&["often"])
        };
        assert_eq!(term.matching_tsquery(), "'of0' | 'of1' | 'often'");
        assert_eq!(term.title_tsquery(), "'^of0' | '^of1' | '^often'");
        assert_eq!(term.query(Dialect::Postgres), "'often' | 'of':*");
        term.completions = completions(NAMED + 1);
        assert_eq!(term.matching_tsquery(), "'often' | 'of':*");
    }
}
