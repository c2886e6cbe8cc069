//! Match stage of a search on the wire.

use poem_openapi::Enum;
use serde::Serialize;
use souk_domain::MatchStage;

/// Match stage of a search; relaxed only where few products match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Matched {
    /// Every word as written, in any inflection; the last one also as a prefix.
    AllTerms,
    /// Every word, typing mistakes allowed.
    Fuzzy,
    /// Any of the words, typing mistakes allowed; where few products have every word, those come first and are followed
    /// by others, without typing mistakes.
    AnyTerm,
}

impl From<MatchStage> for Matched {
    fn from(stage: MatchStage) -> Self {
        match stage {
            MatchStage::AllTerms => Self::AllTerms,
            MatchStage::Fuzzy => Self::Fuzzy,
            MatchStage::AnyTerm => Self::AnyTerm,
        }
    }
}
