//! Stems: those of Snowball, corrected by rules of spelling and by lists of exceptions.

use frostem::Stemmer;
use souk_domain::Language;

use super::exceptions::{self, Exceptions};
use super::fold::fold_lowered_into;
use super::snowball::{algorithm, stem_into};
use super::{alternatives, rules};

/// Stems words of one language; keeps its buffers.
pub(crate) struct Stems {
    language: Language,
    stemmer: Option<Stemmer>,
    exceptions: &'static Exceptions,
    has_alternatives: bool,
    stem: String,
    /// The stem of the word as it is without its marks.
    unmarked: String,
    /// The stems of the word if its ending belongs to it.
    alternatives: [String; 2],
}

/// Stems of one word.
pub(crate) struct Stemmed<'a> {
    pub(crate) stem: &'a str,
    /// Stems that it also has: as typed without marks, or if its ending belongs to it. Empty ones are none.
    pub(crate) others: [&'a str; 3],
}

impl Stems {
    pub(crate) fn new(language: Language) -> Self {
        Self {
            language,
            stemmer: algorithm(language).map(Stemmer::new),
            exceptions: exceptions::of(language),
            has_alternatives: alternatives::exist(language),
            stem: String::new(),
            unmarked: String::new(),
            alternatives: Default::default(),
        }
    }

    /// Returns true if the case of a word's ASCII letters tells words apart.
    pub(crate) fn is_turkish(&self) -> bool {
        self.language == Language::Turkish
    }

    /// Returns true for a folded word of the exceptions, whose forms may begin otherwise.
    pub(crate) fn is_listed(&self, folded: &str) -> bool {
        self.exceptions.has(folded)
    }

    /// Returns the stems of a word, given its folded form, and in lower case with its marks if that is another.
    ///
    /// A word is stemmed with its marks, since endings differ by them. Those who type it without marks find it by the stem
    /// that it has then.
    pub(crate) fn stem(&mut self, folded: &str, lowered: Option<&str>) -> Stemmed<'_> {
        self.stem.clear();
        self.unmarked.clear();
        self.alternatives.iter_mut().for_each(String::clear);
        let lowered = lowered.unwrap_or(folded);
        let (stemmer, language) = (self.stemmer, self.language);
        if self.exceptions.stem_into(folded, &mut self.stem) {
            // Forms that met before still do.
            stem_into(&mut self.unmarked, stemmer, language, folded);
        } else {
            stem_into(&mut self.stem, stemmer, language, lowered);
            if lowered != folded {
                stem_into(&mut self.unmarked, stemmer, language, folded);
            }
            if self.has_alternatives {
                let alternatives = alternatives::of(language, lowered);
                for (own, alternative) in self.alternatives.iter_mut().zip(alternatives) {
                    fold_lowered_into(own, alternative.as_deref().unwrap_or_default());
                    rules::after(language, lowered, own, 0);
                }
            }
        }
        let mut known = [self.stem.as_str(), "", "", ""];
        let [one, two] = &self.alternatives;
        for (place, other) in [&self.unmarked, one, two].into_iter().enumerate() {
            if !known.contains(&other.as_str()) {
                known[place + 1] = other;
            }
        }
        let [stem, others @ ..] = known;
        Stemmed { stem, others }
    }
}
