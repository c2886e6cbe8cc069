//! What words of a text mean besides, and words that mean nothing: for whoever rewrites a text.

use std::ops::Range;

use crate::analysis::Analyzer;
use crate::plan::{Joined, TextPlan, Word};

/// At most so many synonyms stand at a word.
pub const MAX_SYNONYMS: usize = 16;
/// Longest synonym, in words.
pub const MAX_SYNONYM_WORDS: usize = 6;

impl TextPlan {
    /// Has some of its words, by their places, also mean a phrase. Answers whether they do: a phrase that is no word, has
    /// more than [`MAX_SYNONYM_WORDS`], or is what stands there already adds nothing, nor does one too many.
    pub fn add_synonym(
        &mut self,
        places: Range<usize>,
        phrase: &str,
        analyzer: &mut Analyzer,
    ) -> bool {
        let Some(words) = self.words.get_mut(places).filter(|words| !words.is_empty()) else {
            return false;
        };
        let tokens = analyzer.words(phrase);
        let synonym: Vec<Joined> = tokens.into_iter().map(Joined::from).collect();
        let stems = || synonym.iter().map(|word| &word.stem);
        let says_nothing = synonym.is_empty()
            || synonym.len() > MAX_SYNONYM_WORDS
            || stems().eq(words.iter().map(|word| &word.stem));
        let is_refused =
            |word: &Word| word.synonyms.len() >= MAX_SYNONYMS || word.synonyms.contains(&synonym);
        if says_nothing || words.iter().any(is_refused) {
            return false;
        }
        for word in words {
            word.synonyms.push(synonym.clone());
        }
        true
    }

    /// Drops words that say nothing, unless all of them do, and answers which. Synonyms that stand at other words stay.
    pub fn drop_stop_words(&mut self, is_stop_word: impl Fn(&Word) -> bool) -> Vec<Word> {
        if self.words.iter().all(&is_stop_word) {
            return Vec::new();
        }
        for place in 1..self.words.len() {
            let pair = &mut self.words[place - 1..=place];
            if pair.iter().any(&is_stop_word) {
                let joined = format!("{}{}", pair[0].surface, pair[1].surface);
                for word in pair {
                    word.joined.retain(|other| other.surface != joined);
                }
            }
        }
        let (dropped, kept) = self.words.drain(..).partition(is_stop_word);
        self.words = kept;
        dropped
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::Language;

    use super::*;

    fn plan(text: &str) -> TextPlan {
        TextPlan::new(text, Language::English)
    }

    #[test]
    fn a_synonym_stands_at_each_of_its_words() {
        let mut analyzer = Analyzer::new(Language::English);
        let mut text = plan("red cell phones case ");
        assert!(text.add_synonym(1..3, "Mobiles", &mut analyzer));
        let stems = |word: &Word| -> Vec<Vec<String>> {
            let synonyms = word.synonyms.iter();
            let stems = |words: &Vec<Joined>| words.iter().map(|it| it.stem.clone()).collect();
            synonyms.map(stems).collect()
        };
        let found: Vec<_> = text.words.iter().map(stems).collect();
        let mobile = vec![vec!["mobil".to_owned()]];
        assert_eq!(found, [vec![], mobile.clone(), mobile, vec![]]);
    }

    #[test]
    fn what_adds_no_meaning_is_no_synonym() {
        let mut analyzer = Analyzer::new(Language::English);
        let mut text = plan("cell phone ");
        let phrases = ["", "!?", "cell phones", "a b c d e f g"];
        assert!(phrases.map(|it| text.add_synonym(0..2, it, &mut analyzer)) == [false; 4]);
        assert!(
            !text.add_synonym(1..3, "mobile", &mut analyzer),
            "no such words"
        );
        assert!(!text.add_synonym(1..1, "mobile", &mut analyzer), "no words");
        assert!(text.add_synonym(0..2, "mobile", &mut analyzer));
        assert!(!text.add_synonym(0..2, "mobile", &mut analyzer), "again");
        let more = (0..MAX_SYNONYMS * 2).filter(|number| {
            let phrase = format!("phone{number}");
            text.add_synonym(0..1, &phrase, &mut analyzer)
        });
        assert_eq!(more.count(), MAX_SYNONYMS - 1);
    }

    #[test]
    fn stop_words_are_dropped_with_what_they_make() {
        let mut analyzer = Analyzer::new(Language::English);
        let mut text = plan("game of thrones");
        assert!(text.add_synonym(0..3, "got", &mut analyzer));
        let dropped = text.drop_stop_words(|word| word.surface == "of");
        assert_eq!(dropped.len(), 1);
        let words: Vec<_> = text
            .words
            .iter()
            .map(|word| word.surface.as_str())
            .collect();
        assert_eq!(words, ["game", "thrones"]);
        assert!(text.words.iter().all(|word| word.joined.is_empty()));
        assert!(text.words.iter().all(|word| word.synonyms.len() == 1));
        assert!(text.drop_stop_words(|_| true).is_empty());
        assert_eq!(text.words.len(), 2, "never all");
    }
}
