//! Number of words of a text that a hit shows.

use std::collections::HashSet;

use souk_domain::{Hit, Language};

use crate::query::analysis::Analyzer;
use crate::query::{Initials, TextPlan, Word};

/// Counts the words of one text in many hits: in title, brand, and names of category, fandom and seller.
pub(super) struct SharedWords<'a> {
    analyzer: Analyzer,
    initials: Initials,
    words: &'a [Word],
    /// Stems of further forms of the words, some of which have several.
    other_stems: HashSet<&'a str>,
}

impl<'a> SharedWords<'a> {
    pub(super) fn new(text: &'a TextPlan, language: Language) -> Self {
        let words = &text.words;
        let analyzer = Analyzer::new(language);
        let others = words
            .iter()
            .flat_map(|word| word.synonyms.iter().chain(&word.related));
        let other_stems = others.flatten().map(|form| form.stem.as_str());
        Self {
            initials: Initials::of(words, language, &analyzer),
            other_stems: other_stems.collect(),
            analyzer,
            words,
        }
    }

    pub(super) fn count(&mut self, hit: &Hit) -> usize {
        let Self {
            analyzer,
            initials,
            words,
            other_stems,
        } = self;
        let places = [&hit.category, &hit.fandom].into_iter().flatten();
        let labels = places.chain([&hit.seller]).map(|label| label.name.as_str());
        let texts = [Some(hit.title.as_str()), hit.brand.as_deref()];
        let mut has = vec![false; words.len()];
        let mut others: HashSet<&str> = HashSet::new();
        let passes = |written: &str| initials.may_match(written);
        for text in texts.into_iter().flatten().chain(labels) {
            analyzer.each_term_where(text, true, passes, |term| {
                for (has, word) in has.iter_mut().zip(*words) {
                    let begins = word.prefix && term.surface.starts_with(&word.surface);
                    *has |= begins || word.has_stem(term.stem);
                }
                others.extend(other_stems.get(term.stem));
            });
        }
        let by_others = |word: &Word| {
            let mut forms = word.synonyms.iter().chain(&word.related);
            forms.any(|forms| forms.iter().all(|form| others.contains(form.stem.as_str())))
        };
        let has = has.into_iter().zip(*words);
        has.filter(|&(has, word)| has || by_others(word)).count()
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::{Currency, Highlights, Label, PriceRange, ProductId, SearchQuery, TenantId};

    use super::*;
    use crate::SearchPlan;

    fn hit(title: &str, brand: &str) -> Hit {
        Hit {
            id: ProductId(1),
            slug: String::new(),
            title: title.to_owned(),
            brand: Some(brand.to_owned()),
            image: None,
            image_alt: None,
            price: PriceRange {
                min: 1,
                max: 1,
                currency: Currency::EUR,
            },
            list_price: None,
            lowest_price_30d: None,
            stock: 1,
            available: true,
            variant: None,
            rating: None,
            rating_count: 0,
            category: None,
            fandom: None,
            seller: Label::new("shop", "The Shop"),
            created_at_ms: 0,
            variants: 1,
            highlights: Highlights::default(),
            score: None,
        }
    }

    #[test]
    fn words_are_counted_once_wherever_they_stand() {
        let query = SearchQuery {
            text: Some("acme red mugs w".to_owned()),
            ..SearchQuery::default()
        };
        let plan = SearchPlan::new(TenantId(1), Language::English, &query, 0);
        let mut shared = SharedWords::new(plan.text.as_ref().unwrap(), Language::English);
        for (title, brand, expected) in [
            ("Red mug, red", "Acme", 3),
            ("White mug", "Bolt", 2),
            ("Reddish bowl", "Bolt", 0),
        ] {
            assert_eq!(shared.count(&hit(title, brand)), expected, "{title}");
        }
    }
}
