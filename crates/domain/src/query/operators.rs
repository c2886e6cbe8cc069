//! Operators of a search text: exact phrases in quotes and excluded words.

use std::ops::Range;

/// Maximum number of phrases and exclusions of a text; further ones are ordinary text.
pub const MAX_OPERATORS: usize = 16;
/// Quotes that open and close a phrase. Inch signs are none.
const QUOTES: [char; 9] = ['"', '“', '”', '‟', '„', '«', '»', '＂', '〝'];
/// Signs that exclude the word right after them.
const MINUS: [char; 2] = ['-', '\u{2212}'];

/// Kind of a part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextPartKind {
    /// Ordinary text.
    Plain,
    /// Words between quotes.
    Phrase,
    /// Word or phrase after a minus.
    Excluded,
}

/// Part of a search text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPart {
    /// Kind of the part.
    pub kind: TextPartKind,
    /// Bytes of the text, without quotes and minus.
    pub range: Range<usize>,
}

/// Splits a search text into its parts, in order. A phrase starts with a quote at the start of the text or after a
/// space, and has a second quote and a word between. An exclusion is a minus at such a place with a word or a phrase
/// right after it. All else is plain.
pub fn text_parts(text: &str) -> Vec<TextPart> {
    let mut parts = Vec::new();
    let mut operators = 0;
    let (mut plain_from, mut at) = (0, 0);
    while at < text.len() && operators < MAX_OPERATORS {
        let Some((part, end)) = operator_at(text, at) else {
            at = next_start(text, at);
            continue;
        };
        push_plain(&mut parts, text, plain_from..at);
        parts.push(part);
        operators += 1;
        (plain_from, at) = (end, end);
        // Text right behind a closing quote starts no operator.
        if !text[at..].starts_with(char::is_whitespace) {
            at = next_start(text, at);
        }
    }
    push_plain(&mut parts, text, plain_from..text.len());
    parts
}

/// Returns true if a text has exclusions and no other word.
pub fn is_only_exclusions(text: &str) -> bool {
    let parts = text_parts(text);
    let is_empty = |part: &TextPart| {
        part.kind == TextPartKind::Plain
            && !text[part.range.clone()].contains(char::is_alphanumeric)
    };
    let mut others = parts
        .iter()
        .filter(|part| part.kind != TextPartKind::Excluded);
    parts.iter().any(|part| part.kind == TextPartKind::Excluded) && others.all(is_empty)
}

/// Returns true if a text has a phrase or an exclusion.
pub fn has_operators(text: &str) -> bool {
    let parts = text_parts(text);
    parts.iter().any(|part| part.kind != TextPartKind::Plain)
}

fn push_plain(parts: &mut Vec<TextPart>, text: &str, range: Range<usize>) {
    if !text[range.clone()].trim().is_empty() {
        parts.push(TextPart {
            kind: TextPartKind::Plain,
            range,
        });
    }
}

/// Returns the next place after a space, or the end.
fn next_start(text: &str, from: usize) -> usize {
    let spaces = text[from..].char_indices();
    let mut spaces = spaces.filter(|(_, letter)| letter.is_whitespace());
    spaces
        .next()
        .map_or(text.len(), |(place, space)| from + place + space.len_utf8())
}

/// Returns the operator that starts at a place, and its end.
fn operator_at(text: &str, at: usize) -> Option<(TextPart, usize)> {
    let first = text[at..].chars().next()?;
    if QUOTES.contains(&first) {
        let (range, end) = quoted(text, at)?;
        let kind = TextPartKind::Phrase;
        return Some((TextPart { kind, range }, end));
    }
    if !MINUS.contains(&first) {
        return None;
    }
    let kind = TextPartKind::Excluded;
    let from = at + first.len_utf8();
    let second = text[from..].chars().next()?;
    if QUOTES.contains(&second) {
        let (range, end) = quoted(text, from)?;
        return Some((TextPart { kind, range }, end));
    }
    if !second.is_alphanumeric() {
        return None;
    }
    let end = text[from..].find(char::is_whitespace);
    let end = end.map_or(text.len(), |end| from + end);
    let range = from..end;
    Some((TextPart { kind, range }, end))
}

/// Returns the words between the quote at a place and the next one, and the end of that.
fn quoted(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let from = at + text[at..].chars().next()?.len_utf8();
    let length = text[from..].find(QUOTES)?;
    let range = from..from + length;
    let closing = text[range.end..].chars().next()?;
    let has_word = text[range.clone()].contains(char::is_alphanumeric);
    has_word.then(|| (range.clone(), range.end + closing.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(TextPartKind, &str)> {
        let parts = text_parts(text).into_iter();
        parts.map(|part| (part.kind, &text[part.range])).collect()
    }

    use TextPartKind::{Excluded, Phrase, Plain};

    #[test]
    fn quotes_of_every_kind_make_phrases() {
        for text in [
            "\"red mug\"",
            "“red mug”",
            "«red mug»",
            "„red mug“",
            "„red mug”",
            "»red mug«",
        ] {
            assert_eq!(parts(text), [(Phrase, "red mug")], "{text}");
        }
        assert_eq!(
            parts("tall \"red mug\", blue"),
            [(Plain, "tall "), (Phrase, "red mug"), (Plain, ", blue")]
        );
        assert_eq!(
            parts("\"red mug\" \"blue\""),
            [(Phrase, "red mug"), (Phrase, "blue")]
        );
    }

    #[test]
    fn quotes_that_open_nothing_are_ordinary() {
        for text in [
            "\"red mug",
            "15\" monitor 17\"",
            "red\"mug\"",
            "\"\"",
            "\"?!\"",
            "24\"",
        ] {
            assert_eq!(parts(text), [(Plain, text)], "{text}");
        }
        assert_eq!(
            parts("15\" \"slim bezel\""),
            [(Plain, "15\" "), (Phrase, "slim bezel")]
        );
    }

    #[test]
    fn minus_before_a_word_excludes_it() {
        assert_eq!(parts("mug -red"), [(Plain, "mug "), (Excluded, "red")]);
        assert_eq!(parts("-red mug"), [(Excluded, "red"), (Plain, " mug")]);
        assert_eq!(
            parts("mug -wi-fi -\"red lid\""),
            [(Plain, "mug "), (Excluded, "wi-fi"), (Excluded, "red lid")]
        );
        for text in [
            "wi-fi",
            "a - b",
            "mug -",
            "--red",
            "-",
            "mug- red",
            "red -\"mug",
        ] {
            assert_eq!(parts(text), [(Plain, text)], "{text}");
        }
    }

    #[test]
    fn text_of_exclusions_alone_is_known() {
        for text in ["-red", " -red  -\"blue mug\" ", "! -red"] {
            assert!(is_only_exclusions(text), "{text}");
        }
        for text in ["mug -red", "\"mug\" -red", "red", "", "- red", "?!"] {
            assert!(!is_only_exclusions(text), "{text}");
        }
        assert!(has_operators("mug -red") && !has_operators("wi-fi 15\""));
    }

    #[test]
    fn operators_are_bounded_and_the_rest_is_plain() {
        let many = "-a ".repeat(40);
        let parts = text_parts(&many);
        assert_eq!(parts.len(), MAX_OPERATORS + 1);
        assert_eq!(parts[MAX_OPERATORS].kind, Plain);
    }
}
