//! WordPiece tokens of a text, as the BERT tokenizers of `tokenizer.json` make them.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use rustc_hash::FxHashMap;
use serde::Deserialize;

/// Tokens that stand around each text.
const START: &str = "[CLS]";
const END: &str = "[SEP]";

/// `tokenizer.json`, as far as it is needed.
#[derive(Debug, Deserialize)]
pub(super) struct TokenizerFile {
    truncation: Option<Truncation>,
    normalizer: Normalizer,
    pre_tokenizer: Named,
    model: WordPiece,
}

#[derive(Debug, Deserialize)]
struct Truncation {
    max_length: usize,
}

#[derive(Debug, Deserialize)]
struct Named {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Deserialize)]
struct Normalizer {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    lowercase: bool,
    strip_accents: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct WordPiece {
    vocab: FxHashMap<String, u32>,
    unk_token: String,
    continuing_subword_prefix: String,
    max_input_chars_per_word: usize,
}

/// Takes texts apart.
#[derive(Debug)]
pub(super) struct Tokenizer {
    lowercase: bool,
    strip_accents: bool,
    /// Most tokens of a text, those around it included.
    most: usize,
    start: u32,
    end: u32,
    unknown: u32,
    pieces: WordPiece,
}

impl Tokenizer {
    /// Takes a file of the BERT kind, or returns what it must say.
    pub(super) fn new(file: TokenizerFile) -> Result<Self, String> {
        for (kind, expected) in [
            (&file.normalizer.kind, "BertNormalizer"),
            (&file.pre_tokenizer.kind, "BertPreTokenizer"),
        ] {
            if kind != expected {
                return Err(format!("{kind} is {expected}"));
            }
        }
        let pieces = file.model;
        let token = |token: &str| {
            let number = pieces.vocab.get(token).copied();
            number.ok_or_else(|| format!("{token} is in the vocabulary"))
        };
        let lowercase = file.normalizer.lowercase;
        Ok(Self {
            lowercase,
            strip_accents: file.normalizer.strip_accents.unwrap_or(lowercase),
            most: file
                .truncation
                .map_or(usize::MAX, |it| it.max_length.max(2)),
            start: token(START)?,
            end: token(END)?,
            unknown: token(&pieces.unk_token)?,
            pieces,
        })
    }

    /// Cuts texts at so many tokens, if the file does not do so earlier.
    pub(super) fn cut_at(&mut self, most: usize) {
        self.most = self.most.min(most);
    }

    /// Returns the tokens of a text.
    pub(super) fn tokens(&self, text: &str) -> Vec<u32> {
        let mut tokens = vec![self.start];
        let normal = self.normal(text);
        for word in words(&normal) {
            if tokens.len() >= self.most {
                break;
            }
            self.add_pieces(word, &mut tokens);
        }
        tokens.truncate(self.most - 1);
        tokens.push(self.end);
        tokens
    }

    fn normal(&self, text: &str) -> String {
        let mut cleaned = String::with_capacity(text.len());
        for letter in text.chars() {
            if letter.is_whitespace() {
                cleaned.push(' ');
            } else if is_ideograph(letter) {
                cleaned.extend([' ', letter, ' ']);
            } else if letter != '\u{fffd}' && !is_of(letter, GeneralCategoryGroup::Other) {
                cleaned.push(letter);
            }
        }
        if self.strip_accents {
            let nfd = DecomposingNormalizerBorrowed::new_nfd();
            let decomposed = nfd.normalize(&cleaned);
            let is_kept = |letter: &char| !is_of(*letter, GeneralCategoryGroup::NonspacingMark);
            cleaned = decomposed.chars().filter(is_kept).collect();
        }
        if self.lowercase {
            cleaned = cleaned.chars().flat_map(char::to_lowercase).collect();
        }
        cleaned
    }

    /// Adds the longest known pieces of a word, or one unknown token if some part is none.
    fn add_pieces(&self, word: &str, tokens: &mut Vec<u32>) {
        let pieces = &self.pieces;
        if word.chars().count() > pieces.max_input_chars_per_word {
            tokens.push(self.unknown);
            return;
        }
        let before = tokens.len();
        let mut rest = word;
        let mut piece = String::new();
        while !rest.is_empty() {
            let ends = rest.char_indices().rev();
            let found = ends
                .map(|(start, letter)| start + letter.len_utf8())
                .find_map(|end| {
                    piece.clear();
                    if rest.len() < word.len() {
                        piece.push_str(&pieces.continuing_subword_prefix);
                    }
                    piece.push_str(&rest[..end]);
                    Some((*pieces.vocab.get(&piece)?, end))
                });
            let Some((token, end)) = found else {
                tokens.truncate(before);
                tokens.push(self.unknown);
                return;
            };
            tokens.push(token);
            rest = &rest[end..];
        }
    }
}

/// Returns the words of a text; each punctuation mark is one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(char::is_whitespace)
        .flat_map(|part| part.split_inclusive(is_punctuation))
        .flat_map(|part| {
            let last = part.char_indices().next_back();
            match last.filter(|(_, letter)| is_punctuation(*letter)) {
                Some((place, _)) => [&part[..place], &part[place..]],
                None => [part, ""],
            }
        })
        .filter(|word| !word.is_empty())
}

fn is_punctuation(letter: char) -> bool {
    letter.is_ascii_punctuation() || is_of(letter, GeneralCategoryGroup::Punctuation)
}

fn is_of(letter: char, group: GeneralCategoryGroup) -> bool {
    group.contains(CodePointMapData::<GeneralCategory>::new().get(letter))
}

/// Blocks of Chinese characters, each of which is a word of its own.
fn is_ideograph(letter: char) -> bool {
    matches!(letter,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2a6df}' | '\u{2a700}'..='\u{2b73f}'
        | '\u{2b740}'..='\u{2b81f}' | '\u{2b920}'..='\u{2ceaf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokenizer(most: Option<usize>) -> Tokenizer {
        let tokens = "[PAD] [UNK] [CLS] [SEP] red ##mug mug creme , - 中 ##s";
        let numbered = tokens.split(' ').map(str::to_owned).zip(0..);
        let file = serde_json::json!({
            "truncation": most.map(|most| serde_json::json!({"max_length": most})),
            "normalizer": {"type": "BertNormalizer", "lowercase": true, "strip_accents": null},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "model": {
                "vocab": numbered.collect::<FxHashMap<String, u32>>(),
                "unk_token": "[UNK]",
                "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 10,
            },
        });
        Tokenizer::new(serde_json::from_value(file).unwrap()).unwrap()
    }

    #[test]
    fn text_becomes_the_longest_known_pieces() {
        let tokenizer = tokenizer(None);
        for (text, inner) in [
            ("Red mug", &[4, 6][..]),
            ("redmugs", &[4, 5, 11]),
            ("CRÈME,mug-", &[7, 8, 6, 9]),
            ("red\u{200b}mug", &[4, 5]),
            ("red中mug", &[4, 10, 6]),
            ("mugred mug", &[1, 6]),
            ("redmugmugmug", &[1]),
            ("", &[]),
            (" \n\t ", &[]),
        ] {
            let expected: Vec<u32> = [&[2], inner, &[3]].concat();
            assert_eq!(tokenizer.tokens(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_text_is_cut() {
        let mut tokenizer = tokenizer(Some(6));
        assert_eq!(tokenizer.tokens(&"red ".repeat(9)), [2, 4, 4, 4, 4, 3]);
        tokenizer.cut_at(3);
        assert_eq!(tokenizer.tokens("red mug"), [2, 4, 3]);
    }
}
