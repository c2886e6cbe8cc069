//! Phrases that are looked for in a query, all at once.

use std::collections::HashMap;

use crate::query::analysis::Analyzer;

/// Position that a phrase must have in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The phrase is the whole query.
    Alone,
    /// Before all else.
    First,
    /// Anywhere.
    Anywhere,
}

/// Phrases, by their stems, and what each stands for. Looking for all of them takes the query's length, not their number.
#[derive(Debug)]
pub(super) struct Phrases<T> {
    by_first_stem: HashMap<String, Vec<Phrase<T>>>,
}

#[derive(Debug)]
struct Phrase<T> {
    /// The stems after the first.
    rest: Box<[String]>,
    standing: Standing,
    value: T,
}

/// A phrase that a query has.
#[derive(Debug)]
pub(super) struct PhraseMatch<'a, T> {
    /// Position of the first word in the query.
    pub(super) start: usize,
    /// Number of words.
    pub(super) length: usize,
    /// Value of the phrase.
    pub(super) value: &'a T,
}

impl<T> Phrases<T> {
    pub(super) fn new() -> Self {
        Self {
            by_first_stem: HashMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_first_stem.is_empty()
    }

    /// Adds a phrase; one without words is never found.
    pub(super) fn add(
        &mut self,
        phrase: &str,
        standing: Standing,
        value: T,
        analyzer: &mut Analyzer,
    ) {
        let words = analyzer.words(phrase).into_iter();
        let mut stems = words.map(|word| word.stem);
        let Some(first) = stems.next() else {
            return;
        };
        let phrase = Phrase {
            rest: stems.collect(),
            standing,
            value,
        };
        self.by_first_stem.entry(first).or_default().push(phrase);
    }

    /// Every phrase that a query of these stems has, by its place.
    pub(super) fn found_in<'a>(
        &'a self,
        stems: &'a [&str],
    ) -> impl Iterator<Item = PhraseMatch<'a, T>> {
        stems.iter().enumerate().flat_map(move |(start, stem)| {
            let candidates = self.by_first_stem.get(*stem).into_iter().flatten();
            candidates
                .filter(move |phrase| phrase.stands_at(start, stems))
                .map(move |phrase| PhraseMatch {
                    start,
                    length: 1 + phrase.rest.len(),
                    value: &phrase.value,
                })
        })
    }
}

impl<T> Phrase<T> {
    fn stands_at(&self, start: usize, stems: &[&str]) -> bool {
        let after = &stems[start + 1..];
        let is_placed = match self.standing {
            Standing::Alone => start == 0 && after.len() == self.rest.len(),
            Standing::First => start == 0,
            Standing::Anywhere => true,
        };
        is_placed
            && after.len() >= self.rest.len()
            && self.rest.iter().zip(after).all(|(own, given)| own == given)
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::Language;

    use super::*;

    #[test]
    fn phrases_are_found_by_stems_where_they_have_to_stand() {
        let mut analyzer = Analyzer::new(Language::English);
        let mut phrases = Phrases::new();
        for (phrase, standing) in [
            ("Red Mug", Standing::Alone),
            ("red mug", Standing::First),
            ("red mug", Standing::Anywhere),
            ("mug", Standing::Anywhere),
            ("?", Standing::Anywhere),
        ] {
            phrases.add(phrase, standing, standing, &mut analyzer);
        }
        let mut found = |text: &str| -> Vec<(usize, usize, Standing)> {
            let words = analyzer.words(text);
            let stems: Vec<&str> = words.iter().map(|word| word.stem.as_str()).collect();
            let found = phrases.found_in(&stems);
            found.map(|it| (it.start, it.length, *it.value)).collect()
        };
        let anywhere = Standing::Anywhere;
        assert_eq!(
            found("red MUGS"),
            [
                (0, 2, Standing::Alone),
                (0, 2, Standing::First),
                (0, 2, anywhere),
                (1, 1, anywhere)
            ]
        );
        assert_eq!(
            found("red mug big"),
            [(0, 2, Standing::First), (0, 2, anywhere), (1, 1, anywhere)]
        );
        assert_eq!(found("a red mug"), [(1, 2, anywhere), (2, 1, anywhere)]);
        assert_eq!(found("red"), []);
        assert_eq!(found(""), []);
    }
}
