//! Words that are not searched for.

use std::collections::{BTreeSet, HashSet};

use crate::{query::TextPlan, query::analysis::Analyzer};

/// The stop words of a configuration, folded: only a word itself is one, not what has its stem.
#[derive(Debug)]
pub(super) struct StopWords(HashSet<String>);

impl StopWords {
    pub(super) fn new(words: &BTreeSet<String>, analyzer: &mut Analyzer) -> Self {
        let folded = words.iter().flat_map(|word| analyzer.words(word));
        Self(folded.map(|token| token.surface).collect())
    }

    pub(super) fn has(&self, surface: &str) -> bool {
        self.0.contains(surface)
    }

    /// Takes stop words out of a text and says which they were. A text of nothing else keeps them.
    pub(super) fn take_out(&self, text: &mut TextPlan) -> Vec<String> {
        let taken = text.drop_stop_words(|word| self.has(&word.surface));
        taken.into_iter().map(|word| word.surface).collect()
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::Language;

    use super::*;

    fn without(words: &[&str], text: &str) -> (Vec<String>, Vec<String>, TextPlan) {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let mut analyzer = Analyzer::new(Language::English);
        let mut plan = TextPlan::new(text, Language::English);
        let taken = StopWords::new(&words, &mut analyzer).take_out(&mut plan);
        let kept = plan.words.iter().map(|word| word.surface.clone()).collect();
        (taken, kept, plan)
    }

    #[test]
    fn stop_words_are_taken_out_with_what_they_made_of_their_neighbours() {
        let (taken, kept, plan) = without(&["The", "für"], "head the set fur");
        assert_eq!(taken, ["the", "fur"]);
        assert_eq!(kept, ["head", "set"]);
        let joined: Vec<_> = plan.words.iter().flat_map(|word| &word.joined).collect();
        assert_eq!(joined, Vec::<&crate::query::WordForm>::new());
        assert!(plan.words.iter().all(|word| !word.prefix));
    }

    #[test]
    fn a_text_of_stop_words_alone_keeps_them_and_stems_are_no_stop_words() {
        assert_eq!(without(&["the", "who"], "the who").1, ["the", "who"]);
        assert_eq!(
            without(&["thing"], "things to do").1,
            ["things", "to", "do"]
        );
    }
}
