//! Row table of a segment: numeric values of each document for filters, facets and sort orders, in memory.
//!
//! A table is built once when its segment appears and kept while the segment is searched. Counting a document
//! reads one row, which holds the attributes too, and increments counters without look-ups or decoding.

use std::cmp::Reverse;

use parking_lot::RwLock;
use souk_domain::price_ladder;
use tantivy::columnar::StrColumn;
use tantivy::{DocId, SegmentReader};

use super::dictionary::{Dictionary, NONE};
use super::groups::Groups;
use super::name_frequencies::NameFrequencies;
use super::row::{BUCKET_BITS, HEAD, PRICE_SHIFT, RATING_LEVELS, Row, STOCK_BIT};
use super::schema;
use crate::facets::encoding;

/// Maximum number of documents in [`Table::popular`].
const POPULAR: usize = 2_048;

/// Values of all documents of a segment.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Concatenated rows.
    words: Vec<u32>,
    /// Start of each row in `words`, and the end of the last row.
    starts: Vec<u32>,
    pub(crate) ids: Vec<i64>,
    pub(crate) created_at: Vec<i64>,
    pub(crate) popularity: Vec<i64>,
    /// Ratings as ranking signals.
    pub(crate) rating_values: Vec<f32>,
    /// Most popular documents, ascending. Every other document is less popular, or as popular with a higher id.
    pub(crate) popular: Vec<DocId>,
    /// Documents by categories, fandoms, brand and seller.
    pub(crate) groups: Groups,
    /// Counts of documents by word of their title or names.
    pub(crate) name_frequencies: NameFrequencies,
    /// Decimal digits of the prices.
    pub(crate) exponent: u32,
}

impl Table {
    /// Builds the table of a segment. Documents already deleted get an empty row.
    pub(crate) fn build(
        reader: &SegmentReader,
        dictionary: &RwLock<Dictionary>,
    ) -> tantivy::Result<Self> {
        let documents = reader.max_doc();
        let fast = reader.fast_fields();
        let ids = numbers(reader, schema::ID)?;
        let price = numbers(reader, schema::PRICE)?;
        let available = numbers(reader, schema::AVAILABLE)?;
        let rating = fast.f64(schema::RATING)?;
        let exponent = fast.u64(schema::EXPONENT)?.first(0).unwrap_or(2) as u32;
        let ladder = price_ladder(exponent);

        let category = labels(reader, schema::CATEGORY_PATH, |set| {
            dictionary.write().categories.intern(set)
        })?;
        let fandom = labels(reader, schema::FANDOM, |set| {
            dictionary.write().fandoms.intern(set)
        })?;
        let label = |encoded: &str,
                     values: fn(
            &mut Dictionary,
        )
            -> &mut crate::engines::tantivy::index::dictionary::Values| {
            let (value, label) = encoding::parts(encoded);
            values(&mut dictionary.write()).intern(value, label)
        };
        let brand = labels(reader, schema::BRAND, |it| label(it, |all| &mut all.brands))?;
        let seller = labels(reader, schema::SELLER, |it| {
            label(it, |all| &mut all.sellers)
        })?;
        let (ends, attributes) = attributes(reader, dictionary)?;

        let mut words = Vec::with_capacity(documents as usize * HEAD + attributes.len());
        let mut starts = Vec::with_capacity(documents as usize + 1);
        let mut done = 0;
        for doc in 0..documents as usize {
            let rating = rating.first(doc as DocId).unwrap_or(0.0) as f32;
            let level = (rating as usize).min(RATING_LEVELS - 1) as u64;
            let bucket = ladder
                .partition_point(|&from| from <= price[doc])
                .saturating_sub(1) as u64;
            let packed = (price[doc].max(0) as u64) << PRICE_SHIFT
                | u64::from(available[doc] > 0) << STOCK_BIT
                | level << BUCKET_BITS
                | bucket;
            let row = Row {
                category: category[doc],
                fandom: fandom[doc],
                brand: brand[doc],
                seller: seller[doc],
                packed,
                rating,
                attributes: &attributes[done..ends[doc]],
            };
            starts.push(words.len() as u32);
            words.extend(row.head());
            words.extend(row.attributes);
            done = ends[doc];
        }
        starts.push(words.len() as u32);
        let popularity = numbers(reader, schema::POPULARITY)?;
        Ok(Self {
            words,
            starts,
            popular: most_popular(&popularity, &ids),
            groups: Groups::new([&category, &fandom, &brand, &seller]),
            name_frequencies: NameFrequencies::build(reader)?,
            created_at: numbers(reader, schema::CREATED_AT)?,
            popularity,
            rating_values: rating_values(reader)?,
            ids,
            exponent,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    #[inline]
    pub(crate) fn row(&self, doc: DocId) -> Row<'_> {
        let (from, to) = (self.starts[doc as usize], self.starts[doc as usize + 1]);
        Row::of(&self.words[from as usize..to as usize])
    }

    /// Loads the rows of these documents into the CPU cache.
    ///
    /// A table of a million rows exceeds the cache, and processing a row branches on its content. Reading the rows one
    /// by one would therefore stall on each; reading them together overlaps the misses.
    #[inline]
    pub(crate) fn fetch(&self, docs: impl Iterator<Item = DocId>) {
        let first_words = docs.map(|doc| self.words[self.starts[doc as usize] as usize]);
        std::hint::black_box(first_words.fold(0, u32::wrapping_add));
    }

    /// Returns the memory of the table, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.words.as_slice())
            + size_of_val(self.starts.as_slice())
            + size_of_val(self.ids.as_slice()) * 3
            + size_of_val(self.rating_values.as_slice())
            + self.groups.bytes()
    }
}

fn most_popular(popularity: &[i64], ids: &[i64]) -> Vec<DocId> {
    let mut docs: Vec<DocId> = (0..ids.len() as DocId).collect();
    if docs.len() <= POPULAR {
        return docs;
    }
    docs.select_nth_unstable_by_key(POPULAR, |&doc| {
        let doc = doc as usize;
        (Reverse(popularity[doc]), ids[doc])
    });
    docs.truncate(POPULAR);
    docs.sort_unstable();
    docs.shrink_to_fit();
    docs
}

/// Returns a test for documents of a segment that are not deleted.
pub(crate) fn alive(reader: &SegmentReader) -> impl Fn(DocId) -> bool + '_ {
    let bitset = reader.alive_bitset();
    move |doc| bitset.is_none_or(|bitset| bitset.is_alive(doc))
}

fn numbers(reader: &SegmentReader, field: &str) -> tantivy::Result<Vec<i64>> {
    let column = reader.fast_fields().i64(field)?.first_or_default_col(0);
    let mut values = vec![0; reader.max_doc() as usize];
    column.get_range(0, &mut values);
    Ok(values)
}

fn rating_values(reader: &SegmentReader) -> tantivy::Result<Vec<f32>> {
    let column = reader.fast_fields().f64(schema::RATING_VALUE)?;
    let value = |doc| column.first(doc).unwrap_or_default() as f32;
    Ok((0..reader.max_doc()).map(value).collect())
}

/// Returns the number of each document's value in a field with at most one.
fn labels(
    reader: &SegmentReader,
    field: &str,
    intern: impl FnMut(&str) -> u32,
) -> tantivy::Result<Vec<u32>> {
    let documents = reader.max_doc();
    let Some(column) = reader.fast_fields().str(field)? else {
        return Ok(vec![NONE; documents as usize]);
    };
    let ordinals = column.ords();
    let is_alive = alive(reader);
    let ordinal = |doc| ordinals.first(doc).filter(|_| is_alive(doc));
    let numbers = interned(&column, (0..documents).filter_map(ordinal), intern)?;
    Ok((0..documents)
        .map(|doc| ordinal(doc).map_or(NONE, |ordinal| numbers[ordinal as usize]))
        .collect())
}

/// Returns the end of each document's attributes, and the concatenated attributes of all documents.
fn attributes(
    reader: &SegmentReader,
    dictionary: &RwLock<Dictionary>,
) -> tantivy::Result<(Vec<usize>, Vec<u32>)> {
    let documents = reader.max_doc();
    let Some(column) = reader.fast_fields().str(schema::ATTRIBUTE)? else {
        return Ok((vec![0; documents as usize], Vec::new()));
    };
    let is_alive = alive(reader);
    let used = (0..documents)
        .filter(|&doc| is_alive(doc))
        .flat_map(|doc| column.term_ords(doc));
    // The attribute of each ordinal, identified by the number of its repeats.
    let mut attribute = vec![NONE; column.num_terms()];
    let mut ordinals = Vec::new();
    let numbers = interned(&column, used, |encoded| {
        let mut dictionary = dictionary.write();
        let number = dictionary.attributes.intern(encoded);
        ordinals.push(dictionary.attributes.repeats_of(encoded));
        number
    })?;
    let mut repeats = ordinals.into_iter();
    for (ordinal, &number) in numbers.iter().enumerate() {
        if number != UNUSED {
            attribute[ordinal] = repeats.next().unwrap_or(NONE);
        }
    }
    let mut ends = Vec::with_capacity(documents as usize);
    let mut all = Vec::new();
    let mut names = Vec::new();
    for doc in 0..documents {
        if !is_alive(doc) {
            ends.push(all.len());
            continue;
        }
        names.clear();
        for ordinal in column.term_ords(doc) {
            let ordinal = ordinal as usize;
            all.push(numbers[ordinal]);
            if names.contains(&attribute[ordinal]) {
                all.push(attribute[ordinal]);
            } else {
                names.push(attribute[ordinal]);
            }
        }
        ends.push(all.len());
    }
    Ok((ends, all))
}

/// Marker of an ordinal that only deleted documents use.
const UNUSED: u32 = u32::MAX;

/// Returns the number of each ordinal in use.
fn interned(
    column: &StrColumn,
    used: impl Iterator<Item = u64>,
    mut intern: impl FnMut(&str) -> u32,
) -> tantivy::Result<Vec<u32>> {
    let mut numbers = vec![UNUSED; column.num_terms()];
    for ordinal in used {
        numbers[ordinal as usize] = NONE;
    }
    let mut terms = column.dictionary().stream()?;
    while terms.advance() {
        let number = &mut numbers[terms.term_ord() as usize];
        if *number != UNUSED {
            // Only strings are written to these fields.
            *number = intern(&String::from_utf8_lossy(terms.key()));
        }
    }
    Ok(numbers)
}
