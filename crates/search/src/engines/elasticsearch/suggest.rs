//! Completions of what is being typed: names that have products, titles, and words of titles.

use serde_json::{Value, json};
use souk_domain::{Suggestion, SuggestionKind};

use super::cluster::client;
use super::cluster::failure::Failure;
use super::facets::aggregations::{Among, many_terms, terms};
use super::index::mapping::{
    BRAND, BRAND_WORDS, CATEGORY_PATH, CATEGORY_WORDS, FANDOM_LABEL, FANDOM_WORDS,
    FURTHER_CATEGORY_PATH, ID, MAX_BEGINNING_CHARS, POPULARITY, TITLE,
};
use super::query::matching::nearly;
use super::query::response::SearchBody;
use crate::facets::encoding;
use crate::facets::listing::{CountedValue, unified};
use crate::query::MAX_WORDS;
use crate::suggestions::{Completer, Completion, MIN_TYPO_CHARS, queries};

/// Most popular titles that are examined more closely.
const TITLES: usize = 40;
/// Most frequent names of a kind that are examined.
const NAMES: usize = 60;

/// Source of a suggestion.
const KINDS: [(&str, &str, &str); 3] = [
    ("category", CATEGORY_WORDS, CATEGORY_PATH),
    ("fandom", FANDOM_WORDS, FANDOM_LABEL),
    ("brand", BRAND_WORDS, BRAND),
];

/// The body that looks for completions; none if there is nothing to complete.
pub(super) fn body(completer: &Completer, with_typo: bool) -> Option<Vec<u8>> {
    let typed = completer.typed();
    let forgiving = typed.iter().any(|word| forgives(word));
    if !(1..=MAX_WORDS).contains(&typed.len()) || (with_typo && !forgiving) {
        return None;
    }
    let begins = |field: &str| every_word(field, typed, with_typo);
    let mut aggregations = serde_json::Map::new();
    let mut ways = vec![begins(TITLE)];
    for (name, words, values) in KINDS {
        ways.push(begins(words));
        let mut values = json!({name: many_terms(values, NAMES, Among::Found)});
        if name == "category" {
            values["further_category"] = json!(terms(FURTHER_CATEGORY_PATH, NAMES));
        }
        aggregations.insert(
            group(name),
            json!({"filter": begins(words), "aggs": values}),
        );
    }
    let body = json!({
        "size": TITLES, "track_total_hits": false,
        "query": {"bool": {"filter": [{"dis_max": {"queries": ways}}]}},
        "post_filter": begins(TITLE),
        "sort": [{POPULARITY: "desc"}, {ID: "asc"}],
        "aggs": aggregations,
    });
    Some(body.to_string().into_bytes())
}

fn group(name: &str) -> String {
    format!("by_{name}")
}

fn forgives(word: &str) -> bool {
    word.chars().count() >= MIN_TYPO_CHARS
}

/// Products with a word in the field for each one typed that begins with it. The index knows beginnings up to some
/// length; whoever reads the answer looks at the rest.
fn every_word(field: &str, typed: &[String], with_typo: bool) -> Value {
    let words: Vec<_> = typed
        .iter()
        .map(|word| {
            let known: String = word.chars().take(MAX_BEGINNING_CHARS).collect();
            if with_typo && forgives(word) {
                nearly(field, &known, 1)
            } else {
                json!({"term": {field: known}})
            }
        })
        .collect();
    json!({"bool": {"filter": words}})
}

/// The completions in an answer.
pub(super) fn completions(
    completer: &mut Completer,
    text: &str,
    answer: &[u8],
) -> Result<Vec<Completion>, Failure> {
    let answer: SearchBody<'_> = client::read(answer)?;
    let mut found = names(completer, &answer);
    let count = answer.hits.hits.len();
    let mut titles = Vec::new();
    for (place, product) in answer.hits.hits.into_iter().enumerate() {
        let hit = product.source.card.into_hit();
        // Each leads to one product only; the popular ones come first.
        let weight = (count - place) as u64;
        let name = (hit.title.as_str(), hit.slug.as_str());
        titles.extend(completion(
            completer,
            SuggestionKind::Product,
            name,
            weight,
            None,
        ));
    }
    found.extend(queries(completer, text, &titles));
    found.extend(titles);
    Ok(found)
}

fn names(completer: &mut Completer, answer: &SearchBody<'_>) -> Vec<Completion> {
    let mut found = Vec::new();
    let mut add = |kind, (label, value): (&str, &str), count: u64| {
        found.extend(completion(
            completer,
            kind,
            (label, value),
            count,
            Some(count),
        ));
    };
    let group = |name| answer.aggregations.group(&group(name));
    let paths = group("category").map_or(&[][..], |group| &group.category.buckets);
    let mut categories = std::collections::BTreeMap::new();
    for path in paths {
        for (slug, name) in encoding::steps(&path.key.0) {
            categories.entry(slug).or_insert((name, 0)).1 += path.count;
        }
    }
    let further = group("category").map_or(&[][..], |group| &group.further_category.buckets);
    for path in further {
        if let Some((slug, name)) = encoding::steps(&path.key.0).last() {
            categories.entry(slug).or_insert((name, 0)).1 += path.count;
        }
    }
    for (slug, (name, count)) in categories {
        add(SuggestionKind::Category, (name, slug), count);
    }
    let fandoms = group("fandom").map_or(&[][..], |group| &group.fandom.buckets);
    for fandom in fandoms {
        let (slug, name) = fandom.key.parts();
        add(SuggestionKind::Fandom, (name, slug), fandom.count);
    }
    let brands = group("brand").map_or(&[][..], |group| &group.brand.buckets);
    let brands = brands
        .iter()
        .map(|brand| CountedValue::new((&brand.key.0, &brand.key.0), brand.count));
    for brand in unified(brands.collect()) {
        add(
            SuggestionKind::Brand,
            (brand.label, brand.value),
            brand.count,
        );
    }
    found
}

/// A name and what it leads to, if it completes what was typed.
fn completion(
    completer: &mut Completer,
    kind: SuggestionKind,
    (name, value): (&str, &str),
    weight: u64,
    count: Option<u64>,
) -> Option<Completion> {
    let (fit, highlighted) = completer.judge(name)?;
    Some(Completion {
        fit,
        weight,
        suggestion: Suggestion {
            kind,
            text: name.to_owned(),
            highlighted,
            value: Some(value.to_owned()),
            count,
        },
    })
}
