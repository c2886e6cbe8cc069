//! Parses the text of a search: words, forms made with neighbours, quantities, and a possible code.

use souk_domain::{Language, TextPartKind, text_parts};

use super::analysis::{Analyzer, Token, normal_code};
use super::operators::{ExactPhrase, Operators};
use super::quantities;
use super::text_query::{CodeMatch, MAX_WORDS, MIN_CODE_CHARS, TextPlan, Word, WordForm};
use crate::words::{each_joined, each_parting};

/// Minimum length of letters without a digit that are a code's prefix because there are signs between them.
const MIN_SIGNED_CHARS: usize = 4;
/// Minimum length of a part within a code, with a digit in it.
const MIN_INNER_CHARS: usize = 4;
/// Longest run of letters and signs that may be a code, in bytes.
const MAX_CODE_BYTES: usize = 64;

impl TextPlan {
    /// Understands a text in a language, in which no sign is an operator.
    pub fn new(raw: &str, language: Language) -> Self {
        let mut analyzer = Analyzer::new(language);
        let tokens = analyzer.words(raw);
        let kinds = vec![TextPartKind::Plain; tokens.len()];
        Self::of_tokens(raw, tokens, &kinds, &mut analyzer)
    }

    /// Understands a text with its operators. There is no plan where the text only excludes.
    pub(crate) fn with_operators(raw: &str, language: Language) -> (Option<Self>, Operators) {
        let mut analyzer = Analyzer::new(language);
        let parts = text_parts(raw);
        let mut operators = Operators::default();
        let mut tokens = Vec::new();
        let mut kinds = Vec::new();
        for part in &parts {
            let text = &raw[part.range.clone()];
            let phrase = || ExactPhrase::new(text, &mut Analyzer::new(language));
            match part.kind {
                TextPartKind::Plain => {}
                TextPartKind::Phrase => operators.phrases.extend(phrase()),
                TextPartKind::Excluded => operators.excluded.extend(phrase()),
            }
            for mut token in analyzer.words(text) {
                token.start += part.range.start;
                token.end += part.range.start;
                tokens.push(token);
                kinds.push(part.kind);
            }
        }
        let has_others = kinds.iter().any(|kind| *kind != TextPartKind::Excluded);
        if !operators.excluded.is_empty() && !has_others {
            return (None, operators);
        }
        let mut text = Self::of_tokens(raw, tokens, &kinds, &mut analyzer);
        if !operators.is_empty() {
            text.code = match parts.as_slice() {
                [part] => possible_code(&raw[part.range.clone()]),
                _ => None,
            };
        }
        (Some(text), operators)
    }

    fn of_tokens(
        raw: &str,
        tokens: Vec<Token>,
        kinds: &[TextPartKind],
        analyzer: &mut Analyzer,
    ) -> Self {
        let last_end = tokens.last().map(|last| last.end);
        let placed = tokens.into_iter().zip(kinds.iter().copied());
        let wanted = placed.filter(|(_, kind)| *kind != TextPartKind::Excluded);
        let (tokens, kinds): (Vec<_>, Vec<_>) = wanted.take(MAX_WORDS).unzip();
        let mut words: Vec<Word> = tokens.iter().map(|token| word(raw, token)).collect();
        join_neighbours(&tokens, &mut words, analyzer);
        join_written(raw, &tokens, &mut words, analyzer);
        part(&mut words, analyzer);
        quantities::widen(raw, &tokens, &mut words, analyzer);
        for (word, kind) in words.iter_mut().zip(&kinds) {
            if *kind == TextPartKind::Phrase {
                let code = word.code.take();
                word.take_literally();
                word.code = code;
            }
        }
        let is_plain = kinds.last() == Some(&TextPartKind::Plain);
        let still_typing = is_plain
            && last_end == Some(raw.len())
            && tokens.last().map(|last| last.end) == last_end;
        let has_others = words.len() > 1;
        if let Some(last) = words.last_mut().filter(|_| still_typing) {
            last.prefix = has_others || last.is_long_prefix();
        }
        Self {
            raw: raw.to_owned(),
            words,
            code: possible_code(raw),
        }
    }
}

/// Returns the word of a token, before its neighbours are looked at.
fn word(raw: &str, token: &Token) -> Word {
    let (code, code_match) = word_code(raw, token).unzip();
    let mut word = Word {
        surface: token.surface.clone(),
        stem: token.stem.clone(),
        prefix: false,
        typos: typos(&token.surface),
        code,
        code_match: code_match.unwrap_or_default(),
        joined: Vec::new(),
        synonyms: Vec::new(),
        related: Vec::new(),
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

/// Returns the normal form of a whole text, if that may be one code.
fn possible_code(text: &str) -> Option<String> {
    let code = normal_code(text);
    (code.chars().count() >= MIN_CODE_CHARS && code.len() <= MAX_CODE_BYTES).then_some(code)
}

/// Returns the code that a word may be (part of), and how far it may match. Words with signs between them and no space,
/// such as `KT-INS114-DRE`, are one code.
fn word_code(raw: &str, token: &Token) -> Option<(String, CodeMatch)> {
    let before = &raw[..token.start];
    let after = &raw[token.end..];
    let from = before.rfind(char::is_whitespace).map_or(0, |space| {
        let letter = before[space..].chars().next();
        space + letter.map_or(1, char::len_utf8)
    });
    let to = after.find(char::is_whitespace);
    let to = to.map_or(raw.len(), |length| token.end + length);
    let run = possible_code(&raw[from..to]);
    let own = normal_code(&raw[token.start..token.end]);
    let is_signed = |run: &String| run.len() > own.len() && run.chars().count() >= MIN_SIGNED_CHARS;
    if let Some(run) = run.filter(is_signed) {
        let code_match = match has_digit(&run) {
            true => CodeMatch::Within,
            false => CodeMatch::Prefix,
        };
        return Some((run, code_match));
    }
    let letters = own.chars().count();
    if letters < MIN_CODE_CHARS {
        return None;
    }
    let code_match = match has_digit(&own) {
        true if letters >= MIN_INNER_CHARS => CodeMatch::Within,
        true => CodeMatch::Prefix,
        false => CodeMatch::Whole,
    };
    Some((own, code_match))
}

/// Returns true if a code has a digit. Without one, it is a word as well, and no products are ranked by its prefix.
pub(crate) fn has_digit(code: &str) -> bool {
    code.bytes().any(|byte| byte.is_ascii_digit())
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
        assert_eq!(plan("ABC-DEF").code.as_deref(), Some("abcdef"));
        assert_eq!(plan("x1").code, None, "too short");
        assert_eq!(plan(&"x1 ".repeat(40)).code, None, "too long");
    }

    #[test]
    fn words_with_signs_between_are_one_code() {
        let codes = |text: &str| -> Vec<_> {
            let words = plan(text).words.into_iter();
            words.map(|word| (word.code, word.code_match)).collect()
        };
        let of = |code: &str, code_match| (Some(code.to_owned()), code_match);
        let whole = of("ktins114dre", CodeMatch::Within);
        assert_eq!(
            codes("valve KT-INS114-DRE"),
            [
                of("valve", CodeMatch::Whole),
                whole.clone(),
                whole.clone(),
                whole
            ]
        );
        let signed = of("ktins", CodeMatch::Prefix);
        assert_eq!(codes("KT-INS"), [signed.clone(), signed]);
        assert_eq!(codes("INS114"), [of("ins114", CodeMatch::Within)]);
        assert_eq!(
            codes("x1 100"),
            [(None, CodeMatch::Whole), of("100", CodeMatch::Prefix)]
        );
        assert_eq!(
            codes("a-b"),
            [(None, CodeMatch::Whole), (None, CodeMatch::Whole)]
        );
    }

    #[test]
    fn operators_are_taken_out_of_the_words() {
        let parsed = |text: &str| {
            let (text, operators) = TextPlan::with_operators(text, Language::English);
            let words = text.map(|text| {
                text.words
                    .into_iter()
                    .map(|word| word.surface)
                    .collect::<Vec<_>>()
            });
            let phrases = |phrases: Vec<ExactPhrase>| -> Vec<Vec<String>> {
                let phrases = phrases.into_iter().map(|phrase| phrase.words);
                phrases
                    .map(|words| words.into_iter().map(|word| word.surface).collect())
                    .collect()
            };
            (
                words,
                phrases(operators.phrases),
                phrases(operators.excluded),
            )
        };
        let owned = |words: &[&str]| words.iter().copied().map(str::to_owned).collect::<Vec<_>>();
        let (words, phrases, excluded) = parsed("tall \"Red mug\" -wi-fi -blue");
        assert_eq!(words, Some(owned(&["tall", "red", "mug"])));
        assert_eq!(phrases, [owned(&["red", "mug"])]);
        assert_eq!(excluded, [owned(&["wi", "fi"]), owned(&["blue"])]);
        let (words, phrases, excluded) = parsed("-blue");
        assert_eq!(
            (words, phrases.len(), excluded),
            (None, 0, vec![owned(&["blue"])])
        );
        let (words, phrases, _) = parsed("wi-fi a - b 15\"");
        assert_eq!(
            (words.map(|words| words.len()), phrases.len()),
            (Some(5), 0)
        );
    }

    #[test]
    fn words_of_a_phrase_are_literal_and_an_excluded_end_leaves_no_prefix() {
        let words = |text: &str| {
            TextPlan::with_operators(text, Language::English)
                .0
                .unwrap()
                .words
        };
        let quoted = words("\"keyboard wireless\"");
        assert!(
            quoted
                .iter()
                .all(|word| word.typos == 0 && !word.prefix && word.joined.is_empty())
        );
        assert!(words("keyboard -wire").iter().all(|word| !word.prefix));
        assert!(words("-wire keyb")[0].prefix);
    }

    #[test]
    fn prefix_of_one_or_two_letters_needs_another_word() {
        let last = |text: &str| plan(text).words.pop().unwrap().prefix;
        assert_eq!(
            ["m", "mu", "mug", "red m", "杯"].map(last),
            [false, false, true, true, true]
        );
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
