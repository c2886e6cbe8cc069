//! How many documents of a segment have a word in their title or names.

use std::collections::HashMap;

use tantivy::SegmentReader;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;

use super::schema;
use crate::ranking::weights::NAMING_WEIGHT;

/// Words that fewer documents have are counted when they are asked for.
const FREQUENT: u32 = 256;

/// The counts of a segment's frequent words. Suggestions rank by dozens of such words at a time; to count them then would
/// be to read much of the index while somebody types.
#[derive(Debug, Default)]
pub(crate) struct Namings {
    /// By where the word's postings begin.
    counts: HashMap<usize, u32>,
}

impl Namings {
    /// Reads a segment, documents that are deleted included.
    pub(crate) fn build(reader: &SegmentReader) -> tantivy::Result<Self> {
        let field = reader.schema().get_field(schema::SURFACE)?;
        let index = reader.inverted_index(field)?;
        let mut counts = HashMap::new();
        let mut words = index.terms().stream()?;
        while words.advance() {
            let info = words.value();
            if info.doc_freq < FREQUENT {
                continue;
            }
            let mut block =
                index.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
            let mut named = 0;
            while block.block_len() > 0 {
                let weights = block.freqs().iter();
                named += weights
                    .filter(|&&it| it >= u32::from(NAMING_WEIGHT))
                    .count();
                block.advance();
            }
            counts.insert(info.postings_range.start, named as u32);
        }
        Ok(Self { counts })
    }

    /// How many have this word, if it is a frequent one.
    pub(crate) fn of(&self, word: &TermInfo) -> Option<u32> {
        self.counts.get(&word.postings_range.start).copied()
    }
}
