//! Expands words of a query to terms of the index.

use tantivy::postings::TermInfo;
use tantivy::query::{DfaWrapper, FuzzyTermQuery};
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader, Term};

use super::scores::{MatchValues, Values};
use crate::engines::tantivy::index::document::PREFIX_CHARS;
use crate::engines::tantivy::index::schema::Fields;
use crate::query::{CodeMatch, Word, WordForm, has_digit};
use souk_domain::MatchStage;

/// Terms of one segment that a word expands to.
#[derive(Debug, Default)]
pub(crate) struct SegmentTerms {
    /// Terms of which any must match.
    pub(crate) terms: Vec<TermMatch>,
    /// Phrases of which any must match, by all of its terms.
    pub(crate) phrases: Vec<Vec<TermMatch>>,
}

impl SegmentTerms {
    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.phrases.is_empty()
    }

    /// Returns an upper bound of the matching documents.
    pub(crate) fn most(&self) -> u64 {
        self.frequencies().map(|(_, most)| u64::from(most)).sum()
    }

    /// Returns for each term and phrase if it is the word itself, and an upper bound of its documents.
    fn frequencies(&self) -> impl Iterator<Item = (bool, u32)> {
        let terms = self
            .terms
            .iter()
            .map(|term| (term.itself, term.info.doc_freq));
        let rarest = |phrase: &Vec<TermMatch>| phrase.iter().map(|term| term.info.doc_freq).min();
        let phrases = self.phrases.iter().filter_map(rarest);
        terms.chain(phrases.map(|frequency| (false, frequency)))
    }
}

/// Term of one segment with the values of its matches.
#[derive(Debug, Clone)]
pub(crate) struct TermMatch {
    pub(crate) field: Field,
    pub(crate) info: TermInfo,
    pub(crate) values: Values,
    /// True for the word itself, false for a synonym, prefix match or typo.
    itself: bool,
}

impl TermMatch {
    pub(crate) fn new(field: Field, info: TermInfo, values: Values, itself: bool) -> Self {
        Self {
            field,
            info,
            values,
            itself,
        }
    }
}

/// Terms that a word expands to.
#[derive(Debug)]
pub(crate) struct WordTerms {
    /// Terms by segment.
    pub(crate) segments: Vec<SegmentTerms>,
    /// Inverse document frequency, higher for rarer words.
    pub(crate) weight: f32,
}

/// Looks up words in the terms of an index.
pub(crate) struct Lookup<'a> {
    searcher: &'a Searcher,
    fields: Fields,
    values: MatchValues,
}

impl<'a> Lookup<'a> {
    pub(crate) fn new(searcher: &'a Searcher, fields: Fields, values: MatchValues) -> Self {
        Self {
            searcher,
            fields,
            values,
        }
    }

    /// Expands a word as the stage allows.
    pub(crate) fn word(&self, word: &Word, stage: MatchStage) -> tantivy::Result<WordTerms> {
        let takes_typos = stage != MatchStage::AllTerms && word.typos > 0;
        let spellings = takes_typos.then(|| self.spellings(word)).transpose()?;
        let segments = self.in_segments(|found| {
            found.exact(self.fields.text, &word.stem, self.values.same_stem, true)?;
            for joined in &word.joined {
                found.exact(self.fields.text, &joined.stem, self.values.same_stem, false)?;
            }
            for synonym in &word.synonyms {
                found.every(synonym, self.values.synonym)?;
            }
            for related in &word.related {
                found.every(related, self.values.related)?;
            }
            if word.prefix {
                found.prefixes(&word.surface)?;
            }
            if let Some(code) = &word.code {
                found.part_of_code(code, word.code_match)?;
            }
            if let Some(spellings) = &spellings {
                found.similar(word, spellings)?;
            }
            Ok(())
        })?;
        Ok(WordTerms {
            weight: self.rarity(&segments),
            segments,
        })
    }

    /// Builds the automaton of the spellings within the word's typos. Building takes longer than searching a small
    /// segment, so that all segments share the automaton.
    fn spellings(&self, word: &Word) -> tantivy::Result<DfaWrapper> {
        let term = Term::from_field_text(self.fields.surface, &word.surface);
        FuzzyTermQuery::new(term, word.typos, true).automaton()
    }

    /// Expands a whole text that may be a code.
    pub(crate) fn code(&self, code: &str) -> tantivy::Result<WordTerms> {
        Ok(WordTerms {
            segments: self.in_segments(|found| found.codes(code))?,
            weight: 1.0,
        })
    }

    /// Expands a prefix, with at most one typo if allowed.
    pub(crate) fn completions(&self, surface: &str, with_typo: bool) -> tantivy::Result<WordTerms> {
        let segments = self.in_segments(|found| {
            if with_typo {
                found.prefixes_with_typo(surface)
            } else {
                found.prefixes(surface)
            }
        })?;
        Ok(WordTerms {
            segments,
            weight: 1.0,
        })
    }

    fn in_segments(
        &self,
        find: impl Fn(&mut SegmentExpansion<'_>) -> tantivy::Result<()>,
    ) -> tantivy::Result<Vec<SegmentTerms>> {
        let readers = self.searcher.segment_readers().iter();
        readers
            .map(|reader| {
                let mut found = SegmentExpansion {
                    reader,
                    fields: self.fields,
                    values: self.values,
                    found: SegmentTerms::default(),
                };
                find(&mut found)?;
                Ok(found.found)
            })
            .collect()
    }

    /// Computes the inverse document frequency of BM25. If the index has the word itself, only its own documents count.
    fn rarity(&self, segments: &[SegmentTerms]) -> f32 {
        let documents = |only_itself: bool| {
            let ways = segments.iter().flat_map(SegmentTerms::frequencies);
            let counted = ways.filter(|(itself, _)| *itself || !only_itself);
            let frequencies = counted.map(|(_, frequency)| frequency);
            frequencies.fold(0_u32, u32::saturating_add)
        };
        let readers = self.searcher.segment_readers().iter();
        let all: u32 = readers.map(SegmentReader::max_doc).sum();
        let matching = match documents(true) {
            0 => documents(false).min(all),
            own => own,
        };
        let (matching, all) = (matching as f32, all as f32);
        (1.0 + (all - matching + 0.5) / (matching + 0.5)).ln()
    }
}

/// Expansion of a word in one segment.
struct SegmentExpansion<'a> {
    reader: &'a SegmentReader,
    fields: Fields,
    values: MatchValues,
    found: SegmentTerms,
}

impl SegmentExpansion<'_> {
    fn add(&mut self, field: Field, info: TermInfo, values: Values, itself: bool) {
        let term = TermMatch::new(field, info, values, itself);
        self.found.terms.push(term);
    }

    fn exact(
        &mut self,
        field: Field,
        text: &str,
        values: Values,
        itself: bool,
    ) -> tantivy::Result<()> {
        if let Some(info) = self.reader.inverted_index(field)?.terms().get(text)? {
            self.add(field, info, values, itself);
        }
        Ok(())
    }

    /// Adds a phrase of words that a document must all have.
    fn every(&mut self, words: &[WordForm], values: Values) -> tantivy::Result<()> {
        if let [word] = words {
            return self.exact(self.fields.text, &word.stem, values, false);
        }
        let index = self.reader.inverted_index(self.fields.text)?;
        let mut phrase = Vec::with_capacity(words.len());
        for word in words {
            let Some(info) = index.terms().get(&word.stem)? else {
                return Ok(());
            };
            phrase.push(TermMatch::new(self.fields.text, info, values, false));
        }
        self.found.phrases.push(phrase);
        Ok(())
    }

    /// Adds words with this prefix. The shortest prefixes, shared by thousands of words, are terms themselves.
    fn prefixes(&mut self, surface: &str) -> tantivy::Result<()> {
        if surface.chars().count() <= PREFIX_CHARS {
            return self.exact(self.fields.begins, surface, self.values.prefix, false);
        }
        self.prefix(self.fields.surface, surface, self.values.prefix)
    }

    fn prefixes_with_typo(&mut self, surface: &str) -> tantivy::Result<()> {
        let field = self.fields.surface;
        let term = Term::from_field_text(field, surface);
        let automaton = FuzzyTermQuery::new_prefix(term, 1, true).automaton()?;
        let index = self.reader.inverted_index(field)?;
        let mut found = index
            .terms()
            .search(automaton)
            .without_keys()
            .into_stream()?;
        while found.advance() {
            self.add(field, found.value().clone(), self.values.prefix, false);
        }
        Ok(())
    }

    /// Adds the codes that a whole text may be.
    fn codes(&mut self, code: &str) -> tantivy::Result<()> {
        let field = self.fields.codes;
        self.exact(field, code, self.values.whole_code, true)?;
        match has_digit(code) {
            true => self.prefix(field, code, self.values.code_prefix),
            false => Ok(()),
        }
    }

    /// Adds the codes that a word may be part of. Without a digit they count less, because it is a word as well.
    fn part_of_code(&mut self, code: &str, farthest: CodeMatch) -> tantivy::Result<()> {
        let values = self.values;
        let is_sure = has_digit(code);
        let (whole, prefix) = match is_sure {
            true => (values.whole_code, values.code_prefix),
            false => (values.code_prefix, values.inner_code),
        };
        self.exact(self.fields.codes, code, whole, is_sure)?;
        if farthest >= CodeMatch::Prefix {
            self.prefix(self.fields.codes, code, prefix)?;
        }
        if farthest >= CodeMatch::Within {
            self.prefix(self.fields.inner_codes, code, values.inner_code)?;
        }
        Ok(())
    }

    fn prefix(&mut self, field: Field, text: &str, values: Values) -> tantivy::Result<()> {
        let index = self.reader.inverted_index(field)?;
        let mut found = index.terms().range().ge(text).into_stream()?;
        while found.advance() && found.key().starts_with(text.as_bytes()) {
            self.add(field, found.value().clone(), values, false);
        }
        Ok(())
    }

    fn similar(&mut self, word: &Word, spellings: &DfaWrapper) -> tantivy::Result<()> {
        let field = self.fields.surface;
        let index = self.reader.inverted_index(field)?;
        let mut found = index.terms().search(spellings).into_stream()?;
        while found.advance() {
            let key = String::from_utf8_lossy(found.key());
            let values = match word.distance_of(&key) {
                None => continue,
                Some(0) => self.values.same_stem,
                Some(1) => self.values.one_typo,
                Some(_) => self.values.two_typos,
            };
            self.add(field, found.value().clone(), values, false);
        }
        Ok(())
    }
}
