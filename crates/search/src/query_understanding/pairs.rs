//! Words that stand side by side in the catalogue and may be written as one.

use std::collections::HashMap;

use fst::Map;
use souk_domain::ProductDocument;

use super::vocabulary::map;
use crate::query::WordForm;
use crate::query::analysis::Analyzer;

/// Minimum letters of a pair in one word.
const MIN_LETTERS: usize = 5;
/// Maximum size of a pair, in bytes.
const MAX_BYTES: usize = 40;
/// Widest gap between the words of a pair, such as ` - `, in bytes.
const MAX_GAP: usize = 3;

/// Collects pairs of titles and names.
#[derive(Debug, Default)]
pub(super) struct PairCounter(HashMap<String, HashMap<u8, u32>>);

/// Pairs of neighbouring words: `red`, `bull` by `redbull`.
#[derive(Debug)]
pub(super) struct Pairs(Map<Vec<u8>>);

impl PairCounter {
    /// Takes up the title and the brand of a product.
    pub(super) fn read(&mut self, document: &ProductDocument, analyzer: &mut Analyzer) {
        let texts = [&document.title].into_iter().chain(&document.brand);
        for text in texts {
            let mut before = String::new();
            let mut end = 0;
            analyzer.each_word(text, |word, _, (from, to)| {
                let is_near = !before.is_empty() && from - end <= MAX_GAP;
                if is_near && is_worth_joining(&before, word) {
                    let splits = self.0.entry(format!("{before}{word}")).or_default();
                    *splits.entry(before.len() as u8).or_default() += 1;
                }
                before.clear();
                before.push_str(word);
                end = to;
            });
        }
    }

    /// Returns the pairs, each split as most products have it.
    pub(super) fn finish(self) -> Pairs {
        let pairs = self.0.into_iter().map(|(joined, splits)| {
            let most = splits
                .into_iter()
                .max_by_key(|&(split, count)| (count, split));
            (joined, most.map_or(0, |(split, _)| u32::from(split)))
        });
        Pairs(map(pairs))
    }
}

fn is_worth_joining(one: &str, other: &str) -> bool {
    let is_word = |word: &str| word.len() > 1 && word.chars().all(char::is_alphabetic);
    let length = one.len() + other.len();
    length <= MAX_BYTES
        && is_word(one)
        && is_word(other)
        && one.chars().count() + other.chars().count() >= MIN_LETTERS
}

impl Pairs {
    /// Returns the two words that one is made of, if they stand side by side in the catalogue. Those of its stem count as
    /// well, so that `hairdryers` is `hair` and `dryer`.
    pub(super) fn split(&self, word: &WordForm, analyzer: &mut Analyzer) -> Option<Vec<WordForm>> {
        let (joined, split) = [&word.surface, &word.stem]
            .into_iter()
            .find_map(|joined| Some((joined, self.0.get(joined)?)))?;
        let (first, second) = joined.split_at_checked(split as usize)?;
        let parts = [first, second].map(|part| WordForm::new(part, analyzer));
        parts.into_iter().collect()
    }
}
