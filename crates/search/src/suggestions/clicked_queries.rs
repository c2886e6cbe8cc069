//! Clicked queries: spelling correction by queries whose results were clicked. They contain words of shoppers that the
//! catalogue lacks.

use std::{cmp::Reverse, collections::HashMap};

use souk_domain::{Language, has_operators};
use strsim::osa_distance;

use crate::{
    query,
    query::analysis::{Analyzer, Token},
};

/// Maximum number of words; longer queries are rarely repeated.
const MAX_WORDS: usize = 8;
/// Factor of clicks by which a similar query must exceed a clicked one to correct it.
const TIMES_AS_OFTEN: u64 = 10;
/// Maximum number of similar queries returned.
const MAX_ALIKE: usize = 3;

/// Queries that found something whenever they were asked, and were clicked for; in memory.
#[derive(Debug, Default)]
pub struct ClickedQueries {
    language: Language,
    queries: Vec<ProvenQuery>,
    /// Places among `queries`, by the stems of their words.
    by_stems: HashMap<String, usize>,
}

#[derive(Debug)]
struct ProvenQuery {
    text: String,
    words: Vec<Word>,
    clicks: u64,
}

#[derive(Debug)]
struct Word {
    surface: Box<str>,
    stem: Box<str>,
    letters: usize,
}

impl ClickedQueries {
    /// Queries of a language, and how often each led to a click.
    pub fn new(language: Language, queries: impl IntoIterator<Item = (String, u64)>) -> Self {
        let mut analyzer = Analyzer::new(language);
        let mut proven = Self {
            language,
            ..Self::default()
        };
        for (text, clicks) in queries {
            let tokens = analyzer.words(&text);
            if !(1..=MAX_WORDS).contains(&tokens.len()) || has_operators(&text) {
                continue;
            }
            let place = proven.queries.len();
            proven.by_stems.entry(stems(&tokens)).or_insert(place);
            proven.queries.push(ProvenQuery {
                text,
                words: tokens.into_iter().map(Word::new).collect(),
                clicks,
            });
        }
        proven
    }

    /// Returns true if the text is a clicked query, in any inflection.
    pub fn has(&self, text: &str) -> bool {
        let tokens = Analyzer::new(self.language).words(text);
        self.by_stems.contains_key(&stems(&tokens))
    }

    /// Those that a text may have been meant to be, the best ones first: few edits, then many clicks. Each word lies within
    /// the edits that typos are forgiven, or only spaces are at other places. A text that is one of them itself gives way
    /// only to what is clicked for [`TIMES_AS_OFTEN`] times as often.
    pub fn spelt_like(&self, text: &str) -> Vec<&str> {
        let tokens = Analyzer::new(self.language).words(text);
        if tokens.len() > MAX_WORDS {
            return Vec::new();
        }
        let still_typing = text.chars().next_back().is_some_and(char::is_alphanumeric);
        let typed = Typed {
            joined: tokens.iter().map(|token| &*token.surface).collect(),
            letters: tokens
                .iter()
                .map(|token| token.surface.chars().count())
                .collect(),
            still_typing,
            tokens: &tokens,
        };
        let itself = self.by_stems.get(&stems(&tokens));
        let least = itself.map_or(1, |&place| {
            self.queries[place].clicks.saturating_mul(TIMES_AS_OFTEN)
        });
        let mut alike: Vec<_> = self
            .queries
            .iter()
            .filter(|query| query.clicks >= least)
            .filter_map(|query| Some((typed.edits_from(&query.words)?, query)))
            .collect();
        alike.sort_by_key(|(edits, query)| (*edits, Reverse(query.clicks), &query.text));
        alike.truncate(MAX_ALIKE);
        alike
            .into_iter()
            .map(|(_, query)| query.text.as_str())
            .collect()
    }
}

impl Word {
    fn new(token: Token) -> Self {
        Self {
            letters: token.surface.chars().count(),
            surface: token.surface.into(),
            stem: token.stem.into(),
        }
    }
}

/// A text that may be mistyped.
struct Typed<'a> {
    tokens: &'a [Token],
    letters: Vec<usize>,
    /// All words as one.
    joined: String,
    still_typing: bool,
}

impl Typed<'_> {
    /// Returns the edit distance to a query; `None` if it is too large or both mean the same.
    fn edits_from(&self, words: &[Word]) -> Option<usize> {
        if words.len().abs_diff(self.tokens.len()) == 1 {
            let query: String = words.iter().map(|word| &*word.surface).collect();
            return (query == self.joined && !has_digit(&query)).then_some(1);
        }
        if words.len() != self.tokens.len() {
            return None;
        }
        let mut edits = 0;
        for (place, word) in words.iter().enumerate() {
            edits += self.edits_at(place, word)?;
        }
        (edits > 0).then_some(edits)
    }

    fn edits_at(&self, place: usize, word: &Word) -> Option<usize> {
        let token = &self.tokens[place];
        if *token.stem == *word.stem {
            return Some(0);
        }
        let allowed = usize::from(query::typos(&token.surface));
        let is_begun = self.still_typing
            && place + 1 == self.tokens.len()
            && word.surface.starts_with(&token.surface);
        if is_begun
            || self.letters[place].abs_diff(word.letters) > allowed
            || has_digit(&word.surface)
        {
            return None;
        }
        let edits = osa_distance(&token.surface, &word.surface);
        (edits <= allowed).then_some(edits)
    }
}

fn stems(tokens: &[Token]) -> String {
    let stems: Vec<_> = tokens.iter().map(|token| token.stem.as_str()).collect();
    stems.join(" ")
}

fn has_digit(text: &str) -> bool {
    text.chars().any(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proven() -> ClickedQueries {
        let queries = [
            ("tamagotchi", 40),
            ("crème brûlée dish", 9),
            ("head set", 30),
            ("mousse mould", 5),
            ("mouse mould", 49),
            ("wireles keyboard", 4),
            ("wireless keyboard", 900),
            ("ps5 controller", 80),
        ];
        let queries = queries.map(|(text, clicks)| (text.to_owned(), clicks));
        ClickedQueries::new(Language::English, queries)
    }

    fn first(text: &str) -> Option<String> {
        proven().spelt_like(text).first().map(|it| (*it).to_owned())
    }

    #[test]
    fn clicked_query_corrects_a_misspelt_one() {
        for (typed, meant) in [
            ("tamagochi", "tamagotchi"),
            ("Tamagotchu ", "tamagotchi"),
            ("creme bruele dishes", "crème brûlée dish"),
            ("headset", "head set"),
            ("ps5 contoller", "ps5 controller"),
            ("wirless keybord", "wireless keyboard"),
        ] {
            assert_eq!(first(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn clicked_text_is_corrected_only_for_a_common_slip() {
        for right in [
            "mousse mould",
            "mouse moulds",
            "tamagotchi",
            "wireless keyboards",
        ] {
            assert!(proven().has(right), "{right}");
            assert_eq!(first(right), None, "{right}");
        }
        assert_eq!(
            first("wireles keyboard").as_deref(),
            Some("wireless keyboard")
        );
    }

    #[test]
    fn numbers_short_words_and_beginnings_are_no_slips() {
        for text in ["ps4 controller", "tamagotc", "hea set", "?!", "", "head"] {
            assert_eq!(first(text), None, "{text}");
        }
        assert_eq!(first("tamagotc "), Some("tamagotchi".to_owned()));
    }

    proptest! {
        #[test]
        fn any_text_is_corrected_to_another_query_only(
            queries in prop::collection::vec(("[a-c]{3,6}( [a-c]{3,6})?", 1_u64..50), 0..30),
            typed in "[a-c]{3,6}( [a-c]{3,6})? ?",
        ) {
            let proven = ClickedQueries::new(Language::English, queries.clone());
            let found = proven.spelt_like(&typed);
            prop_assert!(found.len() <= MAX_ALIKE);
            for text in found {
                prop_assert!(queries.iter().any(|(query, _)| query == text));
                prop_assert!(text != typed.trim());
            }
        }
    }
}
