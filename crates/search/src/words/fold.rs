//! The form in which words are compared: compatible (NFKC), lower-cased, without marks in scripts that are also written
//! without them.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use super::signs::{is_apostrophe, is_ignorable};

/// Folds words; keeps its buffers.
pub(crate) struct Folder {
    lowered: String,
    folded: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            lowered: String::new(),
            folded: String::new(),
        }
    }

    /// Returns a word in lower case and folded to ASCII where possible, without the signs inside it.
    pub(crate) fn fold(&mut self, word: &str) -> &str {
        self.folded.clear();
        fold_into(&mut self.folded, &mut self.lowered, word);
        &self.folded
    }
}

/// Appends the folded form of a word.
pub(crate) fn fold_into(folded: &mut String, lowered: &mut String, word: &str) {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let start = folded.len();
        folded.push_str(word);
        folded[start..].make_ascii_lowercase();
        return;
    }
    lowered.clear();
    lower_into(lowered, word, false);
    fold_lowered_into(folded, lowered);
}

/// Appends a word in lower case, composed and compatible, without signs inside it: a stemmer's input.
pub(crate) fn lower_into(lowered: &mut String, word: &str, is_turkish: bool) {
    if let Some(name) = word.strip_prefix('.') {
        lowered.push_str("dot");
        lower_into(lowered, name, is_turkish);
        return;
    }
    let seen = word
        .chars()
        .filter(|&letter| !is_ignorable(letter) && !is_apostrophe(letter));
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize_iter(seen);
    for letter in composed {
        match letter {
            '.' => {}
            '×' | '✕' | '✖' | '⨯' | '*' => lowered.push('x'),
            '\u{2044}' => lowered.push('/'),
            'İ' => lowered.push('i'),
            'I' if is_turkish => lowered.push('ı'),
            // Words have no spaces.
            _ if letter.is_whitespace() => {}
            _ => lowered.extend(letter.to_lowercase()),
        }
    }
}

/// Appends the folded form of a word in lower case.
pub(crate) fn fold_lowered_into(folded: &mut String, lowered: &str) {
    if lowered.is_ascii() {
        folded.push_str(lowered);
        return;
    }
    for letter in lowered.chars() {
        if letter.is_ascii() {
            folded.push(letter);
        } else {
            fold_letter(folded, letter);
        }
    }
}

fn fold_letter(folded: &mut String, letter: char) {
    if is_optional_mark(letter) {
        return;
    }
    if let Some(written) = other_spelling(letter) {
        folded.push_str(written);
        return;
    }
    if let Some(digit) = digit(letter) {
        folded.push(digit);
        return;
    }
    if !matches!(letter, '\u{80}'..='\u{6FF}' | '\u{1E00}'..='\u{1FFF}') {
        folded.push(letter);
        return;
    }
    let parts = DecomposingNormalizerBorrowed::new_nfd().normalize_iter(std::iter::once(letter));
    for part in parts.filter(|&part| !is_optional_mark(part)) {
        match other_spelling(part) {
            Some(written) => folded.push_str(written),
            None => folded.push(part),
        }
    }
}

/// Returns true for marks that are often left out: accents of Latin, Greek and Cyrillic, vowel signs of Arabic and Hebrew,
/// the dot below of Devanagari.
fn is_optional_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{300}'..='\u{36F}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5BD}'
            | '\u{5BF}'
            | '\u{5C1}'
            | '\u{5C2}'
            | '\u{5C4}'
            | '\u{5C5}'
            | '\u{5C7}'
            | '\u{610}'..='\u{61A}'
            | '\u{640}'
            | '\u{64B}'..='\u{65F}'
            | '\u{670}'
            | '\u{6D6}'..='\u{6DC}'
            | '\u{6DF}'..='\u{6E8}'
            | '\u{6EA}'..='\u{6ED}'
            | '\u{93C}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}'
    )
}

/// Returns another spelling of a letter that has no mark to leave out.
fn other_spelling(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' | 'ẞ' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' | 'ɖ' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ȷ' => "j",
        'ł' => "l",
        'ŋ' => "n",
        'þ' => "th",
        'ŧ' => "t",
        'ƒ' => "f",
        'ə' => "a",
        'ɓ' => "b",
        'ɗ' => "d",
        'ƙ' => "k",
        'ƴ' => "y",
        'ς' => "σ",
        'ґ' => "г",
        'ٱ' => "ا",
        'ى' | 'ی' | 'ې' => "ي",
        'ک' | 'ڪ' => "ك",
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۀ' => "ه",
        'ँ' => "ं",
        _ => return None,
    })
}

/// Returns the ASCII digit for one of another script.
fn digit(letter: char) -> Option<char> {
    const ZEROS: [u32; 18] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50,
        0xED0, 0xF20, 0x1040, 0x17E0, 0x1810,
    ];
    let place = u32::from(letter);
    if place < ZEROS[0] {
        return None;
    }
    let value = ZEROS
        .iter()
        .find_map(|&zero| place.checked_sub(zero).filter(|&value| value < 10))?;
    char::from_digit(value, 10)
}
