//! Which products a text matches, and how well, as a query.
//!
//! A word's score is the best of its matches: a stem by BM25 over weighted words, everything else a constant near what
//! a stem of middling rarity gets. A text that is a code comes before all that is said in words.

use serde_json::{Value, json};
use souk_domain::MatchStage;

use super::mapping::{CODES, MAX_BEGINNING_CHARS, SURFACE, TEXT, TITLE};
use crate::plan::{TextPlan, Word};

/// Sixteen words of the rarest kind stay far below.
const WHOLE_CODE: f32 = 4_000.0;
const BEGINNING_OF_CODE: f32 = 2_000.0;

/// A code among other words.
const WORD_IS_CODE: f32 = 40.0;
const WORD_BEGINS_CODE: f32 = 20.0;
/// The beginning of a word, in the title or elsewhere.
const BEGINS_IN_TITLE: f32 = 2.0;
const BEGINS: f32 = 0.8;
const ONE_TYPO: f32 = 1.0;
const TWO_TYPOS: f32 = 0.5;
/// How much the matches besides the best one add: a whole word comes before one that only begins alike.
const TIE_BREAK: f32 = 0.3;

/// The products that a text matches at a stage.
pub(super) fn text_query(text: &TextPlan, stage: MatchStage) -> Value {
    let words: Vec<_> = text
        .words
        .iter()
        .map(|word| word_query(word, stage))
        .collect();
    let mut ways = Vec::new();
    match stage {
        _ if words.is_empty() => {}
        MatchStage::Some => ways.push(json!({"bool": {"should": words}})),
        MatchStage::All | MatchStage::Typos => ways.push(json!({"bool": {"must": words}})),
    }
    if let Some(code) = &text.code {
        ways.extend(code_queries(code, WHOLE_CODE, BEGINNING_OF_CODE));
    }
    best_of(ways, 0.0)
}

fn word_query(word: &Word, stage: MatchStage) -> Value {
    let mut ways = vec![json!({"match": {TEXT: {"query": word.surface}}})];
    if word.prefix {
        if word.surface.chars().count() <= MAX_BEGINNING_CHARS {
            ways.push(constant(
                json!({"term": {TITLE: word.surface}}),
                BEGINS_IN_TITLE,
            ));
        }
        ways.push(constant(json!({"prefix": {SURFACE: word.surface}}), BEGINS));
    }
    if let Some(code) = &word.code {
        ways.extend(code_queries(code, WORD_IS_CODE, WORD_BEGINS_CODE));
    }
    if stage != MatchStage::All {
        for (typos, score) in [(1, ONE_TYPO), (2, TWO_TYPOS)] {
            if typos <= word.typos {
                ways.push(constant(nearly(SURFACE, &word.surface, typos), score));
            }
        }
    }
    best_of(ways, TIE_BREAK)
}

fn code_queries(code: &str, whole: f32, beginning: f32) -> [Value; 2] {
    [
        constant(json!({"term": {CODES: code}}), whole),
        constant(json!({"prefix": {CODES: code}}), beginning),
    ]
}

/// The terms of a field that are so many edits away, all of them.
pub(super) fn nearly(field: &str, word: &str, typos: u8) -> Value {
    json!({"fuzzy": {field: {
        "value": word, "fuzziness": typos, "transpositions": true, "rewrite": "constant_score",
    }}})
}

fn constant(filter: Value, score: f32) -> Value {
    json!({"constant_score": {"filter": filter, "boost": score}})
}

fn best_of(mut ways: Vec<Value>, tie_breaker: f32) -> Value {
    match ways.len() {
        0 => json!({"match_none": {}}),
        1 => ways.remove(0),
        _ => json!({"dis_max": {"queries": ways, "tie_breaker": tie_breaker}}),
    }
}
