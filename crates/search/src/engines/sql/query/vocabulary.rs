//! Look-up of a query's words in the vocabulary of the catalogue.
//!
//! The projection keeps every word of a tenant's catalogue with its stem, as the analyzer that all engines share makes them.
//! Here it is found which of them have the stem of a query's word, its prefix, or are within its typos.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use souk_domain::{MatchStage, TenantId};

use super::{term::Term, word_range::WordRange};
use crate::{
    SearchError, SearchPlan,
    engines::sql::{
        index::{STEM_MARK, VocabularyRow},
        statement::Sql,
    },
    query::Word,
};

/// Most ranges of one statement. The databases join at most 500 queries.
const RANGES_AT_ONCE: usize = 400;

/// Returns the terms of words at the plan's stage, in their order.
pub(crate) async fn terms<C: ConnectionTrait>(
    connection: &C,
    plan: &SearchPlan,
    words: &[Word],
) -> Result<Vec<Term>, SearchError> {
    let mut lookups: Vec<_> = words
        .iter()
        .map(|word| Lookup::new(word, plan.stage))
        .collect();
    let ranges = ranges(&lookups);
    for (candidate, stem) in read_candidates(connection, plan.tenant, &ranges).await? {
        for lookup in &mut lookups {
            if let Some(typos) = lookup.distance(&candidate, &stem) {
                // The same word may have two stems, of which one is meant.
                let is_new = lookup.term.words.insert(candidate.clone());
                if typos == 0 {
                    lookup.term.typos.remove(&candidate);
                } else if is_new {
                    lookup.term.typos.insert(candidate.clone(), typos);
                }
            }
            if lookup.begins(&candidate) {
                lookup.term.completions.insert(candidate.clone());
            }
        }
    }
    Ok(lookups.into_iter().map(|lookup| lookup.term).collect())
}

/// Word of the query during the look-up.
struct Lookup<'a> {
    word: &'a Word,
    typos: usize,
    term: Term,
}

impl<'a> Lookup<'a> {
    fn new(word: &'a Word, stage: MatchStage) -> Self {
        let typos = match stage {
            MatchStage::AllTerms => 0,
            MatchStage::Fuzzy | MatchStage::AnyTerm => usize::from(word.typos),
        };
        Self {
            word,
            typos,
            term: Term {
                prefix: word.prefix.then(|| word.surface.clone()),
                ..Term::default()
            },
        }
    }

    /// Returns the edit distance of a word of the catalogue that matches: 0 if it has the stem.
    fn distance(&self, candidate: &str, stem: &str) -> Option<usize> {
        if candidate == self.word.surface || self.word.has_stem(stem) {
            return Some(0);
        }
        (self.typos > 0 && !candidate.starts_with(STEM_MARK))
            .then(|| self.word.distance_of(candidate))
            .flatten()
    }

    fn begins(&self, candidate: &str) -> bool {
        let prefix = self.term.prefix.as_deref();
        prefix.is_some_and(|prefix| candidate.starts_with(prefix))
    }
}

/// Returns the ranges of the vocabulary to read, each once.
fn ranges(lookups: &[Lookup<'_>]) -> BTreeSet<WordRange> {
    let mut ranges = BTreeSet::new();
    for Lookup { word, typos, term } in lookups {
        let joined = word.joined.iter().map(|joined| &joined.stem);
        let stems = joined.chain([&word.stem]);
        ranges.extend(stems.map(|stem| WordRange::Stem(stem.clone())));
        ranges.extend(term.prefix.clone().map(WordRange::Prefix));
        if *typos > 0 {
            let letters = word.surface.chars().count() as i64;
            let typos = *typos as i64;
            ranges.insert(WordRange::Long(letters - typos, letters + typos));
        }
    }
    ranges
}

/// Reads the words of the vocabulary that are in one of some ranges, with their stems.
pub(crate) async fn read_candidates<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    ranges: &BTreeSet<WordRange>,
) -> Result<BTreeSet<VocabularyRow>, SearchError> {
    let ranges: Vec<_> = ranges.iter().collect();
    let mut candidates = BTreeSet::new();
    for ranges in ranges.chunks(RANGES_AT_ONCE) {
        let mut sql = Sql::for_database(connection);
        for (place, range) in ranges.iter().enumerate() {
            // A scan for each range: SQLite seeks one, but not one of several.
            sql.push(if place > 0 { " UNION " } else { "" })
                .push("SELECT word, stem FROM search_words WHERE tenant_id = ")
                .bind(tenant.0)
                .push(" AND ");
            range.write(&mut sql);
        }
        for row in sql.rows(connection).await? {
            candidates.insert((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        }
    }
    Ok(candidates)
}
