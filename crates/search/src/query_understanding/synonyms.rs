//! Phrases of a catalogue that may be synonyms, for the shop's people to judge.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::{
    FacetChoice, MIN_SUPPORT, Meaning,
    observations::{Seen, Titles},
};

/// Maximum number of candidates.
const CANDIDATES: usize = 200;
/// At most one of this many titles may contain both words: words of the same title are seldom synonyms.
const TITLES_PER_TITLE_WITH_BOTH: usize = 20;
/// Minimum share of a phrase's products with a value for the phrase to name the value.
const SHARE: f32 = 0.6;
/// More names of one value are none.
const MOST_NAMES: usize = 6;

/// Evidence that two phrases are synonyms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SynonymKind {
    /// The same letters, with spaces or dashes at other places: `headset`, `head set`.
    Spelling,
    /// The initials of the words: `ssd`, `solid state drive`.
    Abbreviation,
    /// Titles say the one or the other of products that have a value in common: `notebook`, `laptop`.
    SameProducts,
}

/// Two phrases that may mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SynonymCandidate {
    /// The more frequent phrase, in its most frequent inflection.
    pub phrase: String,
    /// The other.
    pub other: String,
    /// Kind of evidence.
    pub kind: SynonymKind,
    /// Number of sampled products with the less frequent phrase in their titles.
    pub support: u32,
}

/// The candidates that most products speak for, each pair once.
pub(super) fn mine(titles: &Titles<'_>) -> Vec<SynonymCandidate> {
    let written = most_frequent_inflections(titles.surfaces);
    let by_phrase: HashMap<&str, &[u32]> = titles
        .phrases
        .iter()
        .zip(titles.products)
        .filter(|(_, products)| products.len() >= MIN_SUPPORT as usize)
        .map(|(phrase, products)| (phrase.as_str(), products.as_slice()))
        .collect();
    let miner = Miner {
        by_phrase,
        written,
        titles,
    };
    let mut candidates = miner.spellings();
    candidates.extend(miner.abbreviations());
    candidates.extend(miner.names_of_values());
    candidates.sort_by(|one, other| {
        let by_support = other.support.cmp(&one.support);
        by_support
            .then(one.kind.cmp(&other.kind))
            .then_with(|| (&one.phrase, &one.other).cmp(&(&other.phrase, &other.other)))
    });
    let mut known = HashSet::new();
    candidates.retain(|it| {
        let mut pair = [it.phrase.clone(), it.other.clone()];
        pair.sort_unstable();
        known.insert(pair)
    });
    candidates.truncate(CANDIDATES);
    candidates
}

/// Returns the most frequent inflection of each stem.
fn most_frequent_inflections(surfaces: &HashMap<String, Seen>) -> HashMap<&str, &str> {
    let mut best: HashMap<&str, (u32, &str)> = HashMap::new();
    for (surface, seen) in surfaces {
        let this = (seen.products, surface.as_str());
        let best = best.entry(&seen.stem).or_insert(this);
        // Of equally frequent ones, the first by alphabet.
        if (this.0, best.1) > (best.0, this.1) {
            *best = this;
        }
    }
    let best = best.into_iter();
    best.map(|(stem, (_, surface))| (stem, surface)).collect()
}

struct Miner<'a> {
    /// The products with each phrase that is frequent enough.
    by_phrase: HashMap<&'a str, &'a [u32]>,
    written: HashMap<&'a str, &'a str>,
    titles: &'a Titles<'a>,
}

impl<'a> Miner<'a> {
    /// Phrases of two words whose letters are also one word.
    fn spellings(&self) -> Vec<SynonymCandidate> {
        let pairs = self.by_phrase.keys().filter_map(|phrase| {
            let (first, second) = phrase.split_once(' ')?;
            if second.contains(' ') {
                return None;
            }
            // The stem of a whole word ends as that of its last part does.
            let first = self.written.get(first)?;
            let joined = self
                .stem_of(&format!("{first}{}", self.written.get(second)?))
                .or_else(|| self.stem_of(&format!("{first}{second}")))?;
            self.candidate(phrase, joined, SynonymKind::Spelling)
        });
        pairs.collect()
    }

    /// Phrases of several words with a word of their initials, if both mean the same or stand in one title now and then.
    fn abbreviations(&self) -> Vec<SynonymCandidate> {
        let pairs = self.by_phrase.keys().filter_map(|phrase| {
            let initials: String = phrase
                .split(' ')
                .filter_map(|it| it.chars().next())
                .collect();
            if initials.chars().count() < 2
                || !phrase.chars().all(|it| it.is_alphabetic() || it == ' ')
            {
                return None;
            }
            let short = self.stem_of(&initials)?;
            let is_told =
                self.with_both(phrase, short) > 0 || self.have_a_value_in_common(phrase, short);
            is_told.then(|| self.candidate(phrase, short, SynonymKind::Abbreviation))?
        });
        pairs.collect()
    }

    /// Words that titles say of products with the same value, and seldom together.
    fn names_of_values(&self) -> Vec<SynonymCandidate> {
        let mut names: BTreeMap<&FacetChoice, Vec<&str>> = BTreeMap::new();
        for &phrase in self.by_phrase.keys() {
            let is_name = !phrase.contains(' ') && phrase.chars().all(char::is_alphabetic);
            let Some(meaning) = self.best_meaning(phrase).filter(|_| is_name) else {
                continue;
            };
            names.entry(&meaning.value).or_default().push(phrase);
        }
        let mut candidates = Vec::new();
        for mut names in names.into_values() {
            if names.len() > MOST_NAMES {
                continue;
            }
            names.sort_unstable();
            for (place, one) in names.iter().enumerate() {
                let others = names[place + 1..]
                    .iter()
                    .filter(|other| self.are_apart(one, other));
                candidates.extend(
                    others
                        .filter_map(|other| self.candidate(one, other, SynonymKind::SameProducts)),
                );
            }
        }
        candidates
    }

    /// A brand is no name of what is sold under it.
    fn best_meaning(&self, phrase: &str) -> Option<&'a Meaning> {
        let meanings = self.titles.meanings.get(phrase)?.iter();
        let mut telling = meanings.filter(|meaning| {
            meaning.share >= SHARE && !matches!(meaning.value, FacetChoice::Brand(_))
        });
        telling.next()
    }

    fn have_a_value_in_common(&self, one: &str, other: &str) -> bool {
        let (Some(one), Some(other)) = (self.best_meaning(one), self.best_meaning(other)) else {
            return false;
        };
        one.value == other.value
    }

    fn are_apart(&self, one: &str, other: &str) -> bool {
        let fewer = self.count(one).min(self.count(other));
        self.with_both(one, other) * TITLES_PER_TITLE_WITH_BOTH <= fewer
    }

    fn with_both(&self, one: &str, other: &str) -> usize {
        let of = |phrase| self.by_phrase.get(phrase).copied().unwrap_or_default();
        let (one, other) = (of(one), of(other));
        let both = one
            .iter()
            .filter(|product| other.binary_search(product).is_ok());
        both.count()
    }

    fn count(&self, phrase: &str) -> usize {
        self.by_phrase
            .get(phrase)
            .map_or(0, |products| products.len())
    }

    fn stem_of(&self, surface: &str) -> Option<&'a str> {
        Some(self.titles.surfaces.get(surface)?.stem.as_str())
    }

    /// None if one of them is too rare.
    fn candidate(&self, one: &str, other: &str, kind: SynonymKind) -> Option<SynonymCandidate> {
        let (one, other) = if self.count(one) < self.count(other) {
            (other, one)
        } else {
            (one, other)
        };
        let support = u32::try_from(self.count(other)).ok()?;
        (support >= MIN_SUPPORT).then(|| SynonymCandidate {
            phrase: self.written(one),
            other: self.written(other),
            kind,
            support,
        })
    }

    fn written(&self, phrase: &str) -> String {
        let words = phrase
            .split(' ')
            .map(|stem| self.written.get(stem).copied().unwrap_or(stem));
        words.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::Language;
    use souk_testkit::document;

    use super::*;
    use crate::query_understanding::Trainer;

    /// Trains on products of a type with each title and returns the candidates.
    fn mined(titles: &[(&str, u32, &str)]) -> Vec<SynonymCandidate> {
        let mut trainer = Trainer::new(Language::English);
        for &(title, count, kind) in titles {
            for _ in 0..count {
                trainer.read(&document(1, title).attribute("Type", kind).build());
            }
        }
        trainer.finish().synonym_candidates().to_vec()
    }

    fn candidate(phrase: &str, other: &str, kind: SynonymKind, support: u32) -> SynonymCandidate {
        SynonymCandidate {
            phrase: phrase.to_owned(),
            other: other.to_owned(),
            kind,
            support,
        }
    }

    #[test]
    fn spellings_abbreviations_and_names_of_the_same_products_are_found() {
        let mined = mined(&[
            ("Headset Alpha", 9, "Headset"),
            ("Head set Beta", 7, "Headset"),
            ("Solid state drive", 6, "Drive"),
            ("SSD module", 8, "Drive"),
            ("Solid-state drive (SSD)", 1, "Drive"),
            ("Laptops Gamma", 10, "Computer"),
            ("Notebook Delta", 5, "Computer"),
            ("Mug", 30, "Mug"),
        ]);
        for expected in [
            candidate("headset", "head set", SynonymKind::Spelling, 7),
            candidate("ssd", "solid state drive", SynonymKind::Abbreviation, 7),
            candidate("laptops", "notebook", SynonymKind::SameProducts, 5),
        ] {
            assert!(mined.contains(&expected), "{expected:?} of {mined:#?}");
        }
        assert!(mined.is_sorted_by(|one, other| one.support >= other.support));
    }

    #[test]
    fn words_of_the_same_titles_are_no_synonyms() {
        let mined = mined(&[("Red mug", 10, "Mug"), ("Blue kettle", 10, "Kettle")]);
        assert_eq!(mined, []);
    }

    #[test]
    fn rare_words_are_left_out() {
        assert_eq!(mined(&[("Headset", 4, "A"), ("Head set", 9, "A")]), []);
    }
}
