//! Marks in a text what a query matched, alike for every engine.

use std::collections::HashMap;

use souk_domain::{Highlights, Language, MatchStage};

use crate::query::analysis::{Analyzer, Role, Term};
use crate::query::{Initials, TextPlan, Word};
use crate::words::{has_pairs, letter_boundary};

/// About how long a description's excerpt is, in bytes.
const EXCERPT_BYTES: usize = 200;

/// Farthest space at which a text is cut, in bytes.
const FARTHEST_SPACE: usize = 60;

/// Marks the words of one query in many texts.
pub struct Highlighter<'a> {
    analyzer: Analyzer,
    words: &'a [Word],
    stage: MatchStage,
    initials: Initials,
    /// Cached decisions whether a word is misspelt: texts of one result share most of their words.
    known: HashMap<String, bool>,
}

impl<'a> Highlighter<'a> {
    /// A highlighter for a text, as taken at a stage.
    pub fn new(text: &'a TextPlan, language: Language, stage: MatchStage) -> Self {
        let exact = stage == MatchStage::AllTerms || text.words.iter().all(|word| word.typos == 0);
        let analyzer = Analyzer::new(language);
        let initials = match exact {
            true => Initials::of(&text.words, language, &analyzer),
            false => Initials::any(),
        };
        Self {
            analyzer,
            words: &text.words,
            stage,
            initials,
            known: HashMap::new(),
        }
    }

    /// Marks a product's title and the most telling part of its description.
    pub fn highlights(&mut self, title: &str, description: &str) -> Highlights {
        Highlights {
            title: self.whole(title),
            description: self.excerpt(description),
        }
    }

    /// The whole text with its matches marked; none if nothing matches.
    pub fn whole(&mut self, text: &str) -> Option<String> {
        let matches = self.matches(text);
        (!matches.is_empty()).then(|| marked(text, 0, text.len(), &matches))
    }

    /// The stretch of the text with the most matches, marked; none if nothing matches.
    pub fn excerpt(&mut self, text: &str) -> Option<String> {
        let matches = self.matches(text);
        let (first, _) = matches
            .iter()
            .enumerate()
            .map(|(index, found)| {
                let end = found.0 + EXCERPT_BYTES;
                (
                    index,
                    matches[index..]
                        .iter()
                        .take_while(|later| later.1 <= end)
                        .count(),
                )
            })
            .max_by_key(|&(index, count)| (count, std::cmp::Reverse(index)))?;
        let from = word_boundary(text, matches[first].0.saturating_sub(EXCERPT_BYTES / 4));
        let to = word_boundary(text, (from + EXCERPT_BYTES).min(text.len())).max(matches[first].1);
        let within: Vec<_> = matches
            .iter()
            .copied()
            .filter(|found| from <= found.0 && found.1 <= to)
            .collect();
        let mut excerpt = marked(text, from, to, &within);
        if from > 0 {
            excerpt.insert(0, '…');
        }
        if to < text.len() {
            excerpt.push('…');
        }
        Some(excerpt)
    }

    /// Returns the places of matches, in order and apart.
    fn matches(&mut self, text: &str) -> Vec<(usize, usize)> {
        let Self {
            analyzer,
            words,
            stage,
            initials,
            known,
        } = self;
        let mut places = Vec::new();
        let passes = |written: &str| initials.may_match(written);
        analyzer.each_term_where(text, true, passes, |term| {
            if term.role != Role::Pair && is_match(words, *stage, known, &term) {
                places.push(term.place);
            } else if let Some(place) = inner_place(words, text, &term) {
                places.push(place);
            }
        });
        apart(places)
    }
}

/// Merges places that overlap.
fn apart(mut places: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    places.sort_unstable();
    let mut apart: Vec<(usize, usize)> = Vec::with_capacity(places.len());
    for (start, end) in places {
        match apart.last_mut() {
            Some(last) if start < last.1 => last.1 = end.max(last.1),
            _ => apart.push((start, end)),
        }
    }
    apart
}

fn is_match(
    words: &[Word],
    stage: MatchStage,
    known: &mut HashMap<String, bool>,
    term: &Term<'_>,
) -> bool {
    if words
        .iter()
        .any(|word| matches(word, term.surface, term.stem))
    {
        return true;
    }
    if stage == MatchStage::AllTerms {
        return false;
    }
    if let Some(&known) = known.get(term.surface) {
        return known;
    }
    let mut words = words.iter();
    let is_misspelt = words.any(|word| word.distance_of(term.surface).is_some());
    known.insert(term.surface.to_owned(), is_misspelt);
    is_misspelt
}

fn matches(word: &Word, surface: &str, stem: &str) -> bool {
    let others = word.synonyms.iter().chain(&word.related);
    word.has_stem(stem)
        || others.flatten().any(|it| it.stem == stem)
        || (word.prefix && surface.starts_with(&word.surface))
}

/// Returns the place of a word within a longer one, in scripts where no dictionary finds it.
fn inner_place(words: &[Word], text: &str, term: &Term<'_>) -> Option<(usize, usize)> {
    if term.surface.is_ascii() {
        return None;
    }
    let (start, end) = term.place;
    let written = text.get(start..end)?;
    words.iter().find_map(|word| {
        let mut letters = word.surface.chars();
        let mut pairs = || letters.next().is_some_and(has_pairs);
        if !pairs() || !pairs() || !term.surface.contains(&word.surface) {
            return None;
        }
        let place = written
            .find(&word.surface)
            .map(|at| (start + at, start + at + word.surface.len()));
        Some(place.unwrap_or(term.place))
    })
}

/// The nearest start of a word at or before a place, in bytes.
fn word_boundary(text: &str, place: usize) -> usize {
    if place >= text.len() {
        return text.len();
    }
    let place = text.floor_char_boundary(place);
    let mut before = text[..place].char_indices();
    let space = before.rfind(|(_, letter)| letter.is_whitespace());
    let space = space.map_or(0, |(space, letter)| space + letter.len_utf8());
    // Scripts without spaces.
    if place - space > FARTHEST_SPACE && !text[space..place].is_ascii() {
        return letter_boundary(text, place);
    }
    space
}

fn marked(text: &str, from: usize, to: usize, matches: &[(usize, usize)]) -> String {
    let mut html = String::with_capacity(to - from + matches.len() * 13);
    let mut done = from;
    for &(start, end) in matches {
        escape_into(&mut html, &text[done..start]);
        html.push_str("<mark>");
        escape_into(&mut html, &text[start..end]);
        html.push_str("</mark>");
        done = end;
    }
    escape_into(&mut html, &text[done..to]);
    html
}

/// Appends a text with what HTML would take for markup escaped.
pub fn escape_into(html: &mut String, text: &str) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        html.push_str(&text[done..at]);
        html.push_str(escaped);
        done = at + 1;
    }
    html.push_str(&text[done..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn highlights(query: &str, stage: MatchStage, title: &str, description: &str) -> Highlights {
        let plan = TextPlan::new(query, Language::English);
        Highlighter::new(&plan, Language::English, stage).highlights(title, description)
    }

    #[test]
    fn marks_stems_beginnings_and_typos_and_escapes_the_rest() {
        let title = |query, stage| highlights(query, stage, "Mugs & <b>Kettles</b>", "").title;
        assert_eq!(
            title("mug ", MatchStage::AllTerms).as_deref(),
            Some("<mark>Mugs</mark> &amp; &lt;b&gt;Kettles&lt;/b&gt;")
        );
        assert_eq!(
            title("kett", MatchStage::AllTerms).as_deref(),
            Some("Mugs &amp; &lt;b&gt;<mark>Kettles</mark>&lt;/b&gt;")
        );
        assert_eq!(title("ketles ", MatchStage::AllTerms), None);
        assert!(title("ketles ", MatchStage::Fuzzy).is_some());
    }

    #[test]
    fn marks_synonyms_by_stem() {
        let mut plan = TextPlan::new("cell phone ", Language::English);
        let mut analyzer = crate::query::analysis::Analyzer::new(Language::English);
        let synonym =
            crate::query::synonyms::Synonym::new("smart mobile", |_| false, &mut analyzer);
        assert!(plan.add_synonym(0..2, &synonym));
        let mut highlighter = Highlighter::new(&plan, Language::English, MatchStage::AllTerms);
        assert_eq!(
            highlighter.whole("Mobiles beside cells").as_deref(),
            Some("<mark>Mobiles</mark> beside <mark>cells</mark>")
        );
    }

    #[test]
    fn excerpts_are_short_and_around_the_matches() {
        let text = format!(
            "{} the mug of mugs {}",
            "word ".repeat(100),
            "word ".repeat(100)
        );
        let excerpt = highlights("mug ", MatchStage::AllTerms, "", &text)
            .description
            .unwrap();
        assert!(
            excerpt.contains("<mark>mug</mark> of <mark>mugs</mark>"),
            "{excerpt}"
        );
        assert!(excerpt.len() < EXCERPT_BYTES + 60, "{excerpt}");
        assert!(excerpt.starts_with('…') && excerpt.ends_with('…'));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(query in ".{1,20}", text in ".{0,400}") {
            let shown = highlights(&query, MatchStage::Fuzzy, &text, &text);
            for html in [shown.title, shown.description].into_iter().flatten() {
                let plain = html.replace("<mark>", "").replace("</mark>", "");
                prop_assert!(!plain.contains(['<', '>']));
            }
        }
    }
}
