//! From the words of a query to the words of the catalogue.
//!
//! The full-text indexes hold words as they are written. Which of them have the stem of a query's word, begin with
//! it or are within its typos is decided here, by the analyzer that every engine shares.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend};
use souk_domain::{Language, MatchStage, TenantId};
use strsim::osa_distance;

use super::{marks, statement::Sql};
use crate::{SearchError, SearchPlan, query::Word, query::analysis::Analyzer};

/// Comes after every letter that follows a beginning.
const LAST: char = '\u{10ffff}';

/// So many words of one beginning are named one by one.
const NAMED: usize = 64;

/// What a word of a query is in the catalogue's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Term {
    /// Words that match whole.
    words: BTreeSet<String>,
    /// Words that begin so match as well.
    beginning: Option<String>,
    /// Which those are.
    begun: BTreeSet<String>,
}

impl Term {
    /// Its query in the language of the full-text index: FTS5's or a tsquery.
    pub(super) fn query(&self, postgres: bool) -> String {
        self.marked("", postgres)
    }

    /// Its tsquery where it only matters what matches. For a beginning the index would first gather whatever has a word
    /// that begins so; named one by one, it passes over what another condition leaves out. A rank has one part for each
    /// word of its query, and so is no place for this.
    pub(super) fn matching_tsquery(&self) -> String {
        self.matching("")
    }

    /// The same among words of titles alone.
    pub(super) fn title_tsquery(&self) -> String {
        self.matching("^")
    }

    fn matching(&self, mark: &str) -> String {
        if self.has_beginning() {
            return self.marked(mark, true);
        }
        let words = self.written();
        let words: Vec<_> = words
            .map(|word| marks::quoted(&format!("{mark}{word}")))
            .collect();
        words.join(" | ")
    }

    /// Whether more words begin so than are named one by one.
    pub(super) fn has_beginning(&self) -> bool {
        self.beginning.is_some() && self.begun.len() > NAMED
    }

    /// All words that match, whole or by their beginning.
    pub(super) fn written(&self) -> impl Iterator<Item = &String> {
        self.words.union(&self.begun)
    }

    fn marked(&self, mark: &str, postgres: bool) -> String {
        let quoted = |word: &String| quoted(&format!("{mark}{word}"), postgres);
        let words = self.words.iter().map(quoted);
        let beginning = self.beginning.iter().map(|beginning| {
            let suffix = if postgres { ":*" } else { " *" };
            quoted(beginning) + suffix
        });
        let alternatives: Vec<_> = words.chain(beginning).collect();
        alternatives.join(if postgres { " | " } else { " OR " })
    }
}

fn quoted(word: &str, postgres: bool) -> String {
    if postgres {
        marks::quoted(word)
    } else {
        format!("\"{}\"", word.replace('"', "\"\""))
    }
}

/// The terms of words at the plan's stage, in their order.
pub(super) async fn terms<C: ConnectionTrait>(
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
            if lookup.matches(&candidate, &mut analyzer) {
                lookup.term.words.insert(candidate.clone());
            }
            if lookup.begins(&candidate) {
                lookup.term.begun.insert(candidate.clone());
            }
        }
    }
    Ok(lookups.into_iter().map(|lookup| lookup.term).collect())
}

/// A word of the query while the vocabulary is gone through.
struct Lookup<'a> {
    word: &'a Word,
    typos: usize,
    /// How words of the same stem begin.
    beginnings: BTreeSet<String>,
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
            beginnings: beginnings(word),
            term: Term {
                beginning: word.prefix.then(|| word.surface.clone()),
                ..Term::default()
            },
        }
    }

    fn matches(&self, candidate: &str, analyzer: &mut Analyzer) -> bool {
        let related = self
            .beginnings
            .iter()
            .any(|beginning| candidate.starts_with(beginning));
        if candidate.is_ascii() {
            // The index has lower-cased it, so it is its own surface: most need no analysis.
            return candidate == self.word.surface
                || self.is_typo(candidate)
                || (related && self.word.has_stem(&stem_of(candidate, analyzer)));
        }
        let tokens = analyzer.words(candidate);
        tokens.iter().any(|token| {
            self.word.has_stem(&token.stem)
                || self.is_typo(&token.surface)
                || (self.word.prefix && token.surface.starts_with(&self.word.surface))
        })
    }

    fn begins(&self, candidate: &str) -> bool {
        let beginning = self.term.beginning.as_deref();
        beginning.is_some_and(|beginning| candidate.starts_with(beginning))
    }

    fn is_typo(&self, surface: &str) -> bool {
        self.typos > 0
            // A cheap way out first: an edit changes a letter, of at most four bytes.
            && surface.len().abs_diff(self.word.surface.len()) <= self.typos * 4
            && osa_distance(surface, &self.word.surface) <= self.typos
    }
}

fn stem_of(word: &str, analyzer: &mut Analyzer) -> String {
    let mut tokens = analyzer.words(word);
    tokens.pop().map(|token| token.stem).unwrap_or_default()
}

/// How the words of a word's stems begin. Stemming changes ends, so two or three letters are shared.
fn beginnings(word: &Word) -> BTreeSet<String> {
    let joined = word.joined.iter();
    let words = joined.map(|joined| (&joined.surface, &joined.stem));
    let mut beginnings = BTreeSet::new();
    for (surface, stem) in words.chain([(&word.surface, &word.stem)]) {
        let letters = if stem.chars().count() <= 4 { 2 } else { 3 };
        for form in [surface, stem] {
            spell(form, letters, String::new(), &mut beginnings);
        }
    }
    beginnings
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

/// Collects the ways in which the index may spell the first letters of a folded word.
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

/// Whether words of one stem may begin differently in a language, so that its whole vocabulary has to be looked at.
fn stems_change_beginnings(language: Language) -> bool {
    matches!(language, Language::Arabic | Language::Tamil)
}

/// The words of the tables that are in one of these parts of the vocabulary. On SQLite those of all tenants are among
/// them, which finds nothing of theirs: products are asked for by tenant.
async fn read_candidates<C: ConnectionTrait>(
    connection: &C,
    tenant: TenantId,
    conditions: &BTreeSet<Condition>,
) -> Result<BTreeSet<String>, SearchError> {
    let conditions: Vec<_> = conditions.iter().collect();
    let mut candidates = BTreeSet::new();
    for conditions in conditions.chunks(CONDITIONS_AT_ONCE) {
        let sql = candidates_of(connection.get_database_backend(), tenant, conditions);
        for row in sql.rows(connection).await? {
            candidates.insert(row.try_get_by_index(0)?);
        }
    }
    Ok(candidates)
}

fn candidates_of(backend: DbBackend, tenant: TenantId, conditions: &[&Condition]) -> Sql {
    let mut sql = Sql::new(backend);
    if sql.is_postgres() {
        sql.push("SELECT DISTINCT word FROM search_words WHERE tenant_id = ")
            .bind(tenant.0)
            .push(" AND (false");
        for condition in conditions {
            sql.push(" OR ");
            condition.write(&mut sql, "word");
        }
        sql.push(")");
    } else {
        let mut union = "";
        for vocabulary in SQLITE_VOCABULARIES {
            // A scan for each condition: the vocabulary seeks one range, but not one of several.
            for condition in conditions {
                sql.push(&format!("{union}SELECT term FROM {vocabulary} WHERE "));
                condition.write(&mut sql, "term");
                union = " UNION ALL ";
            }
        }
    }
    sql
}

/// So many parts are looked at in one statement: SQLite joins no more than 500 queries.
const CONDITIONS_AT_ONCE: usize = 100;
const SQLITE_VOCABULARIES: [&str; 4] = [
    "search_product_words",
    "search_category_words",
    "search_fandom_words",
    "search_seller_words",
];

/// A part of the vocabulary.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Condition {
    /// Words that have between so many letters when folded.
    Long(i64, i64),
    /// Words that begin so.
    Beginning(String),
}

impl Condition {
    fn write(&self, sql: &mut Sql, column: &str) {
        match self {
            // Least in bytes, because one letter may be folded to two, such as `æ`, and then is of two bytes.
            Self::Long(least, most) => sql
                .push(&format!("(octet_length({column}) >= "))
                .bind(*least)
                .push(&format!(" AND length({column}) <= "))
                .bind(*most)
                .push(")"),
            Self::Beginning(beginning) => sql
                .push(&format!("({column} >= "))
                .bind_text(beginning)
                .push(&format!(" AND {column} <= "))
                .bind_text(&format!("{beginning}{LAST}"))
                .push(")"),
        };
    }
}

/// The parts of the vocabulary to look at, each once.
fn conditions(language: Language, lookups: &[Lookup<'_>]) -> BTreeSet<Condition> {
    if stems_change_beginnings(language) {
        return BTreeSet::from([Condition::Long(1, 64)]);
    }
    let beginnings = lookups
        .iter()
        .flat_map(|lookup| lookup.beginnings.iter().cloned())
        .map(Condition::Beginning);
    let lengths = lookups
        .iter()
        .filter(|lookup| lookup.typos > 0)
        .map(|lookup| {
            let letters = lookup.word.surface.chars().count() as i64;
            let typos = lookup.typos as i64;
            Condition::Long(letters - typos, letters + typos)
        });
    beginnings.chain(lengths).collect()
}

/// What a word that is being typed may be the beginning of.
#[derive(Debug)]
pub(super) struct Beginnings(BTreeSet<String>);

impl Beginnings {
    /// The word itself.
    pub(super) fn of(word: &str) -> Self {
        Self(BTreeSet::from([word.to_owned()]))
    }

    /// Adds words of the vocabulary of so many letters or more that fit although they do not begin so.
    pub(super) async fn add_words<C: ConnectionTrait>(
        &mut self,
        connection: &C,
        tenant: TenantId,
        letters: usize,
        mut fits: impl FnMut(&str) -> bool,
    ) -> Result<(), SearchError> {
        let longer = Condition::Long(letters as i64, i64::from(u8::MAX));
        let words = read_candidates(connection, tenant, &BTreeSet::from([longer])).await?;
        self.0.extend(words.into_iter().filter(|word| fits(word)));
        Ok(())
    }

    /// Their query, in PostgreSQL among words of one weight.
    pub(super) fn query(&self, postgres: bool, weight: &str) -> String {
        let suffix = if postgres {
            format!(":*{weight}")
        } else {
            " *".to_owned()
        };
        let queries = self.0.iter().map(|word| quoted(word, postgres) + &suffix);
        let queries: Vec<_> = queries.collect();
        queries.join(if postgres { " | " } else { " OR " })
    }
}

#[cfg(test)]
impl Term {
    /// Of words that match whole.
    pub(super) fn of(words: &[&str]) -> Self {
        Self {
            words: words.iter().copied().map(str::to_owned).collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_beginning_are_named_unless_there_are_many() {
        let begun = |number: usize| (0..number).map(|number| format!("of{number}")).collect();
        let mut term = Term {
            beginning: Some("of".to_owned()),
            begun: begun(2),
            ..Term::of(&["often"])
        };
        assert_eq!(term.matching_tsquery(), "'of0' | 'of1' | 'often'");
        assert_eq!(term.title_tsquery(), "'^of0' | '^of1' | '^often'");
        assert_eq!(term.query(true), "'often' | 'of':*");
        term.begun = begun(NAMED + 1);
        assert_eq!(term.matching_tsquery(), "'often' | 'of':*");
    }

    #[test]
    fn first_letters_are_spelled_as_the_index_may_keep_them() {
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
