//! Queries that others have asked, offered while someone types; in memory, and so the same beside every engine.

use std::{cmp::Reverse, collections::HashSet};

use souk_domain::{Suggestion, SuggestionKind};

use crate::{
    query::analysis::{Folder, word_places},
    suggestions::{Completer, Completion, Fit, best},
};

/// A query is found by so many of its words.
const MAX_WORDS: usize = 8;

/// Queries with how often they were asked.
#[derive(Debug, Default)]
pub struct PopularQueries {
    queries: Vec<PastQuery>,
    /// Each query from each of its words on, folded, in order: what begins alike stands together.
    beginnings: Vec<(Box<str>, u32)>,
}

#[derive(Debug)]
struct PastQuery {
    text: String,
    weight: u64,
}

impl PopularQueries {
    /// Queries and what each weighs.
    pub fn new(queries: impl IntoIterator<Item = (String, u64)>) -> Self {
        let queries: Vec<_> = queries
            .into_iter()
            .map(|(text, weight)| PastQuery { text, weight })
            .collect();
        let mut folder = Folder::new();
        let mut beginnings = Vec::new();
        for (place, query) in (0..).zip(&queries) {
            let words: Vec<_> = folded_words(&mut folder, &query.text);
            let from_each = (0..words.len().min(MAX_WORDS)).map(|word| words[word..].join(" "));
            beginnings.extend(from_each.map(|text| (text.into_boxed_str(), place)));
        }
        beginnings.sort_unstable();
        Self {
            queries,
            beginnings,
        }
    }

    /// Returns at most `limit` queries that complete the text, by descending weight.
    pub fn complete(&self, typed: &str, limit: usize) -> Vec<Completion> {
        let words = folded_words(&mut Folder::new(), typed);
        if words.is_empty() {
            return Vec::new();
        }
        let prefix = words.join(" ");
        let from = self
            .beginnings
            .partition_point(|(text, _)| **text < *prefix);
        let alike: HashSet<u32> = self.beginnings[from..]
            .iter()
            .take_while(|(text, _)| text.starts_with(&prefix))
            .map(|(_, place)| *place)
            .collect();
        let mut found: Vec<&PastQuery> = alike
            .into_iter()
            .map(|place| &self.queries[place as usize])
            .collect();
        let order = |query: &&PastQuery| (Reverse(query.weight), query.text.clone());
        if found.len() > limit {
            found.select_nth_unstable_by_key(limit, order);
            found.truncate(limit);
        }
        found.sort_by_key(order);
        let mut completer = Completer::new(typed);
        let completed = found.into_iter().filter_map(|query| {
            let (fit, highlighted) = completer.judge(&query.text)?;
            Some(Completion {
                fit,
                weight: query.weight,
                suggestion: Suggestion {
                    kind: SuggestionKind::Query,
                    text: query.text.clone(),
                    highlighted,
                    value: None,
                    count: None,
                },
            })
        });
        completed.collect()
    }
}

/// What an engine suggests, with past queries before what fits as well; at most half of the places are theirs, and no
/// kind loses its place.
pub fn with_popular_queries(
    typed: &str,
    mut past: Vec<Completion>,
    suggested: Vec<Suggestion>,
    limit: usize,
) -> Vec<Suggestion> {
    if past.is_empty() {
        return suggested;
    }
    past.truncate(limit.div_ceil(2));
    let behind = suggested.len() as u64;
    for query in &mut past {
        query.weight = query.weight.saturating_add(behind);
    }
    let mut completer = Completer::new(typed);
    let suggested = suggested.into_iter().zip((0..behind).rev());
    past.extend(suggested.map(|(suggestion, weight)| {
        let judged = completer.judge(&suggestion.text);
        Completion {
            fit: judged.map_or(Fit::WordsBeginWithTypo, |(fit, _)| fit),
            weight,
            suggestion,
        }
    }));
    best(past, limit)
}

fn folded_words(folder: &mut Folder, text: &str) -> Vec<String> {
    word_places(text)
        .map(|(start, end)| folder.fold(&text[start..end]).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(completions: &[Completion]) -> Vec<&str> {
        let texts = completions.iter();
        texts.map(|it| it.suggestion.text.as_str()).collect()
    }

    fn past() -> PopularQueries {
        PopularQueries::new(
            [
                ("dragon mug", 50),
                ("crème brûlée dish", 9),
                ("mug tree", 70),
                ("dragon", 20),
                ("mugwort tea", 60),
            ]
            .map(|(text, weight)| (text.to_owned(), weight)),
        )
    }

    #[test]
    fn queries_are_found_by_any_of_their_words_most_used_first() {
        let past = past();
        assert_eq!(
            texts(&past.complete("mug", 9)),
            ["mug tree", "mugwort tea", "dragon mug"]
        );
        assert_eq!(texts(&past.complete("mug", 1)), ["mug tree"]);
        assert_eq!(texts(&past.complete("Dragon M", 9)), ["dragon mug"]);
        assert_eq!(texts(&past.complete("brul", 9)), ["crème brûlée dish"]);
        assert!(past.complete("?", 9).is_empty());
        assert!(past.complete("z", 9).is_empty());
        let html = &past.complete("drag", 1)[0].suggestion.highlighted;
        assert_eq!(html, "<mark>drag</mark>on mug");
    }

    #[test]
    fn popular_queries_come_first_and_displace_no_name() {
        let suggestion = |kind, text: &str| Suggestion {
            kind,
            text: text.to_owned(),
            highlighted: text.to_owned(),
            value: (kind != SuggestionKind::Query).then(|| text.to_owned()),
            count: None,
        };
        let engine = vec![
            suggestion(SuggestionKind::Category, "Mugs"),
            suggestion(SuggestionKind::Product, "Mug of a Dragon"),
            suggestion(SuggestionKind::Query, "mug tree"),
            suggestion(SuggestionKind::Query, "mugs"),
        ];
        let merged = with_popular_queries("mug", past().complete("mug", 9), engine.clone(), 4);
        let texts: Vec<_> = merged.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(
            texts,
            ["mug tree", "mugwort tea", "Mugs", "Mug of a Dragon"]
        );
        assert_eq!(
            with_popular_queries("mug", Vec::new(), engine.clone(), 4),
            engine
        );
        // A query that only repeats a name gives way to it.
        let names = PopularQueries::new([("mugs".to_owned(), 1_000)]);
        let merged = with_popular_queries("mug", names.complete("mug", 9), engine, 4);
        assert_eq!(merged[0].kind, SuggestionKind::Category);
        assert_eq!(merged.iter().filter(|it| it.text == "mugs").count(), 0);
    }

    proptest! {
        #[test]
        fn any_text_gets_fitting_queries_only(
            queries in prop::collection::vec(("[a-cé ]{1,8}", 0_u64..50), 0..40),
            typed in "[a-cé ]{0,4}",
            limit in 1_usize..6,
        ) {
            let past = PopularQueries::new(queries.clone());
            let found = past.complete(&typed, limit);
            prop_assert!(found.len() <= limit);
            let weights: Vec<_> = found.iter().map(|it| it.weight).collect();
            prop_assert!(weights.is_sorted_by(|one, next| one >= next));
            for completion in &found {
                prop_assert!(completion.fit <= Fit::WordsBegin);
            }
        }
    }
}
