//! First letters of a text's words, by which most words of a product need no look.

use souk_domain::Language;

use super::Word;
use super::analysis::Analyzer;

/// ASCII letters that a matching word may begin with; none if it may begin with any.
pub(crate) struct Initials(Option<[bool; 128]>);

impl Initials {
    /// Returns those that let everything match.
    pub(crate) fn any() -> Self {
        Self(None)
    }

    /// Returns those of words that match without typos.
    pub(crate) fn of(words: &[Word], language: Language, analyzer: &Analyzer) -> Self {
        let is_listed = |word: &Word| analyzer.is_listed(&word.surface);
        if !keeps_initials(language) || words.iter().any(is_listed) {
            return Self::any();
        }
        let mut initials = [false; 128];
        let own = words.iter().flat_map(|word| [&word.stem, &word.surface]);
        let others = words.iter().flat_map(|word| {
            let others = word.synonyms.iter().chain(&word.related).flatten();
            word.joined.iter().chain(others)
        });
        for text in own.chain(others.flat_map(|it| [&it.stem, &it.surface])) {
            let initial = text.bytes().next().map(usize::from);
            if let Some(allowed) = initial.and_then(|initial| initials.get_mut(initial)) {
                *allowed = true;
            }
        }
        Self(Some(initials))
    }

    /// Returns true if a word may match by what it begins with. Of one with digits, parts match as well.
    pub(crate) fn may_match(&self, written: &str) -> bool {
        let Some(initials) = &self.0 else {
            return true;
        };
        let initial = written.bytes().next().unwrap_or_default();
        let initial = usize::from(initial.to_ascii_lowercase());
        initials.get(initial).is_none_or(|&allowed| allowed)
            || !written.bytes().all(|byte| byte.is_ascii_alphabetic())
    }
}

/// Returns true if stems of the language begin with the same letter as their words.
fn keeps_initials(language: Language) -> bool {
    // These lose prefixes, or may come to.
    !matches!(
        language,
        Language::Arabic | Language::Dutch | Language::Greek | Language::Tamil
    )
}
