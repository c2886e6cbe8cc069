//! From a product document to what the index takes.

use std::collections::HashMap;

use souk_domain::{Language, ProductDocument};
use tantivy::TantivyDocument;

use super::card;
use super::schema::Fields;
use super::weighted::{MAX_WEIGHT, push_weighted};
use crate::analysis::{Analyzer, normal_code};
use crate::encoding;

/// The longest beginnings of words that are terms of their own, in letters.
pub(super) const BEGINNING_CHARS: usize = 3;
/// Larger documents are refused.
const MAX_DOCUMENT_BYTES: usize = 1 << 20;
/// Prices share a word with other figures in the row table.
const MAX_PRICE: i64 = 1 << 46;

/// A group of texts whose words weigh alike.
struct TextGroup {
    /// What a word weighs that stands once in a text of average length.
    weight: f32,
    /// The average length, in words. Fixed, so that a document weighs the same in every index.
    average_words: f32,
}

const TITLE: usize = 0;
const NAMES: usize = 1;
const ATTRIBUTES: usize = 2;
const DESCRIPTION: usize = 3;
const GROUPS: [TextGroup; 4] = [
    TextGroup {
        weight: 4.0,
        average_words: 8.0,
    },
    TextGroup {
        weight: 2.5,
        average_words: 6.0,
    },
    TextGroup {
        weight: 1.6,
        average_words: 10.0,
    },
    TextGroup {
        weight: 1.0,
        average_words: 60.0,
    },
];
/// BM25's saturation and length normalisation, at their usual values.
const SATURATION: f32 = 1.2;
const LENGTH_NORMALISATION: f32 = 0.75;
/// How much the groups besides the best one add.
const TIE_BREAK: f32 = 0.15;

type Frequencies = HashMap<String, [u16; GROUPS.len()]>;

/// Turns documents into what the index takes; keeps its buffers.
pub(super) struct Encoder {
    fields: Fields,
    analyzer: Analyzer,
    stems: Frequencies,
    surfaces: Frequencies,
    lengths: [u32; GROUPS.len()],
}

impl Encoder {
    pub(super) fn new(fields: Fields, language: Language) -> Self {
        Self {
            fields,
            analyzer: Analyzer::new(language),
            stems: HashMap::new(),
            surfaces: HashMap::new(),
            lengths: [0; GROUPS.len()],
        }
    }

    /// What the index takes for this document.
    ///
    /// # Errors
    /// The reason, if the index cannot hold it.
    pub(super) fn encode(
        &mut self,
        document: &ProductDocument,
        version: u64,
    ) -> Result<TantivyDocument, String> {
        check(document)?;
        let fields = self.fields;
        let mut indexed = TantivyDocument::new();
        self.count_words(document);
        indexed.add_text(fields.text, self.weighted(&self.stems));
        indexed.add_text(fields.surface, self.weighted(&self.surfaces));
        indexed.add_text(fields.begins, self.beginnings());
        let mut codes: Vec<String> = document
            .codes
            .iter()
            .map(|code| normal_code(code))
            .collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes.iter().filter(|code| !code.is_empty()) {
            indexed.add_text(fields.codes, code);
        }
        add_facets(&mut indexed, fields, document);
        indexed.add_i64(fields.id, document.id.0);
        indexed.add_u64(fields.version, version);
        indexed.add_u64(fields.content_hash, document.content_hash());
        indexed.add_bytes(fields.card, &card::encode(document));
        Ok(indexed)
    }

    fn count_words(&mut self, document: &ProductDocument) {
        self.stems.clear();
        self.surfaces.clear();
        self.lengths = [0; GROUPS.len()];
        self.count(TITLE, &document.title);
        let names = [&document.fandom, &Some(document.seller.clone())];
        for name in names.into_iter().flatten().chain(&document.categories) {
            self.count(NAMES, &name.name);
        }
        self.count(NAMES, document.brand.as_deref().unwrap_or_default());
        for value in document.attributes.values().flatten() {
            self.count(ATTRIBUTES, value);
        }
        self.count(DESCRIPTION, &document.description);
    }

    fn count(&mut self, group: usize, text: &str) {
        let Self {
            analyzer,
            stems,
            surfaces,
            lengths,
            ..
        } = self;
        analyzer.each_word(text, |surface, stem, _| {
            count_word(stems, stem, group);
            count_word(surfaces, surface, group);
            lengths[group] += 1;
        });
    }

    fn weighted(&self, frequencies: &Frequencies) -> String {
        let mut encoded = String::with_capacity(frequencies.len() * 8);
        for (word, counts) in frequencies {
            push_weighted(&mut encoded, word, self.weight(counts));
        }
        encoded
    }

    fn beginnings(&self) -> String {
        let mut heaviest: HashMap<&str, u8> = HashMap::with_capacity(self.surfaces.len() * 2);
        for (word, counts) in &self.surfaces {
            let weight = self.weight(counts);
            for (place, letter) in word.char_indices().take(BEGINNING_CHARS) {
                let beginning = &word[..place + letter.len_utf8()];
                let known = heaviest.entry(beginning).or_insert(0);
                *known = weight.max(*known);
            }
        }
        let mut encoded = String::with_capacity(heaviest.len() * 4);
        for (beginning, weight) in heaviest {
            push_weighted(&mut encoded, beginning, weight);
        }
        encoded
    }

    fn weight(&self, counts: &[u16; GROUPS.len()]) -> u8 {
        let (mut best, mut sum) = (0.0_f32, 0.0);
        for ((group, &count), &length) in GROUPS.iter().zip(counts).zip(&self.lengths) {
            let relative = length as f32 / group.average_words;
            let slope = SATURATION * (1.0 - LENGTH_NORMALISATION + LENGTH_NORMALISATION * relative);
            let frequency = f32::from(count);
            let part = group.weight * (1.0 + SATURATION) * frequency / (frequency + slope);
            best = best.max(part);
            sum += part;
        }
        let weight = best + TIE_BREAK * (sum - best);
        weight.round().clamp(1.0, f32::from(MAX_WEIGHT)) as u8
    }
}

fn count_word(frequencies: &mut Frequencies, word: &str, group: usize) {
    if let Some(counts) = frequencies.get_mut(word) {
        counts[group] = counts[group].saturating_add(1);
        return;
    }
    let mut counts = [0; GROUPS.len()];
    counts[group] = 1;
    frequencies.insert(word.to_owned(), counts);
}

fn add_facets(indexed: &mut TantivyDocument, fields: Fields, document: &ProductDocument) {
    for category in &document.categories {
        indexed.add_text(fields.category, &category.slug);
    }
    if !document.categories.is_empty() {
        indexed.add_text(fields.category_path, encoding::path(&document.categories));
    }
    if let Some(fandom) = &document.fandom {
        indexed.add_text(fields.fandom, encoding::label(fandom));
    }
    if let Some(brand) = &document.brand {
        indexed.add_text(fields.brand, brand);
    }
    indexed.add_text(fields.seller, encoding::label(&document.seller));
    for (name, values) in &document.attributes {
        for value in values {
            indexed.add_text(fields.attribute, encoding::attribute(name, value));
        }
    }
    indexed.add_i64(fields.price, document.price.min);
    let exponent = souk_domain::currency_exponent(document.price.currency);
    indexed.add_u64(fields.exponent, u64::from(exponent));
    if let Some(rating) = document.rating {
        indexed.add_f64(fields.rating, f64::from(rating));
    }
    indexed.add_i64(fields.stock, document.stock);
    indexed.add_i64(fields.created_at, document.created_at_ms);
    indexed.add_i64(fields.popularity, document.popularity);
}

fn check(document: &ProductDocument) -> Result<(), String> {
    if !(0..=MAX_PRICE).contains(&document.price.min) {
        return Err(format!(
            "a price of {} cannot be indexed",
            document.price.min
        ));
    }
    let attributes = document.attributes.iter();
    let size = document.title.len()
        + document.description.len()
        + document.codes.iter().map(String::len).sum::<usize>()
        + attributes
            .map(|(name, values)| {
                values
                    .iter()
                    .map(|value| name.len() + value.len())
                    .sum::<usize>()
            })
            .sum::<usize>();
    if size > MAX_DOCUMENT_BYTES {
        return Err(format!(
            "its texts have {size} bytes, the index takes {MAX_DOCUMENT_BYTES} at most"
        ));
    }
    Ok(())
}
