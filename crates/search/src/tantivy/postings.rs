//! The documents of one segment that a word matches, each with how well it does.

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED};

use super::scores::Values;
use super::terms::{SegmentTerms, TermMatch};

/// Unions below this share of a segment are kept as a list, others as an array over all documents.
const SPARSE: u32 = 32;

/// The matching documents, rising, with the value of the best matching term.
pub(super) enum WordDocs {
    /// One term: its postings as they are.
    Single {
        postings: Box<SegmentPostings>,
        values: Values,
    },
    /// Several rare terms.
    Sparse { docs: Vec<(DocId, u8)>, next: usize },
    /// Several frequent terms: zero where nothing matches.
    Dense { values: Vec<u8>, matching: u32 },
}

impl WordDocs {
    pub(super) fn read(reader: &SegmentReader, found: &SegmentTerms) -> tantivy::Result<Self> {
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

    /// About how many documents it has.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Single { postings, .. } => postings.size_hint(),
            Self::Sparse { docs, .. } => docs.len() as u32,
            Self::Dense { matching, .. } => *matching,
        }
    }

    /// How well a document matches, 0 if it does not. Documents are asked for in rising order.
    #[inline]
    pub(super) fn value(&mut self, doc: DocId) -> u8 {
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

    /// Visits all documents.
    #[inline]
    pub(super) fn for_each(self, mut visit: impl FnMut(DocId, u8)) {
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
                for (doc, &value) in values.iter().enumerate() {
                    if value > 0 {
                        visit(doc as DocId, value);
                    }
                }
            }
        }
    }
}

fn sparse(
    reader: &SegmentReader,
    terms: &[TermMatch],
    mut docs: Vec<(DocId, u8)>,
) -> tantivy::Result<WordDocs> {
    each_posting(reader, terms, |doc, value| docs.push((doc, value)))?;
    docs.sort_unstable_by_key(|&(doc, value)| (doc, std::cmp::Reverse(value)));
    docs.dedup_by_key(|&mut (doc, _)| doc);
    Ok(WordDocs::Sparse { docs, next: 0 })
}

/// Visits the documents that have all terms of a phrase. They match as well as their least good word does.
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
