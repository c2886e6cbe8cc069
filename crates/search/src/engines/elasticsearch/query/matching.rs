//! Query for the products that a text matches, with their scores.
//!
//! A word's score is the best of its matches. Stems and typos score by BM25 over weighted words, a typo by its quality.
//! Everything else scores a constant near what a stem of middling rarity gets. A text that is a code comes before all
//! that is said in words.

use serde_json::{Value, json};
use souk_domain::MatchStage;

use super::query_dsl::{constant_score, dis_max};
use super::scoring;
use crate::SearchPlan;
use crate::engines::elasticsearch::index::mapping::{
    CODES, INNER_CODES, MAX_BEGINNING_CHARS, PHRASES, SPELLING, SURFACE, TEXT, TITLE,
};
use crate::query::{CodeMatch, ExactPhrase, TextPlan, Word, WordForm, has_digit};
use crate::settings::WordScores;

/// Sixteen words of the rarest kind stay far below.
const WHOLE_CODE: f32 = 4_000.0;
const BEGINNING_OF_CODE: f32 = 2_000.0;
/// Score that puts products with all words first, where some words may be missing.
const EVERY_WORD: f32 = 1_000.0;

/// A code among other words.
const WORD_IS_CODE: f32 = 40.0;
const WORD_BEGINS_CODE: f32 = 20.0;
/// A word that is within a code, and one without a digit that begins a code.
const WORD_IS_INNER_CODE: f32 = 0.5;
/// A word without a digit that is a whole code: no more than a word.
const LETTERS_ARE_CODE: f32 = 4.0;
/// Boost of a further form. Its rarity times this is less than what any word of a text scores.
const RELATED: f32 = 0.01;
/// Scores of a word of middling rarity in a title, and elsewhere. A beginning is not scored by the rarity and weight of
/// its words, which would take a query for each of them.
const IN_TITLE: f32 = 4.0;
const ELSEWHERE: f32 = 2.0;
/// Number of the nearest words whose products are ranked by them, for each edit distance. The rest only match.
const RANKED_SPELLINGS: usize = 50;
/// Score of a word that only matches, below that of each ranked one.
const UNRANKED_SPELLING: f32 = 0.1;
/// Share of the score that matches besides the best one add: a whole word ranks above a prefix.
const TIE_BREAK: f32 = 0.1;

/// The ways in which a text matches, of which the best counts: by words, and as a code.
pub(crate) fn text_queries(text: &TextPlan, plan: &SearchPlan) -> Vec<Value> {
    let scores = &plan.settings.words;
    let words: Vec<_> = text
        .words
        .iter()
        .map(|word| word_query(word, plan.stage, scores))
        .collect();
    // Merchandising may make more of the words.
    let most = scoring::most(plan);
    let mut ways = Vec::new();
    match plan.stage {
        _ if words.is_empty() => {}
        MatchStage::AnyTerm => {
            let every_word = json!({"bool": {"filter": words.clone()}});
            let every_word = constant_score(every_word, EVERY_WORD * most);
            let mut should = match scoring::scored(plan) {
                true => vec![scoring::score(plan, json!({"bool": {"should": words}}))],
                false => words,
            };
            should.push(every_word);
            ways.push(json!({"bool": {"should": should}}));
        }
        MatchStage::AllTerms | MatchStage::Fuzzy => {
            ways.push(scoring::score(plan, json!({"bool": {"must": words}})));
        }
    }
    if let Some(code) = &text.code {
        ways.push(is(CODES, code, WHOLE_CODE * most));
        if has_digit(code) {
            ways.push(begins(CODES, code, BEGINNING_OF_CODE * most));
        }
    }
    ways
}

fn word_query(word: &Word, stage: MatchStage, scores: &WordScores) -> Value {
    let surface = word.surface.as_str();
    let mut ways = vec![stem_query(&word.stem, 1.0)];
    let joined = word.joined.iter();
    ways.extend(joined.map(|joined| stem_query(&joined.stem, 1.0)));
    let synonyms = word.synonyms.iter();
    ways.extend(synonyms.map(|synonym| synonym_query(synonym, scores.synonym)));
    let related = word.related.iter();
    ways.extend(related.map(|related| synonym_query(related, RELATED)));
    if word.prefix {
        if surface.chars().count() <= MAX_BEGINNING_CHARS {
            let begins = json!({"term": {TITLE: surface}});
            ways.push(constant_score(begins, scores.prefix * IN_TITLE));
        }
        let begins = json!({"prefix": {SURFACE: surface}});
        ways.push(constant_score(begins, scores.prefix * ELSEWHERE));
    }
    if let Some(code) = &word.code {
        ways.extend(code_queries(code, word.code_match));
    }
    if stage != MatchStage::AllTerms {
        ways.extend(spelling_queries(word, surface, scores));
    }
    dis_max(ways, TIE_BREAK)
}

/// Queries for the words within a word's typos: one that finds all of them, and those that rank the nearest.
///
/// In an index of an older mapping no word is ranked.
fn spelling_queries(word: &Word, surface: &str, scores: &WordScores) -> Vec<Value> {
    if word.typos == 0 {
        return Vec::new();
    }
    if word.is_short() {
        return short_spelling_queries(surface, scores);
    }
    let all = nearly(SURFACE, surface, word.typos);
    let mut ways = vec![constant_score(all, UNRANKED_SPELLING)];
    let qualities = [(1, scores.one_typo), (2, scores.two_typos)];
    let within = qualities
        .into_iter()
        .filter(|(typos, _)| *typos <= word.typos);
    ways.extend(within.map(|(typos, quality)| {
        // The cluster itself multiplies by the share of letters that are right.
        let letters = surface.chars().count().max(2) as f32;
        let right = 1.0 - f32::from(typos) / letters;
        json!({"fuzzy": {SPELLING: {
            "value": surface, "fuzziness": typos, "transpositions": true, "boost": quality / right,
            "rewrite": format!("top_terms_blended_freqs_{RANKED_SPELLINGS}"),
        }}})
    }));
    ways
}

/// Queries for the spellings of a word of three letters: two neighbours swapped, or a letter after the first replaced.
fn short_spelling_queries(surface: &str, scores: &WordScores) -> Vec<Value> {
    let letters: Vec<_> = surface.chars().collect();
    let &[first, second, third] = letters.as_slice() else {
        return Vec::new();
    };
    // Words are of letters only, none of which means something in a pattern.
    let pattern =
        format!("{second}{first}{third}|{first}{third}{second}|{first}.{third}|{first}{second}.");
    let all = json!({"regexp": {SURFACE: {"value": pattern, "rewrite": "constant_score"}}});
    let ranked = json!({"regexp": {SPELLING: {
        "value": pattern, "boost": scores.one_typo,
        "rewrite": format!("top_terms_blended_freqs_{RANKED_SPELLINGS}"),
    }}});
    vec![constant_score(all, UNRANKED_SPELLING), ranked]
}

/// Query for words of a stem.
fn stem_query(stem: &str, quality: f32) -> Value {
    if quality == 1.0 {
        return json!({"term": {TEXT: stem}});
    }
    json!({"term": {TEXT: {"value": stem, "boost": quality}}})
}

/// Query for all words of a synonym, which together count as much as one.
fn synonym_query(synonym: &[WordForm], quality: f32) -> Value {
    let quality = quality / synonym.len() as f32;
    let words = synonym.iter().map(|word| stem_query(&word.stem, quality));
    let mut words: Vec<_> = words.collect();
    match words.len() {
        1 => words.remove(0),
        _ => json!({"bool": {"must": words}}),
    }
}

/// Queries for the codes that a word may be part of.
fn code_queries(code: &str, farthest: CodeMatch) -> Vec<Value> {
    let (whole, prefix) = match has_digit(code) {
        true => (WORD_IS_CODE, WORD_BEGINS_CODE),
        false => (LETTERS_ARE_CODE, WORD_IS_INNER_CODE),
    };
    let mut ways = vec![is(CODES, code, whole)];
    if farthest >= CodeMatch::Prefix {
        ways.push(begins(CODES, code, prefix));
    }
    if farthest >= CodeMatch::Within {
        ways.push(begins(INNER_CODES, code, WORD_IS_INNER_CODE));
    }
    ways
}

fn is(field: &str, code: &str, score: f32) -> Value {
    constant_score(json!({"term": {field: code}}), score)
}

fn begins(field: &str, code: &str, score: f32) -> Value {
    constant_score(json!({"prefix": {field: code}}), score)
}

/// Query for the products with a phrase. An excluded word may stand for its inflections.
pub(crate) fn phrase_query(phrase: &ExactPhrase, by_stem: bool) -> Value {
    let words = match phrase.single() {
        Some(word) if by_stem => stem_query(&word.stem, 1.0),
        _ => {
            let words = phrase.words.iter();
            let words: Vec<_> = words.map(|word| word.surface.as_str()).collect();
            json!({"match_phrase": {PHRASES: words.join(" ")}})
        }
    };
    match &phrase.code {
        Some(code) => json!({"bool": {"should": [words, {"term": {CODES: code}}]}}),
        None => words,
    }
}

/// The terms of a field that are so many edits away, all of them.
pub(crate) fn nearly(field: &str, word: &str, typos: u8) -> Value {
    json!({"fuzzy": {field: {
        "value": word, "fuzziness": typos, "transpositions": true, "rewrite": "constant_score",
    }}})
}
