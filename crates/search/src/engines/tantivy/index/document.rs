//! Encodes a product document as a Tantivy document.

use std::collections::HashMap;

use souk_domain::{Label, Language, ProductDocument};
use tantivy::TantivyDocument;

use super::card;
use super::columns::{encoded_offer, encoded_options};
use super::row::MAX_PRICE;
use super::schema::Fields;
use super::variants::MAX_VARIANTS;
use super::weighted::push_weighted;
use crate::facets::encoding;
use crate::query::{analysis::normal_code, inner_codes_of};
use crate::ranking::ranking_signals;
use crate::ranking::weights::{FieldWeights, TermWeights};

/// Longest prefixes of words that are indexed as terms, in letters.
pub(crate) const PREFIX_CHARS: usize = 3;
/// Maximum size of a document's texts, in bytes; larger documents are rejected.
const MAX_DOCUMENT_BYTES: usize = 1 << 20;
/// Maximum size of a set of categories, in bytes: what a fast field holds.
const MAX_SET_BYTES: usize = 65_535;

/// Encodes product documents, reusing its buffers.
pub(crate) struct Encoder {
    fields: Fields,
    weights: TermWeights,
}

impl Encoder {
    pub(crate) fn new(fields: Fields, language: Language) -> Self {
        Self {
            fields,
            weights: TermWeights::new(language, &FieldWeights::default()),
        }
    }

    /// Encodes a document with its external version.
    ///
    /// # Errors
    /// Returns the reason if the index cannot hold the document.
    pub(crate) fn encode(
        &mut self,
        document: &ProductDocument,
        version: u64,
    ) -> Result<TantivyDocument, String> {
        check(document)?;
        let fields = self.fields;
        let mut indexed = TantivyDocument::new();
        self.weights.read(document);
        indexed.add_text(fields.text, weighted(self.weights.stems()));
        indexed.add_text(fields.surface, weighted(self.weights.surfaces()));
        indexed.add_text(fields.begins, self.prefixes());
        for text in self.weights.texts() {
            indexed.add_text(fields.phrases, unweighted(text));
        }
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
        for code in inner_codes_of(&document.codes) {
            indexed.add_text(fields.inner_codes, code);
        }
        add_facets(&mut indexed, fields, document);
        indexed.add_i64(fields.id, document.id.0);
        indexed.add_u64(fields.version, version);
        indexed.add_u64(fields.content_hash, document.content_hash());
        indexed.add_bytes(fields.card, &card::encode(document));
        Ok(indexed)
    }

    fn prefixes(&self) -> String {
        let mut heaviest: HashMap<&str, u8> = HashMap::new();
        for (word, weight) in self.weights.surfaces() {
            for (place, letter) in word.char_indices().take(PREFIX_CHARS) {
                let prefix = &word[..place + letter.len_utf8()];
                let known = heaviest.entry(prefix).or_insert(0);
                *known = weight.max(*known);
            }
        }
        weighted(heaviest.into_iter())
    }
}

fn weighted<'a>(words: impl Iterator<Item = (&'a str, u8)>) -> String {
    let mut encoded = String::new();
    for (word, weight) in words {
        push_weighted(&mut encoded, word, weight);
    }
    encoded
}

/// Encodes words with spaces between, each once and in order.
fn unweighted(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 1);
    for word in text.split(' ') {
        push_weighted(&mut encoded, word, 1);
    }
    encoded
}

fn add_facets(indexed: &mut TantivyDocument, fields: Fields, document: &ProductDocument) {
    for category in document.all_categories() {
        indexed.add_text(fields.category, &category.slug);
    }
    for (field, set) in [
        (fields.category_path, categories(document)),
        (fields.fandom, fandoms(document)),
    ] {
        if !set.is_empty() {
            indexed.add_text(field, set);
        }
    }
    if let Some(brand) = &document.brand {
        indexed.add_text(fields.brand, brand);
    }
    indexed.add_text(fields.seller, encoding::sellers(&sellers(document)));
    for (name, values) in &document.attributes {
        for value in values {
            indexed.add_text(fields.attribute, encoding::attribute(name, value));
        }
    }
    indexed.add_i64(fields.price, document.price.min);
    let scale = souk_domain::price_scale(document.price.currency);
    indexed.add_u64(fields.price_scale, u64::from(scale));
    if let Some(rating) = document.rating {
        indexed.add_f64(fields.rating, f64::from(rating));
    }
    let rating_value = ranking_signals::rating(document.rating, document.rating_count);
    indexed.add_f64(fields.rating_value, f64::from(rating_value));
    indexed.add_i64(fields.available, i64::from(document.available));
    add_variants(indexed, fields, document);
    indexed.add_i64(fields.created_at, document.created_at_ms);
    indexed.add_i64(fields.popularity, document.popularity);
}

/// Adds several variants; of a single one the other fields say all.
fn add_variants(indexed: &mut TantivyDocument, fields: Fields, document: &ProductDocument) {
    if document.variants.len() < 2 {
        return;
    }
    let values = document.attributes.iter();
    let values = values.flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    let places: HashMap<_, _> = values.zip(0..).collect();
    for variant in &document.variants {
        let offer = encoded_offer(variant.price, variant.available);
        indexed.add_u64(fields.variant, offer);
        let options = variant.options.iter();
        // Options of internal attributes have no place.
        let options = options.filter_map(|option| places.get(&option).copied());
        for place in encoded_options(options) {
            indexed.add_u64(fields.variant_option, place);
        }
    }
    let sellers = sellers(document);
    if sellers.len() > 1 {
        for offer in &document.variants {
            let slug = offer.seller.as_ref().map(|seller| &seller.slug);
            let place = sellers.iter().position(|own| Some(&own.slug) == slug);
            indexed.add_u64(fields.variant_seller, place.unwrap_or(0) as u64);
        }
    }
}

/// Returns the sellers in the order of their set.
fn sellers(document: &ProductDocument) -> Vec<&Label> {
    let mut sellers = document.sellers();
    sellers.sort_by_key(|seller| &seller.slug);
    sellers
}

fn categories(document: &ProductDocument) -> String {
    let further = document.further_categories.iter();
    encoding::set(&document.categories, further.map(Vec::as_slice))
}

fn fandoms(document: &ProductDocument) -> String {
    let further = document.further_fandoms.iter();
    encoding::set(
        document.fandom.as_slice(),
        further.map(std::slice::from_ref),
    )
}

fn check(document: &ProductDocument) -> Result<(), String> {
    let places = categories(document).len();
    if places > MAX_SET_BYTES {
        return Err(format!(
            "the slugs of its categories must have at most {MAX_SET_BYTES} bytes, not {places}"
        ));
    }
    let variants = document.variants.len();
    if variants > MAX_VARIANTS {
        return Err(format!(
            "the variants must be at most {MAX_VARIANTS}, not {variants}"
        ));
    }
    let prices = document.variants.iter().map(|variant| variant.price);
    let mut prices = [document.price.min].into_iter().chain(prices);
    if let Some(price) = prices.find(|price| !(0..=MAX_PRICE).contains(price)) {
        return Err(format!(
            "the price must be from 0 to {MAX_PRICE}, not {price}"
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
            "the texts must have at most {MAX_DOCUMENT_BYTES} bytes, not {size}"
        ));
    }
    Ok(())
}
