//! Mapping of a product's fields, and the analysis of its texts.
//!
//! What words match is one field, [`TEXT`], which has each word as often as it weighs (see [`crate::ranking::weights`]): that is the
//! weight of a field without a query for each of them. [`SURFACE`] has the same words unstemmed, for beginnings and
//! typos, and [`SPELLING`] again as often as they weigh, to rank typos. Repeating them in [`SURFACE`] would repeat its
//! beginnings as well. Whatever facets count is a keyword; those with a label hold both, see [`crate::facets::encoding`].
//!
//! Properties that differ from variant to variant are in two places. The product's own fields hold what any variant has: one condition
//! on variants is looked up there, and there is counted while none narrows. Two conditions have to hold on one variant, and so
//! each variant that is unlike the others is a document of its own, nested at [`VARIANTS`]. It holds the price, whether it
//! can be bought, and of the attributes of which variants have different options all values that it has, those that are common
//! to all as well; the names of these attributes are in [`OPTION`]. The other attributes are not copied: a variant meets a
//! condition on them if its product does, and they are counted once for the product. A product of one variant has one such
//! document, of three numbers and words: orders by price go by the prices of nested documents as soon as there is a condition.

use serde_json::{Map, Value, json};
use souk_domain::{Language, MAX_OFFSET, MAX_PER_PAGE};
use xxhash_rust::xxh3::xxh3_64;

use crate::engines::elasticsearch::options::ElasticsearchOptions;
use crate::ranking::weights::FieldWeights;
use crate::words;

/// Raised when documents are encoded differently though the mapping stays the same.
const REVISION: u32 = 7;
/// Number of merge threads. While one merges large segments, each change that has to be visible at once leaves a small
/// one, and a second thread keeps those few. By itself, a node of up to three processors has one.
const MERGE_THREADS: u32 = 2;
/// The longest beginnings of words that are terms of their own, in letters.
pub(crate) const MAX_BEGINNING_CHARS: usize = 16;

/// Stems of all texts, each as often as it weighs.
pub(crate) const TEXT: &str = "text";
/// Unstemmed words of all texts.
pub(crate) const SURFACE: &str = "surface";
/// Unstemmed words of all texts, each as often as it weighs, by which misspelt words are ranked.
pub(crate) const SPELLING: &str = "spelling";
/// Beginnings of the title's words.
pub(crate) const TITLE: &str = "title";
/// Beginnings of the brand's words.
pub(crate) const BRAND_WORDS: &str = "brand_words";
/// Beginnings of the fandoms' words.
pub(crate) const FANDOM_WORDS: &str = "fandom_words";
/// Beginnings of the words of the categories and their ancestors.
pub(crate) const CATEGORY_WORDS: &str = "category_words";
/// Part numbers and the like in normal form.
pub(crate) const CODES: &str = "codes";
/// Rests of codes, see [`crate::query::inner_codes`].
pub(crate) const INNER_CODES: &str = "inner_codes";
/// Unstemmed words of each text, with their positions, for phrases.
pub(crate) const PHRASES: &str = "phrases";
/// Slugs of the categories and their ancestors.
pub(crate) const CATEGORY: &str = "category";
/// The main category and its ancestors with names, root first.
pub(crate) const CATEGORY_PATH: &str = "category_path";
/// Ways to the categories that are not on the main path, each with names, root first; the last step is the category
/// that counts.
pub(crate) const FURTHER_CATEGORY_PATH: &str = "further_category_path";
/// Slugs of the fandoms.
pub(crate) const FANDOM: &str = "fandom";
/// Slugs and names of the fandoms.
pub(crate) const FANDOM_LABEL: &str = "fandom_label";
/// The brand as it is spelled, for counts: spellings of one brand are added up by whoever reads them.
pub(crate) const BRAND: &str = "brand";
/// The brand in the form by which it is filtered.
pub(crate) const BRAND_KEY: &str = "brand_key";
/// Slugs of the sellers; of a nested document the one who offers it, if there are several.
pub(crate) const SELLER: &str = "seller";
/// Present in products with offers of several sellers.
pub(crate) const SHARED: &str = "shared";
/// Slugs and names of the sellers; of a nested document as for [`SELLER`].
pub(crate) const SELLER_LABEL: &str = "seller_label";
/// Attribute name and value. Of a product, those of the attributes that are the same for all variants; of a nested document,
/// those of the others.
pub(crate) const ATTRIBUTE: &str = "attribute";
/// The same, and of a product all of them, in the form by which they are filtered.
pub(crate) const ATTRIBUTE_KEY: &str = "attribute_key";
/// Attribute names, of the same attributes.
pub(crate) const ATTRIBUTE_NAME: &str = "attribute_name";
/// Names of the attributes of which variants have different options.
pub(crate) const OPTION: &str = "option";
/// The same in the form by which they are filtered; in each nested document.
pub(crate) const OPTION_KEY: &str = "option_key";
/// Names and values of these attributes, of all variants.
pub(crate) const OPTION_VALUE: &str = "option_value";
/// Present in products whose variants differ in a nested document's fields.
pub(crate) const VARIED: &str = "varied";
/// Nested documents, one for each distinct variant, see [`of_variant`].
pub(crate) const VARIANTS: &str = "variants";
/// Variants that hits show: [`StoredVariants`](crate::variants::stored::StoredVariants) as JSON. Apart, because
/// only searches with conditions on variants fetch it.
pub(crate) const STORED_VARIANTS: &str = "stored_variants";
/// Numbers of attributes that are filtered by a range, each in a field of its own, see [`number_field`].
pub(crate) const NUMBERS: &str = "numbers";
/// Prices of all variants in minor units.
pub(crate) const PRICE: &str = "price";
/// Steps of the price ladder that the prices stand on, each after the ladder's scale.
pub(crate) const PRICE_STEP: &str = "price_step";
/// Mean rating, absent for the unrated.
pub(crate) const RATING: &str = "rating";
/// The rating's value as a factor, see [`crate::ranking::ranking_signals`].
pub(crate) const RATING_VALUE: &str = "rating_value";
/// The rating's whole stars.
pub(crate) const RATING_LEVEL: &str = "rating_level";
/// Availability of the variants, by [`crate::facets::listing::availability_key`].
pub(crate) const AVAILABILITY: &str = "availability";
/// Popularity.
pub(crate) const POPULARITY: &str = "popularity";
/// The popularity's value as a factor, see [`crate::ranking::ranking_signals`].
pub(crate) const POPULARITY_VALUE: &str = "popularity_value";
/// Creation time in milliseconds.
pub(crate) const CREATED_AT: &str = "created_at";
/// The product's id.
pub(crate) const ID: &str = "id";
/// The content's hash.
pub(crate) const CONTENT_HASH: &str = "content_hash";
/// What a hit shows. Kept in the source, which holds nothing else, so that a hit is copied and never taken apart.
pub(crate) const CARD: &str = "card";
/// The description's beginning, for excerpts. Apart, because only searches for words fetch it.
pub(crate) const EXCERPT: &str = "excerpt";
/// Stems of the title. Apart, because only the search for products like one fetches them.
pub(crate) const TITLE_STEMS: &str = "title_stems";

const BEGINNINGS: &str = "souk_beginnings";
/// Elasticsearch's own.
const WORDS: &str = "whitespace";
const WEIGHTED: &str = "souk_weighted";
const BEGIN: &str = "souk_begin";

/// Returns the field of an attribute's numbers below [`NUMBERS`]: a name may have characters that a field's has not.
pub(crate) fn number_field(name: &str) -> String {
    format!("a{:016x}", xxh3_64(name.as_bytes()))
}

/// Returns the field of a nested document that has the same meaning as one of the product's.
pub(crate) fn of_variant(field: &str) -> String {
    format!("{VARIANTS}.{field}")
}

/// The body that makes an index; `serving` has it tuned for searches, otherwise for a bulk load.
pub(crate) fn index_body(
    options: &ElasticsearchOptions,
    language: Language,
    serving: bool,
) -> Value {
    let mut mappings = mappings();
    mappings["_meta"] = json!({"mapping": mapping_hash(language), "language": language.code()});
    let mut index = if serving {
        serving_settings(options)
    } else {
        json!({"refresh_interval": "-1", "number_of_replicas": 0})
    };
    index["number_of_shards"] = options.shards.into();
    index["gc_deletes"] = format!("{}s", options.gc_deletes.as_secs()).into();
    index["max_result_window"] = (MAX_OFFSET + MAX_PER_PAGE + 1).into();
    json!({
        "settings": {"index": index, "analysis": analysis(), "similarity": similarity()},
        "mappings": mappings,
    })
}

/// The settings that a bulk load goes without.
pub(crate) fn serving_settings(options: &ElasticsearchOptions) -> Value {
    json!({
        "refresh_interval": format!("{}ms", options.refresh_interval.as_millis()),
        "number_of_replicas": options.replicas,
        "merge": {"scheduler": {"max_thread_count": MERGE_THREADS}},
    })
}

/// Tells whether an index was made as this program would make it.
pub(crate) fn mapping_hash(language: Language) -> String {
    let weights = format!("{:?}", FieldWeights::default());
    let made = json!([
        REVISION,
        language.code(),
        words::fingerprint(language),
        weights,
        mappings(),
        analysis(),
        similarity()
    ]);
    format!("{:016x}", xxh3_64(made.to_string().as_bytes()))
}

fn mappings() -> Value {
    let doubles = |name: &str, path: &str| json!({name: {"path_match": format!("{path}.*"), "mapping": {"type": "double"}}});
    let mut properties = product_fields();
    properties.append(&mut fields_of_variants());
    json!({
        "dynamic": "strict",
        "dynamic_templates": [doubles(NUMBERS, NUMBERS), doubles(VARIANTS, &of_variant(NUMBERS))],
        "_source": {"includes": [CARD]},
        "properties": properties,
    })
}

/// Keyword that every search counts: made ready when documents become visible, not by the first search.
fn counted() -> Value {
    json!({"type": "keyword", "eager_global_ordinals": true})
}

fn filtered() -> Value {
    json!({"type": "keyword", "doc_values": false})
}

fn properties<const N: usize>(properties: [(&str, Value); N]) -> Map<String, Value> {
    let properties = properties.into_iter();
    properties
        .map(|(name, property)| (name.to_owned(), property))
        .collect()
}

/// Fields of what is the product's, whatever its variants.
fn product_fields() -> Map<String, Value> {
    let beginnings = json!({
        "type": "text", "analyzer": BEGINNINGS, "search_analyzer": "keyword",
        "index_options": "docs", "norms": false,
    });
    let beginnings = || beginnings.clone();
    let number = || json!({"type": "long"});
    let factor = || json!({"type": "float", "index": false});
    let text = json!({
        "type": "text", "analyzer": WORDS, "search_analyzer": "keyword",
        "index_options": "freqs", "norms": false, "similarity": WEIGHTED,
    });
    let surface = json!({
        "type": "text", "analyzer": WORDS, "search_analyzer": "keyword",
        "index_options": "docs", "norms": false,
        // The shortest beginnings are those of thousands of words.
        "index_prefixes": {"min_chars": 1, "max_chars": 4},
    });
    let spelling = json!({
        "type": "text", "analyzer": WORDS, "search_analyzer": "keyword",
        "index_options": "freqs", "norms": false, "similarity": WEIGHTED,
    });
    let codes = json!({
        "type": "text", "analyzer": "keyword", "index_options": "docs", "norms": false,
        "index_prefixes": {"min_chars": 3, "max_chars": 12},
    });
    let phrases =
        json!({"type": "text", "analyzer": WORDS, "index_options": "positions", "norms": false});
    let excerpt = json!({"type": "keyword", "index": false, "doc_values": false, "store": true});
    properties([
        (TEXT, text),
        (SURFACE, surface),
        (SPELLING, spelling),
        (TITLE, beginnings()),
        (BRAND_WORDS, beginnings()),
        (FANDOM_WORDS, beginnings()),
        (CATEGORY_WORDS, beginnings()),
        (CODES, codes.clone()),
        (INNER_CODES, codes),
        (PHRASES, phrases),
        (CATEGORY, filtered()),
        (CATEGORY_PATH, counted()),
        (FURTHER_CATEGORY_PATH, counted()),
        (FANDOM, filtered()),
        (FANDOM_LABEL, counted()),
        (BRAND, counted()),
        (BRAND_KEY, filtered()),
        (SELLER, filtered()),
        (SELLER_LABEL, counted()),
        (RATING, json!({"type": "float"})),
        (RATING_VALUE, factor()),
        (RATING_LEVEL, counted()),
        (POPULARITY, number()),
        (POPULARITY_VALUE, factor()),
        (CREATED_AT, number()),
        (ID, number()),
        (CONTENT_HASH, json!({"type": "long", "index": false})),
        (CARD, json!({"type": "object", "enabled": false})),
        (EXCERPT, excerpt.clone()),
        (TITLE_STEMS, excerpt),
    ])
}

/// Fields of what variants have, of the product and of its nested documents.
fn fields_of_variants() -> Map<String, Value> {
    let only_counted = || json!({"type": "keyword", "index": false, "eager_global_ordinals": true});
    let numbers = || json!({"type": "object", "dynamic": true});
    let price = || json!({"type": "long"});
    let nested = properties([
        (OPTION_KEY, filtered()),
        (ATTRIBUTE, only_counted()),
        (ATTRIBUTE_KEY, filtered()),
        (ATTRIBUTE_NAME, only_counted()),
        (NUMBERS, numbers()),
        (PRICE, price()),
        (PRICE_STEP, only_counted()),
        (AVAILABILITY, counted()),
        (SELLER, filtered()),
        (SELLER_LABEL, only_counted()),
    ]);
    properties([
        (ATTRIBUTE, counted()),
        (ATTRIBUTE_KEY, filtered()),
        (ATTRIBUTE_NAME, counted()),
        (OPTION, counted()),
        (OPTION_KEY, filtered()),
        (OPTION_VALUE, counted()),
        (NUMBERS, numbers()),
        (PRICE, price()),
        (PRICE_STEP, counted()),
        (AVAILABILITY, counted()),
        (VARIED, filtered()),
        (SHARED, filtered()),
        (VARIANTS, json!({"type": "nested", "properties": nested})),
        // A keyword may not be as long.
        (
            STORED_VARIANTS,
            json!({"type": "text", "index": false, "store": true}),
        ),
    ])
}

/// BM25 for words whose frequency is what they weigh: lengths are in that already.
fn similarity() -> Value {
    let saturation = FieldWeights::default().saturation;
    json!({(WEIGHTED): {"type": "BM25", "k1": saturation, "b": 0.0}})
}

/// Analysis that the index is left with. Documents come with their words split, folded and stemmed by [`crate::words`]: so
/// they are the words that every engine has, and the cluster, whose time is dearer, only splits at spaces.
fn analysis() -> Value {
    json!({
        "filter": {(BEGIN): {"type": "edge_ngram", "min_gram": 1, "max_gram": MAX_BEGINNING_CHARS}},
        "analyzer": {(BEGINNINGS): {"type": "custom", "tokenizer": WORDS, "filter": [BEGIN]}},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_another_mapping() {
        let hashes: std::collections::BTreeSet<_> = Language::ALL
            .iter()
            .map(|&language| mapping_hash(language))
            .collect();
        assert_eq!(hashes.len(), Language::ALL.len());
        assert_eq!(
            mapping_hash(Language::English),
            mapping_hash(Language::English)
        );
    }

    #[test]
    fn sizes_are_no_part_of_the_mapping() {
        let mut options = ElasticsearchOptions::new("http://localhost:9200").unwrap();
        let one = index_body(&options, Language::German, true);
        options.shards = 7;
        let other = index_body(&options, Language::German, false);
        assert_eq!(one["mappings"], other["mappings"]);
        assert_ne!(one["settings"], other["settings"]);
    }
}
