//! Rows of a segment's table: bit-packed values of a document.

use super::variants::{Offers, PRICE_STEPS};
use crate::facets::listing::MOST_STARS;

/// Rating levels: below 1 or unrated, and 1 to 4 ("4" being 4 to 5).
pub(crate) const RATING_LEVELS: usize = MOST_STARS as usize + 1;

const LEVEL_SHIFT: u32 = PRICE_STEPS as u32;
const LEVEL_BITS: u32 = 3;
const IN_STOCK_BIT: u32 = LEVEL_SHIFT + LEVEL_BITS;
const OUT_OF_STOCK_BIT: u32 = IN_STOCK_BIT + 1;
const SEVERAL_BIT: u32 = OUT_OF_STOCK_BIT + 1;
const PRICE_SHIFT: u32 = SEVERAL_BIT + 1;
/// Maximum price in minor units; it shares 64 bits with other values.
pub(super) const MAX_PRICE: i64 = (1 << (u64::BITS - PRICE_SHIFT)) - 1;

/// Number of 32-bit words of a row before its attributes.
pub(super) const HEAD: usize = 7;
/// Number of words of a product with several variants between its head and its attributes: their place, the number of
/// attributes that are common to all of them, and the highest price.
const SEVERAL: usize = 4;

/// Filterable, countable and sortable values of one document, decoded from its words in the table.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row<'t> {
    /// Number of the set of categories.
    pub(crate) category: u32,
    /// Number of the set of fandoms.
    pub(crate) fandom: u32,
    pub(crate) brand: u32,
    pub(crate) seller: u32,
    /// Lowest price, mark of several variants, availability, rating level and steps of the price ladder.
    pub(super) packed: u64,
    /// Mean rating, 0 for the unrated.
    pub(crate) rating: f32,
    /// Attributes, behind [`SEVERAL`] words if there are several variants.
    pub(super) tail: &'t [u32],
}

/// Values of a row that depend on variants. Clear for a product with one, whose row says all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Several {
    /// Place of the variants among those of the segment.
    pub(super) place: u32,
    /// Number of attributes in the row, with their repeats, that all variants have. Those of single variants follow.
    pub(super) common: u32,
    pub(super) highest: i64,
}

impl Several {
    pub(super) fn words(&self) -> [u32; SEVERAL] {
        let highest = self.highest as u64;
        [
            self.place,
            self.common,
            (highest >> 32) as u32,
            highest as u32,
        ]
    }
}

/// Packs the prices and availability of a product's variants, whether there are several of them, and its rating.
pub(super) fn packed(offers: &Offers, has_several: bool, rating: f32) -> u64 {
    let level = (rating as usize).min(RATING_LEVELS - 1) as u64;
    (offers.lowest.max(0) as u64) << PRICE_SHIFT
        | u64::from(has_several) << SEVERAL_BIT
        | u64::from(offers.out_of_stock) << OUT_OF_STOCK_BIT
        | u64::from(offers.in_stock) << IN_STOCK_BIT
        | level << LEVEL_SHIFT
        | u64::from(offers.steps)
}

impl<'t> Row<'t> {
    #[inline]
    pub(super) fn of(words: &'t [u32]) -> Self {
        let Some((head, tail)) = words.split_first_chunk::<HEAD>() else {
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
            tail,
        }
    }

    /// Words before the tail.
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

    /// Returns true if there are several variants, so that a filter may accept some and not others.
    #[inline]
    pub(crate) fn has_variants(&self) -> bool {
        self.has(SEVERAL_BIT)
    }

    pub(super) fn several(&self) -> Several {
        match self.tail.first_chunk::<SEVERAL>() {
            Some(&[place, common, high, low]) if self.has_variants() => Several {
                place,
                common,
                highest: (u64::from(high) << 32 | u64::from(low)) as i64,
            },
            _ => Several::default(),
        }
    }

    /// Returns the numbers of the attribute values that any variant has, and of the repeated ones.
    #[inline]
    pub(crate) fn attributes(&self) -> &'t [u32] {
        let from = if self.has_variants() { SEVERAL } else { 0 };
        self.tail.get(from..).unwrap_or_default()
    }

    /// Splits the attributes of several variants into those common to all, with their repeats, and those of single
    /// variants: first these values, then their repeats.
    pub(crate) fn split_attributes(&self) -> (&'t [u32], &'t [u32]) {
        let common = self.several().common as usize;
        let attributes = self.attributes();
        attributes.split_at(common.min(attributes.len()))
    }

    /// Returns the lowest price.
    #[inline]
    pub(crate) fn price(&self) -> i64 {
        (self.packed >> PRICE_SHIFT) as i64
    }

    #[inline]
    pub(crate) fn highest_price(&self) -> i64 {
        if self.has_variants() {
            self.several().highest
        } else {
            self.price()
        }
    }

    /// Returns true if a variant can be bought.
    #[inline]
    pub(crate) fn in_stock(&self) -> bool {
        self.has(IN_STOCK_BIT)
    }

    /// Returns true if a variant cannot be bought.
    #[inline]
    pub(crate) fn out_of_stock(&self) -> bool {
        self.has(OUT_OF_STOCK_BIT)
    }

    /// Returns the prices and availability of all variants.
    #[inline]
    pub(crate) fn offers(&self) -> Offers {
        Offers {
            lowest: self.price(),
            highest: self.highest_price(),
            steps: (self.packed & ((1 << PRICE_STEPS) - 1)) as u16,
            in_stock: self.in_stock(),
            out_of_stock: self.out_of_stock(),
        }
    }

    #[inline]
    pub(crate) fn rating_level(&self) -> usize {
        (self.packed >> LEVEL_SHIFT & ((1 << LEVEL_BITS) - 1)) as usize
    }

    #[inline]
    fn has(&self, bit: u32) -> bool {
        self.packed >> bit & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers() -> Offers {
        Offers {
            lowest: MAX_PRICE - 1,
            highest: MAX_PRICE,
            steps: 0b1000_0000_0101,
            in_stock: false,
            out_of_stock: true,
        }
    }

    #[test]
    fn row_of_several_variants_reads_back() {
        let several = Several {
            place: 7,
            common: 2,
            highest: MAX_PRICE,
        };
        let mut tail = several.words().to_vec();
        tail.extend([10, 11, 12]);
        let row = Row {
            packed: packed(&offers(), true, 4.5),
            tail: &tail,
            ..Row::default()
        };
        let mut words = row.head().to_vec();
        words.extend(row.tail);
        let row = Row::of(&words);
        assert_eq!((row.several(), row.offers()), (several, offers()));
        assert_eq!((row.rating_level(), row.has_variants()), (4, true));
        assert_eq!(row.attributes(), [10, 11, 12]);
        assert_eq!(row.split_attributes(), (&[10, 11][..], &[12][..]));
    }

    #[test]
    fn row_of_one_variant_holds_its_attributes_alone() {
        let one = Offers {
            highest: MAX_PRICE - 1,
            ..offers()
        };
        let row = Row {
            packed: packed(&one, false, 0.0),
            tail: &[10, 11],
            ..Row::default()
        };
        assert_eq!((row.offers(), row.rating_level()), (one, 0));
        assert_eq!(row.attributes(), [10, 11]);
        assert!(!row.has_variants());
    }
}
