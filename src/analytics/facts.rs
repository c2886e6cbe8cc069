use serde::Deserialize;
use souk_domain::QueryId;
use souk_search::QueryText;

/// What is counted of a search: the same for all who get the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchFacts {
    /// What it is called.
    pub id: QueryId,
    /// The text in its normal form.
    pub text: String,
    /// Whether anything was found.
    pub found: bool,
}

/// What is read of an answer.
#[derive(Deserialize)]
struct Read {
    query_id: QueryId,
    total: u64,
}

impl SearchFacts {
    /// Those of an answer to a search for a text, none if it is no page of results.
    pub fn of(typed: &str, answer: &[u8]) -> Option<Self> {
        let read: Read = serde_json::from_slice(answer).ok()?;
        Some(Self {
            id: read.query_id,
            text: QueryText::new(typed).shown().to_owned(),
            found: read.total > 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_of_results_and_of_nothing_else() {
        let id = "00000000000000010000000200000003";
        let answer = format!("{{\"query_id\": \"{id}\", \"hits\": [], \"total\": 0}}");
        let facts = SearchFacts::of(" Dragon  MUG", answer.as_bytes()).unwrap();
        assert_eq!(facts.id.to_string(), id);
        assert_eq!((facts.text.as_str(), facts.found), ("dragon mug", false));
        assert_eq!(SearchFacts::of("x", b"{\"total\": 1}"), None);
        assert_eq!(SearchFacts::of("x", b"nothing"), None);
    }
}
