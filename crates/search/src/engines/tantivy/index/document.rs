//! From a product document to what the index takes.

use std::collections::HashMap;

use souk_domain::{Language, ProductDocument};
use tantivy::TantivyDocument;

use super::card;
use super::schema::Fields;
use super::weighted::push_weighted;
use crate::facets::encoding;
use crate::query::analysis::normal_code;
use crate::ranking::ranking_signals;
use crate::ranking::weights::{FieldWeights, TermWeights};

/// The longest beginnings of words that are terms of their own, in letters.
pub(crate) const BEGINNING_CHARS: usize = 3;
/// Larger documents are refused.
const MAX_DOCUMENT_BYTES: usize = 1 << 20;
/// Prices share a word with other figures in the row table.
const MAX_PRICE: i64 = 1 << 46;

/// Turns documents into what the index takes; keeps its buffers.
pub(crate) struct Encoder {
    fields: Fields,
    weigher: TermWeights,
}

impl Encoder {
    pub(crate) fn new(fields: Fields, language: Language) -> Self {
        Self {
            fields,
            weigher: TermWeights::new(language, &FieldWeights::default()),
        }
    }

    /// What the index takes for this document.
    ///
    /// # Errors
    /// The reason, if the index cannot hold it.
    pub(crate) fn encode(
        &mut self,
        document: &ProductDocument,
        version: u64,
    ) -> Result<TantivyDocument, String> {
        check(document)?;
        let fields = self.fields;
        let mut indexed = TantivyDocument::new();
        self.weigher.read(document);
        indexed.add_text(fields.text, weighted(self.weigher.stems()));
        indexed.add_text(fields.surface, weighted(self.weigher.surfaces()));
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

    fn beginnings(&self) -> String {
        let mut heaviest: HashMap<&str, u8> = HashMap::new();
        for (word, weight) in self.weigher.surfaces() {
            for (place, letter) in word.char_indices().take(BEGINNING_CHARS) {
                let beginning = &word[..place + letter.len_utf8()];
                let known = heaviest.entry(beginning).or_insert(0);
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
    let rating_value = ranking_signals::rating(document.rating, document.rating_count);
    indexed.add_f64(fields.rating_value, f64::from(rating_value));
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
