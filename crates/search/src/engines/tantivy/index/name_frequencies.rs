//! Counts the documents of a segment that have a word in their title or names.

use std::collections::HashMap;

use tantivy::SegmentReader;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;

use super::schema;
use crate::ranking::weights::NAMING_WEIGHT;

/// Minimum document frequency of precomputed words; rarer ones are counted at query time.
const FREQUENT: u32 = 256;

/// Precomputed counts of a segment's frequent words. Suggestions rank by dozens of them at a time; counting them
/// at query time would read much of the index on every keystroke.
#[derive(Debug, Default)]
pub(crate) struct NameFrequencies {
    /// Counts by the offset of the word's postings.
    counts: HashMap<usize, u32>,
}

impl NameFrequencies {
    /// Counts over a segment, deleted documents included.
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

    /// Returns the count of a word, or `None` for a rare one.
    pub(crate) fn of(&self, word: &TermInfo) -> Option<u32> {
        self.counts.get(&word.postings_range.start).copied()
    }
}
