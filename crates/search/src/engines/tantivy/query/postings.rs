//! Postings of a word in one segment: the matching documents, each with the value of its match.

use std::ops::Range;

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED};

use super::scores::Values;
use super::terms::{SegmentTerms, TermMatch};

/// Inverse share of a segment below which a union is a list; larger unions are an array over all documents.
const SPARSE: u32 = 32;

/// Matching documents in ascending order, with the value of the best matching term.
pub(crate) enum WordDocs {
    /// Postings of a single term.
    Single {
        postings: Box<SegmentPostings>,
        values: Values,
    },
    /// Union of several rare terms.
    Sparse { docs: Vec<(DocId, u8)>, next: usize },
    /// Union of several frequent terms; 0 where no term matches.
    Dense { values: Vec<u8>, matching: u32 },
}

impl WordDocs {
    pub(crate) fn read(reader: &SegmentReader, found: &SegmentTerms) -> tantivy::Result<Self> {
        let SegmentTerms { terms, phrases } = found;
        if let ([term], []) = (terms.as_slice(), phrases.as_slice()) {
            let index = reader.inverted_index(term.field)?;
            let postings =
                index.read_postings_from_terminfo(&term.info, IndexRecordOption::WithFreqs)?;
            return Ok(Self::Single {
                postings: Box::new(postings),
                values: term.values,
            });
        }
        let mut docs = Vec::new();
        for phrase in phrases {
            each_with_all(reader, phrase, |doc, value| docs.push((doc, value)))?;
        }
        let of_terms = terms.iter().map(|term| u64::from(term.info.doc_freq));
        let total = of_terms.sum::<u64>() + docs.len() as u64;
        if total * u64::from(SPARSE) < u64::from(reader.max_doc()) {
            return sparse(reader, terms, docs);
        }
        let mut values = vec![0_u8; reader.max_doc() as usize];
        let mut take = |doc: DocId, value: u8| {
            let best = &mut values[doc as usize];
            *best = value.max(*best);
        };
        docs.into_iter().for_each(|(doc, value)| take(doc, value));
        each_posting(reader, terms, take)?;
        Ok(Self::Dense {
            values,
            matching: u32::try_from(total).unwrap_or(u32::MAX),
        })
    }

    /// Returns the approximate number of documents.
    pub(crate) fn cost(&self) -> u32 {
        match self {
            Self::Single { postings, .. } => postings.size_hint(),
            Self::Sparse { docs, .. } => docs.len() as u32,
            Self::Dense { matching, .. } => *matching,
        }
    }

    /// Returns the value of a document's match, 0 if it does not match. Calls must be in ascending order.
    #[inline]
    pub(crate) fn value(&mut self, doc: DocId) -> u8 {
        match self {
            Self::Single { postings, values } => {
                if postings.doc() < doc && postings.seek(doc) != doc || postings.doc() != doc {
                    return 0;
                }
                values.of(postings.term_freq())
            }
            Self::Sparse { docs, next } => {
                *next += docs[*next..].partition_point(|&(other, _)| other < doc);
                match docs.get(*next) {
                    Some(&(found, value)) if found == doc => value,
                    _ => 0,
                }
            }
            Self::Dense { values, .. } => values[doc as usize],
        }
    }

    /// Visits the documents of a range. Calls must be with ascending ranges, without gaps.
    #[inline]
    pub(crate) fn for_each_in(&mut self, range: Range<DocId>, mut visit: impl FnMut(DocId, u8)) {
        match self {
            Self::Single { postings, values } => {
                let mut doc = postings.doc();
                while doc < range.end {
                    visit(doc, values.of(postings.term_freq()));
                    doc = postings.advance();
                }
            }
            Self::Sparse { docs, next } => {
                while let Some(&(doc, value)) = docs.get(*next)
                    && doc < range.end
                {
                    visit(doc, value);
                    *next += 1;
                }
            }
            Self::Dense { values, .. } => {
                let within = &values[range.start as usize..range.end as usize];
                each_above_zero(within, |place, value| {
                    visit(range.start + place as DocId, value);
                });
            }
        }
    }

    /// Visits all documents.
    #[inline]
    pub(crate) fn for_each(self, mut visit: impl FnMut(DocId, u8)) {
        match self {
            Self::Single {
                mut postings,
                values,
            } => {
                let mut doc = postings.doc();
                while doc != TERMINATED {
                    visit(doc, values.of(postings.term_freq()));
                    doc = postings.advance();
                }
            }
            Self::Sparse { docs, .. } => {
                docs.into_iter().for_each(|(doc, value)| visit(doc, value))
            }
            Self::Dense { values, .. } => {
                each_above_zero(&values, |doc, value| visit(doc as DocId, value));
            }
        }
    }
}

/// Visits the values above zero, skipping zeros eight at a time.
#[inline]
fn each_above_zero(values: &[u8], mut visit: impl FnMut(usize, u8)) {
    const AT_ONCE: usize = size_of::<u64>();
    let (eights, rest) = values.as_chunks::<AT_ONCE>();
    for (index, eight) in eights.iter().enumerate() {
        if u64::from_ne_bytes(*eight) != 0 {
            for (place, &value) in eight.iter().enumerate().filter(|(_, value)| **value > 0) {
                visit(index * AT_ONCE + place, value);
            }
        }
    }
    let from = values.len() - rest.len();
    for (place, &value) in rest.iter().enumerate().filter(|(_, value)| **value > 0) {
        visit(from + place, value);
    }
}

fn sparse(
    reader: &SegmentReader,
    terms: &[TermMatch],
    mut docs: Vec<(DocId, u8)>,
) -> tantivy::Result<WordDocs> {
    each_posting(reader, terms, |doc, value| docs.push((doc, value)))?;
    // Document and inverted value in one key: the best value comes first. A stable sort exploits sorted runs.
    docs.sort_by_key(|&(doc, value)| u64::from(doc) << 8 | u64::from(u8::MAX - value));
    docs.dedup_by_key(|&mut (doc, _)| doc);
    Ok(WordDocs::Sparse { docs, next: 0 })
}

/// Visits the documents that have all terms of a phrase, each with the value of its worst matching term.
fn each_with_all(
    reader: &SegmentReader,
    phrase: &[TermMatch],
    mut visit: impl FnMut(DocId, u8),
) -> tantivy::Result<()> {
    let mut words = Vec::with_capacity(phrase.len());
    for term in phrase {
        let index = reader.inverted_index(term.field)?;
        let postings =
            index.read_postings_from_terminfo(&term.info, IndexRecordOption::WithFreqs)?;
        words.push(WordDocs::Single {
            postings: Box::new(postings),
            values: term.values,
        });
    }
    words.sort_by_key(WordDocs::cost);
    if words.is_empty() {
        return Ok(());
    }
    let rarest = words.remove(0);
    rarest.for_each(|doc, value| {
        let others = words.iter_mut().map(|word| word.value(doc));
        let least = others.fold(value, u8::min);
        if least > 0 {
            visit(doc, least);
        }
    });
    Ok(())
}

fn each_posting(
    reader: &SegmentReader,
    terms: &[TermMatch],
    mut visit: impl FnMut(DocId, u8),
) -> tantivy::Result<()> {
    for term in terms {
        let index = reader.inverted_index(term.field)?;
        let mut block =
            index.read_block_postings_from_terminfo(&term.info, IndexRecordOption::WithFreqs)?;
        while block.block_len() > 0 {
            let (docs, weights) = (block.docs(), block.freqs());
            if weights.is_empty() {
                // Codes have no weights.
                let value = term.values.of(1);
                docs.iter().for_each(|&doc| visit(doc, value));
            }
            for (&doc, &weight) in docs.iter().zip(weights) {
                visit(doc, term.values.of(weight));
            }
            block.advance();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tantivy::{Index, Term, doc};

    use super::*;
    use crate::engines::tantivy::index::schema::{TEXT, register_tokenizers, schema};
    use crate::engines::tantivy::query::scores::MatchValues;
    use crate::settings::WordScores;

    const DOCUMENTS: u32 = 10_000;

    /// Creates an index where one document has "one", every hundredth has "few" and every third has "many".
    fn index() -> Index {
        let (schema, fields) = schema();
        let index = Index::create_in_ram(schema);
        register_tokenizers(&index);
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for number in 0..DOCUMENTS {
            let mut text = String::from("all\u{2}");
            for (word, every) in [("one", DOCUMENTS), ("few", 100), ("many", 3)] {
                if number % every == every - 1 {
                    text.push_str(&format!("{word}{}", char::from(1 + (number % 7) as u8)));
                }
            }
            writer.add_document(doc!(fields.text => text)).unwrap();
        }
        writer.commit().unwrap();
        index
    }

    #[test]
    fn documents_come_range_by_range_as_they_do_at_once() {
        let index = index();
        let searcher = index.reader().unwrap().searcher();
        let values = MatchValues::new(&WordScores::default());
        let text = searcher.schema().get_field(TEXT).unwrap();
        for words in [
            vec!["one"],
            vec!["many"],
            vec!["one", "few"],
            vec!["few", "many"],
        ] {
            let reader = searcher.segment_reader(0);
            let terms = words.iter().map(|word| {
                let terms = reader.inverted_index(text).unwrap();
                let term = Term::from_field_text(text, word);
                let info = terms.get_term_info(&term).unwrap().unwrap();
                TermMatch::new(text, info, values.same_stem, true)
            });
            let found = SegmentTerms {
                terms: terms.collect(),
                phrases: Vec::new(),
            };
            let read = || WordDocs::read(reader, &found).unwrap();
            let mut at_once = Vec::new();
            read().for_each(|doc, value| at_once.push((doc, value)));
            assert!(!at_once.is_empty());
            for size in [1, 333, 4_096, DOCUMENTS + 1] {
                let mut docs = read();
                let mut in_ranges = Vec::new();
                for from in (0..reader.max_doc()).step_by(size as usize) {
                    let to = reader.max_doc().min(from + size);
                    docs.for_each_in(from..to, |doc, value| in_ranges.push((doc, value)));
                }
                assert_eq!(in_ranges, at_once, "{words:?} by {size}");
            }
        }
    }
}
