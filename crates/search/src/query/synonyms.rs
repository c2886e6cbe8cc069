//! Synonyms and stop words, as they are applied to a parsed text.

use std::ops::Range;

use super::analysis::Analyzer;
use super::text_query::{TextPlan, Word, WordForm};

/// At most so many synonyms stand at a word: as many as one group has.
pub const MAX_SYNONYMS: usize = 20;

/// A phrase that words of a text may also mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// As it was given.
    pub phrase: String,
    /// Of all its words.
    stems: Vec<String>,
    /// Words that a product must have, without stop words.
    words: Vec<WordForm>,
}

impl Synonym {
    /// A phrase as a synonym. A product need not have its stop words, unless it has no others.
    pub fn new(phrase: &str, is_stop_word: impl Fn(&str) -> bool, analyzer: &mut Analyzer) -> Self {
        let words: Vec<_> = analyzer
            .words(phrase)
            .into_iter()
            .map(WordForm::from)
            .collect();
        let stems = words.iter().map(|word| word.stem.clone()).collect();
        let (stop_words, others): (Vec<_>, Vec<_>) = words
            .into_iter()
            .partition(|word| is_stop_word(&word.surface));
        Self {
            phrase: phrase.to_owned(),
            stems,
            words: if others.is_empty() {
                stop_words
            } else {
                others
            },
        }
    }

    /// Returns true if the synonym consists of these words.
    fn is(&self, words: &[Word]) -> bool {
        self.stems.iter().eq(words.iter().map(|word| &word.stem))
    }

    /// Returns true if the word has the synonym already, in any spelling.
    fn stands_at(&self, word: &Word) -> bool {
        let own = || self.words.iter().map(|word| &word.stem);
        let mut known = word.synonyms.iter();
        known.any(|known| known.iter().map(|word| &word.stem).eq(own()))
    }
}

impl TextPlan {
    /// Has some of its words, by their places, also mean a synonym: each of them or none. Answers whether they do now. One
    /// of no words adds nothing, nor does what stands there already, nor one too many.
    pub fn add_synonym(&mut self, places: Range<usize>, synonym: &Synonym) -> bool {
        let Some(words) = self.words.get_mut(places).filter(|words| !words.is_empty()) else {
            return false;
        };
        let is_full = |word: &Word| word.synonyms.len() >= MAX_SYNONYMS && !synonym.stands_at(word);
        if synonym.words.is_empty() || synonym.is(words) || words.iter().any(is_full) {
            return false;
        }
        for word in words.iter_mut().filter(|word| !synonym.stands_at(word)) {
            word.synonyms.push(synonym.words.clone());
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

    fn synonym(phrase: &str) -> Synonym {
        let mut analyzer = Analyzer::new(Language::English);
        Synonym::new(phrase, |word| word == "the", &mut analyzer)
    }

    fn stems(word: &Word) -> Vec<Vec<String>> {
        let synonyms = word.synonyms.iter();
        let stems = |words: &Vec<WordForm>| words.iter().map(|it| it.stem.clone()).collect();
        synonyms.map(stems).collect()
    }

    #[test]
    fn a_synonym_stands_at_each_of_its_words() {
        let mut text = plan("red cell phones case ");
        assert!(text.add_synonym(1..3, &synonym("The Mobiles")));
        let found: Vec<_> = text.words.iter().map(stems).collect();
        let mobile = vec![vec!["mobil".to_owned()]];
        assert_eq!(found, [vec![], mobile.clone(), mobile, vec![]]);
    }

    #[test]
    fn phrase_without_meaning_is_no_synonym() {
        let mut text = plan("cell phone ");
        let phrases = ["", "!?", "cell phones"];
        assert!(phrases.map(|it| text.add_synonym(0..2, &synonym(it))) == [false; 3]);
        assert!(!text.add_synonym(1..3, &synonym("mobile")), "no such words");
        assert!(!text.add_synonym(1..1, &synonym("mobile")), "no words");
        assert!(text.add_synonym(0..2, &synonym("mobile")));
        assert!(text.add_synonym(0..2, &synonym("the mobiles")), "the same");
        assert_eq!(text.words[0].synonyms.len(), 1);
        let more = (0..MAX_SYNONYMS * 2)
            .filter(|number| text.add_synonym(0..1, &synonym(&format!("phone{number}"))));
        assert_eq!(more.count(), MAX_SYNONYMS - 1);
        assert!(
            !text.add_synonym(0..2, &synonym("handy")),
            "at both or none"
        );
        assert_eq!(text.words[1].synonyms.len(), 1);
    }

    #[test]
    fn stop_words_are_dropped_with_what_they_make() {
        let mut text = plan("game of thrones");
        assert!(text.add_synonym(0..3, &synonym("got")));
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
