//! Rows of a segment's table: bit-packed values of a document.

use crate::facets::listing::MOST_STARS;

/// Number of buckets of the price ladder.
pub(crate) const PRICE_BUCKETS: usize = 12;
/// Rating levels: below 1 or unrated, and 1 to 4 ("4" being 4 to 5).
pub(crate) const RATING_LEVELS: usize = MOST_STARS as usize + 1;

pub(super) const BUCKET_BITS: u32 = 4;
pub(super) const LEVEL_BITS: u32 = 3;
pub(super) const STOCK_BIT: u32 = BUCKET_BITS + LEVEL_BITS;
pub(super) const PRICE_SHIFT: u32 = STOCK_BIT + 1;

/// Number of 32-bit words of a row before its attributes.
pub(super) const HEAD: usize = 7;

/// Filterable, countable and sortable values of one document, decoded from its words in the table.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row<'t> {
    /// Number of the set of categories.
    pub(crate) category: u32,
    /// Number of the set of fandoms.
    pub(crate) fandom: u32,
    pub(crate) brand: u32,
    pub(crate) seller: u32,
    /// Price, availability, rating level and price bucket.
    pub(super) packed: u64,
    /// Mean rating, 0 for the unrated.
    pub(crate) rating: f32,
    /// Numbers of the attribute values, and of the repeated ones.
    pub(crate) attributes: &'t [u32],
}

impl<'t> Row<'t> {
    #[inline]
    pub(super) fn of(words: &'t [u32]) -> Self {
        let Some((head, attributes)) = words.split_first_chunk::<HEAD>() else {
            return Self::default();
        };
        let [category, fandom, brand, seller, high, low, rating] = *head;
        Self {
            category,
            fandom,
            brand,
            seller,
            packed: u64::from(high) << 32 | u64::from(low),
            rating: f32::from_bits(rating),
            attributes,
        }
    }

    /// Words before the attributes.
    pub(super) fn head(&self) -> [u32; HEAD] {
        [
            self.category,
            self.fandom,
            self.brand,
            self.seller,
            (self.packed >> 32) as u32,
            self.packed as u32,
            self.rating.to_bits(),
        ]
    }

    pub(crate) fn price(&self) -> i64 {
        (self.packed >> PRICE_SHIFT) as i64
    }

    pub(crate) fn in_stock(&self) -> bool {
        self.packed >> STOCK_BIT & 1 == 1
    }

    pub(crate) fn price_bucket(&self) -> usize {
        (self.packed & ((1 << BUCKET_BITS) - 1)) as usize
    }

    pub(crate) fn rating_level(&self) -> usize {
        (self.packed >> BUCKET_BITS & ((1 << LEVEL_BITS) - 1)) as usize
    }
}
