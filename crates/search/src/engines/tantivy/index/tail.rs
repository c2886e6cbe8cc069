//! Tails of rows: attributes, and what several variants of a product have in common.

use super::columns::{AttributeValue, IndexedVariants};
use super::row::Several;
use super::variants::{Entry, Offers};

/// Tail of a row, built in the same buffers one document after another.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// Attribute values of the document.
    pub(super) values: Vec<AttributeValue>,
    /// Words of the tail.
    pub(super) words: Vec<u32>,
    names: Vec<u32>,
    /// Place of each value among the option values; none for those that are common.
    places: Vec<Option<usize>>,
    options: Vec<usize>,
}

impl Tail {
    /// Writes the attributes of a product with one variant.
    pub(super) fn write_one(&mut self) {
        self.words.clear();
        self.names.clear();
        for value in &self.values {
            push(value, &mut self.names, &mut self.words);
        }
    }

    /// Writes the attributes of a product with several variants: those common to all of them and those of single ones.
    /// Appends their entry to those of the segment, and returns their prices and availability.
    pub(super) fn write_several(
        &mut self,
        variants: &IndexedVariants,
        step: impl Fn(i64) -> usize,
        entries: &mut Vec<u64>,
    ) -> Offers {
        self.place_options(variants);
        let mut entry = Entry::default();
        for (offer, (price, available, options)) in variants.iter().enumerate() {
            let places = options.filter_map(|value| self.places.get(value).copied().flatten());
            let seller = variants.seller(offer);
            entry.variant((price, step(price)), (available, seller), places);
        }
        let several = Several {
            place: entries.len() as u32,
            common: 0,
            highest: entry.offers.highest,
        };
        self.words.clear();
        self.words.extend(several.words());
        let head = self.words.len();
        self.names.clear();
        for (value, place) in self.values.iter().zip(&self.places) {
            if place.is_none() {
                push(value, &mut self.names, &mut self.words);
            }
        }
        let common = (self.words.len() - head) as u32;
        let several = Several { common, ..several };
        self.words[..head].copy_from_slice(&several.words());

        let option = |&value: &usize| &self.values[value];
        let numbers = self.options.iter().map(|value| option(value).number);
        self.words.extend(numbers);
        let of_one_attribute =
            |one: &usize, other: &usize| option(one).repeats == option(other).repeats;
        let mut end = 0;
        for options in self.options.chunk_by(of_one_attribute) {
            let repeats = option(&options[0]).repeats;
            let has_common = self.names.contains(&repeats);
            end += options.len();
            entry.attribute(repeats, end, has_common);
            let first = usize::from(!has_common);
            let repeated = std::iter::repeat_n(repeats, options.len() - first);
            self.words.extend(repeated);
        }
        entry.write(self.options.len(), entries);
        entry.offers
    }

    /// Finds the values that are options, and their places grouped by attribute.
    fn place_options(&mut self, variants: &IndexedVariants) {
        self.places.clear();
        self.places.resize(self.values.len(), None);
        for value in variants.iter().flat_map(|(_, _, options)| options) {
            if let Some(place) = self.places.get_mut(value) {
                *place = Some(0);
            }
        }
        let places = self.places.iter().enumerate();
        let options = places.filter(|(_, place)| place.is_some());
        self.options.clear();
        self.options.extend(options.map(|(value, _)| value));
        self.options
            .sort_by_key(|&value| self.values[value].repeats);
        for (place, &value) in self.options.iter().enumerate() {
            self.places[value] = Some(place);
        }
    }
}

/// Appends a value, and its repeat if there is one of the same attribute already.
fn push(value: &AttributeValue, names: &mut Vec<u32>, words: &mut Vec<u32>) {
    words.push(value.number);
    if names.contains(&value.repeats) {
        words.push(value.repeats);
    } else {
        names.push(value.repeats);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::tantivy::index::columns::{encoded_offer, encoded_options};
    use crate::engines::tantivy::index::row::{Row, packed};
    use crate::engines::tantivy::index::variants::{Mask, NARROW, Variants};

    fn tail(values: &[(u32, u32)]) -> Tail {
        let values = values
            .iter()
            .map(|&(number, repeats)| AttributeValue { number, repeats });
        Tail {
            values: values.collect(),
            ..Tail::default()
        }
    }

    #[test]
    fn further_values_of_an_attribute_are_followed_by_its_repeats() {
        let mut tail = tail(&[(10, 1), (11, 1), (20, 2), (12, 1)]);
        tail.write_one();
        assert_eq!(tail.words, [10, 11, 1, 20, 12, 1]);
    }

    #[test]
    fn options_follow_common_values() {
        // Attribute 1 has a common value and two options, attribute 2 two options, attribute 3 common values.
        let mut tail = tail(&[
            (10, 1),
            (11, 1),
            (12, 1),
            (30, 3),
            (31, 3),
            (20, 2),
            (21, 2),
        ]);
        let options = [vec![1, 5], vec![2, 6], vec![2, 99]];
        let variants = IndexedVariants {
            offers: (1..=3)
                .map(|place| encoded_offer(place * 100, place == 2))
                .collect(),
            options: options
                .iter()
                .flat_map(|own| encoded_options(own.iter().copied()))
                .collect(),
            sellers: vec![7, 9, 7],
        };
        let mut entries = vec![0; 5];
        let offers = tail.write_several(&variants, |price| price as usize / 200, &mut entries);
        let expected = Offers {
            lowest: 100,
            highest: 300,
            steps: 0b11,
            in_stock: true,
            out_of_stock: true,
        };
        assert_eq!(offers, expected);
        let row = Row {
            packed: packed(&offers, true, 0.0),
            tail: &tail.words,
            ..Row::default()
        };
        let (common, own) = row.split_attributes();
        assert_eq!(common, [10, 30, 31, 3]);
        assert_eq!(own, [11, 12, 20, 21, 1, 1, 2]);
        assert_eq!(row.several().place, 5);
        let read = Variants::<NARROW>::of(&entries[5..]);
        let masks = (0..read.values()).map(|place| read.value(place));
        let expected = [0..1, 1..3, 0..1, 1..2].map(Mask::range);
        assert!(masks.eq(expected));
        let attributes = read.attributes();
        let attributes = attributes.map(|own| (own.repeats, own.values, own.has_common));
        assert!(attributes.eq([(1, 0..2, true), (2, 2..4, false)]));
        assert_eq!(read.sellers(), [7, 9]);
        let second = Mask::range(1..2);
        assert_eq!(read.sold_by(0), read.all().without(&second));
        assert_eq!(read.sold_by(1), second);
    }
}
