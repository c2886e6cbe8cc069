//! Breaks texts into words: runs of letters and digits with their marks, names with signs, and words of scripts without
//! spaces.

use icu_properties::{CodePointMapData, props::GeneralCategory};

use super::scripts;
use super::signs::{is_apostrophe, is_ignorable};

/// Longer words are not indexed: they are noise such as encoded data. In letters.
const MAX_LETTERS: usize = 63;

/// Part of a text that is a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Start in the text, in bytes.
    pub(crate) start: usize,
    /// End in the text, in bytes.
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

/// Sort of a word by its signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters and digits.
    Plain,
    /// A word with a possessive `'s`.
    Possessive,
    /// Letters with a full stop after each, such as `U.S.A.`
    Initials,
    /// A name that ends with a sign, such as `C++`, `C#` or `A+`.
    Signed,
    /// A name that begins with a full stop, such as `.NET`.
    Dotted,
    /// A fraction as one character, such as `½`.
    Fraction,
    /// Such a fraction behind a number.
    Mixed,
    /// A sign of multiplication between numbers.
    Times,
    /// A word of a script without spaces.
    Segment,
}

/// Iterates over the byte ranges of a text's words, without those that are too long.
pub(crate) fn word_places(text: &str) -> impl Iterator<Item = (usize, usize)> {
    pieces(text).map(|piece| (piece.start, piece.end))
}

/// Iterates over the words of a text.
pub(crate) fn pieces(text: &str) -> Pieces<'_> {
    Pieces {
        text,
        at: 0,
        segments: Vec::new(),
    }
}

pub(crate) struct Pieces<'a> {
    text: &'a str,
    at: usize,
    /// Ends of the words of a run, last first; the next one begins at `at`.
    segments: Vec<(usize, usize)>,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if let Some((start, end)) = self.segments.pop() {
                return Some(Piece {
                    start,
                    end,
                    kind: Kind::Segment,
                });
            }
            let start = self.next_start()?;
            if start.kind == Kind::Segment {
                self.segment(start.start);
                continue;
            }
            let piece = match start.kind {
                Kind::Plain => self.word(start.start),
                _ => start,
            };
            self.at = piece.end;
            let letters = piece.end - piece.start;
            let text = &self.text[piece.start..piece.end];
            if letters <= MAX_LETTERS || (!text.is_ascii() && text.chars().count() <= MAX_LETTERS) {
                return Some(piece);
            }
        }
    }
}

impl Pieces<'_> {
    /// Finds where the next word starts. Hot path: most text is ASCII.
    fn next_start(&mut self) -> Option<Piece> {
        let text = self.text;
        let bytes = text.as_bytes();
        let mut at = self.at;
        while at < bytes.len() {
            let piece = |end, kind| Piece {
                start: at,
                end,
                kind,
            };
            let byte = bytes[at];
            if byte.is_ascii() {
                if byte.is_ascii_alphanumeric() {
                    return Some(piece(at + 1, Kind::Plain));
                }
                if byte == b'.'
                    && let Some(end) = dotted_end(text, at)
                {
                    return Some(piece(end, Kind::Dotted));
                }
                if byte == b'*' && is_between_numbers(text, at, at + 1) {
                    return Some(piece(at + 1, Kind::Times));
                }
                at += 1;
                continue;
            }
            let letter = text[at..].chars().next()?;
            let end = at + letter.len_utf8();
            match class(letter) {
                Class::Letter => return Some(piece(end, Kind::Plain)),
                Class::Unspaced => return Some(piece(end, Kind::Segment)),
                Class::Fraction if ends_with_digit(&text[..at]) => {
                    return Some(piece(end, Kind::Mixed));
                }
                Class::Fraction => return Some(piece(end, Kind::Fraction)),
                Class::Times if is_between_numbers(text, at, end) => {
                    return Some(piece(end, Kind::Times));
                }
                _ => at = end,
            }
        }
        self.at = at;
        None
    }

    /// Reads the word that starts at a place.
    fn word(&self, start: usize) -> Piece {
        let text = self.text;
        let bytes = text.as_bytes();
        let mut at = start;
        // What nobody sees is part of a word only between its letters.
        let mut end = start;
        let mut letters = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte.is_ascii_alphanumeric() {
                at += 1;
                end = at;
                letters += 1;
                continue;
            }
            if byte == b'.' && letters == 1 {
                if let Some(end) = initials_end(text, start) {
                    return Piece {
                        start,
                        end,
                        kind: Kind::Initials,
                    };
                }
                break;
            }
            if matches!(byte, b'+' | b'#') {
                if let Some(end) = signed_end(text, start, at) {
                    return Piece {
                        start,
                        end,
                        kind: Kind::Signed,
                    };
                }
                break;
            }
            let Some(letter) = text[at..].chars().next() else {
                break;
            };
            let next = at + letter.len_utf8();
            if is_apostrophe(letter) {
                if let Some(end) = possessive_end(text, end, next) {
                    return Piece {
                        start,
                        end,
                        kind: Kind::Possessive,
                    };
                }
                break;
            }
            match class(letter) {
                Class::Letter => letters += 1,
                Class::Mark => {}
                Class::Ignorable => {
                    at = next;
                    continue;
                }
                Class::Times
                    if ends_with_digit(&text[..at]) && starts_with_digit(&text[next..]) =>
                {
                    letters += 1;
                }
                _ => break,
            }
            at = next;
            end = at;
        }
        Piece {
            start,
            end,
            kind: Kind::Plain,
        }
    }

    /// Reads the run of a script without spaces that starts at a place, and takes it apart.
    fn segment(&mut self, start: usize) {
        let mut end = start;
        for letter in self.text[start..].chars() {
            if !matches!(
                class(letter),
                Class::Unspaced | Class::Mark | Class::Ignorable
            ) {
                break;
            }
            end += letter.len_utf8();
        }
        self.at = end;
        scripts::segment(&self.text[start..end], &mut self.segments);
        for (from, to) in &mut self.segments {
            *from += start;
            *to += start;
        }
        self.segments.reverse();
    }
}

/// Sort of a character, as far as words go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Letter or digit.
    Letter,
    /// Letter of a script that is written without spaces.
    Unspaced,
    /// Mark of the letter before it.
    Mark,
    /// Invisible, such as a soft hyphen.
    Ignorable,
    /// Fraction as one character.
    Fraction,
    /// Sign of multiplication.
    Times,
    Other,
}

fn class(letter: char) -> Class {
    if letter.is_ascii() {
        return match letter {
            '*' => Class::Times,
            _ if letter.is_ascii_alphanumeric() => Class::Letter,
            _ => Class::Other,
        };
    }
    if is_ignorable(letter) {
        return Class::Ignorable;
    }
    if letter.is_alphanumeric() {
        return match letter {
            '¼'..='¾' | '\u{2150}'..='\u{215E}' | '\u{2189}' => Class::Fraction,
            _ if is_apostrophe(letter) => Class::Other,
            _ if scripts::is_unspaced(letter) => Class::Unspaced,
            _ => Class::Letter,
        };
    }
    match letter {
        '×' | '✕' | '✖' | '⨯' => Class::Times,
        // Units and the like, as one character.
        '℃' | '℉' | '№' | '\u{3300}'..='\u{33FF}' => Class::Letter,
        _ => match CodePointMapData::<GeneralCategory>::new().get(letter) {
            GeneralCategory::NonspacingMark
            | GeneralCategory::SpacingMark
            | GeneralCategory::EnclosingMark => Class::Mark,
            _ => Class::Other,
        },
    }
}

/// Returns the nearest start of a letter at or before a place between characters.
pub(crate) fn letter_boundary(text: &str, place: usize) -> usize {
    let is_start = |at: &usize| {
        let next = text[*at..].chars().next();
        next.is_none_or(|next| {
            !matches!(class(next), Class::Mark | Class::Ignorable) && !scripts::extends(next)
        })
    };
    let starts = text[..place].char_indices().rev().map(|(at, _)| at);
    let mut starts = std::iter::once(place).chain(starts);
    starts.find(is_start).unwrap_or(0)
}

/// Returns true if a word goes on with this character.
fn continues(text: &str) -> bool {
    let next = text.chars().next();
    next.is_some_and(|next| {
        matches!(
            class(next),
            Class::Letter | Class::Unspaced | Class::Mark | Class::Fraction
        )
    })
}

fn starts_with_digit(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_numeric)
}

fn ends_with_digit(text: &str) -> bool {
    text.chars().next_back().is_some_and(char::is_numeric)
}

/// Returns true for a sign with numbers around, and at most one space on each side.
fn is_between_numbers(text: &str, start: usize, end: usize) -> bool {
    let before = &text[..start];
    let after = &text[end..];
    ends_with_digit(before.strip_suffix(char::is_whitespace).unwrap_or(before))
        && starts_with_digit(after.strip_prefix(char::is_whitespace).unwrap_or(after))
}

/// Returns the end of a possessive's `s`, which comes after an apostrophe.
fn possessive_end(text: &str, word_end: usize, after: usize) -> Option<usize> {
    let letter = text[..word_end].chars().next_back()?;
    let end = after + 1;
    let is_s = matches!(text.as_bytes().get(after), Some(b's' | b'S'));
    let rest = is_s.then(|| &text[end..])?;
    let goes_on = continues(rest) || rest.starts_with(is_apostrophe);
    (!letter.is_numeric() && !goes_on).then_some(end)
}

/// Returns the end of letters that have a full stop between, if there are two or more.
fn initials_end(text: &str, start: usize) -> Option<usize> {
    let mut end = start + letter_alone(&text[start..])?;
    let mut letters = 1;
    while let Some(rest) = text[end..].strip_prefix('.')
        && let Some(length) = letter_alone(rest)
    {
        end += 1 + length;
        letters += 1;
    }
    (letters > 1).then_some(end)
}

/// Returns the length of a letter that no other one follows.
fn letter_alone(text: &str) -> Option<usize> {
    let letter = text.chars().next()?;
    let length = letter.len_utf8();
    let is_letter = letter.is_alphabetic() && class(letter) == Class::Letter;
    (is_letter && !continues(&text[length..])).then_some(length)
}

/// Returns the end of the signs of a name, which start at a place.
fn signed_end(text: &str, start: usize, at: usize) -> Option<usize> {
    let name = &text[start..at];
    let first = name.chars().next()?;
    if first.is_numeric() {
        return None;
    }
    let is_letter = name.len() == first.len_utf8();
    let rest = &text[at..];
    let signs = if is_letter && rest.starts_with("++") {
        return Some(at + 2);
    } else if rest.starts_with('+') || (is_letter && rest.starts_with('#')) {
        1
    } else {
        return None;
    };
    let rest = &rest[signs..];
    (!continues(rest) && !rest.starts_with(['+', '#', '.'])).then_some(at + signs)
}

/// Returns the end of a name that begins with the full stop at a place.
fn dotted_end(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|before| !before.is_whitespace() && !matches!(before, '(' | '[' | '/')) {
        return None;
    }
    let letters = text[at + 1..]
        .bytes()
        .take_while(u8::is_ascii_alphabetic)
        .count();
    let end = at + 1 + letters;
    (letters > 1 && !continues(&text[end..]) && !text[end..].starts_with('.')).then_some(end)
}
