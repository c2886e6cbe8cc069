//! Variants of a segment's products, for filters that speak of one variant.
//!
//! Only products with several variants have an entry: of the others the row says all. An entry holds the prices, rising,
//! and masks over the variants in that order: one of those that can be bought, and one for each option value of the
//! product, which its row lists, and one for each seller if there are several. So a filter is a mask too, and filters that hold together are their intersection.

use std::ops::Range;

use souk_domain::PriceFilter;

/// Number of steps of the price ladder.
pub(crate) const PRICE_STEPS: usize = 12;

/// Bits of a word of a mask.
const WORD: usize = u64::BITS as usize;
/// Words of a mask over up to 64 variants, as nearly every product has.
pub(crate) const NARROW: usize = 1;
/// Words of a mask over more variants.
pub(crate) const WIDE: usize = 8;
/// Maximum number of variants of a product.
pub(super) const MAX_VARIANTS: usize = WIDE * WORD;
const STEP_BITS: u32 = 4;
/// Mark of an attribute of which the product has values that are common to all variants.
const COMMON: u64 = 1 << 63;
/// Number of words before the attributes of an entry.
const HEAD: usize = 2;

/// Prices and availability of some variants of a product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Offers {
    pub(crate) lowest: i64,
    pub(crate) highest: i64,
    /// Steps of the price ladder that a variant stands on, one bit each; none without variants.
    pub(crate) steps: u16,
    pub(crate) in_stock: bool,
    pub(crate) out_of_stock: bool,
}

impl Offers {
    /// Returns the offer of one variant.
    pub(crate) fn one(price: i64, step: usize, available: bool) -> Self {
        Self {
            lowest: price,
            highest: price,
            steps: 1 << step,
            in_stock: available,
            out_of_stock: !available,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.steps == 0
    }

    /// Adds those of other variants.
    #[inline]
    pub(crate) fn extend(&mut self, others: &Self) {
        if others.is_empty() {
            return;
        }
        if self.is_empty() {
            *self = *others;
            return;
        }
        self.lowest = self.lowest.min(others.lowest);
        self.highest = self.highest.max(others.highest);
        self.steps |= others.steps;
        self.in_stock |= others.in_stock;
        self.out_of_stock |= others.out_of_stock;
    }
}

/// Some variants of a product, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mask<const N: usize>([u64; N]);

impl<const N: usize> Mask<N> {
    pub(crate) const EMPTY: Self = Self([0; N]);

    pub(crate) fn range(range: Range<usize>) -> Self {
        Self(std::array::from_fn(|word| {
            let within = |place: usize| place.saturating_sub(word * WORD).min(WORD);
            let (from, to) = (within(range.start), within(range.end));
            match to.saturating_sub(from) {
                0 => 0,
                bits => u64::MAX >> (WORD - bits) << from,
            }
        }))
    }

    #[inline]
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    #[inline]
    pub(crate) fn or(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    #[inline]
    pub(crate) fn without(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    /// Returns true if both have a variant in common.
    #[inline]
    pub(crate) fn meets(&self, other: &Self) -> bool {
        !self.and(other).is_empty()
    }

    fn first(&self) -> Option<usize> {
        let word = self.0.iter().position(|&word| word != 0)?;
        Some(word * WORD + self.0[word].trailing_zeros() as usize)
    }

    fn last(&self) -> Option<usize> {
        let word = self.0.iter().rposition(|&word| word != 0)?;
        Some(word * WORD + self.0[word].ilog2() as usize)
    }

    fn has(&self, place: usize) -> bool {
        self.0[place / WORD] >> (place % WORD) & 1 == 1
    }
}

/// Variants of a product, decoded from their entry, with so many words of a mask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variants<'t, const N: usize> {
    attributes: &'t [u64],
    /// Numbers of the sellers, if there are several.
    sellers: &'t [u64],
    /// Price and step of the price ladder of each variant.
    prices: &'t [u64],
    available: Mask<N>,
    values: &'t [[u64; N]],
    sold_by: &'t [[u64; N]],
}

/// Attribute of which variants have options.
pub(crate) struct OptionAttribute {
    /// Number of its repeats, see [`NameSpelling::repeats`](super::dictionary::NameSpelling::repeats).
    pub(crate) repeats: u32,
    /// Places of its values among the option values.
    pub(crate) values: Range<usize>,
    /// True if the product has values of it that are common to all variants.
    pub(crate) has_common: bool,
}

/// Returns true if the masks of an entry are [`WIDE`], and false if they are [`NARROW`].
#[inline]
pub(crate) fn is_wide(entry: &[u64]) -> bool {
    entry
        .first()
        .is_some_and(|&sizes| sizes as u32 as usize > WORD)
}

impl<'t, const N: usize> Variants<'t, N> {
    /// Decodes the entry that begins the words.
    #[inline]
    pub(crate) fn of(words: &'t [u64]) -> Self {
        let (head, rest) = words
            .split_first_chunk::<HEAD>()
            .unwrap_or((&[0; HEAD], &[]));
        let [sizes, lists] = *head;
        let (count, values) = (sizes as u32 as usize, (sizes >> 32) as usize);
        let (attributes, sellers) = (lists as u32 as usize, (lists >> 32) as usize);
        let (attributes, rest) = rest.split_at(attributes);
        let (sellers, rest) = rest.split_at(sellers);
        let (prices, rest) = rest.split_at(count);
        let (masks, _) = rest.as_chunks::<N>();
        let (available, masks) = masks.split_first().unwrap_or((&[0; N], &[]));
        Self {
            attributes,
            sellers,
            prices,
            available: Mask(*available),
            values: &masks[..values],
            sold_by: &masks[values..values + sellers.len()],
        }
    }

    /// Returns the mask of all variants.
    #[inline]
    pub(crate) fn all(&self) -> Mask<N> {
        Mask::range(0..self.prices.len())
    }

    /// Returns the number of option values.
    #[inline]
    pub(crate) fn values(&self) -> usize {
        self.values.len()
    }

    /// Returns the mask of the variants with an option value.
    #[inline]
    pub(crate) fn value(&self, place: usize) -> Mask<N> {
        Mask(self.values[place])
    }

    /// Returns the numbers of the sellers; none if there is one, or none at all.
    #[inline]
    pub(crate) fn sellers(&self) -> &'t [u64] {
        self.sellers
    }

    /// Returns the mask of the offers of the seller at a place.
    #[inline]
    pub(crate) fn sold_by(&self, place: usize) -> Mask<N> {
        Mask(self.sold_by[place])
    }

    /// Returns the mask of the variants that can be bought.
    #[inline]
    pub(crate) fn available(&self) -> Mask<N> {
        self.available
    }

    /// Returns the mask of the variants within limits of the price.
    pub(crate) fn priced(&self, limits: &PriceFilter) -> Mask<N> {
        let below = |limit: i64| self.prices.partition_point(|&packed| price(packed) < limit);
        let from = limits.min.map_or(0, below);
        let to = limits.max.map(|most| below(most.saturating_add(1)));
        Mask::range(from..to.unwrap_or(self.prices.len()))
    }

    /// Returns the lowest price of the variants of a mask.
    pub(crate) fn lowest_price(&self, mask: &Mask<N>) -> Option<i64> {
        mask.first().map(|variant| price(self.prices[variant]))
    }

    /// Returns the prices and availability of the variants of a mask.
    #[inline]
    pub(crate) fn offers(&self, mask: &Mask<N>) -> Offers {
        let Some((first, last)) = mask.first().zip(mask.last()) else {
            return Offers::default();
        };
        let (lowest, highest) = (self.prices[first], self.prices[last]);
        let mut steps = 1 << step(lowest) | 1 << step(highest);
        if step(highest) > step(lowest) + 1 {
            for place in (first..last).filter(|&place| mask.has(place)) {
                steps |= 1 << step(self.prices[place]);
            }
        }
        Offers {
            lowest: price(lowest),
            highest: price(highest),
            steps,
            in_stock: mask.meets(&self.available),
            out_of_stock: !mask.without(&self.available).is_empty(),
        }
    }

    /// Iterates over the attributes of which variants have options.
    #[inline]
    pub(crate) fn attributes(&self) -> impl Iterator<Item = OptionAttribute> + use<'t, N> {
        let mut from = 0;
        self.attributes.iter().map(move |&word| {
            let values = from..((word & !COMMON) >> 32) as usize;
            from = values.end;
            OptionAttribute {
                repeats: word as u32,
                values,
                has_common: word & COMMON != 0,
            }
        })
    }
}

fn price(packed: u64) -> i64 {
    (packed >> STEP_BITS) as i64
}

fn step(packed: u64) -> u32 {
    packed as u32 & ((1 << STEP_BITS) - 1)
}

/// Variant of a product, to be written.
#[derive(Debug)]
struct EntryVariant {
    /// Packed price.
    price: u64,
    available: bool,
    /// Number of the seller in the dictionary, if several sell the product.
    seller: Option<u32>,
    /// Range of its `options`.
    options: Range<usize>,
}

/// Entry of a product, to be written.
#[derive(Debug, Default)]
pub(super) struct Entry {
    attributes: Vec<u64>,
    variants: Vec<EntryVariant>,
    /// Places of the option values of the variants.
    options: Vec<usize>,
    pub(super) offers: Offers,
}

impl Entry {
    /// Adds an attribute whose option values end before this place.
    pub(super) fn attribute(&mut self, repeats: u32, end: usize, has_common: bool) {
        let common = if has_common { COMMON } else { 0 };
        self.attributes
            .push(common | (end as u64) << 32 | u64::from(repeats));
    }

    /// Adds a variant with the places of its option values.
    pub(super) fn variant(
        &mut self,
        (price, step): (i64, usize),
        (available, seller): (bool, Option<u32>),
        options: impl Iterator<Item = usize>,
    ) {
        let step = step.min(PRICE_STEPS - 1);
        self.offers.extend(&Offers::one(price, step, available));
        let start = self.options.len();
        self.options.extend(options);
        self.variants.push(EntryVariant {
            price: (price.max(0) as u64) << STEP_BITS | step as u64,
            available,
            seller,
            options: start..self.options.len(),
        });
    }

    /// Appends the entry to the words of a segment, with so many option values.
    pub(super) fn write(&mut self, values: usize, words: &mut Vec<u64>) {
        self.variants.sort_by_key(|variant| variant.price);
        let count = self.variants.len();
        let sellers = self.variants.iter().filter_map(|variant| variant.seller);
        let mut sellers: Vec<u32> = sellers.collect();
        sellers.sort_unstable();
        sellers.dedup();
        words.push((values as u64) << 32 | count as u64);
        words.push((sellers.len() as u64) << 32 | self.attributes.len() as u64);
        words.extend(&self.attributes);
        words.extend(sellers.iter().copied().map(u64::from));
        words.extend(self.variants.iter().map(|variant| variant.price));
        let width = if count > WORD { WIDE } else { NARROW };
        let start = words.len();
        words.resize(start + (1 + values + sellers.len()) * width, 0);
        for (place, variant) in self.variants.iter().enumerate().take(MAX_VARIANTS) {
            let (word, bit) = (start + place / WORD, 1 << (place % WORD));
            if variant.available {
                words[word] |= bit;
            }
            for value in &self.options[variant.options.clone()] {
                words[word + (1 + value) * width] |= bit;
            }
            let seller = variant
                .seller
                .and_then(|seller| sellers.binary_search(&seller).ok());
            if let Some(seller) = seller {
                words[word + (1 + values + seller) * width] |= bit;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn entries_read_back(
            values in 1_usize..9,
            variants in prop_oneof![variants(1..WORD + 1), variants(WORD + 1..150)],
            chosen in prop::collection::vec(any::<bool>(), 150),
            (min, more) in (0_i64..900, 0_i64..300),
        ) {
            let mut entry = Entry::default();
            entry.attribute(3, values / 2, true);
            entry.attribute(4, values, false);
            for (price, available, options) in &variants {
                let options = options.range(..values).copied();
                entry.variant((*price, step_of(*price)), (*available, None), options);
            }
            let mut words = vec![9, 9];
            entry.write(values, &mut words);
            words.extend([7, 7]);
            let limits = PriceFilter { min: Some(min), max: Some(min + more) };
            if is_wide(&words[2..]) {
                check::<WIDE>(&words[2..], values, variants, &chosen, &limits)?;
            } else {
                check::<NARROW>(&words[2..], values, variants, &chosen, &limits)?;
            }
        }

        #[test]
        fn range_is_a_mask(from in 0_usize..150, length in 0_usize..150) {
            let mask = Mask::<WIDE>::range(from..from + length);
            prop_assert!(places(&mask).eq(from..from + length));
        }
    }

    type Made = (i64, bool, BTreeSet<usize>);

    fn variants(count: Range<usize>) -> impl Strategy<Value = Vec<Made>> {
        let options = prop::collection::btree_set(0_usize..9, 0..4);
        prop::collection::vec((0_i64..900, any::<bool>(), options), count)
    }

    fn step_of(price: i64) -> usize {
        (price / 100) as usize
    }

    fn places<const N: usize>(mask: &Mask<N>) -> impl Iterator<Item = usize> {
        (0..N * WORD).filter(|&place| mask.has(place))
    }

    fn check<const N: usize>(
        words: &[u64],
        values: usize,
        mut variants: Vec<Made>,
        chosen: &[bool],
        limits: &PriceFilter,
    ) -> Result<(), TestCaseError> {
        let read = Variants::<N>::of(words);
        prop_assert_eq!(read.values(), values);
        prop_assert!(read.sellers().is_empty());
        prop_assert!(places(&read.all()).eq(0..variants.len()));
        let attributes = read.attributes();
        let attributes = attributes.map(|own| (own.repeats, own.values, own.has_common));
        prop_assert!(attributes.eq([(3, 0..values / 2, true), (4, values / 2..values, false)]));

        variants.sort_by_key(|(price, ..)| *price);
        let of = |accepts: &dyn Fn(&Made) -> bool| {
            let accepted = variants.iter().enumerate().filter(|(_, own)| accepts(own));
            accepted.map(|(place, _)| place).collect::<Vec<_>>()
        };
        let found = |mask: Mask<N>| places(&mask).collect::<Vec<_>>();
        prop_assert_eq!(found(read.available()), of(&|own| own.1));
        prop_assert_eq!(
            found(read.priced(limits)),
            of(&|own| limits.contains(own.0))
        );
        for value in 0..values {
            let expected = of(&|own| own.2.contains(&value));
            prop_assert_eq!(found(read.value(value)), expected);
        }

        let mut mask = Mask::EMPTY;
        let mut expected = Offers::default();
        for (place, (price, available, _)) in variants.iter().enumerate() {
            if chosen[place] {
                mask = mask.or(&Mask::range(place..place + 1));
                expected.extend(&Offers::one(*price, step_of(*price), *available));
            }
        }
        prop_assert_eq!(read.offers(&mask), expected);
        prop_assert_eq!(mask.is_empty(), expected.is_empty());
        let lowest = (!expected.is_empty()).then_some(expected.lowest);
        prop_assert_eq!(read.lowest_price(&mask), lowest);
        prop_assert_eq!(mask.meets(&read.available()), expected.in_stock);
        Ok(())
    }
}
