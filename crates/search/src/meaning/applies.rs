//! Texts that are searched by meaning, and the weight of that beside the words.

use souk_domain::Sort;

use crate::SearchPlan;
use crate::query::has_digit;

/// Words from which a text is a description rather than a name.
pub(super) const SENTENCE_WORDS: usize = 3;
/// Letters from which a word without a digit is no part of a code written apart.
const LEAST_WORD_LETTERS: usize = 3;
/// Letters of a word with a digit from which it is taken for a code.
const CODE_LETTERS: usize = 4;

/// Returns the weight of meaning next to 1 for the words, or none if the plan is searched by words alone: by another
/// order than relevance, a single word, exact phrases and exclusions, codes and numbers.
pub fn meaning_weight(plan: &SearchPlan) -> Option<f32> {
    let text = plan.text.as_ref()?;
    let names_thing = |surface: &str| has_digit(surface) && surface.chars().count() >= CODE_LETTERS;
    let is_part_of_code =
        |surface: &str| has_digit(surface) || surface.chars().count() < LEAST_WORD_LETTERS;
    let words = &text.words;
    let is_exact = plan.sort != Sort::Relevance
        || !plan.operators.is_empty()
        || words.len() < 2
        || words.iter().any(|word| names_thing(&word.surface))
        || words.iter().all(|word| is_part_of_code(&word.surface));
    let meaning = &plan.settings.meaning;
    let weight = match words.len() {
        ..SENTENCE_WORDS => meaning.weight,
        _ => meaning.sentence_weight,
    };
    (!is_exact && weight > 0.0).then_some(weight)
}

#[cfg(test)]
mod tests {
    use souk_domain::{Language, SearchQuery, TenantId};

    use super::*;

    fn weight(text: &str, sort: Sort) -> Option<f32> {
        let query = SearchQuery {
            text: Some(text.to_owned()),
            sort,
            ..SearchQuery::default()
        };
        meaning_weight(&SearchPlan::new(TenantId(1), Language::English, &query, 0))
    }

    #[test]
    fn names_codes_and_numbers_are_left_to_the_words() {
        for text in [
            "laptop",
            "\"laptop bag\"",
            "laptop bag -red",
            "toner 006R90321",
            "rtx4090 card",
            "10 20",
            "ab-12 34",
        ] {
            assert_eq!(weight(text, Sort::Relevance), None, "{text}");
        }
        assert_eq!(weight("laptop bag", Sort::PriceAsc), None);
    }

    #[test]
    fn sentences_weigh_more_than_pairs() {
        assert_eq!(weight("laptop bag", Sort::Relevance), Some(0.2));
        assert_eq!(weight("bag for laptop", Sort::Relevance), Some(1.0));
        assert_eq!(weight("15 inch laptop", Sort::Relevance), Some(1.0));
    }
}
