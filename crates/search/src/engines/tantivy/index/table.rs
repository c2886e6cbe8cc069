//! Row table of a segment: numeric values of each document for filters, facets and sort orders, in memory.
//!
//! A table is built once when its segment appears and kept while the segment is searched. Counting a document
//! reads one row, which holds the attributes too, and increments counters without look-ups or decoding.

use std::cmp::Reverse;

use parking_lot::RwLock;
use souk_domain::price_ladder;
use tantivy::{DocId, SegmentReader};

use super::columns::{
    AttributeColumn, IndexedVariants, VariantColumns, alive, labels, numbers, rating_values,
};
use super::dictionary::Dictionary;
use super::groups::Groups;
use super::name_frequencies::NameFrequencies;
use super::row::{self, HEAD, Row};
use super::schema;
use super::tail::Tail;
use super::variants::{Offers, PRICE_STEPS};

/// Maximum number of documents in [`Table::popular`].
const POPULAR: usize = 2_048;

/// Values of all documents of a segment.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Concatenated rows.
    words: Vec<u32>,
    /// Start of each row in `words`, and the end of the last row.
    starts: Vec<u32>,
    /// Concatenated entries of the products with several variants.
    variants: Vec<u64>,
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
    /// Scale of the price ladder.
    pub(crate) price_scale: u32,
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
        let price_scale = fast.u64(schema::PRICE_SCALE)?.first(0).unwrap_or(2) as u32;
        let ladder = price_ladder(price_scale);
        let step = |price| {
            let above = ladder.partition_point(|&from| from <= price);
            above.saturating_sub(1).min(PRICE_STEPS - 1)
        };

        let category = labels(reader, schema::CATEGORY_PATH, |set| {
            dictionary.write().categories.intern(set)
        })?;
        let fandom = labels(reader, schema::FANDOM, |set| {
            dictionary.write().fandoms.intern(set)
        })?;
        let brand = labels(reader, schema::BRAND, |brand| {
            dictionary.write().brands.intern(brand)
        })?;
        let seller = labels(reader, schema::SELLER, |set| {
            dictionary.write().sellers.intern(set)
        })?;
        let attributes = AttributeColumn::open(reader, dictionary)?;
        let columns = VariantColumns::open(reader)?;
        let is_alive = alive(reader);

        let mut words = Vec::with_capacity(documents as usize * HEAD);
        let mut starts = Vec::with_capacity(documents as usize + 1);
        let mut variants = Vec::new();
        let (mut indexed, mut tail) = (IndexedVariants::default(), Tail::default());
        for doc in 0..documents {
            let own = doc as usize;
            let is_alive = is_alive(doc);
            tail.values.clear();
            if is_alive {
                tail.values.extend(attributes.of(doc));
            }
            let has_several = is_alive && columns.read(doc, &mut indexed);
            if has_several && !indexed.sellers.is_empty() {
                indexed.number_sellers(dictionary.read().sellers.nodes_of(seller[own]));
            }
            let offers = if has_several {
                tail.write_several(&indexed, step, &mut variants)
            } else {
                tail.write_one();
                Offers::one(price[own], step(price[own]), available[own] > 0)
            };
            let rating = rating.first(doc).unwrap_or(0.0) as f32;
            let row = Row {
                category: category[own],
                fandom: fandom[own],
                brand: brand[own],
                seller: seller[own],
                packed: row::packed(&offers, has_several, rating),
                rating,
                tail: &tail.words,
            };
            starts.push(words.len() as u32);
            words.extend(row.head());
            words.extend(row.tail);
        }
        starts.push(words.len() as u32);
        words.shrink_to_fit();
        variants.shrink_to_fit();
        let popularity = numbers(reader, schema::POPULARITY)?;
        Ok(Self {
            words,
            starts,
            variants,
            popular: most_popular(&popularity, &ids),
            groups: Groups::new([&category, &fandom, &brand, &seller]),
            name_frequencies: NameFrequencies::build(reader)?,
            created_at: numbers(reader, schema::CREATED_AT)?,
            popularity,
            rating_values: rating_values(reader)?,
            ids,
            price_scale,
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

    /// Returns the words that begin with the entry of a product with several variants, see
    /// [`Variants`](super::variants::Variants); of others none.
    #[inline]
    pub(crate) fn variants(&self, row: &Row<'_>) -> &[u64] {
        if !row.has_variants() {
            return &[];
        }
        let words = self.variants.get(row.several().place as usize..);
        words.unwrap_or_default()
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

    /// Loads the variants of these documents into the CPU cache, as [`fetch`](Self::fetch) does their rows.
    #[inline]
    pub(crate) fn fetch_variants(&self, docs: impl Iterator<Item = DocId>) {
        let rows = docs.map(|doc| self.row(doc));
        let rows = rows.filter(|row| row.has_variants());
        let first_words = rows.map(|row| self.variants[row.several().place as usize]);
        std::hint::black_box(first_words.fold(0, u64::wrapping_add));
    }

    /// Returns the memory of the table, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.words.as_slice())
            + size_of_val(self.starts.as_slice())
            + size_of_val(self.variants.as_slice())
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
