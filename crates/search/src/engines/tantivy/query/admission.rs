//! Documents that the operators of a search admit: those with all exact phrases, and with nothing that is excluded.

use tantivy::query::{EnableScoring, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Searcher, SegmentReader, TERMINATED, Term};

use crate::engines::tantivy::index::schema::Fields;
use crate::query::{ExactPhrase, Operators};

const BITS: u32 = u64::BITS;

/// Documents of each segment, as a bit set.
#[derive(Debug)]
pub(crate) struct Admission(Vec<DocSet>);

/// Set of a segment's documents.
#[derive(Debug)]
struct DocSet(Vec<u64>);

/// Returns true if the operators admit a document; without operators they admit all.
#[inline]
pub(crate) fn admits(admission: Option<&Admission>, segment: usize, doc: DocId) -> bool {
    admission.is_none_or(|Admission(segments)| segments[segment].has(doc))
}

impl Admission {
    /// Looks operators up; none if there are none.
    pub(crate) fn of(
        searcher: &Searcher,
        fields: Fields,
        operators: &Operators,
    ) -> tantivy::Result<Option<Self>> {
        if operators.is_empty() {
            return Ok(None);
        }
        let phrases = operators.phrases.iter();
        let wanted = phrases.map(|phrase| queries(fields, phrase, false));
        let wanted: Vec<_> = wanted.collect();
        let excluded = operators.excluded.iter();
        let excluded: Vec<_> = excluded
            .flat_map(|phrase| queries(fields, phrase, true))
            .collect();
        let segments = searcher.segment_readers().iter().map(|reader| {
            let mut admitted = DocSet::all(reader);
            for any in &wanted {
                let having = DocSet::of(searcher, reader, any)?;
                admitted.intersect(|place| having.0[place]);
            }
            let having = DocSet::of(searcher, reader, &excluded)?;
            admitted.intersect(|place| !having.0[place]);
            Ok(admitted)
        });
        Ok(Some(Self(segments.collect::<tantivy::Result<_>>()?)))
    }
}

/// Returns queries of which a document with the phrase matches any. A single word may stand for its inflections.
fn queries(fields: Fields, phrase: &ExactPhrase, by_stem: bool) -> Vec<Box<dyn Query>> {
    let term = |field: Field, text: &str| -> Box<dyn Query> {
        let term = Term::from_field_text(field, text);
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    };
    let words: Box<dyn Query> = match phrase.single() {
        Some(word) if by_stem => term(fields.text, &word.stem),
        Some(word) => term(fields.phrases, &word.surface),
        None => {
            let words = phrase.words.iter();
            let terms = words.map(|word| Term::from_field_text(fields.phrases, &word.surface));
            Box::new(PhraseQuery::new(terms.collect()))
        }
    };
    let code = phrase.code.iter().map(|code| term(fields.codes, code));
    [words].into_iter().chain(code).collect()
}

impl DocSet {
    fn all(reader: &SegmentReader) -> Self {
        Self(vec![u64::MAX; reader.max_doc().div_ceil(BITS) as usize])
    }

    /// Returns the documents that match any of some queries.
    fn of(
        searcher: &Searcher,
        reader: &SegmentReader,
        any: &[Box<dyn Query>],
    ) -> tantivy::Result<Self> {
        let mut docs = Self(vec![0; reader.max_doc().div_ceil(BITS) as usize]);
        for query in any {
            let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
            let mut found = weight.scorer(reader, 1.0)?;
            let mut doc = found.doc();
            while doc != TERMINATED {
                docs.0[(doc / BITS) as usize] |= 1 << (doc % BITS);
                doc = found.advance();
            }
        }
        Ok(docs)
    }

    #[inline]
    fn has(&self, doc: DocId) -> bool {
        self.0[(doc / BITS) as usize] >> (doc % BITS) & 1 == 1
    }

    fn intersect(&mut self, bits: impl Fn(usize) -> u64) {
        for (place, word) in self.0.iter_mut().enumerate() {
            *word &= bits(place);
        }
    }
}
