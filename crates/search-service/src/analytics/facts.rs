//! Facts counted of a search, read from its response body.

use std::fmt;

use serde::{
    Deserializer as _,
    de::{IgnoredAny, MapAccess, Visitor},
};
use souk_domain::{MatchStage, QueryId, SignedQueryId};
use souk_search::QueryText;

/// Facts counted of a search, derived from its response body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchFacts {
    /// Name, as displayed.
    pub id: QueryId,
    /// The text in its normal form.
    pub text: String,
    /// True if anything was found.
    pub found: bool,
    /// True if every word was found as written.
    pub has_every_word: bool,
}

/// What is read of an answer, and no further: hits and facets, nearly all of it, come after.
#[derive(Default)]
struct Read {
    query_id: Option<SignedQueryId>,
    total: Option<u64>,
    matched: Option<MatchStage>,
}

impl<'de> Visitor<'de> for &mut Read {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of results")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while self.query_id.is_none() || self.total.is_none() || self.matched.is_none() {
            match map.next_key()? {
                Some("query_id") => self.query_id = Some(map.next_value()?),
                Some("total") => self.total = Some(map.next_value()?),
                Some("matched") => self.matched = Some(map.next_value()?),
                Some(_) => drop(map.next_value::<IgnoredAny>()?),
                None => break,
            }
        }
        Ok(())
    }
}

impl SearchFacts {
    /// Reads the facts from a response body; `None` if it is no page of results.
    pub fn of(typed: &str, answer: &[u8]) -> Option<Self> {
        let mut read = Read::default();
        // Where the rest is left unread, that is an error, and none that matters.
        let _ = serde_json::Deserializer::from_slice(answer).deserialize_map(&mut read);
        Some(Self {
            id: read.query_id?.id,
            text: QueryText::new(typed).shown().to_owned(),
            found: read.total? > 0,
            has_every_word: read.matched? == MatchStage::AllTerms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_of_results_and_of_nothing_else() {
        let id = "00000000000000010000000200000003";
        let answer = |matched: &str| {
            format!(
                "{{\"query_id\": \"{id}0123456789abcdef\", \"hits\": [1], \"total\": 0, \"matched\": \"{matched}\"}}"
            )
        };
        let facts = |matched| SearchFacts::of(" Dragon  MUG", answer(matched).as_bytes()).unwrap();
        assert_eq!(facts("all_terms").id.to_string(), id);
        let read = facts("all_terms");
        assert_eq!((read.text.as_str(), read.found), ("dragon mug", false));
        let whole = ["all_terms", "fuzzy", "any_term"].map(|matched| facts(matched).has_every_word);
        assert_eq!(whole, [true, false, false]);
        assert_eq!(SearchFacts::of("x", b"{\"total\": 1}"), None);
        assert_eq!(SearchFacts::of("x", b"nothing"), None);
    }
}
