//! Parses the text of a search: words, forms made with neighbours, quantities, and a possible code.

use souk_domain::Language;

use super::analysis::{Analyzer, Token, normal_code};
use super::quantities;
use super::text_query::{TextPlan, Word, WordForm};
use crate::words::{each_joined, each_parting};

/// Minimum length of a code, or of its prefix, to be looked up as a part number or SKU.
pub const MIN_CODE_CHARS: usize = 3;
/// Maximum number of words searched for; further ones are ignored.
pub const MAX_WORDS: usize = 16;

impl TextPlan {
    /// Understands a text in a language.
    pub fn new(raw: &str, language: Language) -> Self {
        let mut analyzer = Analyzer::new(language);
        let mut tokens = analyzer.words(raw);
        tokens.truncate(MAX_WORDS);
        let mut words: Vec<Word> = tokens.iter().map(word).collect();
        join_neighbours(&tokens, &mut words, &mut analyzer);
        join_written(raw, &tokens, &mut words, &mut analyzer);
        part(&mut words, &mut analyzer);
        quantities::widen(raw, &tokens, &mut words, &mut analyzer);
        let still_typing = tokens.last().is_some_and(|last| last.end == raw.len());
        if let Some(last) = words.last_mut().filter(|_| still_typing) {
            last.prefix = true;
        }
        Self {
            raw: raw.to_owned(),
            words,
            code: possible_code(raw),
        }
    }
}

/// Returns the word of a token, before its neighbours are looked at.
fn word(token: &Token) -> Word {
    let mut word = Word {
        surface: token.surface.clone(),
        stem: token.stem.clone(),
        prefix: false,
        typos: typos(&token.surface),
        code: possible_code(&token.surface),
        joined: Vec::new(),
        synonyms: Vec::new(),
    };
    for other in &token.others {
        word.add_variant(Some(WordForm::from(other.clone())));
    }
    word.add_pairs();
    word
}

/// Numbers side by side are two numbers.
fn join_neighbours(tokens: &[Token], words: &mut [Word], analyzer: &mut Analyzer) {
    let is_number = |word: &Word| word.surface.chars().all(char::is_numeric);
    for place in 1..words.len() {
        let pair = &mut words[place - 1..=place];
        let is_one = tokens[place].start < tokens[place - 1].end;
        if is_one || pair.iter().all(is_number) {
            continue;
        }
        let surface = format!("{}{}", pair[0].surface, pair[1].surface);
        let joined = WordForm::new(&surface, analyzer);
        for word in pair {
            word.add_variant(joined.clone());
        }
    }
}

/// Adds what more than two words are when written as one, such as `u-s-a`, `1,000` and `135 x 200`.
fn join_written(raw: &str, tokens: &[Token], words: &mut [Word], analyzer: &mut Analyzer) {
    each_joined(raw, tokens, |range, surface| {
        let joined = WordForm::new(surface, analyzer);
        for word in words.get_mut(range).unwrap_or_default() {
            word.add_variant(joined.clone());
        }
    });
}

/// Adds the ways to write a word of several letters and numbers as two, such as `rtx4090ti`.
fn part(words: &mut [Word], analyzer: &mut Analyzer) {
    for word in words {
        let surface = word.surface.clone();
        each_parting(&surface, |one, other| {
            let parts = [one, other].map(|part| WordForm::new(part, analyzer));
            word.add_synonym(parts.into_iter().collect());
        });
    }
}

fn possible_code(text: &str) -> Option<String> {
    let code = normal_code(text);
    let long_enough = code.chars().count() >= MIN_CODE_CHARS;
    (long_enough && code.bytes().any(|byte| byte.is_ascii_digit())).then_some(code)
}

pub(crate) fn typos(surface: &str) -> u8 {
    let letters = surface.chars().count();
    let is_sign = |letter: char| letter.is_numeric() || letter.is_ascii_punctuation();
    if surface.chars().any(is_sign) {
        return 0;
    }
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> TextPlan {
        TextPlan::new(text, Language::English)
    }

    #[test]
    fn codes_are_seen_with_and_without_dashes() {
        assert_eq!(plan("AB-12 34").code.as_deref(), Some("ab1234"));
        assert_eq!(plan("006R90321").code.as_deref(), Some("006r90321"));
        assert_eq!(plan("red mug").code, None, "no digit");
        assert_eq!(plan("x1").code, None, "too short");
    }

    #[test]
    fn only_a_word_still_being_typed_is_a_beginning() {
        let prefixes = |text: &str| {
            plan(text)
                .words
                .iter()
                .map(|word| word.prefix)
                .collect::<Vec<_>>()
        };
        assert_eq!(prefixes("red mu"), [false, true]);
        assert_eq!(prefixes("red mug "), [false, false]);
        assert_eq!(prefixes("red-"), [false]);
        assert_eq!(prefixes(&format!("red {}", "x".repeat(80))), [false]);
        assert_eq!(prefixes(&"red ".repeat(20)).len(), MAX_WORDS);
        assert!(!prefixes("red ".repeat(20).trim()).contains(&true));
    }

    #[test]
    fn neighbours_may_be_one_word() {
        let joined = |text: &str| -> Vec<Vec<String>> {
            let words = plan(text).words.into_iter();
            words
                .map(|word| word.joined.into_iter().map(|it| it.surface).collect())
                .collect()
        };
        assert_eq!(
            joined("wireless head sets"),
            [
                vec!["wirelesshead"],
                vec!["wirelesshead", "headsets"],
                vec!["headsets"]
            ]
        );
        assert_eq!(plan("head sets").words[1].joined[0].stem, "headset");
        assert_eq!(joined("10 20"), [Vec::<String>::new(), Vec::new()]);
        let long = "x".repeat(40);
        assert!(joined(&format!("{long} {long}")).concat().is_empty());
    }

    #[test]
    fn words_of_letters_and_numbers_may_be_two() {
        let apart = |text: &str| plan(text).words[0].synonyms.len();
        assert_eq!(apart("rtx4090ti"), 2);
        assert_eq!(apart("135x200"), 0, "an x alone says nothing");
        assert_eq!(apart("ps4"), 0);
    }

    #[test]
    fn words_of_a_chain_may_be_one() {
        let has = |text: &str, form: &str| {
            let words = plan(text).words;
            words.iter().all(|word| word.has_stem(form))
        };
        assert!(has("a-b-c", "abc"));
        assert!(has("1,000", "1000"));
        assert!(has("135 x 200", "135x200"));
        assert!(has("Wi-Fi", "wifi"));
    }

    #[test]
    fn typos_are_allowed_by_length_and_never_in_numbers() {
        let allowed = |text: &str| plan(text).words[0].typos;
        assert_eq!(
            [
                allowed("mug"),
                allowed("mugs"),
                allowed("keychain"),
                allowed("ps5console")
            ],
            [0, 1, 2, 0]
        );
    }

    #[test]
    fn punctuation_alone_is_a_text_without_words() {
        assert!(plan("?!").words.is_empty());
    }
}
