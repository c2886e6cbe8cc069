//! Texts as they are kept: composed, and without characters that nobody can see.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Composes a text of one line (NFC), turns tabs and line breaks into spaces, takes out other control characters and
/// overrides of its direction, and trims it. A zero byte stays: whoever takes the text refuses it.
pub fn tidy(text: &mut String) {
    if is_plain(text) {
        return;
    }
    *text = visible(text, |_| false).trim().to_owned();
}

/// Returns a tidied copy.
pub fn tidied(text: &str) -> String {
    let mut text = text.to_owned();
    tidy(&mut text);
    text
}

/// Does the same for a text of several lines, whose line breaks and tabs stay. Its ends stay as they are.
pub(crate) fn tidy_lines(text: &mut String) {
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()) {
        return;
    }
    *text = visible(text, |letter| matches!(letter, '\n' | '\r' | '\t'));
}

/// Returns true if there is nothing to do.
fn is_plain(text: &str) -> bool {
    text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()) && text.trim() == text
}

fn visible(text: &str, keeps: impl Fn(char) -> bool) -> String {
    let shown = text.chars().filter_map(|letter| match letter {
        '\0' => Some(letter),
        _ if overrides_direction(letter) => None,
        _ if !letter.is_control() || keeps(letter) => Some(letter),
        _ => letter.is_whitespace().then_some(' '),
    });
    // Last: what is taken out may stand between a letter and its mark.
    ComposingNormalizerBorrowed::new_nfc()
        .normalize_iter(shown)
        .collect()
}

/// Embeddings, overrides and isolates: they reorder what follows, even behind the text.
fn overrides_direction(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn tidy_text_stays_as_it_is(text in "([a-e\u{301}\u{327}\u{1b}\u{202A}\u{2066} \u{1100}\u{1161}]|.){0,12}") {
            let once = tidied(&text);
            prop_assert_eq!(tidied(&once), once);
        }
    }

    #[test]
    fn text_is_composed() {
        assert_eq!(tidied("Cha\u{302}teau"), "Château");
        assert_eq!(tidied("カ\u{3099}"), "ガ");
        assert_eq!(tidied("\u{1100}\u{1161}"), "가");
    }

    #[test]
    fn unseen_characters_go_and_joiners_stay() {
        assert_eq!(tidied(" a\u{1b}[0m\tb\u{202E}c "), "a[0m bc");
        assert_eq!(tidied("a\0b"), "a\0b");
        // Joiners make letters of Persian and pictures of families.
        assert_eq!(tidied("می\u{200C}خواهم"), "می\u{200C}خواهم");
    }

    #[test]
    fn lines_stay_lines() {
        let mut text = "one\r\n\ttwo\u{7}\u{2066}".to_owned();
        tidy_lines(&mut text);
        assert_eq!(text, "one\r\n\ttwo");
    }
}
