//! Matches a text against the index and scores the documents.
//!
//! The word score of a document is a sum over the words: inverse document frequency, times quality of the match,
//! times saturated weight of the matched word (see [`super::scores`]). Code matches rank above every word score.
//! In the [`AnyTerm`](MatchStage::AnyTerm) stage, so do documents that have all words.

use souk_domain::MatchStage;
use tantivy::{DocId, SegmentReader};

use super::postings::WordDocs;
use super::scores::{MatchValues, VALUE_SCALE};
use super::terms::{Lookup, SegmentTerms, WordTerms};
use crate::query::{MAX_WORDS, TextPlan};

/// Tier of a whole code; far above the score of sixteen words of the rarest kind.
const WHOLE_CODE_SCORE: f32 = 4_000.0;
const CODE_PREFIX_SCORE: f32 = 2_000.0;
/// Tier of documents that have all words, in the stage that allows missing words.
const EVERY_WORD_SCORE: f32 = 1_000.0;

/// Score of a document, by words and tier.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    /// Word score, less than any tier.
    pub(crate) words: f32,
    /// Tier that ranks above every word score; 0 without one.
    pub(crate) tier: f32,
}

impl Match {
    #[inline]
    pub(crate) fn score(self) -> f32 {
        self.words + self.tier
    }
}

/// Text resolved to the terms of an index.
pub(crate) struct Matcher {
    words: Vec<WordTerms>,
    code: Option<WordTerms>,
    every_word: bool,
}

impl Matcher {
    pub(crate) fn new(
        lookup: &Lookup<'_>,
        text: &TextPlan,
        stage: MatchStage,
    ) -> tantivy::Result<Self> {
        let words = text.words.iter();
        let code = text.code.as_deref();
        Ok(Self {
            words: words
                .map(|word| lookup.word(word, stage))
                .collect::<tantivy::Result<_>>()?,
            code: code.map(|code| lookup.code(code)).transpose()?,
            every_word: stage != MatchStage::AnyTerm,
        })
    }

    /// Creates a matcher for documents that have all these words.
    pub(crate) fn of_words(words: Vec<WordTerms>) -> Self {
        Self {
            words,
            code: None,
            every_word: true,
        }
    }

    /// Returns the score of a document in which each word has this value.
    pub(crate) fn score_of(&self, value: u8) -> f32 {
        let words: f32 = self.words.iter().map(|word| word.weight).sum();
        words * VALUE_SCALE * f32::from(value)
    }

    /// Returns an upper bound of the matching documents in a segment.
    pub(crate) fn most_matching(&self, segment: usize) -> u64 {
        let words = self.words.iter().map(|word| &word.segments[segment]);
        words.map(SegmentTerms::most).min().unwrap_or(0)
    }

    /// Visits the documents among `docs`, in ascending order, that have all words.
    pub(crate) fn for_each_of(
        &self,
        docs: &[DocId],
        segment: usize,
        reader: &SegmentReader,
        mut visit: impl FnMut(DocId, Match),
    ) -> tantivy::Result<()> {
        let mut read = self.read(segment, reader)?;
        if read.len() < self.words.len() {
            return Ok(());
        }
        for &doc in docs {
            let values = read.iter_mut().map(|word| match word.docs.value(doc) {
                0 => None,
                value => Some(word.weight * f32::from(value)),
            });
            if let Some(words) = values.sum() {
                visit(doc, Match { words, tier: 0.0 });
            }
        }
        Ok(())
    }

    /// Visits each matching document of a segment once, in no particular order, deleted ones included.
    pub(crate) fn for_each(
        &self,
        segment: usize,
        reader: &SegmentReader,
        mut visit: impl FnMut(DocId, Match),
    ) -> tantivy::Result<()> {
        let coded = self.code_docs(segment, reader)?;
        for &(doc, tier) in &coded {
            visit(doc, Match { words: 0.0, tier });
        }
        let is_coded = |doc| {
            coded
                .binary_search_by_key(&doc, |&(coded, _)| coded)
                .is_ok()
        };
        let unless_coded = |doc, matched| {
            if coded.is_empty() || !is_coded(doc) {
                visit(doc, matched);
            }
        };
        if self.every_word {
            self.each_with_every_word(segment, reader, unless_coded)
        } else {
            self.each_with_some_word(segment, reader, unless_coded)
        }
    }

    fn code_docs(
        &self,
        segment: usize,
        reader: &SegmentReader,
    ) -> tantivy::Result<Vec<(DocId, f32)>> {
        let mut docs = Vec::new();
        let Some(terms) = self.code.as_ref().map(|code| &code.segments[segment]) else {
            return Ok(docs);
        };
        if terms.is_empty() {
            return Ok(docs);
        }
        WordDocs::read(reader, terms)?.for_each(|doc, value| {
            let whole = MatchValues::is_whole_code(value);
            let score = if whole {
                WHOLE_CODE_SCORE
            } else {
                CODE_PREFIX_SCORE
            };
            docs.push((doc, score));
        });
        Ok(docs)
    }

    fn each_with_every_word(
        &self,
        segment: usize,
        reader: &SegmentReader,
        mut visit: impl FnMut(DocId, Match),
    ) -> tantivy::Result<()> {
        let without_match = |word: &WordTerms| word.segments[segment].is_empty();
        if self.words.is_empty() || self.words.iter().any(without_match) {
            return Ok(());
        }
        let mut words = self.read(segment, reader)?;
        words.sort_by_key(|word| word.docs.cost());
        let rarest = words.remove(0);
        let mut parts = [0.0_f32; MAX_WORDS];
        rarest.docs.for_each(|doc, value| {
            parts[rarest.place] = rarest.weight * f32::from(value);
            for word in &mut words {
                let value = word.docs.value(doc);
                if value == 0 {
                    return;
                }
                parts[word.place] = word.weight * f32::from(value);
            }
            // Summed in the order of the text, so that rounding is the same in every segment.
            let words = parts[..=words.len()].iter().sum();
            visit(doc, Match { words, tier: 0.0 });
        });
        Ok(())
    }

    fn each_with_some_word(
        &self,
        segment: usize,
        reader: &SegmentReader,
        mut visit: impl FnMut(DocId, Match),
    ) -> tantivy::Result<()> {
        let mut words = self.read(segment, reader)?;
        let mut window = Window::new();
        for from in (0..reader.max_doc()).step_by(WINDOW) {
            let to = reader.max_doc().min(from + WINDOW as DocId);
            for WeightedDocs { docs, weight, .. } in &mut words {
                docs.for_each_in(from..to, |doc, value| {
                    window.add((doc - from) as usize, *weight * f32::from(value));
                });
            }
            window.drain(|place, words, count| {
                let every_word = usize::from(count) == self.words.len();
                let matched = Match {
                    words,
                    tier: if every_word { EVERY_WORD_SCORE } else { 0.0 },
                };
                visit(from + place as DocId, matched);
            });
        }
        Ok(())
    }

    fn read(&self, segment: usize, reader: &SegmentReader) -> tantivy::Result<Vec<WeightedDocs>> {
        let words = self.words.iter().enumerate();
        words
            .filter(|(_, word)| !word.segments[segment].is_empty())
            .map(|(place, word)| {
                Ok(WeightedDocs {
                    place,
                    docs: WordDocs::read(reader, &word.segments[segment])?,
                    weight: word.weight * VALUE_SCALE,
                })
            })
            .collect()
    }
}

/// Documents of the word at a position in the text.
struct WeightedDocs {
    place: usize,
    docs: WordDocs,
    weight: f32,
}

/// Number of documents scored together; their scores fit the CPU cache.
const WINDOW: usize = 4_096;

/// Scores of a range of consecutive documents.
struct Window {
    scores: Vec<f32>,
    /// Number of matching words of each document.
    words: Vec<u8>,
    /// Bit set of the documents with any matching word.
    matching: [u64; WINDOW / 64],
}

impl Window {
    fn new() -> Self {
        Self {
            scores: vec![0.0; WINDOW],
            words: vec![0; WINDOW],
            matching: [0; WINDOW / 64],
        }
    }

    #[inline]
    fn add(&mut self, place: usize, score: f32) {
        self.scores[place] += score;
        self.words[place] += 1;
        self.matching[place / 64] |= 1 << (place % 64);
    }

    /// Visits position, score and number of words of each matching document, and clears the window.
    #[inline]
    fn drain(&mut self, mut visit: impl FnMut(usize, f32, u8)) {
        for (index, bits) in self.matching.iter_mut().enumerate() {
            while *bits != 0 {
                let place = index * 64 + bits.trailing_zeros() as usize;
                *bits &= *bits - 1;
                let score = std::mem::take(&mut self.scores[place]);
                visit(place, score, std::mem::take(&mut self.words[place]));
            }
        }
    }
}
