//! Completion of a partly typed query from names in memory, the same for every engine.
//!
//! An engine supplies candidates, [`Completer::judge`] scores them, and [`best`] selects the suggestions.

use std::collections::{BTreeMap, HashSet};

use souk_domain::{Suggestion, SuggestionKind};

use crate::highlight::escape_into;
use crate::query::analysis::{Folder, word_places};

/// Minimum letters of a word to tolerate a typo.
pub const MIN_TYPO_CHARS: usize = 3;

/// Places reserved for each kind of suggestion; the best of any kind get the others.
const PLACES_OF_A_KIND: usize = 1;

/// Match quality of a completion, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// The name starts with the text.
    Begins,
    /// Words of the name start with the typed words.
    WordsBegin,
    /// The name starts with the text, with one typo.
    BeginsWithTypo,
    /// Words of the name start with the typed words, with one typo.
    WordsBeginWithTypo,
}

/// Something that completes what was typed.
#[derive(Debug, Clone)]
pub struct Completion {
    /// Match quality.
    pub fit: Fit,
    /// Orders those that fit alike: usually how many products it leads to.
    pub weight: u64,
    /// Suggestion as the shopper sees it.
    pub suggestion: Suggestion,
}

/// Parsed text of a suggestion request.
pub struct Completer {
    folder: Folder,
    typed: Vec<String>,
    /// The same, letter by letter.
    letters: Vec<Vec<char>>,
}

/// Folded words of a name, kept to score the same name repeatedly.
#[derive(Debug, Clone)]
pub(crate) struct NameWords(Vec<NameWord>);

#[derive(Debug, Clone)]
struct NameWord {
    letters: Vec<char>,
    /// Position in the name.
    place: (usize, usize),
}

impl NameWords {
    pub(crate) fn of(folder: &mut Folder, name: &str) -> Self {
        let words = word_places(name).map(|(start, end)| NameWord {
            letters: folder.fold(&name[start..end]).chars().collect(),
            place: (start, end),
        });
        Self(words.collect())
    }
}

impl Completer {
    /// Understands what was typed.
    pub fn new(text: &str) -> Self {
        let mut folder = Folder::new();
        let words = NameWords::of(&mut folder, text).0;
        let letters: Vec<Vec<char>> = words.into_iter().map(|word| word.letters).collect();
        Self {
            folder,
            typed: letters.iter().map(|word| word.iter().collect()).collect(),
            letters,
        }
    }

    /// The words typed, folded; the last one is still being typed.
    pub fn typed(&self) -> &[String] {
        &self.typed
    }

    /// Matches a name against the text: returns quality and the name with matched parts marked.
    pub fn judge(&mut self, name: &str) -> Option<(Fit, String)> {
        let words = NameWords::of(&mut self.folder, name);
        self.judge_words(name, &words)
    }

    /// The same for a name whose words are known.
    pub(crate) fn judge_words(&self, name: &str, words: &NameWords) -> Option<(Fit, String)> {
        if self.typed.is_empty() {
            return None;
        }
        let words = words.0.as_slice();
        let mut used = vec![None; words.len()];
        let mut typos = 0;
        for typed in &self.letters {
            let (place, letters) = find(typed, words, &used, &mut typos)?;
            used[place] = Some(letters);
        }
        let in_front =
            used.iter().take(self.typed.len()).all(Option::is_some) && self.in_order(words);
        let fit = match (typos, in_front) {
            (0, true) => Fit::Begins,
            (0, false) => Fit::WordsBegin,
            (1, true) => Fit::BeginsWithTypo,
            (1, false) => Fit::WordsBeginWithTypo,
            _ => return None,
        };
        Some((fit, marked(name, words, &used)))
    }

    /// Returns true if the first words of a name start with the typed words in order, typos aside.
    fn in_order(&self, words: &[NameWord]) -> bool {
        let mut pairs = self.letters.iter().zip(words);
        pairs.all(|(typed, word)| typed.first() == word.letters.first())
    }
}

/// The word that a typed one begins, and how many of its letters that is.
fn find(
    typed: &[char],
    words: &[NameWord],
    used: &[Option<usize>],
    typos: &mut usize,
) -> Option<(usize, usize)> {
    let free = || (0..words.len()).filter(|&place| used[place].is_none());
    let letters = typed.len();
    if let Some(place) = free().find(|&place| words[place].letters.starts_with(typed)) {
        return Some((place, letters));
    }
    *typos += 1;
    if letters < MIN_TYPO_CHARS || *typos > 1 {
        return None;
    }
    free().find_map(|place| {
        let word = &words[place].letters;
        let mut lengths = [letters, letters - 1, letters + 1].into_iter();
        let length =
            lengths.find(|&length| is_one_edit_away(&word[..length.min(word.len())], typed));
        length.map(|length| (place, length))
    })
}

/// Whether one letter more, less or other, or two neighbours the other way round, or nothing at all, makes one of the
/// other: an optimal string alignment distance of one at the most.
fn is_one_edit_away(one: &[char], other: &[char]) -> bool {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    let (Some((first, rest)), Some((other_first, other_rest))) =
        (one.split_first(), other.split_first())
    else {
        return one.len() + other.len() <= 1;
    };
    if rest == other_rest || rest == other || one == other_rest {
        return true;
    }
    let (Some((second, rest)), Some((other_second, other_rest))) =
        (rest.split_first(), other_rest.split_first())
    else {
        return false;
    };
    (first, second) == (other_second, other_first) && rest == other_rest
}

fn marked(name: &str, words: &[NameWord], used: &[Option<usize>]) -> String {
    let mut html = String::with_capacity(name.len() + 13 * words.len());
    let mut done = 0;
    for (NameWord { place, .. }, letters) in words.iter().zip(used) {
        let Some(letters) = letters else {
            continue;
        };
        let (start, end) = *place;
        let word = &name[start..end];
        let matched = word
            .char_indices()
            .nth(*letters)
            .map_or(word.len(), |(at, _)| at);
        escape_into(&mut html, &name[done..start]);
        html.push_str("<mark>");
        escape_into(&mut html, &word[..matched]);
        html.push_str("</mark>");
        done = start + matched;
    }
    escape_into(&mut html, &name[done..]);
    html
}

/// Returns the typed text with its last word completed by words of the titles found.
pub(crate) fn queries(
    completer: &mut Completer,
    text: &str,
    titles: &[Completion],
) -> Vec<Completion> {
    let Some((last, _)) = word_places(text).last() else {
        return Vec::new();
    };
    let before = text[..last].trim_start();
    let mut completes = Completer::new(&text[last..]);
    let mut frequencies: BTreeMap<String, u64> = BTreeMap::new();
    for title in titles.iter().map(|title| &title.suggestion.text) {
        for (start, end) in word_places(title) {
            let word = &title[start..end];
            if completes.judge(word).is_some() {
                *frequencies.entry(word.to_lowercase()).or_default() += 1;
            }
        }
    }
    let queries = frequencies.into_iter().filter_map(|(word, weight)| {
        let text = format!("{before}{word}");
        let (fit, highlighted) = completer.judge(&text)?;
        let suggestion = Suggestion {
            kind: SuggestionKind::Query,
            text,
            highlighted,
            value: None,
            count: None,
        };
        Some(Completion {
            fit,
            weight,
            suggestion,
        })
    });
    queries.collect()
}

/// The best completions, each once: those that fit better first, then those of more weight. No kind
/// crowds out the others, and a query that only repeats a name gives way to the name.
pub fn best(mut completions: Vec<Completion>, limit: usize) -> Vec<Suggestion> {
    completions.sort_by(|one, two| {
        let key = |it: &Completion| (it.fit, std::cmp::Reverse(it.weight), it.suggestion.kind);
        (key(one), &one.suggestion.text).cmp(&(key(two), &two.suggestion.text))
    });
    let folded = |it: &Completion| it.suggestion.text.to_lowercase();
    let is_query = |it: &Completion| it.suggestion.kind == SuggestionKind::Query;
    let names: HashSet<String> = completions
        .iter()
        .filter(|it| !is_query(it) && it.suggestion.kind != SuggestionKind::Product)
        .map(folded)
        .collect();
    let mut seen = HashSet::new();
    completions.retain(|it| {
        let repeats_a_name = is_query(it) && names.contains(&folded(it));
        let destination = it.suggestion.value.clone().unwrap_or_else(|| folded(it));
        !repeats_a_name && seen.insert((it.suggestion.kind, destination))
    });
    let mut taken_of_kind = std::collections::HashMap::new();
    let (mut taken, mut rest): (Vec<_>, Vec<_>) =
        completions.into_iter().enumerate().partition(|(_, it)| {
            let taken: &mut usize = taken_of_kind.entry(it.suggestion.kind).or_insert(0);
            *taken += 1;
            *taken <= PLACES_OF_A_KIND
        });
    // The remaining room goes to the best of the rest, whatever they are.
    taken.truncate(limit);
    let room = limit - taken.len();
    taken.extend(rest.drain(..room.min(rest.len())));
    taken.sort_by_key(|&(place, _)| place);
    taken.into_iter().map(|(_, it)| it.suggestion).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(typed: &str, name: &str) -> Option<(Fit, String)> {
        Completer::new(typed).judge(name)
    }

    #[test]
    fn names_fit_by_beginning_word_and_typo() {
        let fit = |typed, name| judged(typed, name).map(|(fit, _)| fit);
        assert_eq!(fit("h", "Harry Potter"), Some(Fit::Begins));
        assert_eq!(fit("harry po", "Harry Potter"), Some(Fit::Begins));
        assert_eq!(fit("pott", "Harry Potter"), Some(Fit::WordsBegin));
        assert_eq!(fit("potter ha", "Harry Potter"), Some(Fit::WordsBegin));
        assert_eq!(fit("hary", "Harry Potter"), Some(Fit::BeginsWithTypo));
        assert_eq!(fit("poter", "Harry Potter"), Some(Fit::WordsBeginWithTypo));
        assert_eq!(fit("hx", "Harry Potter"), None, "too short for a typo");
        assert_eq!(fit("hary poter", "Harry Potter"), None, "two typos");
        assert_eq!(fit("creme", "Crème brûlée"), Some(Fit::Begins));
    }

    #[test]
    fn the_matched_part_is_marked_and_the_rest_escaped() {
        let html = |typed, name| judged(typed, name).unwrap().1;
        assert_eq!(
            html("mu", "Mugs & <b>"),
            "<mark>Mu</mark>gs &amp; &lt;b&gt;"
        );
        assert_eq!(html("cre", "Crème"), "<mark>Crè</mark>me");
    }

    #[test]
    fn no_kind_crowds_out_another_and_nothing_comes_twice() {
        let completion = |kind, text: &str, weight| Completion {
            fit: Fit::Begins,
            weight,
            suggestion: Suggestion {
                kind,
                text: text.to_owned(),
                highlighted: text.to_owned(),
                value: None,
                count: None,
            },
        };
        let mut offered: Vec<_> = (0..9)
            .map(|index| completion(SuggestionKind::Brand, &format!("mug {index}"), 100 - index))
            .collect();
        offered.push(completion(SuggestionKind::Product, "mug tree", 1));
        offered.push(completion(SuggestionKind::Category, "Mugs", 50));
        offered.push(completion(SuggestionKind::Query, "mugs", 60));
        let texts: Vec<_> = best(offered, 5).into_iter().map(|it| it.text).collect();
        assert_eq!(texts, ["mug 0", "mug 1", "mug 2", "Mugs", "mug tree"]);
    }

    proptest! {
        #[test]
        fn one_edit_is_a_distance_of_one(one in "[abü]{0,6}", other in "[abü]{0,6}") {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            let close = is_one_edit_away(&letters(&one), &letters(&other));
            prop_assert_eq!(close, strsim::osa_distance(&one, &other) <= 1);
        }

        #[test]
        fn no_text_breaks_it(typed in "\\PC{1,12}", name in "\\PC{0,40}") {
            if let Some((_, html)) = judged(&typed, &name) {
                let plain = html.replace("<mark>", "").replace("</mark>", "");
                prop_assert!(!plain.contains(['<', '>']));
            }
        }
    }
}
