//! Searches of shoppers, counted where their answers go out, cached or not.

use serde_json::Value;
use souk_cache::Page;
use souk_search::QueryText;
use souk_search_service::SearchFacts;

/// Returns what is counted of each result of an answer; none for counts alone and for later pages.
pub(crate) fn facts(page: &Page) -> &[Option<SearchFacts>] {
    let read = page.derived(|answer| -> Vec<Option<SearchFacts>> {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let results = answer["results"].as_array().cloned().unwrap_or_default();
        results.iter().map(of).collect()
    });
    read.map(Vec::as_slice).unwrap_or_default()
}

fn of(result: &Value) -> Option<SearchFacts> {
    let is_first = result["page"] == 0 && result["hitsPerPage"].as_u64()? > 0;
    let id = result["queryID"].as_str()?.parse().ok()?;
    is_first.then_some(SearchFacts {
        id,
        text: QueryText::new(result["query"].as_str()?).shown().to_owned(),
        found: result["nbHits"].as_u64()? > 0,
        has_every_word: result["matched"] == "all_terms",
    })
}
