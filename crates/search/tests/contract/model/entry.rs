//! A document of the model, and the conditions that it meets.

use std::collections::BTreeSet;

use souk_domain::{
    FacetName, Filters, Label, MatchStage, ProductDocument, VariantDocument, same_value,
};
use souk_search::merchandising::{Chosen, Merchandising};
use souk_search::query::analysis::{Analyzer, Token, normal_code};
use souk_search::query::{
    CodeMatch, ExactPhrase, Operators, TextPlan, Word, WordForm, inner_codes_of,
};

pub(super) struct Entry {
    pub(super) document: ProductDocument,
    words: Vec<Token>,
    /// Surfaces of each text's words.
    texts: Vec<Vec<String>>,
    codes: Vec<String>,
    inner_codes: Vec<String>,
}

impl Entry {
    pub(super) fn of(document: &ProductDocument, analyzer: &mut Analyzer) -> Self {
        let named = document.all_categories().into_iter();
        let named = named.chain(document.all_fandoms());
        let names = named.chain([&document.seller]).map(|label| &label.name);
        let texts = [&document.title].into_iter();
        let texts = texts.chain(&document.brand).chain(names);
        let texts = texts.chain(document.attributes.values().flatten());
        let texts: Vec<(&String, bool)> = texts
            .map(|text| (text, true))
            .chain([(&document.description, false)])
            .collect();
        let surfaces = |text: Vec<Token>| text.into_iter().map(|word| word.surface).collect();
        Self {
            texts: texts
                .iter()
                .map(|(text, _)| surfaces(analyzer.words(text)))
                .collect(),
            words: texts
                .into_iter()
                .flat_map(|(text, spaced)| analyzer.terms(text, spaced))
                .collect(),
            inner_codes: inner_codes_of(&document.codes),
            codes: document
                .codes
                .iter()
                .map(|code| normal_code(code))
                .collect(),
            document: document.clone(),
        }
    }

    pub(super) fn matches(&self, text: &TextPlan, stage: MatchStage) -> bool {
        let words = text.words.iter();
        let by_words = match stage {
            MatchStage::AnyTerm => words.clone().any(|word| self.has(word, stage)),
            _ => !text.words.is_empty() && words.clone().all(|word| self.has(word, stage)),
        };
        let is_code = |code: &String| {
            let has_digit = code.bytes().any(|byte| byte.is_ascii_digit());
            self.has_code(
                code,
                if has_digit {
                    CodeMatch::Prefix
                } else {
                    CodeMatch::Whole
                },
            )
        };
        by_words || text.code.as_ref().is_some_and(is_code)
    }

    fn has(&self, word: &Word, stage: MatchStage) -> bool {
        let typos = match stage {
            MatchStage::AllTerms => 0,
            _ => usize::from(word.typos),
        };
        let like = |token: &Token| {
            word.has_stem(&token.stem)
                || (word.prefix && token.surface.starts_with(&word.surface))
                || (typos > 0
                    && !token.surface.is_empty()
                    && is_typo(&token.surface, &word.surface, typos))
        };
        let has_stem = |stem: &str| self.words.iter().any(|token| token.stem == stem);
        let means = |synonym: &Vec<WordForm>| synonym.iter().all(|part| has_stem(&part.stem));
        let is_code = |code: &String| self.has_code(code, word.code_match);
        self.words.iter().any(like)
            || word.synonyms.iter().chain(&word.related).any(means)
            || word.code.as_ref().is_some_and(is_code)
    }

    fn has_code(&self, part: &String, farthest: CodeMatch) -> bool {
        let begins = |code: &String| code.starts_with(part.as_str());
        self.codes.contains(part)
            || (farthest >= CodeMatch::Prefix && self.codes.iter().any(begins))
            || (farthest >= CodeMatch::Within && self.inner_codes.iter().any(begins))
    }

    /// Returns true if it has every phrase, and nothing that is excluded.
    pub(super) fn is_admitted_by(&self, operators: &Operators) -> bool {
        let excludes = |phrase: &ExactPhrase| match phrase.words.as_slice() {
            [word] => {
                self.words.iter().any(|own| own.stem == word.stem) || self.has_code_of(phrase)
            }
            _ => self.has_phrase(phrase),
        };
        operators
            .phrases
            .iter()
            .all(|phrase| self.has_phrase(phrase))
            && !operators.excluded.iter().any(excludes)
    }

    fn has_phrase(&self, phrase: &ExactPhrase) -> bool {
        let words: Vec<_> = phrase.words.iter().map(|word| &word.surface).collect();
        let stands = |text: &Vec<String>| {
            text.windows(words.len())
                .any(|own| own.iter().eq(words.iter().copied()))
        };
        self.texts.iter().any(stands) || self.has_code_of(phrase)
    }

    fn has_code_of(&self, phrase: &ExactPhrase) -> bool {
        phrase
            .code
            .as_ref()
            .is_some_and(|code| self.codes.contains(code))
    }

    fn is_one_of(&self, products: &Chosen) -> bool {
        match products {
            Chosen::Products(ids) => ids.contains(&self.document.id),
            Chosen::Matching(filters) => self.passes(filters),
        }
    }

    /// Returns true if no rule hides the product.
    pub(super) fn is_admitted(&self, merchandising: &Merchandising) -> bool {
        let mut hidden = merchandising.hidden.iter();
        !hidden.any(|hidden| self.is_one_of(hidden))
    }

    /// Returns the boost factor on the popularity.
    pub(super) fn boost(&self, merchandising: &Merchandising) -> f64 {
        let boosts = merchandising.boosts.iter();
        let own = boosts.filter(|boost| self.is_one_of(&boost.chosen));
        own.map(|boost| f64::from(boost.factor))
            .product::<f64>()
            .min(20.0)
    }

    /// Returns true if one of its variants passes all filters.
    fn passes(&self, filters: &Filters) -> bool {
        !self.passing(&[filters], None, None).is_empty()
    }

    /// Returns the variants that pass all of several filters, the first without those of one facet or attribute; none if
    /// the product does not pass them.
    pub(super) fn passing(
        &self,
        filters: &[&Filters],
        but: Option<FacetName>,
        but_attribute: Option<&str>,
    ) -> Vec<&VariantDocument> {
        let but = |place| {
            let first = place == 0;
            (but.filter(|_| first), but_attribute.filter(|_| first))
        };
        let mut placed = filters.iter().enumerate();
        if !placed.all(|(place, filters)| self.product_passes(filters, but(place).0)) {
            return Vec::new();
        }
        let variants = self.document.variants.iter();
        let passing = variants.filter(|variant| {
            let mut placed = filters.iter().enumerate();
            placed.all(|(place, filters)| self.variant_passes(variant, filters, but(place)))
        });
        passing.collect()
    }

    /// Returns the values that a variant has of an attribute.
    pub(super) fn values_of<'a>(
        &'a self,
        variant: &'a VariantDocument,
        name: &'a str,
    ) -> Vec<&'a String> {
        let names = self.document.attributes.keys();
        let name = names.into_iter().find(|own| same_value(own, name));
        let Some(name) = name else {
            return Vec::new();
        };
        let values = self.document.attributes.get(name).into_iter().flatten();
        let own = values.filter(|value| {
            let has = |variant: &VariantDocument| variant.options.get(name) == Some(*value);
            has(variant) || !self.document.variants.iter().any(has)
        });
        own.collect()
    }

    pub(super) fn seller_of<'a>(&'a self, variant: &'a VariantDocument) -> &'a Label {
        variant.seller.as_ref().unwrap_or(&self.document.seller)
    }

    fn variant_passes(
        &self,
        variant: &VariantDocument,
        filters: &Filters,
        (but, but_attribute): (Option<FacetName>, Option<&str>),
    ) -> bool {
        (but == Some(FacetName::Price)
            || filters
                .price
                .is_none_or(|price| price.contains(variant.price)))
            && (but == Some(FacetName::Availability)
                || filters
                    .in_stock
                    .is_none_or(|wanted| wanted == variant.available))
            && (but == Some(FacetName::Seller)
                || filters.seller.is_empty()
                || filters.seller.contains(&self.seller_of(variant).slug))
            && filters.attributes.iter().all(|(name, accepted)| {
                let own = self.values_of(variant, name);
                but_attribute.is_some_and(|but| same_value(but, name))
                    || own.into_iter().any(|value| has(accepted, value))
            })
    }

    fn product_passes(&self, filters: &Filters, but: Option<FacetName>) -> bool {
        let document = &self.document;
        let any = |accepted: &BTreeSet<String>, own: Vec<&String>| {
            accepted.is_empty() || own.into_iter().any(|value| accepted.contains(value))
        };
        let paths = document.category_paths().flatten();
        let categories = paths.map(|label| &label.slug).collect();
        let fandoms = document.all_fandoms().map(|label| &label.slug).collect();
        let is = |facet| but == Some(facet);
        (is(FacetName::Category) || any(&filters.category, categories))
            && (is(FacetName::Fandom) || any(&filters.fandom, fandoms))
            && (is(FacetName::Brand)
                || filters.brand.is_empty()
                || document
                    .brand
                    .iter()
                    .any(|brand| has(&filters.brand, brand)))
            && (is(FacetName::Rating)
                || filters
                    .rating_min
                    .is_none_or(|least| document.rating.is_some_and(|rating| rating >= least)))
    }
}

/// Returns true if a value is accepted, in whatever spelling.
fn has(accepted: &BTreeSet<String>, value: &str) -> bool {
    accepted.iter().any(|own| same_value(own, value))
}

/// Reports whether one word is a misspelling of another. Of those of three letters, the first one is only swapped.
fn is_typo(one: &str, other: &str, typos: usize) -> bool {
    let distance = strsim::osa_distance(one, other);
    if other.chars().count() != 3 || distance == 0 {
        return distance <= typos;
    }
    let mut letters: [Vec<_>; 2] = [one, other].map(|word| word.chars().collect());
    let keeps_first = letters[0].first() == letters[1].first();
    letters
        .iter_mut()
        .for_each(|letters| letters.sort_unstable());
    let is_swap = letters[0] == letters[1];
    distance <= typos && letters[0].len() == 3 && (keeps_first || is_swap)
}
