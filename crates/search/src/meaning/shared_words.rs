//! Number of words of a text that a hit shows.

use std::collections::HashSet;

use souk_domain::{Hit, Language};

use crate::query::analysis::Analyzer;
use crate::query::{TextPlan, Word};

/// Counts the words of one text in many hits: in title, brand, and names of category, fandom and seller.
pub(super) struct SharedWords<'a> {
    analyzer: Analyzer,
    words: &'a [Word],
}

impl<'a> SharedWords<'a> {
    pub(super) fn new(text: &'a TextPlan, language: Language) -> Self {
        Self {
            analyzer: Analyzer::new(language),
            words: &text.words,
        }
    }

    pub(super) fn count(&mut self, hit: &Hit) -> usize {
        let places = [&hit.category, &hit.fandom].into_iter().flatten();
        let labels = places.chain([&hit.seller]).map(|label| label.name.as_str());
        let texts = [Some(hit.title.as_str()), hit.brand.as_deref()];
        let (mut stems, mut surfaces) = (HashSet::new(), Vec::new());
        for text in texts.into_iter().flatten().chain(labels) {
            self.analyzer.each_term(text, true, |term| {
                stems.insert(term.stem.to_owned());
                surfaces.push(term.surface.to_owned());
            });
        }
        let has = |word: &&Word| {
            let begins = |surface: &String| surface.starts_with(&word.surface);
            let mut others = word.synonyms.iter().chain(&word.related);
            stems.iter().any(|stem| word.has_stem(stem))
                || (word.prefix && surfaces.iter().any(begins))
                || others.any(|forms| forms.iter().all(|form| stems.contains(&form.stem)))
        };
        self.words.iter().filter(has).count()
    }
}
