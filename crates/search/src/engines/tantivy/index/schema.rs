//! Schema of an index: names, types and storage of the fields.

use souk_domain::Language;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::Compressor;
use tantivy::{Index, IndexSettings};

use super::weighted::WeightedTokenizer;
use crate::ranking::weights::FieldWeights;
use crate::words;

/// Raised when documents are encoded differently though the fields and the terms of texts stay the same.
const REVISION: u32 = 7;
/// Size of a document store block; a small one limits what reading a single hit loads.
const STORE_BLOCK_BYTES: usize = 2_048;
const WEIGHTED: &str = "weighted";

/// Stems of all texts, repeated by weight; words match here.
pub const TEXT: &str = "text";
/// Unstemmed words, repeated by weight; prefixes and typos match here.
pub const SURFACE: &str = "surface";
/// Prefixes of one to three letters of each word, repeated by weight; the shortest prefixes match here.
pub const BEGINS: &str = "begins";
/// Codes such as part numbers, in normal form.
pub const CODES: &str = "codes";
/// Rests of codes, see [`crate::query::inner_codes`].
pub const INNER_CODES: &str = "inner_codes";
/// Unstemmed words of each text, with their positions; phrases match here.
pub const PHRASES: &str = "phrases";
/// Slugs of the categories and their ancestors: a fast field of several strings.
pub const CATEGORY: &str = "category";
/// Set of category paths with names, root first: a fast field, see [`crate::facets::encoding`].
pub(crate) const CATEGORY_PATH: &str = "category_path";
/// Set of fandoms, of each the slug and the name, [`SEPARATOR`] between them: a fast field, see
/// [`crate::facets::encoding`].
pub const FANDOM: &str = "fandom";
/// Brand: a fast field.
pub const BRAND: &str = "brand";
/// Set of sellers, of each the slug and the name, [`SEPARATOR`] between them: a fast field, see
/// [`crate::facets::encoding`].
pub const SELLER: &str = "seller";
/// Attribute name and value, [`SEPARATOR`] between them: a fast field of several strings.
pub const ATTRIBUTE: &str = "attribute";
/// Lowest price in minor units: a fast field.
pub const PRICE: &str = "price";
/// Number of decimal digits of the price: a fast field.
pub(crate) const PRICE_SCALE: &str = "price_scale";
/// Mean rating, absent for the unrated: a fast field.
pub const RATING: &str = "rating";
/// Rating as a ranking signal, see [`crate::ranking::ranking_signals`]: a fast field.
pub(crate) const RATING_VALUE: &str = "rating_value";
/// Availability, 1 for a product that can be bought: a fast field.
pub const AVAILABLE: &str = "available";
/// Price and availability of each variant, if there are several: a fast field of several numbers.
pub(crate) const VARIANT: &str = "variant";
/// Options of each of these variants, as places of values of [`ATTRIBUTE`] counted from 1, with a zero after each variant:
/// a fast field of several numbers.
pub(crate) const VARIANT_OPTION: &str = "variant_option";
/// Seller of each of these variants, if there are several, as its place among those of [`SELLER`]: a fast field of several
/// numbers.
pub(crate) const VARIANT_SELLER: &str = "variant_seller";
/// Creation time in milliseconds since the Unix epoch: a fast field.
pub const CREATED_AT: &str = "created_at";
/// Popularity, higher being more popular: a fast field.
pub const POPULARITY: &str = "popularity";
/// Product id: a fast and indexed field.
pub const ID: &str = "id";
/// External version of the document: a fast field.
pub const VERSION: &str = "version";
/// Hash of the document's content: a fast field.
pub const CONTENT_HASH: &str = "content_hash";
/// Displayed fields of a hit, see [`crate::engines::tantivy::index::card`]: a stored field.
pub(crate) const CARD: &str = "card";

/// Separator of the two parts in a fast field that holds a pair.
pub const SEPARATOR: char = crate::facets::encoding::SEPARATOR;

/// Handles of the schema's fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) text: Field,
    pub(crate) surface: Field,
    pub(crate) begins: Field,
    pub(crate) codes: Field,
    pub(crate) inner_codes: Field,
    pub(crate) phrases: Field,
    pub(crate) category: Field,
    pub(crate) category_path: Field,
    pub(crate) fandom: Field,
    pub(crate) brand: Field,
    pub(crate) seller: Field,
    pub(crate) attribute: Field,
    pub(crate) price: Field,
    pub(crate) price_scale: Field,
    pub(crate) rating: Field,
    pub(crate) rating_value: Field,
    pub(crate) available: Field,
    pub(crate) variant: Field,
    pub(crate) variant_option: Field,
    pub(crate) variant_seller: Field,
    pub(crate) created_at: Field,
    pub(crate) popularity: Field,
    pub(crate) id: Field,
    pub(crate) version: Field,
    pub(crate) content_hash: Field,
    pub(crate) card: Field,
}

/// Builds the schema and the handles of its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let weighted = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(WEIGHTED)
            .set_index_option(IndexRecordOption::WithFreqs)
            // Lengths are in the weights already.
            .set_fieldnorms(false),
    );
    let keyword = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let positions = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(WEIGHTED)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions)
            .set_fieldnorms(false),
    );
    let label = TextOptions::default() | FAST;
    let number = NumericOptions::default().set_fast();
    let fields = Fields {
        text: schema.add_text_field(TEXT, weighted.clone()),
        surface: schema.add_text_field(SURFACE, weighted.clone()),
        begins: schema.add_text_field(BEGINS, weighted),
        codes: schema.add_text_field(CODES, keyword.clone()),
        inner_codes: schema.add_text_field(INNER_CODES, keyword),
        phrases: schema.add_text_field(PHRASES, positions),
        category: schema.add_text_field(CATEGORY, label.clone()),
        category_path: schema.add_text_field(CATEGORY_PATH, label.clone()),
        fandom: schema.add_text_field(FANDOM, label.clone()),
        brand: schema.add_text_field(BRAND, label.clone()),
        seller: schema.add_text_field(SELLER, label.clone()),
        attribute: schema.add_text_field(ATTRIBUTE, label),
        price: schema.add_i64_field(PRICE, number.clone()),
        price_scale: schema.add_u64_field(PRICE_SCALE, number.clone()),
        rating: schema.add_f64_field(RATING, number.clone()),
        rating_value: schema.add_f64_field(RATING_VALUE, number.clone()),
        available: schema.add_i64_field(AVAILABLE, number.clone()),
        variant: schema.add_u64_field(VARIANT, number.clone()),
        variant_option: schema.add_u64_field(VARIANT_OPTION, number.clone()),
        variant_seller: schema.add_u64_field(VARIANT_SELLER, number.clone()),
        created_at: schema.add_i64_field(CREATED_AT, number.clone()),
        popularity: schema.add_i64_field(POPULARITY, number.clone()),
        id: schema.add_i64_field(ID, number.clone().set_indexed()),
        version: schema.add_u64_field(VERSION, number.clone()),
        content_hash: schema.add_u64_field(CONTENT_HASH, number),
        card: schema.add_bytes_field(CARD, STORED),
    };
    (schema.build(), fields)
}

/// Returns the storage settings of an index.
pub(crate) fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: STORE_BLOCK_BYTES,
        ..IndexSettings::default()
    }
}

/// Registers the tokenizers that the schema names.
pub(crate) fn register_tokenizers(index: &Index) {
    index
        .tokenizers()
        .register(WEIGHTED, WeightedTokenizer::default());
}

/// Returns the directory name for the current mapping and a language. A change of either gives a new index.
pub(crate) fn directory_name(language: Language) -> String {
    let (schema, _) = schema();
    let mapping = format!(
        "{REVISION} {:016x} {:?} {} {}",
        words::fingerprint(language),
        FieldWeights::default(),
        serde_json::to_string(&schema).unwrap_or_default(),
        serde_json::to_string(&settings()).unwrap_or_default(),
    );
    format!("{}-{:016x}", language.code(), fnv1a(mapping.as_bytes()))
}

/// Computes the 64-bit FNV-1a hash, which is stable across platforms and releases.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_an_index_of_its_own() {
        let english = directory_name(Language::English);
        assert_eq!(english, directory_name(Language::English));
        assert_ne!(english, directory_name(Language::German));
        assert!(english.starts_with("en-"), "{english}");
    }
}
