//! Term weights (BM25F): by text group, frequency and text length.
//!
//! This is the part of BM25F that a document knows by itself: the frequencies of a word in the groups of a product's
//! texts, each divided by the length of its group and multiplied by the group's weight, and added up. It is rounded to
//! a whole number and indexed as the word's frequency, by every engine that lets us choose. A search multiplies the word's
//! rarity with that weight, saturated.
//!
//! So a search needs one posting list a word, however many groups there are, and no lengths; and two engines that hold
//! the same document give it the same score.

use std::collections::HashMap;

use souk_domain::{Language, ProductDocument};

use crate::query::analysis::{Analyzer, Role};

/// Heaviest weight of a word. Finer steps were measured to change nothing.
pub const MAX_WEIGHT: u8 = 31;
/// An unstemmed word of at least this weight stands in the title or a name.
pub const NAMING_WEIGHT: u8 = 4;

/// Number of text groups of a product, in the order of [`FieldWeights`].
pub const GROUPS: usize = 4;
const TITLE: usize = 0;
const NAMES: usize = 1;
const ATTRIBUTES: usize = 2;
const DESCRIPTION: usize = 3;

/// Weighting of one text group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupWeight {
    /// Weight of a single occurrence in a group of usual length.
    pub weight: f32,
    /// The usual length, in words. Fixed, so that a document weighs the same in every index.
    pub usual_words: f32,
    /// Length normalisation: 0 is none, 1 is proportional.
    pub length_counts: f32,
}

/// Weights of all groups, and saturation. The index depends on them, so other weights need another index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldWeights {
    /// The title.
    pub title: GroupWeight,
    /// Names: brand, categories, fandom and seller.
    pub names: GroupWeight,
    /// The values of attributes.
    pub attributes: GroupWeight,
    /// The description.
    pub description: GroupWeight,
    /// The weight at which a word counts half of what it can.
    pub saturation: f32,
}

impl Default for FieldWeights {
    /// As fitted by cross-validation, see `docs/search/LAB-NOTES.md`.
    fn default() -> Self {
        Self {
            title: GroupWeight {
                weight: 12.0,
                usual_words: 8.0,
                length_counts: 0.4,
            },
            names: GroupWeight {
                weight: 4.0,
                usual_words: 4.0,
                length_counts: 0.3,
            },
            attributes: GroupWeight {
                weight: 2.0,
                usual_words: 40.0,
                length_counts: 0.75,
            },
            description: GroupWeight {
                weight: 2.0,
                usual_words: 30.0,
                length_counts: 0.75,
            },
            saturation: 3.5,
        }
    }
}

impl FieldWeights {
    /// Returns the saturated score of a weight relative to the maximum, from 0 to 1.
    pub fn saturated(&self, weight: u8) -> f32 {
        let weight = f32::from(weight.min(MAX_WEIGHT));
        weight / (weight + self.saturation)
    }

    /// Returns the weight of one occurrence in each group, given the word count of each group.
    pub fn slopes(&self, lengths: &[u32; GROUPS]) -> [f32; GROUPS] {
        let groups = [self.title, self.names, self.attributes, self.description];
        std::array::from_fn(|group| {
            let GroupWeight {
                weight,
                usual_words,
                length_counts,
            } = groups[group];
            let relative = lengths[group] as f32 / usual_words;
            weight / (1.0 - length_counts + length_counts * relative)
        })
    }
}

/// Occurrences of the word in each group.
pub type Counts = [u16; GROUPS];

/// Returns the weight of a word with these occurrences in each group of a document.
pub fn weight(counts: &Counts, slopes: &[f32; GROUPS]) -> u8 {
    let parts = counts.iter().zip(slopes);
    let weight: f32 = parts.map(|(&count, slope)| f32::from(count) * slope).sum();
    weight.round().clamp(1.0, f32::from(MAX_WEIGHT)) as u8
}

/// Weighs the words of one document after the other; keeps its buffers.
pub struct TermWeights {
    analyzer: Analyzer,
    weights: FieldWeights,
    stems: HashMap<String, Counts>,
    surfaces: HashMap<String, Counts>,
    lengths: [u32; GROUPS],
    texts: Vec<String>,
}

impl TermWeights {
    /// A weigher of texts in a language.
    pub fn new(language: Language, weights: &FieldWeights) -> Self {
        Self {
            analyzer: Analyzer::new(language),
            weights: *weights,
            stems: HashMap::new(),
            surfaces: HashMap::new(),
            lengths: [0; GROUPS],
            texts: Vec::new(),
        }
    }

    /// Takes up a document; the one before is forgotten.
    pub fn read(&mut self, document: &ProductDocument) {
        self.stems.clear();
        self.surfaces.clear();
        self.lengths = [0; GROUPS];
        self.texts.clear();
        self.count(TITLE, &document.title);
        let labels = document.all_categories().into_iter();
        let labels = labels.chain(document.all_fandoms());
        for label in labels.chain([&document.seller]) {
            self.count(NAMES, &label.name);
        }
        self.count(NAMES, document.brand.as_deref().unwrap_or_default());
        for value in document.searched_values() {
            self.count(ATTRIBUTES, value);
        }
        self.count(DESCRIPTION, &document.description);
    }

    /// The stems of the document's words and what each weighs, in no particular order.
    pub fn stems(&self) -> impl Iterator<Item = (&str, u8)> {
        let slopes = self.weights.slopes(&self.lengths);
        let stems = self.stems.iter();
        stems.map(move |(stem, counts)| (stem.as_str(), weight(counts, &slopes)))
    }

    /// Occurrences of each stem by group.
    pub fn counts(&self, stem: &str) -> Option<&Counts> {
        self.stems.get(stem)
    }

    /// Word count of each group.
    pub fn lengths(&self) -> &[u32; GROUPS] {
        &self.lengths
    }

    /// The unstemmed words of each of the document's texts, in order and with spaces between: what phrases match.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The unstemmed words of the document and what each weighs, in no particular order. Those that stand in the title
    /// or a name weigh [`NAMING_WEIGHT`] or more, and no others do.
    pub fn surfaces(&self) -> impl Iterator<Item = (&str, u8)> {
        let slopes = self.weights.slopes(&self.lengths);
        self.surfaces.iter().map(move |(word, counts)| {
            let weight = weight(counts, &slopes);
            let names = counts[TITLE] > 0 || counts[NAMES] > 0;
            let weight = if names {
                weight.max(NAMING_WEIGHT)
            } else {
                weight.min(NAMING_WEIGHT - 1)
            };
            (word.as_str(), weight)
        })
    }

    fn count(&mut self, group: usize, text: &str) {
        let Self {
            analyzer,
            stems,
            surfaces,
            lengths,
            texts,
            ..
        } = self;
        let mut words = String::with_capacity(text.len());
        analyzer.each_term(text, group != DESCRIPTION, |term| {
            // What is within a word says less than a word, wherever it stands.
            let counted = if matches!(term.role, Role::Part | Role::Pair) {
                DESCRIPTION
            } else {
                group
            };
            count_word(stems, term.stem, counted);
            let is_known = term.role == Role::Other && surfaces.contains_key(term.surface);
            if !term.surface.is_empty() && !is_known {
                // What no title has as a word of its own names nothing.
                let is_own = matches!(term.role, Role::Word | Role::Other);
                let group = if is_own { group } else { DESCRIPTION };
                count_word(surfaces, term.surface, group);
            }
            lengths[group] += u32::from(term.role == Role::Word);
            if term.role == Role::Word {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(term.surface);
            }
        });
        if !words.is_empty() {
            texts.push(words);
        }
    }
}

fn count_word(words: &mut HashMap<String, Counts>, word: &str, group: usize) {
    if let Some(counts) = words.get_mut(word) {
        counts[group] = counts[group].saturating_add(1);
        return;
    }
    let mut counts = [0; GROUPS];
    counts[group] = 1;
    words.insert(word.to_owned(), counts);
}

#[cfg(test)]
mod tests {
    use souk_testkit::document;

    use super::*;

    fn weights(document: &ProductDocument) -> (HashMap<String, u8>, HashMap<String, u8>) {
        let mut weigher = TermWeights::new(Language::English, &FieldWeights::default());
        weigher.read(document);
        let owned = |(word, weight): (&str, u8)| (word.to_owned(), weight);
        (
            weigher.stems().map(owned).collect(),
            weigher.surfaces().map(owned).collect(),
        )
    }

    #[test]
    fn a_word_counts_more_the_more_it_weighs_but_ever_less_so() {
        let weights = FieldWeights::default();
        let counts: Vec<_> = (0..=MAX_WEIGHT)
            .map(|weight| weights.saturated(weight))
            .collect();
        assert!(counts[0] == 0.0 && counts[31] < 1.0);
        let gains: Vec<_> = counts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gains.windows(2).all(|pair| pair[0] > pair[1]));
    }

    #[test]
    fn a_word_weighs_by_its_group_its_frequency_and_its_company() {
        let document = document(1, "Steel kettles")
            .brand("Acme")
            .description("A kettle that whistles, for tea. Whistles loudly, whistles early.")
            .build();
        let (stems, _) = weights(&document);
        assert!(stems["kettl"] > stems["steel"], "in title and description");
        assert!(stems["steel"] > stems["acm"] && stems["acm"] > stems["tea"]);
        assert!(stems["whistl"] > stems["tea"], "three times");

        let long = souk_testkit::document(1, "Steel kettles with a lid and a handle and a spout");
        assert!(weights(&long.build()).0["steel"] < stems["steel"]);
    }

    #[test]
    fn part_of_a_word_weighs_less_than_a_word() {
        let title = |title| weights(&document(1, title).build()).0;
        let within = title("Acme charger LR6AA");
        assert!(within["aa"] < title("Acme AA charger")["aa"]);
        assert_eq!(within["lr6aa"], title("Acme charger AA")["aa"]);
    }

    #[test]
    fn unstemmed_words_tell_whether_they_name_the_product() {
        let document = document(1, "Steel kettles")
            .brand("Acme")
            .attribute("Colour", "red")
            .description("whistles ".repeat(40).as_str())
            .build();
        let (_, surfaces) = weights(&document);
        for (word, names) in [
            ("kettles", true),
            ("acme", true),
            ("red", false),
            ("whistles", false),
        ] {
            assert_eq!(surfaces[word] >= NAMING_WEIGHT, names, "{word}");
        }
    }
}
