//! Reads products, and tells what their titles' words have to do with what they are.

use std::collections::{HashMap, HashSet};

use souk_domain::{Language, ProductDocument};

use super::{
    CatalogueModel, FacetChoice, MAX_PHRASE_WORDS, MIN_SUPPORT, Meaning, Vocabulary,
    compounds::Compounds,
    linking::Compounding,
    observations::{Seen, Titles},
    pairs::PairCounter,
    synonyms,
};
use crate::query::analysis::Analyzer;

/// Maximum number of meanings of a phrase.
const MEANINGS: usize = 4;
/// Minimum share for a meaning to be kept, whatever the settings.
const LEAST_SHARE: f32 = 0.3;
const LEAST_COVERAGE: f32 = 0.1;

/// Numbers for things, in the order in which they were met.
struct Numbered<T>(HashMap<T, u32>);

impl<T: Eq + std::hash::Hash + Clone> Numbered<T> {
    fn new() -> Self {
        Self(HashMap::new())
    }

    fn number(&mut self, thing: T) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(thing).or_insert(next)
    }

    fn into_things(self) -> Vec<T> {
        let mut things: Vec<_> = self.0.into_iter().collect();
        things.sort_unstable_by_key(|&(_, number)| number);
        things.into_iter().map(|(thing, _)| thing).collect()
    }
}

/// Product as it is kept while training: numbers of phrases and values, without duplicates.
struct Read {
    phrases: Box<[u32]>,
    values: Box<[u32]>,
}

/// Reads the products of one catalogue, or a sample of them, one after the other.
///
/// Some hundred bytes a product are kept until [`finish`](Self::finish), which looks at each phrase's products and counts
/// what they have.
pub struct Trainer {
    language: Language,
    analyzer: Analyzer,
    phrases: Numbered<String>,
    values: Numbered<FacetChoice>,
    /// Names of categories, fandoms and brands by the number of the value.
    names: HashMap<u32, String>,
    products: Vec<Read>,
    surfaces: HashMap<String, Seen>,
    /// How often words are written otherwise than folded, by their folded form.
    spellings: HashMap<String, HashMap<String, u32>>,
    pairs: PairCounter,
}

impl Trainer {
    /// A trainer of a catalogue in a language.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            analyzer: Analyzer::new(language),
            phrases: Numbered::new(),
            values: Numbered::new(),
            names: HashMap::new(),
            products: Vec::new(),
            surfaces: HashMap::new(),
            spellings: HashMap::new(),
            pairs: PairCounter::default(),
        }
    }

    /// Takes up a product.
    pub fn read(&mut self, document: &ProductDocument) {
        self.read_words(document);
        self.pairs.read(document, &mut self.analyzer);
        let title = self.stems(&document.title);
        let mut phrases = Vec::new();
        for from in 0..title.len() {
            let most = MAX_PHRASE_WORDS.min(title.len() - from);
            for length in 1..=most {
                let phrase = title[from..from + length].join(" ");
                phrases.push(self.phrases.number(phrase));
            }
        }
        let mut values = Vec::new();
        for category in document.all_categories() {
            let value = FacetChoice::Category(category.slug.clone());
            values.push(self.value(value, Some(&category.name)));
        }
        for fandom in document.all_fandoms() {
            let value = FacetChoice::Fandom(fandom.slug.clone());
            values.push(self.value(value, Some(&fandom.name)));
        }
        if let Some(brand) = &document.brand {
            values.push(self.value(FacetChoice::Brand(brand.clone()), Some(brand)));
        }
        for (name, own) in document.searched_attributes() {
            for value in own {
                let value = FacetChoice::Attribute(name.clone(), value.clone());
                values.push(self.value(value, None));
            }
        }
        self.products.push(Read {
            phrases: each_once(phrases),
            values: each_once(values),
        });
    }

    /// The model of what was read.
    pub fn finish(self) -> CatalogueModel {
        let phrases = self.phrases.into_things();
        let counted = PhraseProducts {
            products_of: inverted(phrases.len(), &self.products),
            phrases: &phrases,
            values: self.values.into_things(),
            names: &self.names,
            products: &self.products,
        };
        let meanings = counted.meanings();
        let synonyms = synonyms::mine(&Titles {
            phrases: &phrases,
            products: &counted.products_of,
            surfaces: &self.surfaces,
            meanings: &meanings,
        });
        let surfaces = self
            .surfaces
            .iter()
            .map(|(word, seen)| (word.clone(), seen.products));
        let compounds = Compounding::of(self.language);
        CatalogueModel {
            language: self.language,
            compounds: compounds.map(|rules| Compounds::new(rules, &self.surfaces)),
            pairs: self.pairs.finish(),
            vocabulary: Vocabulary::new(surfaces, stem_counts(&self.surfaces))
                .with_spellings(usual_spellings(&self.surfaces, self.spellings)),
            synonyms,
            products: self.products.len() as u32,
            meanings,
        }
    }

    fn value(&mut self, value: FacetChoice, name: Option<&str>) -> u32 {
        let number = self.values.number(value);
        if let Some(name) = name
            && !self.names.contains_key(&number)
        {
            let name = self.stems(name).join(" ");
            self.names.insert(number, name);
        }
        number
    }

    fn stems(&mut self, text: &str) -> Vec<String> {
        let words = self.analyzer.words(text).into_iter();
        words.map(|word| word.stem).collect()
    }

    /// Descriptions are left out: what is only there is no word to correct others to.
    fn read_words(&mut self, document: &ProductDocument) {
        let names = document
            .all_categories()
            .into_iter()
            .chain(document.all_fandoms())
            .map(|label| label.name.as_str());
        let values = document.searched_values().map(String::as_str);
        let texts = [document.title.as_str()]
            .into_iter()
            .chain(document.brand.as_deref())
            .chain(names)
            .chain(values);
        let product = self.products.len() as u32;
        let surfaces = &mut self.surfaces;
        let spellings = &mut self.spellings;
        for text in texts {
            self.analyzer
                .each_word(text, |surface, stem, (start, end)| {
                    let written = &text[start..end];
                    if !written.is_ascii() {
                        let spellings = spellings.entry(surface.to_owned()).or_default();
                        *spellings.entry(written.to_lowercase()).or_default() += 1;
                    }
                    if let Some(seen) = surfaces.get_mut(surface) {
                        seen.products += u32::from(seen.last != product);
                        seen.last = product;
                        return;
                    }
                    let seen = Seen {
                        stem: stem.to_owned(),
                        products: 1,
                        last: product,
                    };
                    surfaces.insert(surface.to_owned(), seen);
                });
        }
    }
}

/// Returns the spelling of each word that is not folded and that at least half of the products have.
fn usual_spellings(
    surfaces: &HashMap<String, Seen>,
    spellings: HashMap<String, HashMap<String, u32>>,
) -> HashMap<String, String> {
    let usual = spellings.into_iter().filter_map(|(surface, spellings)| {
        let products = surfaces.get(&surface)?.products;
        let most = spellings
            .into_iter()
            .max_by(|one, other| (one.1, &other.0).cmp(&(other.1, &one.0)))?;
        let is_usual = most.1.saturating_mul(2) >= products && most.0 != surface;
        is_usual.then_some((surface, most.0))
    });
    usual.collect()
}

/// Estimates the number of products by stem: a product with two inflections counts twice.
fn stem_counts(surfaces: &HashMap<String, Seen>) -> HashMap<String, u32> {
    let mut stems = HashMap::new();
    for seen in surfaces.values() {
        *stems.entry(seen.stem.clone()).or_default() += seen.products;
    }
    stems
}

fn each_once(mut numbers: Vec<u32>) -> Box<[u32]> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into()
}

/// The products of each of so many phrases, ascending.
fn inverted(phrases: usize, products: &[Read]) -> Vec<Vec<u32>> {
    let mut inverted = vec![Vec::new(); phrases];
    for (product, read) in (0..).zip(products) {
        for &phrase in &read.phrases {
            inverted[phrase as usize].push(product);
        }
    }
    inverted
}

/// All that was read, sorted by phrase.
struct PhraseProducts<'a> {
    phrases: &'a [String],
    products_of: Vec<Vec<u32>>,
    values: Vec<FacetChoice>,
    names: &'a HashMap<u32, String>,
    products: &'a [Read],
}

impl PhraseProducts<'_> {
    fn meanings(&self) -> HashMap<String, Vec<Meaning>> {
        let with_value = self.products_with_values();
        let mut counter = Counter::new(self.values.len());
        let mut meanings: HashMap<String, Vec<Meaning>> = HashMap::new();
        let mut in_titles = HashSet::new();
        for (phrase, products) in self.phrases.iter().zip(&self.products_of) {
            if (products.len() as u32) < MIN_SUPPORT {
                continue;
            }
            in_titles.insert(phrase);
            let products = products
                .iter()
                .map(|&product| &self.products[product as usize]);
            let all = products.len() as f32;
            let counted = counter.count(products.map(|product| &*product.values));
            // Numbers say which of many alike is meant: what those have in common besides is chance.
            let is_of_words = phrase.chars().all(|it| it.is_alphabetic() || it == ' ');
            let found = counted.iter().filter_map(|&(value, both)| {
                let support = with_value[value as usize];
                let meaning = Meaning {
                    value: self.values[value as usize].clone(),
                    share: both as f32 / all,
                    coverage: both as f32 / support as f32,
                    support,
                    named: self.names.get(&value) == Some(phrase),
                };
                let speaks = is_of_words
                    && both >= MIN_SUPPORT
                    && meaning.share >= LEAST_SHARE
                    && meaning.coverage >= LEAST_COVERAGE;
                (speaks || meaning.named && support >= MIN_SUPPORT).then_some(meaning)
            });
            let found: Vec<_> = found.collect();
            if !found.is_empty() {
                meanings.insert(phrase.clone(), found);
            }
        }
        // What is called so, though hardly a title says it.
        for (&value, name) in self.names {
            let support = with_value[value as usize];
            let can_be_asked_for =
                (1..=MAX_PHRASE_WORDS).contains(&name.split_whitespace().count());
            if support >= MIN_SUPPORT && can_be_asked_for && !in_titles.contains(name) {
                meanings.entry(name.clone()).or_default().push(Meaning {
                    value: self.values[value as usize].clone(),
                    share: 1.0,
                    coverage: 0.0,
                    support,
                    named: true,
                });
            }
        }
        meanings.values_mut().for_each(keep_best);
        meanings
    }

    fn products_with_values(&self) -> Vec<u32> {
        let mut counts = vec![0; self.values.len()];
        for &value in self.products.iter().flat_map(|product| &product.values) {
            counts[value as usize] += 1;
        }
        counts
    }
}

/// Counts how many of some products have each value; keeps its buffers.
struct Counter {
    counts: Vec<u32>,
    counted: Vec<(u32, u32)>,
}

impl Counter {
    fn new(values: usize) -> Self {
        Self {
            counts: vec![0; values],
            counted: Vec::new(),
        }
    }

    fn count<'a>(&mut self, products: impl Iterator<Item = &'a [u32]>) -> &[(u32, u32)] {
        self.counted.clear();
        for &value in products.flatten() {
            let count = &mut self.counts[value as usize];
            if *count == 0 {
                self.counted.push((value, 0));
            }
            *count += 1;
        }
        for (value, count) in &mut self.counted {
            *count = std::mem::take(&mut self.counts[*value as usize]);
        }
        &self.counted
    }
}

/// Keeps the meanings with the best agreement. Ties are broken by value.
fn keep_best(meanings: &mut Vec<Meaning>) {
    meanings.sort_by(|one, other| {
        let named = other.named.cmp(&one.named);
        let agreement = other.agreement().total_cmp(&one.agreement());
        named
            .then(agreement)
            .then_with(|| one.value.cmp(&other.value))
    });
    let named = meanings.iter().filter(|meaning| meaning.named).count();
    meanings.truncate(named + MEANINGS);
}
