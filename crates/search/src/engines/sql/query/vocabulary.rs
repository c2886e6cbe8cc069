//! Look-up of a query's words in the vocabulary of the catalogue.
//!
//! The full-text indexes hold words as they are written. The analyzer that every engine shares decides which of them
//! have the stem of a query's word, its prefix, or are within its typos.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use souk_domain::{Language, MatchStage, TenantId};

use super::{term::Term, word_range::WordRange};
use crate::{
    SearchError, SearchPlan,
    engines::sql::{dialect::vocabulary, statement::Sql},
    query::{Word, analysis::Analyzer},
};

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
    let mut analyzer = Analyzer::new(plan.language);
    let conditions = conditions(plan.language, &lookups);
    for candidate in read_candidates(connection, plan.tenant, &conditions).await? {
        for lookup in &mut lookups {
            if let Some(typos) = lookup.distance(&candidate, &mut analyzer) {
                lookup.term.words.insert(candidate.clone());
                if typos > 0 {
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
    /// Prefixes of words with the same stem.
    prefixes: BTreeSet<String>,
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
            prefixes: prefixes(word),
            term: Term {
                prefix: word.prefix.then(|| word.surface.clone()),
                ..Term::default()
            },
        }
    }

    /// Returns the edit distance of a word of the catalogue that matches: 0 if it has the stem or the prefix.
    fn distance(&self, candidate: &str, analyzer: &mut Analyzer) -> Option<usize> {
        let related = self
            .prefixes
            .iter()
            .any(|prefix| candidate.starts_with(prefix));
        if candidate.is_ascii() {
            // The index has lower-cased it, so it is its own surface: most need no analysis.
            let is_same = candidate == self.word.surface
                || (related && self.word.has_stem(&stem_of(candidate, analyzer)));
            return is_same.then_some(0).or_else(|| self.typos_in(candidate));
        }
        let tokens = analyzer.words(candidate);
        let distances = tokens.iter().filter_map(|token| {
            let is_same = self.word.has_stem(&token.stem)
                || (self.word.prefix && token.surface.starts_with(&self.word.surface));
            is_same
                .then_some(0)
                .or_else(|| self.typos_in(&token.surface))
        });
        distances.min()
    }

    fn begins(&self, candidate: &str) -> bool {
        let prefix = self.term.prefix.as_deref();
        prefix.is_some_and(|prefix| candidate.starts_with(prefix))
    }

    /// Returns the edit distance of a word within the typos that the stage allows.
    fn typos_in(&self, surface: &str) -> Option<usize> {
        (self.typos > 0)
            .then(|| self.word.distance_of(surface))
            .flatten()
    }
}

fn stem_of(word: &str, analyzer: &mut Analyzer) -> String {
    let mut tokens = analyzer.words(word);
    tokens.pop().map(|token| token.stem).unwrap_or_default()
}

/// Returns prefixes of the words that have a word's stems. Stemming changes ends, so two or three letters are shared.
fn prefixes(word: &Word) -> BTreeSet<String> {
    let joined = word.joined.iter();
    let words = joined.map(|joined| (&joined.surface, &joined.stem));
    let mut prefixes = BTreeSet::new();
    for (surface, stem) in words.chain([(&word.surface, &word.stem)]) {
        let letters = if stem.chars().count() <= 4 { 2 } else { 3 };
        for form in [surface, stem] {
            spell(form, letters, String::new(), &mut prefixes);
        }
    }
    prefixes
}

/// Letters that the databases keep and the analyzer folds.
const UNFOLDED: &[(&str, char)] = &[
    ("ae", 'æ'),
    ("d", 'đ'),
    ("d", 'ð'),
    ("h", 'ħ'),
    ("i", 'ı'),
    ("l", 'ł'),
    ("n", 'ŋ'),
    ("o", 'ø'),
    ("oe", 'œ'),
    ("ss", 'ß'),
    ("t", 'ŧ'),
    ("th", 'þ'),
];

/// Collects the spellings of the first letters of a folded word in the index.
fn spell(rest: &str, letters: usize, spelled: String, spellings: &mut BTreeSet<String>) {
    let mut following = rest.chars();
    let Some(letter) = following.next().filter(|_| letters > 0) else {
        spellings.insert(spelled);
        return;
    };
    let left = letters - 1;
    spell(
        following.as_str(),
        left,
        format!("{spelled}{letter}"),
        spellings,
    );
    for (folded, kept) in UNFOLDED {
        let with_kept = format!("{spelled}{kept}");
        if let Some(rest) = rest.strip_prefix(folded) {
            spell(
                rest,
                letters.saturating_sub(folded.len()),
                with_kept,
                spellings,
            );
        } else if folded.starts_with(rest) {
            // The word is still being typed, and ends within what the letter folds to.
            spellings.insert(with_kept);
        }
    }
}

/// Returns true if words of one stem may differ in their prefix, so that the whole vocabulary is read.
fn stems_change_prefixes(language: Language) -> bool {
    matches!(language, Language::Arabic | Language::Tamil)
}

/// Reads the words of the vocabulary that are in one of some ranges.
pub(crate) async fn read_candidates<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    conditions: &BTreeSet<WordRange>,
) -> Result<BTreeSet<String>, SearchError> {
    let conditions: Vec<_> = conditions.iter().collect();
    let mut candidates = BTreeSet::new();
    for conditions in conditions.chunks(CONDITIONS_AT_ONCE) {
        let mut sql = Sql::for_database(connection);
        vocabulary::write_words(&mut sql, tenant, conditions);
        for row in sql.rows(connection).await? {
            candidates.insert(row.try_get_by_index(0)?);
        }
    }
    Ok(candidates)
}

/// Most ranges of one statement. The database joins at most 500 queries, up to four for each range.
const CONDITIONS_AT_ONCE: usize = 100;
/// Returns the ranges of the vocabulary to read, each once.
fn conditions(language: Language, lookups: &[Lookup<'_>]) -> BTreeSet<WordRange> {
    if stems_change_prefixes(language) {
        return BTreeSet::from([WordRange::Long(1, 64)]);
    }
    let prefixes = lookups
        .iter()
        .flat_map(|lookup| lookup.prefixes.iter().cloned())
        .map(WordRange::Prefix);
    let lengths = lookups
        .iter()
        .filter(|lookup| lookup.typos > 0)
        .map(|lookup| {
            let letters = lookup.word.surface.chars().count() as i64;
            let typos = lookup.typos as i64;
            WordRange::Long(letters - typos, letters + typos)
        });
    prefixes.chain(lengths).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_letters_include_unfolded_spellings() {
        let spellings = |word: &str, letters| {
            let mut spellings = BTreeSet::new();
            spell(word, letters, String::new(), &mut spellings);
            spellings.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(spellings("mug", 2), ["mu"]);
        assert_eq!(spellings("a", 2), ["a", "æ"]);
        assert_eq!(spellings("kaerlig", 3), ["kae", "kæ"]);
        assert_eq!(spellings("lodz", 2), ["lo", "lø", "ło", "łø"]);
    }
}
