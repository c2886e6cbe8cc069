//! Prefixes that a word being typed may have in the catalogue.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use souk_domain::TenantId;

use super::{vocabulary::read_candidates, word_range::WordRange};
use crate::{SearchError, engines::sql::dialect::Dialect};

/// Prefixes of the catalogue's words that complete a word being typed.
#[derive(Debug)]
pub(crate) struct Prefixes(BTreeSet<String>);

impl Prefixes {
    /// Returns the word itself as the only prefix.
    pub(crate) fn of(word: &str) -> Self {
        Self(BTreeSet::from([word.to_owned()]))
    }

    /// Adds words of the vocabulary that `fits` accepts and that have at least `letters` letters.
    pub(crate) async fn add_words<C: ConnectionTrait>(
        &mut self,
        connection: &C,
        tenant: TenantId,
        letters: usize,
        mut fits: impl FnMut(&str) -> bool,
    ) -> Result<(), SearchError> {
        let longer = WordRange::Long(letters as i64, i64::from(u8::MAX));
        let words = read_candidates(connection, tenant, &BTreeSet::from([longer])).await?;
        let words = words.into_iter().map(|(word, _)| word);
        self.0.extend(words.filter(|word| fits(word)));
        Ok(())
    }

    /// Returns a full-text query for any of them. `weight` limits a tsquery to words of one weight.
    fn query(&self, dialect: Dialect, weight: &str) -> String {
        let syntax = dialect.syntax();
        let suffix = format!("{}{weight}", syntax.prefix);
        let queries: Vec<_> = self
            .0
            .iter()
            .map(|word| dialect.quoted(word) + &suffix)
            .collect();
        queries.join(syntax.any)
    }

    /// Returns a full-text query for products that have a prefix of each word.
    pub(crate) fn every(words: &[Self], dialect: Dialect, weight: &str) -> String {
        let queries = words
            .iter()
            .map(|prefixes| format!("({})", prefixes.query(dialect, weight)));
        queries.collect::<Vec<_>>().join(dialect.syntax().all)
    }
}
