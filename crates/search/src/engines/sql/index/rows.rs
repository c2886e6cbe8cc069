//! Rows of the projection.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::ProductDocument;
use souk_store::{ChangedName, Entity};

use crate::query::{
    analysis::{Analyzer, Role, Term, normal_code},
    inner_codes_of,
};

/// Longer texts are cut, in letters: a tsvector holds at most a megabyte.
const MAX_TEXT_CHARS: usize = 100_000;
/// Longer codes are cut, in letters.
const MAX_CODE_CHARS: usize = 400;
/// Mark before what is found by its stem alone. No word begins with it.
pub(crate) const STEM_MARK: char = '=';

/// Word of a tenant's catalogue, and its stem.
pub(crate) type VocabularyRow = (String, String);

/// What a listed product is found by.
#[derive(Debug)]
pub(crate) struct ProductRow<'d> {
    pub(crate) id: i64,
    pub(crate) title: IndexedTexts,
    pub(crate) brand: IndexedTexts,
    pub(crate) attribute_values: IndexedTexts,
    pub(crate) description: IndexedTexts,
    /// Part numbers in normal form.
    pub(crate) codes: BTreeSet<String>,
    /// Rests of part numbers, see [`inner_codes_of`].
    pub(crate) inner_codes: Vec<String>,
    /// Values by attribute, those of options among them.
    pub(crate) attributes: &'d BTreeMap<String, Vec<String>>,
}

/// Words that some texts are found by.
#[derive(Debug, Default)]
pub(crate) struct IndexedTexts {
    /// Unstemmed words of each text, in order.
    pub(crate) texts: Vec<Vec<String>>,
    /// Further forms of these words.
    pub(crate) others: Vec<String>,
    /// What they are when written together or apart, and parts of them.
    pub(crate) written: Vec<String>,
}

impl<'d> ProductRow<'d> {
    pub(crate) fn new(
        document: &'d ProductDocument,
        analyzer: &mut Analyzer,
        vocabulary: &mut BTreeSet<VocabularyRow>,
    ) -> Self {
        let mut index = |texts: &mut dyn Iterator<Item = &str>, spaced| {
            IndexedTexts::new(texts, spaced, analyzer, vocabulary)
        };
        let codes = document.codes.iter().map(|code| normal_code(code));
        Self {
            id: document.id.0,
            title: index(&mut [document.title.as_str()].into_iter(), true),
            brand: index(&mut document.brand.as_deref().into_iter(), true),
            attribute_values: index(&mut document.searched_values().map(String::as_str), true),
            description: index(&mut [document.description.as_str()].into_iter(), false),
            codes: codes
                .filter(|code| !code.is_empty())
                .map(|code| cut(&code, MAX_CODE_CHARS).to_owned())
                .collect(),
            inner_codes: inner_codes_of(&document.codes),
            attributes: &document.attributes,
        }
    }
}

/// What a category, fandom or seller is found by.
#[derive(Debug)]
pub(crate) struct NameRow<'n> {
    pub(crate) changed: &'n ChangedName,
    pub(crate) name: IndexedTexts,
}

impl<'n> NameRow<'n> {
    pub(crate) fn new(
        changed: &'n ChangedName,
        analyzer: &mut Analyzer,
        vocabulary: &mut BTreeSet<VocabularyRow>,
    ) -> Self {
        let mut name = [changed.name.as_str()].into_iter();
        Self {
            changed,
            name: IndexedTexts::new(&mut name, true, analyzer, vocabulary),
        }
    }

    pub(crate) fn kind(&self) -> Entity {
        self.changed.entity
    }
}

impl IndexedTexts {
    /// Analyses some texts, and adds their words to a vocabulary. Short texts are `spaced`, see [`Analyzer::each_term`].
    fn new(
        texts: &mut dyn Iterator<Item = &str>,
        spaced: bool,
        analyzer: &mut Analyzer,
        vocabulary: &mut BTreeSet<VocabularyRow>,
    ) -> Self {
        let mut indexed = Self::default();
        let mut left = MAX_TEXT_CHARS;
        for text in texts {
            let text = cut(text, left);
            left = left.saturating_sub(text.chars().count());
            let mut words = Vec::new();
            analyzer.each_term(text, spaced, |term| {
                let word = indexed_word(&term);
                vocabulary.insert((word.clone(), term.stem.to_owned()));
                match term.role {
                    Role::Word => words.push(word),
                    Role::Other => indexed.others.push(word),
                    Role::Written | Role::Part | Role::Pair => indexed.written.push(word),
                }
            });
            indexed.texts.push(words);
        }
        indexed
    }

    /// Iterates over all words, in no particular order.
    pub(crate) fn words(&self) -> impl Iterator<Item = &String> {
        let words = self.texts.iter().flatten();
        words.chain(&self.others).chain(&self.written)
    }
}

fn indexed_word(term: &Term<'_>) -> String {
    if term.surface.is_empty() {
        format!("{STEM_MARK}{}", term.stem)
    } else {
        term.surface.to_owned()
    }
}

fn cut(text: &str, letters: usize) -> &str {
    let end = text.char_indices().nth(letters);
    end.map_or(text, |(end, _)| &text[..end])
}
