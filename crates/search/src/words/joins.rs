//! Words that are also written as one, and words of letters and digits that are also written apart.

use super::signs::is_apostrophe;
use super::split::{Kind, Piece};

/// Most words that are joined as a whole.
const MAX_JOINED: usize = 6;
/// Digits of a group of thousands.
const GROUP_DIGITS: usize = 3;
/// Digits of a number in a name; those of codes have more.
const MAX_DIGITS: usize = 4;
/// Most parts of a word that is taken apart.
const MAX_PARTS: usize = 6;

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Nothing,
    /// One of the signs across which words are written as one.
    Sign(char),
    Space,
    Other,
}

fn gap(between: &str) -> Gap {
    let mut letters = between.chars();
    let Some(first) = letters.next() else {
        return Gap::Nothing;
    };
    if between == " & " {
        return Gap::Sign('&');
    }
    if letters.next().is_some() {
        return Gap::Other;
    }
    match first {
        ' ' => Gap::Space,
        '\u{A0}' | '\u{2009}' | '\u{202F}' => Gap::Sign(' '),
        '-' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '－' => Gap::Sign('-'),
        '/' | '／' => Gap::Sign('/'),
        '&' | '＆' => Gap::Sign('&'),
        '.' | '．' => Gap::Sign('.'),
        ',' | '，' => Gap::Sign(','),
        '·' | '・' | '･' => Gap::Sign('·'),
        '_' => Gap::Sign('_'),
        _ if is_apostrophe(first) => Gap::Sign('\''),
        _ => Gap::Other,
    }
}

fn starts_with_digit(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_numeric)
}

fn ends_with_digit(word: &str) -> bool {
    word.chars().next_back().is_some_and(char::is_numeric)
}

fn is_number(word: &str) -> bool {
    word.chars().all(char::is_numeric)
}

fn is_group(word: &str) -> bool {
    word.len() == GROUP_DIGITS && is_number(word)
}

/// Visits the ranges of neighbouring words that may be written as one: across signs, where letters meet digits, thousands,
/// and measures. `spaced` also has those that are written with a space.
pub(crate) fn each(
    text: &str,
    pieces: &[Piece],
    spaced: bool,
    mut visit: impl FnMut(std::ops::Range<usize>),
) {
    let joins = Joins {
        text,
        pieces,
        spaced,
    };
    // Since when all gaps have been signs.
    let mut chain = 0;
    for place in 1..pieces.len() {
        let is_sign = joins.across_sign(place);
        let joins_pair = is_sign || joins.across_space(place);
        if joins_pair {
            visit(place - 1..place + 1);
        }
        if let Some(first) = joins.grouped_from(place) {
            visit(first..place + 1);
        }
        if let Some(first) = joins.measured_from(place) {
            visit(first..place + 1);
        }
        if place > 1 && joins.is_letters_around_digits(place) {
            visit(place - 2..place + 1);
        }
        if !is_sign {
            joins.visit_chain(chain..place, &mut visit);
            chain = place;
        }
    }
    joins.visit_chain(chain..pieces.len(), &mut visit);
}

struct Joins<'a> {
    text: &'a str,
    pieces: &'a [Piece],
    spaced: bool,
}

impl Joins<'_> {
    fn word(&self, place: usize) -> &str {
        let piece = self.pieces[place];
        &self.text[piece.start..piece.end]
    }

    /// Returns what stands before a word that is not the first.
    fn gap(&self, place: usize) -> Gap {
        let (before, piece) = (self.pieces[place - 1], self.pieces[place]);
        self.text
            .get(before.end..piece.start)
            .map_or(Gap::Other, gap)
    }

    fn across_sign(&self, place: usize) -> bool {
        let (before, word) = (self.word(place - 1), self.word(place));
        let numbers = || ends_with_digit(before) && starts_with_digit(word);
        let kinds = [self.pieces[place - 1].kind, self.pieces[place].kind];
        let is_number = |kind: &Kind| matches!(kind, Kind::Fraction | Kind::Mixed | Kind::Times);
        if kinds.iter().any(is_number) {
            return false;
        }
        match self.gap(place) {
            Gap::Sign(' ' | ',') => false,
            Gap::Sign('_') => true,
            Gap::Sign(_) => !numbers(),
            // Words of scripts without spaces.
            Gap::Nothing => true,
            Gap::Space | Gap::Other => false,
        }
    }

    fn across_space(&self, place: usize) -> bool {
        if !self.spaced || !matches!(self.gap(place), Gap::Space | Gap::Sign(' ')) {
            return false;
        }
        let (before, word) = (self.word(place - 1), self.word(place));
        let letters = |word: &str| word.chars().any(char::is_alphabetic);
        (ends_with_digit(before) && letters(word) && !starts_with_digit(word))
            || (!ends_with_digit(before) && letters(before) && starts_with_digit(word))
    }

    /// Returns the first word of a number of thousands that ends here.
    fn grouped_from(&self, place: usize) -> Option<usize> {
        let is_separated = |place: usize| {
            is_group(self.word(place))
                && match self.gap(place) {
                    Gap::Sign(sign) => matches!(sign, ',' | '.' | '\'' | ' '),
                    Gap::Space => self.spaced,
                    _ => false,
                }
        };
        let goes_on = place + 1 < self.pieces.len() && is_separated(place + 1);
        let mut first = place;
        while first > 0 && is_separated(first) {
            first -= 1;
        }
        let word = self.word(first);
        let begins = first < place && word.len() <= GROUP_DIGITS && is_number(word);
        (begins && !goes_on && !word.starts_with('0')).then_some(first)
    }

    /// Returns the first word of numbers with a sign of multiplication between that end here.
    fn measured_from(&self, place: usize) -> Option<usize> {
        let is_times = |place: usize| {
            self.pieces[place].kind == Kind::Times || matches!(self.word(place), "x" | "X")
        };
        let is_near = |place: usize| matches!(self.gap(place), Gap::Space | Gap::Nothing);
        let mut first = place;
        while first > 1
            && place - first < MAX_JOINED
            && starts_with_digit(self.word(first))
            && is_near(first)
            && is_times(first - 1)
            && is_near(first - 1)
            && ends_with_digit(self.word(first - 2))
        {
            first -= 2;
        }
        (first < place).then_some(first)
    }

    /// Returns true for a number with letters before and after, such as `RTX 4090 Ti`.
    fn is_letters_around_digits(&self, place: usize) -> bool {
        let goes_on = |place| self.across_space(place) || self.across_sign(place);
        is_number(self.word(place - 1))
            && goes_on(place)
            && goes_on(place - 1)
            && (self.across_space(place) || self.across_space(place - 1))
    }

    fn visit_chain(
        &self,
        chain: std::ops::Range<usize>,
        visit: &mut impl FnMut(std::ops::Range<usize>),
    ) {
        if (3..=MAX_JOINED).contains(&chain.len()) {
            visit(chain);
        }
    }
}

/// Visits the parts of a folded word of letters and digits: each run of either, and what it begins and ends with.
pub(crate) fn each_part(word: &str, mut visit: impl FnMut(&str)) {
    let starts = part_starts(word);
    if is_code(word) || !(2..=MAX_PARTS).contains(&starts.len()) {
        return;
    }
    let end = |place: usize| starts.get(place + 1).copied().unwrap_or(word.len());
    for (place, &start) in starts.iter().enumerate() {
        let part = &word[start..end(place)];
        let is_letter = part.len() == 1 && !is_number(part) && part != "x";
        // `PS4` is found by `ps 4`, which is one word as well, and not wherever there is a 4.
        let is_last_digit = part.len() == 1 && place > 0 && place + 1 == starts.len();
        let is_version = is_last_digit && is_number(part) && !word[..start].ends_with('x');
        if !is_letter && !is_version {
            visit(part);
        }
    }
    if starts.len() > 2 {
        for &start in &starts[1..starts.len() - 1] {
            visit(&word[start..]);
        }
        for &end in &starts[2..] {
            visit(&word[..end]);
        }
    }
}

/// Visits the ways to write a folded word of letters and digits as two.
pub(crate) fn each_parting(word: &str, mut visit: impl FnMut(&str, &str)) {
    let starts = part_starts(word);
    if is_code(word) || !(3..=MAX_PARTS).contains(&starts.len()) {
        return;
    }
    for &start in &starts[1..] {
        let (one, other) = word.split_at(start);
        let says_something = |part: &str| part.len() > 1 || is_number(part);
        let is_measure = one
            .trim_end_matches('x')
            .ends_with(|it: char| it.is_ascii_digit())
            && (one.ends_with('x') || other.starts_with('x'));
        if says_something(one) && says_something(other) && !is_measure {
            visit(one, other);
        }
    }
}

/// Returns true for a word with a number longer than those of names.
fn is_code(word: &str) -> bool {
    let mut numbers = word.split(|letter: char| !letter.is_ascii_digit());
    numbers.any(|number| number.len() > MAX_DIGITS)
}

/// Returns where runs of letters and runs of digits start; one place if the word is not of both.
fn part_starts(word: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    if !word.bytes().any(|byte| byte.is_ascii_digit()) {
        return starts;
    }
    let mut before = None;
    for (at, letter) in word.char_indices() {
        let is_digit = letter.is_ascii_digit();
        if before.is_some_and(|before| before != is_digit) || at == 0 {
            starts.push(at);
        }
        before = Some(is_digit);
    }
    starts
}
