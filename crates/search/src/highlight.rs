//! Marks in a text what a query matched, alike for every engine.

use std::collections::HashMap;

use souk_domain::{Highlights, Language, MatchStage};

use crate::query::analysis::{Folder, Stems, word_places};
use crate::query::{TextPlan, Word};

/// About how long a description's excerpt is, in bytes.
const EXCERPT_BYTES: usize = 200;

/// Marks the words of one query in many texts.
pub struct Highlighter<'a> {
    folder: Folder,
    stems: Stems,
    words: &'a [Word],
    stage: MatchStage,
    /// ASCII letters that a matching word may begin with; none if it may begin with any.
    initials: Option<[bool; 128]>,
    /// Cached decisions by word: texts of one result share most of their words.
    known: HashMap<String, bool>,
}

impl<'a> Highlighter<'a> {
    /// A highlighter for a text, as taken at a stage.
    pub fn new(text: &'a TextPlan, language: Language, stage: MatchStage) -> Self {
        let exact = stage == MatchStage::AllTerms || text.words.iter().all(|word| word.typos == 0);
        let by_initial = exact && keeps_initials(language);
        Self {
            folder: Folder::new(),
            stems: Stems::new(language),
            words: &text.words,
            stage,
            initials: by_initial.then(|| initials(&text.words)),
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

    fn matches(&mut self, text: &str) -> Vec<(usize, usize)> {
        word_places(text)
            .filter(|&(start, end)| self.is_match(&text[start..end]))
            .collect()
    }

    fn is_match(&mut self, written: &str) -> bool {
        let initial = usize::from(written.as_bytes()[0].to_ascii_lowercase());
        if let Some(initials) = &self.initials
            && initials.get(initial) == Some(&false)
        {
            return false;
        }
        let surface = self.folder.fold(written);
        if let Some(&known) = self.known.get(surface) {
            return known;
        }
        let stem = self.stems.stem(surface);
        let is_match = self
            .words
            .iter()
            .any(|word| matches(word, surface, stem, self.stage));
        self.known.insert(surface.to_owned(), is_match);
        is_match
    }
}

/// Returns true if stems of the language begin with the same letter as their words.
fn keeps_initials(language: Language) -> bool {
    // These lose prefixes, or may come to.
    !matches!(
        language,
        Language::Arabic | Language::Dutch | Language::Greek | Language::Tamil
    )
}

fn initials(words: &[Word]) -> [bool; 128] {
    let mut initials = [false; 128];
    let own = words.iter().flat_map(|word| [&word.stem, &word.surface]);
    let others = words.iter().flat_map(|word| {
        let synonyms = word.synonyms.iter().flatten();
        word.joined.iter().chain(synonyms)
    });
    for text in own.chain(others.flat_map(|it| [&it.stem, &it.surface])) {
        let initial = text.bytes().next().map(usize::from);
        if let Some(allowed) = initial.and_then(|initial| initials.get_mut(initial)) {
            *allowed = true;
        }
    }
    initials
}

fn matches(word: &Word, surface: &str, stem: &str, stage: MatchStage) -> bool {
    word.has_stem(stem)
        || word.synonyms.iter().flatten().any(|it| it.stem == stem)
        || (word.prefix && surface.starts_with(&word.surface))
        || (stage != MatchStage::AllTerms && word.distance_of(surface).is_some())
}

/// The nearest start of a word at or before a place, in bytes.
fn word_boundary(text: &str, place: usize) -> usize {
    if place >= text.len() {
        return text.len();
    }
    text[..text.floor_char_boundary(place)]
        .char_indices()
        .rfind(|(_, letter)| letter.is_whitespace())
        .map_or(0, |(space, letter)| space + letter.len_utf8())
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
