//! Synonym groups, compiled for look-up by the words of a query.

use std::sync::Arc;

use super::{
    AppliedSynonyms,
    config::Synonyms,
    phrases::{PhraseMatch, Phrases, Standing},
    stop_words::StopWords,
};
use crate::{query::TextPlan, query::analysis::Analyzer, query::synonyms::Synonym};

/// All groups.
#[derive(Debug)]
pub(super) struct SynonymTable(Phrases<Expansion>);

/// Synonyms of a phrase.
#[derive(Debug)]
struct Expansion {
    /// The group's id.
    id: Arc<str>,
    /// All phrases of the group that are found, the phrase itself among them if it is one.
    targets: Arc<[Synonym]>,
}

impl SynonymTable {
    pub(super) fn new(
        groups: &[Synonyms],
        stop_words: &StopWords,
        analyzer: &mut Analyzer,
    ) -> Self {
        let mut phrases = Phrases::new();
        for group in groups {
            let targets: Arc<[Synonym]> = group
                .phrases
                .iter()
                .map(|phrase| Synonym::new(phrase, |word| stop_words.has(word), analyzer))
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
        let owned: Vec<String> = text.words.iter().map(|word| word.stem.clone()).collect();
        let stems: Vec<&str> = owned.iter().map(String::as_str).collect();
        let found = self.0.found_in(&stems);
        found.filter_map(|found| expand_at(text, &found)).collect()
    }
}

fn expand_at(text: &mut TextPlan, found: &PhraseMatch<'_, Expansion>) -> Option<AppliedSynonyms> {
    let places = found.start..found.start + found.length;
    let targets = found.value.targets.iter();
    let also: Vec<_> = targets
        .filter(|target| text.add_synonym(places.clone(), target))
        .map(|target| target.phrase.clone())
        .collect();
    let words = text.words[places].iter();
    let surfaces: Vec<&str> = words.map(|word| word.surface.as_str()).collect();
    (!also.is_empty()).then(|| AppliedSynonyms {
        id: found.value.id.to_string(),
        words: surfaces.join(" "),
        also,
    })
}
