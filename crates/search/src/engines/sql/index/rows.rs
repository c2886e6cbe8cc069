//! Rows of the projection.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::ProductDocument;
use souk_store::{ChangedName, Entity};

use crate::query::analysis::{Analyzer, normal_code};

/// Longer texts are cut, in letters: a tsvector holds at most a megabyte.
const MAX_TEXT_CHARS: usize = 100_000;
/// Longer codes are cut, in letters.
const MAX_CODE_CHARS: usize = 400;

/// Word of a tenant's catalogue, and its stem.
pub(crate) type VocabularyRow = (String, String);

/// Words of a listed product, by text.
#[derive(Debug)]
pub(crate) struct ProductRow<'d> {
    pub(crate) id: i64,
    pub(crate) title: Vec<String>,
    pub(crate) brand: Vec<String>,
    pub(crate) attribute_words: Vec<String>,
    pub(crate) description: Vec<String>,
    /// Part numbers in normal form.
    pub(crate) codes: BTreeSet<String>,
    /// Values by attribute, those of options among them.
    pub(crate) attributes: &'d BTreeMap<String, Vec<String>>,
}

impl<'d> ProductRow<'d> {
    pub(crate) fn new(
        document: &'d ProductDocument,
        analyzer: &mut Analyzer,
        vocabulary: &mut BTreeSet<VocabularyRow>,
    ) -> Self {
        let mut words = |texts: &mut dyn Iterator<Item = &str>| words(texts, analyzer, vocabulary);
        let codes = document.codes.iter().map(|code| normal_code(code));
        Self {
            id: document.id.0,
            title: words(&mut [document.title.as_str()].into_iter()),
            brand: words(&mut document.brand.as_deref().into_iter()),
            attribute_words: words(&mut document.searched_values().map(String::as_str)),
            description: words(&mut [document.description.as_str()].into_iter()),
            codes: codes
                .filter(|code| !code.is_empty())
                .map(|code| cut(&code, MAX_CODE_CHARS).to_owned())
                .collect(),
            attributes: &document.attributes,
        }
    }
}

/// Words of the name of a category, fandom or seller.
#[derive(Debug)]
pub(crate) struct NameRow<'n> {
    pub(crate) changed: &'n ChangedName,
    pub(crate) words: Vec<String>,
}

impl<'n> NameRow<'n> {
    pub(crate) fn new(
        changed: &'n ChangedName,
        analyzer: &mut Analyzer,
        vocabulary: &mut BTreeSet<VocabularyRow>,
    ) -> Self {
        Self {
            changed,
            words: words(
                &mut [changed.name.as_str()].into_iter(),
                analyzer,
                vocabulary,
            ),
        }
    }

    pub(crate) fn kind(&self) -> Entity {
        self.changed.entity
    }
}

/// Unstemmed words of some texts, in order; adds them to the vocabulary.
fn words(
    texts: &mut dyn Iterator<Item = &str>,
    analyzer: &mut Analyzer,
    vocabulary: &mut BTreeSet<VocabularyRow>,
) -> Vec<String> {
    let mut words = Vec::new();
    let mut left = MAX_TEXT_CHARS;
    for text in texts {
        let text = cut(text, left);
        left = left.saturating_sub(text.chars().count());
        analyzer.each_word(text, |surface, stem, _| {
            vocabulary.insert((surface.to_owned(), stem.to_owned()));
            words.push(surface.to_owned());
        });
    }
    words
}

fn cut(text: &str, letters: usize) -> &str {
    let end = text.char_indices().nth(letters);
    end.map_or(text, |(end, _)| &text[..end])
}
