//! From a product document to what the index takes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use souk_domain::{Attributes, Language, ProductDocument, value_key};

use super::variants::{DistinctVariants, VariantFields};
use crate::engines::elasticsearch::index::mapping::number_field;
use crate::engines::elasticsearch::query::card::{self, Card};
use crate::facets::encoding;
use crate::facets::listing::MOST_STARS;
use crate::query::analysis::{Analyzer, normal_code};
use crate::query::inner_codes_of;
use crate::ranking::ranking_signals;
use crate::ranking::weights::{FieldWeights, TermWeights};
use crate::variants::stored::StoredVariants;

/// Larger documents are refused, in bytes: the cluster takes no request above a hundred megabytes.
const MAX_DOCUMENT_BYTES: usize = 32 << 20;

/// A document's fields, named as in [`crate::engines::elasticsearch::index::mapping`].
#[derive(Serialize)]
struct Fields<'a> {
    id: i64,
    text: String,
    surface: String,
    spelling: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_words: Option<String>,
    fandom_words: Vec<String>,
    category_words: Vec<String>,
    codes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inner_codes: Vec<String>,
    phrases: &'a [String],
    category: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_path: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    further_category_path: Vec<String>,
    fandom: Vec<&'a str>,
    fandom_label: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand_key: Option<Cow<'a, str>>,
    seller: Vec<&'a str>,
    seller_label: Vec<String>,
    attribute: Vec<String>,
    attribute_key: Vec<String>,
    attribute_name: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    option: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    option_key: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    option_value: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    numbers: BTreeMap<String, &'a [f64]>,
    price: Vec<i64>,
    price_step: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    varied: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared: Option<bool>,
    variants: Vec<VariantFields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stored_variants: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<f32>,
    rating_value: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating_level: Option<String>,
    availability: Vec<&'static str>,
    popularity: i64,
    popularity_value: f32,
    created_at: i64,
    content_hash: i64,
    card: Card<'a>,
    excerpt: &'a str,
    title_stems: String,
}

/// Encodes one document after the other; keeps its buffers.
pub(crate) struct Encoder {
    weigher: TermWeights,
    analyzer: Analyzer,
}

impl Encoder {
    pub(crate) fn new(language: Language) -> Self {
        Self {
            weigher: TermWeights::new(language, &FieldWeights::default()),
            analyzer: Analyzer::new(language),
        }
    }

    /// Appends a document as one line of JSON.
    ///
    /// # Errors
    /// The reason, if the index cannot hold it.
    pub(crate) fn encode(
        &mut self,
        line: &mut Vec<u8>,
        document: &ProductDocument,
    ) -> Result<(), String> {
        let before = line.len();
        let fields = self.fields(document).map_err(|error| error.to_string())?;
        serde_json::to_writer(&mut *line, &fields).map_err(|error| error.to_string())?;
        let size = line.len() - before;
        if size > MAX_DOCUMENT_BYTES {
            return Err(format!(
                "it has {size} bytes, the index takes {MAX_DOCUMENT_BYTES} at most"
            ));
        }
        line.push(b'\n');
        Ok(())
    }

    fn fields<'a>(&'a mut self, document: &'a ProductDocument) -> serde_json::Result<Fields<'a>> {
        let Self { weigher, analyzer } = self;
        weigher.read(document);
        let mut title_stems = String::new();
        analyzer.each_word(&document.title, |_, stem, _| {
            title_stems.push_str(stem);
            title_stems.push(' ');
        });
        let mut words = |text: &str| folded(analyzer, text);
        let brand = document.brand.as_deref();
        let categories = document.all_categories();
        let sellers = document.sellers();
        let variants = DistinctVariants::of(document);
        let is_option = |(name, _): &(&String, _)| variants.options.contains(&name.as_str());
        let attributes = document.attributes.iter();
        let options = attributes.clone().filter(is_option);
        let attributes = attributes.filter(|attribute| !is_option(attribute));
        Ok(Fields {
            id: document.id.0,
            text: weighed(weigher.stems()),
            spelling: weighed(weigher.surfaces()),
            surface: listed(weigher.surfaces().map(|(word, _)| word)),
            title: words(&document.title),
            brand_words: brand.map(&mut words),
            fandom_words: document.all_fandoms().map(|one| words(&one.name)).collect(),
            category_words: categories.iter().map(|one| words(&one.name)).collect(),
            codes: codes(document),
            inner_codes: inner_codes_of(&document.codes),
            phrases: weigher.texts(),
            category: categories.iter().map(|one| one.slug.as_str()).collect(),
            category_path: (!document.categories.is_empty())
                .then(|| encoding::path(&document.categories)),
            further_category_path: further_category_paths(document),
            fandom: document
                .all_fandoms()
                .map(|one| one.slug.as_str())
                .collect(),
            fandom_label: document.all_fandoms().map(encoding::label).collect(),
            brand,
            brand_key: brand.map(value_key),
            seller: sellers.iter().map(|one| one.slug.as_str()).collect(),
            seller_label: sellers.iter().map(|one| encoding::label(one)).collect(),
            option_key: options
                .clone()
                .map(|(name, _)| encoding::name_key(name))
                .collect(),
            option: names(options.clone()),
            option_value: named_values(options),
            attribute: named_values(attributes.clone()),
            attribute_key: keys(&document.attributes),
            attribute_name: names(attributes),
            numbers: document
                .numbers
                .iter()
                .map(|(name, numbers)| (number_field(name), numbers.as_slice()))
                .collect(),
            price: variants.every(|own| own.price),
            price_step: variants.every(|own| own.price_step.clone()),
            availability: variants.every(|own| own.availability),
            varied: variants.are_varied().then_some(true),
            shared: (sellers.len() > 1).then_some(true),
            stored_variants: stored_variants(document)?,
            variants: variants.documents,
            rating: document.rating,
            rating_value: ranking_signals::rating(document.rating, document.rating_count),
            rating_level: document.rating.map(|rating| {
                (rating.floor() as i64)
                    .clamp(0, MOST_STARS.into())
                    .to_string()
            }),
            popularity: document.popularity,
            popularity_value: ranking_signals::popularity(document.popularity),
            created_at: document.created_at_ms,
            content_hash: document.content_hash().cast_signed(),
            card: Card::of(document),
            excerpt: card::excerpt(document),
            title_stems,
        })
    }
}

/// Each value of some attributes with the attribute's name.
fn named_values<'a>(
    attributes: impl Iterator<Item = (&'a String, &'a Vec<String>)>,
) -> Vec<String> {
    let values = attributes.flat_map(|(name, values)| {
        let values = values.iter();
        values.map(move |value| encoding::attribute(name, value))
    });
    values.collect()
}

/// Each value of all attributes with the attribute's name, in the form by which they are filtered.
fn keys(attributes: &Attributes) -> Vec<String> {
    let keys = attributes.iter().flat_map(|(name, values)| {
        let values = values.iter();
        values.map(move |value| encoding::attribute_key(name, value))
    });
    keys.collect()
}

/// Names of those attributes that have a value.
fn names<'a>(attributes: impl Iterator<Item = (&'a String, &'a Vec<String>)>) -> Vec<String> {
    let valued = attributes.filter(|(_, values)| !values.is_empty());
    valued.map(|(name, _)| encoding::plain(name)).collect()
}

/// The variants from which hits show those that pass; of a product of one, the card shows all there is.
fn stored_variants(document: &ProductDocument) -> serde_json::Result<Option<String>> {
    let several = document.variants.len() > 1;
    let stored = several.then(|| serde_json::to_string(&StoredVariants::of(document)));
    stored.transpose()
}

/// Each word as often as it weighs.
fn weighed<'a>(words: impl Iterator<Item = (&'a str, u8)>) -> String {
    listed(words.flat_map(|(word, weight)| std::iter::repeat_n(word, weight.into())))
}

/// The words of a text as the index takes them: folded, with spaces between.
pub(crate) fn folded(analyzer: &mut Analyzer, text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    analyzer.each_word(text, |word, _, _| {
        words.push_str(word);
        words.push(' ');
    });
    words
}

fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for word in words {
        text.push_str(word);
        text.push(' ');
    }
    text
}

/// The ways to each category that the product has besides those of its main path, each once: a product counts once in
/// each of its categories, and one without further ones is counted by a single value.
fn further_category_paths(document: &ProductDocument) -> Vec<String> {
    let mut seen: BTreeSet<&str> = document
        .categories
        .iter()
        .map(|one| one.slug.as_str())
        .collect();
    let mut paths = Vec::new();
    for path in &document.further_categories {
        for (place, step) in path.iter().enumerate() {
            if seen.insert(&step.slug) {
                paths.push(encoding::path(&path[..=place]));
            }
        }
    }
    paths
}

fn codes(document: &ProductDocument) -> Vec<String> {
    let mut codes: Vec<_> = document
        .codes
        .iter()
        .map(|code| normal_code(code))
        .collect();
    codes.retain(|code| !code.is_empty());
    codes.sort_unstable();
    codes.dedup();
    codes
}
