//! Spelling correction by the words of the catalogue.

use souk_domain::{TextPartKind, text_parts};

use super::Vocabulary;
use crate::query;
use crate::query::WordForm;
use crate::query::analysis::{Analyzer, Token};

/// Minimum number of products with a word for it to be a correction.
const WELL_KNOWN: u64 = 3;
/// Factor of frequency by which a correction must exceed a word of the catalogue. Sellers make typos too.
const TIMES_AS_FREQUENT: u64 = 200;
/// Minimum letters of each part when a word is split where a space was forgotten.
const MIN_PART_LETTERS: usize = 3;

/// The text with each word that is hardly known replaced by the best known one that is spelt alike, or by the two that
/// it is made of; none if there is nothing to correct. Words of phrases and exclusions stay, and those that are
/// explained otherwise.
pub(super) fn corrected(
    text: &str,
    vocabulary: &Vocabulary,
    analyzer: &mut Analyzer,
    mut is_explained: impl FnMut(WordForm) -> bool,
) -> Option<String> {
    let parts = text_parts(text);
    let is_operand = |token: &Token| {
        let mut operands = parts.iter().filter(|part| part.kind != TextPartKind::Plain);
        operands.any(|part| part.range.contains(&token.start))
    };
    let mut tokens = analyzer.words(text);
    tokens.truncate(query::MAX_WORDS);
    let mut corrected = String::with_capacity(text.len());
    let mut copied = 0;
    for token in tokens.iter().filter(|token| !is_operand(token)) {
        let is_beginning = token.end == text.len();
        let Some(meant) = meant(token, is_beginning, vocabulary, analyzer) else {
            continue;
        };
        if is_explained(WordForm::from(token.clone())) {
            continue;
        }
        corrected.push_str(&text[copied..token.start]);
        corrected.push_str(&meant);
        copied = token.end;
    }
    (copied > 0).then(|| corrected + &text[copied..])
}

fn meant(
    token: &Token,
    is_beginning: bool,
    vocabulary: &Vocabulary,
    analyzer: &mut Analyzer,
) -> Option<String> {
    let edits = query::typos(&token.surface);
    let known = vocabulary.products_with_stem(&token.stem);
    if edits == 0 || known == 0 && is_beginning && vocabulary.has_prefix(&token.surface) {
        return None;
    }
    let least = WELL_KNOWN.max(known.saturating_mul(TIMES_AS_FREQUENT));
    let edits = if known == 0 { edits } else { 1 };
    // Another inflection is no correction.
    let mut is_other = |word: &str| {
        let words = analyzer.words(word);
        words.first().is_some_and(|word| word.stem != token.stem)
    };
    let candidates = vocabulary.spelt_like(&token.surface, edits).into_iter();
    let best = candidates
        .filter(|it| it.products >= least && it.edits > 0 && is_other(&it.word))
        .min_by(|one, other| {
            let nearer = one.edits.cmp(&other.edits);
            let more_frequent = other.products.cmp(&one.products);
            nearer
                .then(more_frequent)
                .then_with(|| one.word.cmp(&other.word))
        });
    match best {
        Some(best) if best.edits == 1 || known > 0 => Some(vocabulary.shown(&best.word).to_owned()),
        _ if known > 0 => None,
        best => apart(&token.surface, vocabulary)
            .or(best.map(|best| vocabulary.shown(&best.word).to_owned())),
    }
}

/// The two well known words that a word is made of, if there are such; of several, those of which the rarer one is the
/// most frequent.
fn apart(word: &str, vocabulary: &Vocabulary) -> Option<String> {
    let letters: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    let last = letters.len().checked_sub(MIN_PART_LETTERS)?;
    let places = letters.get(MIN_PART_LETTERS..=last)?;
    let (_, at) = places
        .iter()
        .map(|&at| {
            let (one, other) = word.split_at(at);
            let one = vocabulary.products_with(one);
            (one.min(vocabulary.products_with(other)), at)
        })
        .filter(|&(products, _)| products >= WELL_KNOWN)
        .max()?;
    let (one, other) = word.split_at(at);
    let [one, other] = [one, other].map(|part| vocabulary.shown(part));
    Some(format!("{one} {other}"))
}

#[cfg(test)]
mod tests {
    use souk_domain::Language;

    use super::*;

    fn did_you_mean(text: &str) -> Option<String> {
        let mut analyzer = Analyzer::new(Language::English);
        let words = [
            ("wireless", 40),
            ("keyboard", 30),
            ("keyboards", 4),
            ("mouse", 600),
            ("mousse", 2),
            ("house", 700),
            ("laptop", 50),
            ("bag", 60),
            ("rare", 2),
        ];
        let stems: Vec<_> = words
            .iter()
            .map(|&(word, products)| (analyzer.words(word)[0].stem.clone(), products))
            .collect();
        let words = words.map(|(word, products)| (word.to_owned(), products));
        corrected(text, &Vocabulary::new(words, stems), &mut analyzer, |_| {
            false
        })
    }

    #[test]
    fn unknown_words_are_replaced_and_the_rest_is_kept() {
        let meant = did_you_mean("Wireles KEYBORD, 2.4 GHz");
        assert_eq!(meant.as_deref(), Some("wireless keyboard, 2.4 GHz"));
        assert_eq!(did_you_mean("keyboardd ").as_deref(), Some("keyboard "));
    }

    #[test]
    fn known_word_is_kept() {
        for text in ["wireless keyboard", "house", "keyboarding", "?!", ""] {
            assert_eq!(did_you_mean(text), None, "{text}");
        }
    }

    #[test]
    fn a_word_that_is_hardly_known_gives_way_to_one_known_very_well() {
        assert_eq!(did_you_mean("mousse").as_deref(), Some("mouse"));
        assert_eq!(did_you_mean("laptops"), None);
    }

    #[test]
    fn numbers_codes_and_short_words_are_never_corrected() {
        for text in ["bug", "keyboard2", "mouse1", "kyb"] {
            assert_eq!(did_you_mean(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_is_corrected_to_a_rare_word() {
        assert_eq!(did_you_mean("rars"), None);
    }

    #[test]
    fn a_beginning_is_not_mistaken_for_a_slip() {
        assert_eq!(did_you_mean("keyboa"), None);
        assert_eq!(did_you_mean("keyboa "), None, "two edits in a word of six");
        assert_eq!(did_you_mean("keyboar "), Some("keyboard ".to_owned()));
        let not_last = format!("keyboar {}", "x".repeat(80));
        assert_eq!(
            did_you_mean(&not_last),
            Some(not_last.replace("oar", "oard"))
        );
    }

    #[test]
    fn words_are_shown_as_products_write_them() {
        let mut analyzer = Analyzer::new(Language::German);
        let word = ("bucherregal".to_owned(), 9);
        let spelling = ("bucherregal".to_owned(), "bücherregal".to_owned());
        let vocabulary = Vocabulary::new([word], []).with_spellings([spelling].into());
        let meant = corrected("bucheregal ", &vocabulary, &mut analyzer, |_| false);
        assert_eq!(meant.as_deref(), Some("bücherregal "));
    }

    #[test]
    fn operands_are_kept() {
        assert_eq!(
            did_you_mean("wireles \"keybord\" -mousse").as_deref(),
            Some("wireless \"keybord\" -mousse")
        );
    }

    #[test]
    fn a_forgotten_space_is_put_back() {
        assert_eq!(did_you_mean("laptopbag").as_deref(), Some("laptop bag"));
    }
}
