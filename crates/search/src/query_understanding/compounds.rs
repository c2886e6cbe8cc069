//! Compounds of the catalogue, and the words that they are made of.
//!
//! A compound is split only between two words that the catalogue has. What stands before a longer word may be unknown
//! if it is long enough: a shop of `Kaffeetassen` need not have the word `Kaffee`. Short words must have a known
//! neighbour, since `Ente` is the end of `Rente`, `Patente` and `Dokumente` as well.

use std::collections::HashMap;

use fst::{IntoStreamer, Map, Streamer};

use super::linking::Compounding;
use super::vocabulary::map;
use super::{Vocabulary, observations::Seen};
use crate::query::WordForm;
use crate::query::analysis::Analyzer;

/// Minimum letters of a part.
const MIN_PART: usize = 3;
/// Minimum letters of a compound.
const MIN_COMPOUND: usize = 7;
/// Minimum letters of a first part that the catalogue does not have as a word.
const MIN_UNKNOWN: usize = 4;
/// Minimum letters of a second part behind such a first one.
const MIN_BEHIND_UNKNOWN: usize = 5;
/// Letters that a word has less without its ending.
const ENDING: usize = 3;
/// Maximum number of words of the catalogue that are looked at for one part.
const MAX_SCANNED: usize = 2_000;
/// Maximum number of compounds that one word is a part of; those of most products count.
const MAX_COMPOUNDS: usize = 24;

/// Words of a catalogue that may be compounds.
#[derive(Debug)]
pub(super) struct Compounds {
    rules: Compounding,
    /// Places among `words`, by the letters of the stem, and by those of stem and surface from last to first.
    forwards: Map<Vec<u8>>,
    backwards: Map<Vec<u8>>,
    words: Vec<LongWord>,
}

/// Word of the catalogue that is long enough for a compound.
#[derive(Debug)]
struct LongWord {
    /// Stem and its most frequent inflection.
    stem: Box<str>,
    surface: Box<str>,
    products: u32,
}

impl Compounds {
    /// Returns the compounds among some words, if a language makes any.
    pub(super) fn new(rules: Compounding, surfaces: &HashMap<String, Seen>) -> Self {
        let mut by_stem: HashMap<&str, (&str, u32, u32)> = HashMap::new();
        let long = surfaces.iter().filter(|(surface, _)| {
            surface.chars().count() >= MIN_COMPOUND && surface.chars().all(char::is_alphabetic)
        });
        for (surface, seen) in long {
            let entry = by_stem
                .entry(&seen.stem)
                .or_insert((surface.as_str(), 0, 0));
            let is_first = (seen.products, entry.0) > (entry.1, surface.as_str());
            if is_first {
                (entry.0, entry.1) = (surface.as_str(), seen.products);
            }
            entry.2 += seen.products;
        }
        let mut words: Vec<_> = by_stem
            .into_iter()
            .map(|(stem, (surface, _, products))| LongWord {
                stem: stem.into(),
                surface: surface.into(),
                products,
            })
            .collect();
        words.sort_unstable_by(|one, other| one.stem.cmp(&other.stem));
        let forwards = words.iter().map(|word| word.stem.to_string()).zip(0..);
        // Endings of a compound may be cut off that its last word keeps: `Küchentisch`, `Tisch`.
        let endings = |(word, place): (&LongWord, u32)| {
            [&word.stem, &word.surface].map(|ending| (reversed(ending), place))
        };
        let backwards = words.iter().zip(0..).flat_map(endings);
        Self {
            rules,
            forwards: map(forwards),
            backwards: map(backwards),
            words,
        }
    }

    /// Returns the compounds of which a word is a part, those of most products first.
    pub(super) fn with_part(
        &self,
        word: &WordForm,
        vocabulary: &Vocabulary,
        analyzer: &mut Analyzer,
    ) -> Vec<WordForm> {
        let surface = word.surface.as_str();
        let is_word = surface.chars().all(char::is_alphabetic);
        if letters(surface) < MIN_PART || !is_word || !self.rules.may_be_part(surface) {
            return Vec::new();
        }
        let mut parts = Parts {
            rules: &self.rules,
            vocabulary,
            analyzer,
        };
        let mut found = Vec::new();
        for ending in forms(word) {
            let places = scan(&self.backwards, &reversed(ending));
            found.extend(places.into_iter().filter(|&place| {
                let compound = &self.words[place];
                parts.has_second(compound, ending, word)
            }));
        }
        for beginning in forms(word) {
            let places = scan(&self.forwards, beginning);
            found.extend(places.into_iter().filter(|&place| {
                let compound = &self.words[place];
                parts.has_first(compound, beginning)
            }));
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|&place| *self.words[place].stem != *word.stem);
        found.sort_by_key(|&place| std::cmp::Reverse(self.words[place].products));
        found.truncate(MAX_COMPOUNDS);
        let form = |place: usize| WordForm {
            surface: self.words[place].surface.to_string(),
            stem: self.words[place].stem.to_string(),
        };
        found.into_iter().map(form).collect()
    }

    /// Returns the two words that an unknown word is made of.
    pub(super) fn split(
        &self,
        word: &WordForm,
        vocabulary: &Vocabulary,
        analyzer: &mut Analyzer,
    ) -> Option<Vec<WordForm>> {
        let surface = word.surface.as_str();
        let is_word = surface.chars().all(char::is_alphabetic);
        if letters(surface) < MIN_COMPOUND || !is_word {
            return None;
        }
        let mut parts = Parts {
            rules: &self.rules,
            vocabulary,
            analyzer,
        };
        let places = surface.char_indices().map(|(place, _)| place);
        let splits = places.filter_map(|place| {
            let (first, second) = surface.split_at(place);
            if letters(first) < MIN_PART || letters(second) < MIN_PART {
                return None;
            }
            let second = parts.known(second)?;
            let first = parts.first(first)?;
            let shorter = letters(&first.surface).min(letters(&second.surface));
            Some((shorter, place, vec![first, second]))
        });
        let best = splits.max_by_key(|&(shorter, place, _)| (shorter, place));
        best.map(|(_, _, parts)| parts)
    }

    /// Returns the compound of two words with a linking element, if the catalogue has it.
    pub(super) fn linked(
        &self,
        first: &WordForm,
        second: &WordForm,
        vocabulary: &Vocabulary,
        analyzer: &mut Analyzer,
    ) -> Vec<WordForm> {
        let stems = self.rules.lost.iter();
        let shorter = stems.filter_map(|lost| first.surface.strip_suffix(lost));
        let firsts: Vec<&str> = [first.surface.as_str()]
            .into_iter()
            .chain(shorter)
            .collect();
        let mut found = Vec::new();
        for first in firsts {
            for link in [""].iter().chain(self.rules.links) {
                let compound = format!("{first}{link}{}", second.surface);
                if letters(&compound) < MIN_COMPOUND {
                    continue;
                }
                let form = WordForm::new(&compound, analyzer);
                found.extend(form.filter(|form| vocabulary.products_with_stem(&form.stem) > 0));
            }
        }
        found
    }
}

/// Judges parts of compounds.
struct Parts<'a> {
    rules: &'a Compounding,
    vocabulary: &'a Vocabulary,
    analyzer: &'a mut Analyzer,
}

impl Parts<'_> {
    /// Returns true if a compound's second part is a word. `ending` are the last letters of the compound's stem.
    fn has_second(&mut self, compound: &LongWord, ending: &str, word: &WordForm) -> bool {
        let of_stem = compound.stem.strip_suffix(ending);
        let Some(first) = of_stem.or_else(|| compound.surface.strip_suffix(ending)) else {
            return false;
        };
        // The compound as it is written ends with the word, or with an inflection of a word with so long a stem.
        let whole = &*compound.surface;
        let is_inflected = letters(&word.stem) > ENDING
            && letters(whole) <= letters(first) + letters(&word.stem) + ENDING;
        if !is_inflected && !whole.ends_with(&word.surface) {
            return false;
        }
        // Without its ending, a word says less.
        let of_word = letters(&word.surface).min(letters(&word.stem) + 1);
        if letters(first) < MIN_PART || letters(first) + of_word < MIN_COMPOUND {
            return false;
        }
        if self.first(first).is_some() {
            return true;
        }
        let is_known = self.vocabulary.products_with_stem(&word.stem) > 0;
        let is_only = word.surface == word.stem && of_word == MIN_PART && !is_known;
        let is_long = of_word >= MIN_BEHIND_UNKNOWN || is_only;
        is_long && letters(first) >= MIN_UNKNOWN && has_vowel(first)
    }

    /// Returns true if a compound's first part is a word, and the second one is another of the catalogue.
    fn has_first(&mut self, compound: &LongWord, beginning: &str) -> bool {
        let Some(rest) = compound.surface.strip_prefix(beginning) else {
            return false;
        };
        let links = self
            .rules
            .links
            .iter()
            .filter_map(|link| rest.strip_prefix(link));
        let seconds: Vec<&str> = [rest].into_iter().chain(links).collect();
        let least = if letters(beginning) > MIN_PART {
            MIN_PART
        } else {
            MIN_PART + 1
        };
        seconds
            .into_iter()
            .any(|second| letters(second) >= least && self.known(second).is_some())
    }

    /// Returns the word of the catalogue that is the first part of a compound, without linking elements.
    fn first(&mut self, part: &str) -> Option<WordForm> {
        if !self.rules.may_be_part(part) {
            return None;
        }
        if let Some(known) = self.known(part) {
            return Some(known);
        }
        let rules = self.rules;
        for link in rules.links {
            let Some(base) = part.strip_suffix(link) else {
                continue;
            };
            if letters(base) >= MIN_PART
                && rules.may_be_part(base)
                && let Some(known) = self.known(base)
            {
                return Some(known);
            }
        }
        let whole = |lost: &&str| format!("{part}{lost}");
        let whole = rules.lost.iter().map(whole).collect::<Vec<_>>();
        let known = whole
            .iter()
            .find(|word| self.vocabulary.products_with(word) > 0)?;
        WordForm::new(known, self.analyzer)
    }

    /// Returns a word if the catalogue has it, in any inflection.
    fn known(&mut self, word: &str) -> Option<WordForm> {
        if !self.rules.may_be_part(word) {
            return None;
        }
        let form = WordForm::new(word, self.analyzer)?;
        let is_known = self.vocabulary.products_with(word) > 0
            || letters(&form.stem) >= MIN_PART
                && self.vocabulary.products_with_stem(&form.stem) > 0;
        is_known.then_some(form)
    }
}

/// Returns the letters that a compound with a word may begin or end with.
fn forms(word: &WordForm) -> Vec<&str> {
    let (surface, stem) = (word.surface.as_str(), word.stem.as_str());
    match surface == stem {
        true => vec![stem],
        false => vec![stem, surface],
    }
}

fn letters(word: &str) -> usize {
    word.chars().count()
}

fn has_vowel(word: &str) -> bool {
    word.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

fn reversed(word: &str) -> String {
    word.chars().rev().collect()
}

/// Returns the places of the words with a prefix.
fn scan(words: &Map<Vec<u8>>, prefix: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut words = words.range().ge(prefix).into_stream();
    while let Some((word, place)) = words.next()
        && word.starts_with(prefix.as_bytes())
        && found.len() < MAX_SCANNED
    {
        found.push(place as usize);
    }
    found
}
