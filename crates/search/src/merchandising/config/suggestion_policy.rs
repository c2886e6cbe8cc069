//! Which texts that others searched for may be suggested.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use souk_domain::InvalidField;

use super::checks::{check_count, check_phrase};
use crate::query::analysis::{Folder, word_places};

/// Most blocked phrases.
pub const MAX_BLOCKED: usize = 5_000;

/// Policy for texts that are learnt from searches.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SuggestionPolicy {
    /// True suggests only what somebody has approved.
    pub approve_first: bool,
    /// Words and phrases of which no suggested text has one.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub blocked: BTreeSet<String>,
}

impl SuggestionPolicy {
    /// Reports whether it allows everything.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(&self) -> Result<(), InvalidField> {
        check_count("blocked", self.blocked.len(), MAX_BLOCKED)?;
        for phrase in &self.blocked {
            check_phrase(phrase).map_err(|error| error.within("blocked"))?;
        }
        Ok(())
    }

    /// Reads the policy of a stored configuration, whatever else it says.
    ///
    /// # Errors
    /// If the document is not understood.
    pub fn of_document(document: &str) -> Result<Self, serde_json::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Document {
            suggestions: SuggestionPolicy,
        }
        Ok(serde_json::from_str::<Document>(document)?.suggestions)
    }
}

/// Blocked words and phrases, ready to be compared.
#[derive(Debug, Default)]
pub struct BlockList(Vec<Vec<String>>);

impl BlockList {
    /// Returns the block list of a policy.
    pub fn new(policy: &SuggestionPolicy) -> Self {
        let mut folder = Folder::new();
        let phrases = policy.blocked.iter();
        Self(phrases.map(|phrase| words(&mut folder, phrase)).collect())
    }

    /// Returns true if a text has one of the phrases, in any case and with any accents.
    pub fn blocks(&self, text: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let own = words(&mut Folder::new(), text);
        let mut phrases = self.0.iter();
        phrases.any(|phrase| {
            !phrase.is_empty() && own.windows(phrase.len()).any(|part| part == phrase)
        })
    }
}

fn words(folder: &mut Folder, text: &str) -> Vec<String> {
    word_places(text)
        .map(|(start, end)| folder.fold(&text[start..end]).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(phrases: &[&str], text: &str) -> bool {
        let blocked = phrases.iter().map(|phrase| (*phrase).to_owned()).collect();
        let policy = SuggestionPolicy {
            blocked,
            ..SuggestionPolicy::default()
        };
        BlockList::new(&policy).blocks(text)
    }

    #[test]
    fn words_and_phrases_are_blocked_wherever_they_stand() {
        assert!(blocks(&["Scam"], "great scam mug") && blocks(&["scam"], "SCÀM"));
        assert!(blocks(&["order at"], "mugs: order-at planted"));
        assert!(!blocks(&["order at"], "at order") && !blocks(&["scam"], "scampi"));
        assert!(!blocks(&[], "scam"));
    }

    #[test]
    fn policy_is_read_from_a_document() {
        let read = |document| SuggestionPolicy::of_document(document).unwrap();
        assert!(read("{}").is_default());
        let policy = read(r#"{"rules": [], "suggestions": {"approve_first": true}}"#);
        assert!(policy.approve_first && policy.blocked.is_empty());
    }
}
