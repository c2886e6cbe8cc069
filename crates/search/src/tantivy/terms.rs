//! Which terms of the index a word of the query stands for.

use tantivy::postings::TermInfo;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader, Term};

use super::document::BEGINNING_CHARS;
use super::schema::Fields;
use super::weighted::MAX_WEIGHT;
use crate::plan::Word;
use souk_domain::MatchStage;
use strsim::osa_distance;

/// How good a match is, before the word's weight in the document: at most [`WHOLE_CODE`] in all.
const SAME_STEM: u8 = 16;
pub(super) const SAME_BEGINNING: u8 = 10;
const ONE_TYPO: u8 = 8;
const TWO_TYPOS: u8 = 4;
const WHOLE_CODE: u8 = SAME_STEM * MAX_WEIGHT;
const BEGINNING_OF_CODE: u8 = WHOLE_CODE / 2;

/// A term of one segment, and how good a match it is.
#[derive(Debug, Clone)]
pub(super) struct TermMatch {
    pub(super) field: Field,
    pub(super) info: TermInfo,
    pub(super) quality: u8,
}

/// All terms that a word stands for.
#[derive(Debug)]
pub(super) struct WordTerms {
    /// By segment.
    pub(super) segments: Vec<Vec<TermMatch>>,
    /// How much a match counts: more for rarer words.
    pub(super) weight: f32,
}

impl WordTerms {
    /// Looks a word up as a stage takes it.
    pub(super) fn find(
        searcher: &Searcher,
        fields: Fields,
        word: &Word,
        stage: MatchStage,
    ) -> tantivy::Result<Self> {
        let readers = searcher.segment_readers();
        let segments: Vec<Vec<TermMatch>> = readers
            .iter()
            .map(|reader| word_terms(reader, fields, word, stage))
            .collect::<tantivy::Result<_>>()?;
        let documents: u32 = readers.iter().map(SegmentReader::max_doc).sum();
        let matches = segments.iter().flatten().map(|term| term.info.doc_freq);
        let matching = matches.fold(0_u32, u32::saturating_add).min(documents);
        Ok(Self {
            weight: rarity(matching, documents),
            segments,
        })
    }

    /// The same for a whole text that may be a code.
    pub(super) fn find_code(
        searcher: &Searcher,
        fields: Fields,
        code: &str,
    ) -> tantivy::Result<Self> {
        let find = |reader| {
            let mut terms = Vec::new();
            code_terms(reader, fields, code, &mut terms)?;
            Ok(terms)
        };
        let readers = searcher.segment_readers().iter();
        Ok(Self {
            segments: readers.map(find).collect::<tantivy::Result<_>>()?,
            weight: 1.0,
        })
    }

    /// The words that begin with this one, or nearly so.
    pub(super) fn find_completions(
        searcher: &Searcher,
        fields: Fields,
        surface: &str,
        with_typo: bool,
    ) -> tantivy::Result<Self> {
        let find = |reader| {
            let mut terms = Vec::new();
            if with_typo {
                nearly_beginning(reader, fields.surface, surface, &mut terms)?;
            } else {
                beginnings(reader, fields, surface, &mut terms)?;
            }
            Ok(terms)
        };
        let readers = searcher.segment_readers().iter();
        Ok(Self {
            segments: readers.map(find).collect::<tantivy::Result<_>>()?,
            weight: 1.0,
        })
    }

    /// Whether a quality is that of a whole code.
    pub(super) fn is_whole_code(value: u8) -> bool {
        value == WHOLE_CODE
    }
}

/// The inverse document frequency of BM25.
fn rarity(matching: u32, documents: u32) -> f32 {
    let (matching, documents) = (matching as f32, documents as f32);
    (1.0 + (documents - matching + 0.5) / (matching + 0.5)).ln()
}

fn word_terms(
    reader: &SegmentReader,
    fields: Fields,
    word: &Word,
    stage: MatchStage,
) -> tantivy::Result<Vec<TermMatch>> {
    let mut terms = Vec::new();
    exact(reader, fields.text, &word.stem, SAME_STEM, &mut terms)?;
    if word.prefix {
        beginnings(reader, fields, &word.surface, &mut terms)?;
    }
    if let Some(code) = &word.code {
        code_terms(reader, fields, code, &mut terms)?;
    }
    if stage != MatchStage::All && word.typos > 0 {
        similar(reader, fields.surface, word, &mut terms)?;
    }
    Ok(terms)
}

/// Words that begin so. The shortest beginnings, those of thousands of words, are terms themselves.
fn beginnings(
    reader: &SegmentReader,
    fields: Fields,
    surface: &str,
    terms: &mut Vec<TermMatch>,
) -> tantivy::Result<()> {
    if surface.chars().count() <= BEGINNING_CHARS {
        return exact(reader, fields.begins, surface, SAME_BEGINNING, terms);
    }
    beginning(reader, fields.surface, surface, SAME_BEGINNING, terms)
}

fn nearly_beginning(
    reader: &SegmentReader,
    field: Field,
    surface: &str,
    terms: &mut Vec<TermMatch>,
) -> tantivy::Result<()> {
    let term = Term::from_field_text(field, surface);
    let automaton = FuzzyTermQuery::new_prefix(term, 1, true).automaton()?;
    let index = reader.inverted_index(field)?;
    let mut found = index
        .terms()
        .search(automaton)
        .without_keys()
        .into_stream()?;
    while found.advance() {
        terms.push(TermMatch {
            field,
            info: found.value().clone(),
            quality: SAME_BEGINNING,
        });
    }
    Ok(())
}

fn code_terms(
    reader: &SegmentReader,
    fields: Fields,
    code: &str,
    terms: &mut Vec<TermMatch>,
) -> tantivy::Result<()> {
    exact(reader, fields.codes, code, WHOLE_CODE, terms)?;
    beginning(reader, fields.codes, code, BEGINNING_OF_CODE, terms)
}

fn exact(
    reader: &SegmentReader,
    field: Field,
    text: &str,
    quality: u8,
    terms: &mut Vec<TermMatch>,
) -> tantivy::Result<()> {
    let info = reader.inverted_index(field)?.terms().get(text)?;
    terms.extend(info.map(|info| TermMatch {
        field,
        info,
        quality,
    }));
    Ok(())
}

fn beginning(
    reader: &SegmentReader,
    field: Field,
    text: &str,
    quality: u8,
    terms: &mut Vec<TermMatch>,
) -> tantivy::Result<()> {
    let index = reader.inverted_index(field)?;
    let mut found = index.terms().range().ge(text).into_stream()?;
    while found.advance() && found.key().starts_with(text.as_bytes()) {
        let info = found.value().clone();
        terms.push(TermMatch {
            field,
            info,
            quality,
        });
    }
    Ok(())
}

fn similar(
    reader: &SegmentReader,
    field: Field,
    word: &Word,
    terms: &mut Vec<TermMatch>,
) -> tantivy::Result<()> {
    let term = Term::from_field_text(field, &word.surface);
    let automaton = FuzzyTermQuery::new(term, word.typos, true).automaton()?;
    let index = reader.inverted_index(field)?;
    let mut found = index.terms().search(automaton).into_stream()?;
    while found.advance() {
        let key = String::from_utf8_lossy(found.key());
        let quality = match osa_distance(&key, &word.surface) {
            0 => SAME_STEM,
            1 => ONE_TYPO,
            _ => TWO_TYPOS,
        };
        let info = found.value().clone();
        terms.push(TermMatch {
            field,
            info,
            quality,
        });
    }
    Ok(())
}
