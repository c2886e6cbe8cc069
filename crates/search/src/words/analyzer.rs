//! Analysis of texts: their words, and the further forms under which they are found.

use souk_domain::Language;

use super::fold::{Folder, fold_lowered_into, lower_into};
use super::joins;
use super::numbers;
use super::scripts::{self, each_pair};
use super::signs::is_apostrophe;
use super::split::{Kind, Piece, pieces};
use super::stem::Stems;

/// Word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Lower-cased and folded to ASCII where possible: what prefixes and typos are measured on.
    pub surface: String,
    /// The stem of it: what is matched.
    pub stem: String,
    /// Start in the text, in bytes.
    pub start: usize,
    /// End in the text, in bytes.
    pub end: usize,
    /// Other forms of the same word, such as the stem that it has without its accents.
    pub others: Vec<OtherForm>,
}

/// Form of a word besides its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherForm {
    /// Lower-cased and folded.
    pub surface: String,
    /// Its stem.
    pub stem: String,
}

/// Form under which a text is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term<'a> {
    /// Lower-cased and folded. Empty if neither prefixes nor typos of it are looked up.
    pub surface: &'a str,
    /// The stem of it.
    pub stem: &'a str,
    /// Start and end of what it stands for in the text, in bytes.
    pub place: (usize, usize),
    /// Relation to the words of the text.
    pub role: Role,
}

/// Relation of a term to the words of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A word of the text. The others count no length.
    Word,
    /// The same word in another form.
    Other,
    /// Words of the text written as one, or one of them without its signs.
    Written,
    /// Letters or digits of a word of both.
    Part,
    /// Two letters of a word in a script whose inner words no dictionary finds.
    Pair,
}

/// Splits texts into words. Made once and used for many texts: it keeps its buffers.
pub struct Analyzer {
    language: Language,
    stems: Stems,
    pieces: Vec<Piece>,
    lowered: String,
    folded: String,
}

impl Analyzer {
    /// The analyzer of a language.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            stems: Stems::new(language),
            pieces: Vec::new(),
            lowered: String::new(),
            folded: String::new(),
        }
    }

    /// The words of a text, in order.
    pub fn words(&mut self, text: &str) -> Vec<Token> {
        let mut tokens: Vec<Token> = Vec::new();
        self.each_own(text, |term| {
            let (surface, stem) = (term.surface.to_owned(), term.stem.to_owned());
            match (term.role, tokens.last_mut()) {
                (Role::Other, Some(last)) => last.others.push(OtherForm { surface, stem }),
                _ => tokens.push(token(&term)),
            }
        });
        tokens
    }

    /// All terms under which a text is found; see [`Self::each_term`].
    pub fn terms(&mut self, text: &str, spaced: bool) -> Vec<Token> {
        let mut terms = Vec::new();
        self.each_term(text, spaced, |term| terms.push(token(&term)));
        terms
    }

    /// Visits surface, stem and place of each word, in order, without keeping them.
    pub fn each_word(&mut self, text: &str, mut visit: impl FnMut(&str, &str, (usize, usize))) {
        self.each_own(text, |term| {
            if term.role == Role::Word {
                visit(term.surface, term.stem, term.place);
            }
        });
    }

    /// Visits all terms under which a document's text is found: its words in order, each with its other forms, and then
    /// what is written together or apart. Short texts are `spaced`: in those a number and a word with a space between may be
    /// one word, such as `iPhone 15`.
    pub fn each_term(&mut self, text: &str, spaced: bool, visit: impl FnMut(Term<'_>)) {
        self.each_term_where(text, spaced, |_| true, visit);
    }

    /// Visits the terms of those parts of a text that pass a filter.
    pub(crate) fn each_term_where(
        &mut self,
        text: &str,
        spaced: bool,
        passes: impl Fn(&str) -> bool,
        mut visit: impl FnMut(Term<'_>),
    ) {
        let pieces = self.split(text);
        for (place, piece) in pieces.iter().enumerate() {
            let written = &text[piece.start..piece.end];
            if passes(written) && !self.is_silent(text, &pieces, place) {
                self.forms(written, piece, &mut visit);
                self.document_forms(written, piece, &mut visit);
            }
        }
        let mut written = String::new();
        joins::each(text, &pieces, spaced, |range| {
            let joined = &pieces[range];
            let (Some(first), Some(last)) = (joined.first(), joined.last()) else {
                return;
            };
            if !passes(&text[first.start..last.end]) {
                return;
            }
            written.clear();
            for piece in joined {
                written.push_str(&text[piece.start..piece.end]);
            }
            self.form(&written, (first.start, last.end), Role::Written, &mut visit);
        });
        self.pieces = pieces;
    }

    /// Visits each word with its other forms.
    fn each_own(&mut self, text: &str, mut visit: impl FnMut(Term<'_>)) {
        let pieces = self.split(text);
        for (place, piece) in pieces.iter().enumerate() {
            if !self.is_silent(text, &pieces, place) {
                self.forms(&text[piece.start..piece.end], piece, &mut visit);
            }
        }
        self.pieces = pieces;
    }

    fn split(&mut self, text: &str) -> Vec<Piece> {
        let mut found = std::mem::take(&mut self.pieces);
        found.clear();
        found.extend(pieces(text));
        found
    }

    /// Returns true for an article that has lost its vowel before an apostrophe, or an ending after one.
    fn is_silent(&self, text: &str, pieces: &[Piece], place: usize) -> bool {
        let is_apostrophe_alone = |gap: Option<&str>| {
            let mut letters = gap.unwrap_or_default().chars();
            letters.next().is_some_and(is_apostrophe) && letters.next().is_none()
        };
        let piece = pieces[place];
        let word = &text[piece.start..piece.end];
        let articles: &[&str] = match self.language {
            Language::French => &[
                "l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu",
            ],
            Language::Italian => &[
                "l", "un", "d", "dell", "all", "nell", "sull", "dall", "quell", "c", "m", "t", "s",
            ],
            Language::Catalan => &["l", "d", "s", "m", "n", "t"],
            Language::Turkish => {
                let before = place.checked_sub(1).map(|before| pieces[before].end);
                return word.chars().count() <= 4
                    && word.chars().all(char::is_alphabetic)
                    && before
                        .is_some_and(|before| is_apostrophe_alone(text.get(before..piece.start)));
            }
            _ => return false,
        };
        let next = pieces.get(place + 1).map(|next| next.start);
        articles
            .iter()
            .any(|article| word.eq_ignore_ascii_case(article))
            && next.is_some_and(|next| is_apostrophe_alone(text.get(piece.end..next)))
    }

    /// Visits a word and its other forms.
    fn forms(&mut self, written: &str, piece: &Piece, visit: &mut impl FnMut(Term<'_>)) {
        let place = (piece.start, piece.end);
        match piece.kind {
            Kind::Plain | Kind::Segment | Kind::Times | Kind::Initials | Kind::Dotted => {
                self.form(written, place, Role::Word, visit);
                if self.language == Language::Korean
                    && let Some(rest) = scripts::without_possible_particle(&self.folded)
                {
                    let rest = rest.to_owned();
                    self.form(&rest, place, Role::Other, visit);
                }
            }
            Kind::Possessive => {
                // As most write it: without the apostrophe, of which the `s` is no word.
                let surface = Folder::new().fold(written).to_owned();
                let name = written
                    .trim_end_matches(['s', 'S'])
                    .trim_end_matches(is_apostrophe);
                let mut own = String::new();
                self.form(name, place, Role::Word, &mut |term: Term<'_>| {
                    let surface = surface.as_str();
                    if term.role == Role::Word {
                        own.push_str(term.stem);
                    }
                    visit(Term { surface, ..term });
                });
                self.form(&surface, place, Role::Other, &mut |term: Term<'_>| {
                    if term.stem != own {
                        visit(term);
                    }
                });
            }
            Kind::Signed => {
                self.form(written, place, Role::Word, visit);
                let name = written.trim_end_matches(['+', '#', '＋']);
                if name.chars().count() > 1 {
                    self.form(name, place, Role::Other, visit);
                }
            }
            Kind::Fraction | Kind::Mixed => {
                let decimals = numbers::decimals(written).filter(|_| piece.kind == Kind::Mixed);
                for number in numbers::fraction(written) {
                    self.form(number, place, Role::Word, visit);
                    if let Some(decimals) = decimals {
                        self.form(decimals, place, Role::Other, visit);
                    }
                }
            }
        }
        if piece.kind == Kind::Plain
            && let Some(number) = numbers::roman(written)
        {
            self.form(number, place, Role::Other, visit);
        }
    }

    /// Visits the forms in which only a document is found: parts of its word, and names without their signs.
    fn document_forms(&mut self, written: &str, piece: &Piece, visit: &mut impl FnMut(Term<'_>)) {
        let place = (piece.start, piece.end);
        match piece.kind {
            Kind::Initials => {
                for letter in written.split('.') {
                    self.form(letter, place, Role::Written, visit);
                }
            }
            Kind::Dotted => self.form(&written[1..], place, Role::Written, visit),
            Kind::Fraction => {
                if let Some(decimals) = numbers::decimals(written) {
                    self.form(decimals, place, Role::Written, visit);
                }
            }
            Kind::Signed if written.len() > 2 && written.ends_with('+') => {
                let name = written.trim_end_matches('+').to_owned();
                if name.chars().count() > 1 {
                    self.form("plus", place, Role::Written, visit);
                    self.form(&(name + "plus"), place, Role::Written, visit);
                }
            }
            Kind::Plain if written.bytes().any(|byte| byte.is_ascii_digit()) => {
                let word = Folder::new().fold(written).to_owned();
                joins::each_part(&word, |part| {
                    self.form(part, place, Role::Part, visit);
                });
            }
            _ => {}
        }
        if !written.is_ascii() && matches!(piece.kind, Kind::Plain | Kind::Segment) {
            let word = Folder::new().fold(written).to_owned();
            let letters = word.chars().count();
            each_pair(&word, |pair| {
                if letters > 2 {
                    visit(Term {
                        surface: "",
                        stem: pair,
                        place,
                        role: Role::Pair,
                    });
                }
            });
        }
    }

    /// Visits a word as it is written.
    fn form(
        &mut self,
        written: &str,
        place: (usize, usize),
        role: Role,
        visit: &mut impl FnMut(Term<'_>),
    ) {
        let Self {
            stems,
            lowered,
            folded,
            ..
        } = self;
        folded.clear();
        let is_turkish = stems.is_turkish();
        let is_plain = written.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !(is_turkish && written.contains('I'));
        let stemmed = if is_plain {
            folded.push_str(written);
            folded.make_ascii_lowercase();
            stems.stem(folded, None)
        } else {
            lowered.clear();
            lower_into(lowered, written, is_turkish);
            fold_lowered_into(folded, lowered);
            stems.stem(folded, Some(lowered))
        };
        if folded.is_empty() || stemmed.stem.is_empty() {
            return;
        }
        let term = Term {
            surface: folded,
            stem: stemmed.stem,
            place,
            role,
        };
        visit(term);
        let role = if role == Role::Word {
            Role::Other
        } else {
            role
        };
        for stem in stemmed.others.into_iter().filter(|stem| !stem.is_empty()) {
            visit(Term { stem, role, ..term });
        }
    }

    /// Returns true if the forms of a folded word are those of a list, which may begin otherwise.
    pub(crate) fn is_listed(&self, folded: &str) -> bool {
        self.stems.is_listed(folded)
    }
}

fn token(term: &Term<'_>) -> Token {
    Token {
        surface: term.surface.to_owned(),
        stem: term.stem.to_owned(),
        start: term.place.0,
        end: term.place.1,
        others: Vec::new(),
    }
}

/// The normal form of a part number or SKU: letters and digits only, folded and lower-cased, so that
/// `AB-12/34` and `ab 1234` are the same.
pub fn normal_code(code: &str) -> String {
    let mut folder = Folder::new();
    let mut normal = String::with_capacity(code.len());
    for piece in pieces(code) {
        let folded = folder.fold(&code[piece.start..piece.end]);
        normal.extend(folded.chars().filter(|letter| letter.is_alphanumeric()));
    }
    normal
}

/// Visits the forms as one word of words of a text that stand at these places, with the range of those words.
pub(crate) fn each_joined(
    text: &str,
    tokens: &[Token],
    mut visit: impl FnMut(std::ops::Range<usize>, &str),
) {
    // Of those that share a place, such as the parts of `½`, none is joined.
    let pieces: Vec<_> = tokens
        .iter()
        .map(|token| Piece {
            start: token.start,
            end: token.end,
            kind: pieces(&text[token.start..token.end])
                .next()
                .map_or(Kind::Plain, |piece| piece.kind),
        })
        .collect();
    let mut joined = String::new();
    joins::each(text, &pieces, true, |range| {
        joined.clear();
        for token in &tokens[range.clone()] {
            joined.push_str(&token.surface);
        }
        visit(range, &joined);
    });
}
