//! What means the same as some of a query's words.

use std::sync::Arc;

use super::{
    AppliedSynonyms,
    config::Synonyms,
    phrases::{Found, Phrases, Standing},
    stop_words::StopWords,
};
use crate::{
    analysis::Analyzer,
    plan::{Joined, TextPlan, Word},
};

/// Most synonyms of a word.
const MAX_OF_A_WORD: usize = 30;

/// All groups.
#[derive(Debug)]
pub(super) struct SynonymTable(Phrases<Expansion>);

/// What a phrase also finds.
#[derive(Debug)]
struct Expansion {
    /// The group's id.
    id: Arc<str>,
    /// All phrases of the group that are found, the phrase itself among them if it is one.
    targets: Arc<[Target]>,
}

#[derive(Debug)]
struct Target {
    phrase: String,
    /// Of all its words.
    stems: Vec<String>,
    /// What a product has to have: its words without stop words.
    words: Vec<Joined>,
}

impl SynonymTable {
    pub(super) fn new(
        groups: &[Synonyms],
        stop_words: &StopWords,
        analyzer: &mut Analyzer,
    ) -> Self {
        let mut phrases = Phrases::new();
        for group in groups {
            let targets = group.phrases.iter();
            let targets: Arc<[Target]> = targets
                .map(|phrase| Target::new(phrase, stop_words, analyzer))
                .collect();
            let sources = if group.is_one_way() {
                &group.from
            } else {
                &group.phrases
            };
            let id = Arc::from(group.id.as_str());
            for source in sources {
                let expansion = Expansion {
                    id: Arc::clone(&id),
                    targets: Arc::clone(&targets),
                };
                phrases.add(source, Standing::Anywhere, expansion, analyzer);
            }
        }
        Self(phrases)
    }

    /// Puts synonyms to a text's words.
    pub(super) fn expand(&self, text: &mut TextPlan) -> Vec<AppliedSynonyms> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let stems: Vec<String> = text.words.iter().map(|word| word.stem.clone()).collect();
        let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
        let found = self.0.found_in(&stems);
        found
            .filter_map(|found| expand_at(&mut text.words, &found))
            .collect()
    }
}

impl Target {
    fn new(phrase: &str, stop_words: &StopWords, analyzer: &mut Analyzer) -> Self {
        let tokens = analyzer.words(phrase);
        let stems = tokens.iter().map(|token| token.stem.clone()).collect();
        let words = tokens.into_iter().map(|token| Joined {
            surface: token.surface,
            stem: token.stem,
        });
        let (stops, others): (Vec<_>, Vec<_>) =
            words.partition(|word| stop_words.has(&word.surface));
        Self {
            phrase: phrase.to_owned(),
            stems,
            words: if others.is_empty() { stops } else { others },
        }
    }

    fn is(&self, words: &[Word]) -> bool {
        self.stems.iter().eq(words.iter().map(|word| &word.stem))
    }

    /// Whether a word has it already, however that was written.
    fn is_among(&self, synonyms: &[Vec<Joined>]) -> bool {
        let own = || self.words.iter().map(|word| &word.stem);
        let mut known = synonyms.iter();
        known.any(|known| known.iter().map(|word| &word.stem).eq(own()))
    }
}

fn expand_at(words: &mut [Word], found: &Found<'_, Expansion>) -> Option<AppliedSynonyms> {
    let words = &mut words[found.start..found.start + found.length];
    let targets = found.value.targets.iter();
    let targets: Vec<&Target> = targets.filter(|target| !target.is(words)).collect();
    for word in &mut *words {
        for target in &targets {
            if word.synonyms.len() < MAX_OF_A_WORD && !target.is_among(&word.synonyms) {
                word.synonyms.push(target.words.clone());
            }
        }
    }
    let surfaces: Vec<&str> = words.iter().map(|word| word.surface.as_str()).collect();
    let applied = AppliedSynonyms {
        id: found.value.id.to_string(),
        words: surfaces.join(" "),
        also: targets.iter().map(|target| target.phrase.clone()).collect(),
    };
    (!targets.is_empty()).then_some(applied)
}
