//! Reads the fast fields of a segment for its row table.

use parking_lot::RwLock;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader};

use super::dictionary::{Dictionary, NONE};
use super::schema;

/// Marker of an ordinal that only deleted documents use.
const UNUSED: u32 = u32::MAX;

/// Returns a test for documents of a segment that are not deleted.
pub(crate) fn alive(reader: &SegmentReader) -> impl Fn(DocId) -> bool + '_ {
    let bitset = reader.alive_bitset();
    move |doc| bitset.is_none_or(|bitset| bitset.is_alive(doc))
}

pub(super) fn numbers(reader: &SegmentReader, field: &str) -> tantivy::Result<Vec<i64>> {
    let column = reader.fast_fields().i64(field)?.first_or_default_col(0);
    let mut values = vec![0; reader.max_doc() as usize];
    column.get_range(0, &mut values);
    Ok(values)
}

pub(super) fn rating_values(reader: &SegmentReader) -> tantivy::Result<Vec<f32>> {
    let column = reader.fast_fields().f64(schema::RATING_VALUE)?;
    let value = |doc| column.first(doc).unwrap_or_default() as f32;
    Ok((0..reader.max_doc()).map(value).collect())
}

/// Returns the number of each document's value in a field with at most one.
pub(super) fn labels(
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

/// Attribute value of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AttributeValue {
    pub(super) number: u32,
    /// Identifies the attribute, see [`NameSpelling::repeats`](super::dictionary::NameSpelling::repeats).
    pub(super) repeats: u32,
}

/// Attribute values of the documents of a segment.
pub(super) struct AttributeColumn {
    column: Option<StrColumn>,
    /// Value of each ordinal in use.
    values: Vec<AttributeValue>,
}

impl AttributeColumn {
    pub(super) fn open(
        reader: &SegmentReader,
        dictionary: &RwLock<Dictionary>,
    ) -> tantivy::Result<Self> {
        let Some(column) = reader.fast_fields().str(schema::ATTRIBUTE)? else {
            return Ok(Self {
                column: None,
                values: Vec::new(),
            });
        };
        let is_alive = alive(reader);
        let used = (0..reader.max_doc())
            .filter(|&doc| is_alive(doc))
            .flat_map(|doc| column.term_ords(doc));
        let mut all_repeats = Vec::new();
        let numbers = interned(&column, used, |encoded| {
            let mut dictionary = dictionary.write();
            let number = dictionary.attributes.intern(encoded);
            all_repeats.push(dictionary.attributes.repeats_of(encoded));
            number
        })?;
        let mut all_repeats = all_repeats.into_iter();
        let value = |number| AttributeValue {
            number,
            repeats: match number {
                UNUSED => NONE,
                _ => all_repeats.next().unwrap_or(NONE),
            },
        };
        Ok(Self {
            values: numbers.into_iter().map(value).collect(),
            column: Some(column),
        })
    }

    /// Returns the values of a document that is not deleted, in the order in which they were indexed.
    pub(super) fn of(&self, doc: DocId) -> impl Iterator<Item = AttributeValue> {
        let column = self.column.iter();
        let ordinals = column.flat_map(move |column| column.term_ords(doc));
        ordinals.map(|ordinal| self.values[ordinal as usize])
    }
}

/// Variants of the documents of a segment. Those of documents with one variant are not indexed.
pub(super) struct VariantColumns {
    offers: Column<u64>,
    options: Column<u64>,
    sellers: Column<u64>,
}

/// Variants of a document as they were indexed; read into the same buffers one document after another.
#[derive(Debug, Default)]
pub(super) struct IndexedVariants {
    pub(super) offers: Vec<u64>,
    pub(super) options: Vec<u64>,
    /// Seller of each offer; empty if all are of one.
    pub(super) sellers: Vec<u64>,
}

impl VariantColumns {
    pub(super) fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self {
            offers: fast.u64(schema::VARIANT)?,
            options: fast.u64(schema::VARIANT_OPTION)?,
            sellers: fast.u64(schema::VARIANT_SELLER)?,
        })
    }

    /// Reads the variants of a document, and returns true if there are any.
    pub(super) fn read(&self, doc: DocId, variants: &mut IndexedVariants) -> bool {
        variants.offers.clear();
        variants.options.clear();
        variants.sellers.clear();
        variants.offers.extend(self.offers.values_for_doc(doc));
        variants.options.extend(self.options.values_for_doc(doc));
        variants.sellers.extend(self.sellers.values_for_doc(doc));
        !variants.offers.is_empty()
    }
}

impl IndexedVariants {
    /// Replaces places of sellers among those of the document by their numbers.
    pub(super) fn number_sellers(&mut self, of_document: &[u32]) {
        for seller in &mut self.sellers {
            let number = of_document.get(*seller as usize);
            *seller = number.map_or(0, |&number| number.into());
        }
    }

    /// Returns the number of the seller of the offer at a place; none if all are of one.
    pub(super) fn seller(&self, place: usize) -> Option<u32> {
        self.sellers.get(place).map(|&seller| seller as u32)
    }

    /// Iterates over price, availability and options of the variants. Options are places of attribute values in
    /// [`AttributeColumn::of`].
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, bool, impl Iterator<Item = usize>)> {
        let options = self.options.split(|&place| place == 0);
        self.offers.iter().zip(options).map(|(&offer, options)| {
            let places = options.iter().map(|&place| place as usize - 1);
            ((offer >> 1) as i64, offer & 1 == 1, places)
        })
    }
}

/// Encodes price and availability of a variant as a value of [`schema::VARIANT`].
pub(super) fn encoded_offer(price: i64, available: bool) -> u64 {
    (price as u64) << 1 | u64::from(available)
}

/// Encodes places of the options of a variant as values of [`schema::VARIANT_OPTION`], with a zero at the end.
pub(super) fn encoded_options(places: impl Iterator<Item = usize>) -> impl Iterator<Item = u64> {
    places.map(|place| place as u64 + 1).chain([0])
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_read_back() {
        let written = [
            (1_000, false, vec![0, 3]),
            (0, true, vec![]),
            (7, true, vec![2]),
        ];
        let variants = IndexedVariants {
            offers: written
                .iter()
                .map(|&(price, available, _)| encoded_offer(price, available))
                .collect(),
            options: written
                .iter()
                .flat_map(|(_, _, places)| encoded_options(places.iter().copied()))
                .collect(),
            sellers: Vec::new(),
        };
        let read = variants.iter();
        let read = read.map(|(price, available, places)| (price, available, places.collect()));
        assert_eq!(read.collect::<Vec<_>>(), written);
    }
}
