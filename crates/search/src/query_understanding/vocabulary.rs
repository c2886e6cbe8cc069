//! The words of a catalogue, and which of them are spelt alike.

use std::{collections::HashMap, fmt};

use fst::{Automaton, IntoStreamer, Map, MapBuilder, Streamer};
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};

/// Farthest that spellings are looked for, in edits.
const MAX_EDITS: u8 = 2;

/// Words, unstemmed and stemmed, and how many products have each. Compact: words share their beginnings and endings.
pub struct Vocabulary {
    surfaces: Map<Vec<u8>>,
    stems: Map<Vec<u8>>,
    /// Words as most products write them, where that is not their folded form.
    spellings: HashMap<String, String>,
    /// By how many edits they allow, from one on.
    automata: Vec<LevenshteinAutomatonBuilder>,
}

/// A word of the catalogue that is spelt like another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// The word.
    pub word: String,
    /// Edit distance; a transposition counts 1.
    pub edits: u8,
    /// Number of products with the word.
    pub products: u64,
}

impl Vocabulary {
    /// A vocabulary of words with how many products have each.
    pub(super) fn new(
        surfaces: impl IntoIterator<Item = (String, u32)>,
        stems: impl IntoIterator<Item = (String, u32)>,
    ) -> Self {
        Self {
            surfaces: map(surfaces),
            stems: map(stems),
            spellings: HashMap::new(),
            automata: (1..=MAX_EDITS)
                .map(|edits| LevenshteinAutomatonBuilder::new(edits, true))
                .collect(),
        }
    }

    /// Adds the spellings of words that are not written as they are folded.
    #[must_use]
    pub(super) fn with_spellings(self, spellings: HashMap<String, String>) -> Self {
        Self { spellings, ..self }
    }

    /// Returns a word as most products write it.
    pub fn shown<'a>(&'a self, surface: &'a str) -> &'a str {
        self.spellings.get(surface).map_or(surface, String::as_str)
    }

    /// Returns the number of products with a word, in any inflection.
    pub fn products_with_stem(&self, stem: &str) -> u64 {
        self.stems.get(stem).unwrap_or(0)
    }

    /// Returns the number of products with a word as it is.
    pub fn products_with(&self, surface: &str) -> u64 {
        self.surfaces.get(surface).unwrap_or(0)
    }

    /// Returns true if any word has the prefix.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        let mut words = self.surfaces.range().ge(prefix).into_stream();
        words
            .next()
            .is_some_and(|(word, _)| word.starts_with(prefix.as_bytes()))
    }

    /// Words within so many edits, in no particular order.
    pub fn spelt_like(&self, surface: &str, edits: u8) -> Vec<Spelling> {
        let Some(builder) = usize::from(edits).checked_sub(1) else {
            return Vec::new();
        };
        let Some(builder) = self.automata.get(builder) else {
            return Vec::new();
        };
        let automaton = builder.build_dfa(surface);
        let mut found = Vec::new();
        let mut words = self.surfaces.search(Spelt(&automaton)).into_stream();
        while let Some((word, products)) = words.next() {
            let (Distance::Exact(edits), Ok(word)) =
                (automaton.eval(word), std::str::from_utf8(word))
            else {
                continue;
            };
            found.push(Spelling {
                word: word.to_owned(),
                edits,
                products,
            });
        }
        found
    }
}

impl fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.surfaces.len();
        f.debug_struct("Vocabulary").field("words", &words).finish()
    }
}

/// The automaton of a spelling, as the map takes it.
struct Spelt<'a>(&'a DFA);

impl Automaton for Spelt<'_> {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, &state: &u32) -> bool {
        matches!(self.0.distance(state), Distance::Exact(_))
    }

    fn can_match(&self, &state: &u32) -> bool {
        state != SINK_STATE
    }

    fn accept(&self, &state: &u32, byte: u8) -> u32 {
        self.0.transition(state, byte)
    }
}

/// Sorted and each once, as a map is built.
pub(super) fn map(words: impl IntoIterator<Item = (String, u32)>) -> Map<Vec<u8>> {
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_unstable();
    words.dedup_by(|later, earlier| later.0 == earlier.0);
    let mut builder = MapBuilder::memory();
    for (word, products) in words {
        // Only an order that is not that of the bytes would be refused.
        if let Err(error) = builder.insert(word, u64::from(products)) {
            tracing::error!(%error, "a word is missing from the vocabulary");
        }
    }
    builder.into_map()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let words = [("mouse", 9), ("house", 4), ("keyboard", 7), ("mice", 1)];
        Vocabulary::new(
            words.map(|(word, products)| (word.to_owned(), products)),
            [("mous".to_owned(), 9)],
        )
    }

    fn spelt_like(word: &str, edits: u8) -> Vec<(String, u8)> {
        let found = vocabulary().spelt_like(word, edits).into_iter();
        found.map(|it| (it.word, it.edits)).collect()
    }

    #[test]
    fn words_within_some_edits_are_found() {
        let owned = |word: &str, edits| (word.to_owned(), edits);
        assert_eq!(spelt_like("mousse", 1), [owned("mouse", 1)]);
        assert_eq!(spelt_like("omuse", 1), [owned("mouse", 1)]);
        assert_eq!(
            spelt_like("mouse", 1),
            [owned("house", 1), owned("mouse", 0)]
        );
        assert_eq!(spelt_like("kyebaord", 2), [owned("keyboard", 2)]);
        assert_eq!(spelt_like("mouse", 0), []);
        assert_eq!(spelt_like("mouse", 3), []);
    }

    #[test]
    fn words_are_counted_by_stem_and_beginning() {
        let vocabulary = vocabulary();
        assert_eq!(vocabulary.products_with_stem("mous"), 9);
        assert_eq!(vocabulary.products_with("mous"), 0);
        assert!(vocabulary.has_prefix("keyb") && !vocabulary.has_prefix("keyz"));
        assert!(!vocabulary.has_prefix("z"));
    }
}
