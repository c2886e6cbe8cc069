//! Scripts that are written without spaces, and Korean.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_segmenter::{WordSegmenter, options::WordBreakInvariantOptions};

use super::signs::is_ignorable;

/// Returns true for letters of Chinese, Japanese, Thai, Lao, Khmer and Burmese.
pub(crate) fn is_unspaced(letter: char) -> bool {
    is_east_asian(letter)
        || matches!(
            letter,
            '\u{E00}'..='\u{EFF}'
                | '\u{1000}'..='\u{109F}'
                | '\u{1780}'..='\u{17FF}'
                | '\u{A9E0}'..='\u{A9FF}'
                | '\u{AA60}'..='\u{AA7F}'
        )
}

/// Returns true for letters of Chinese and Japanese.
pub(crate) fn is_east_asian(letter: char) -> bool {
    matches!(
        letter,
        '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{30FF}'
            | '\u{31F0}'..='\u{31FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF66}'..='\u{FF9F}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

/// Returns true for Korean syllables.
fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{AC00}'..='\u{D7A3}')
}

/// Takes a run apart into words by dictionary, and adds their places. The dictionary sees the run as it is compared:
/// composed, and with letters of usual width.
pub(crate) fn segment(run: &str, words: &mut Vec<(usize, usize)>) {
    let mut form = String::with_capacity(run.len());
    // Where each letter with its marks starts, in the form and in the run.
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let mut cluster = String::new();
    let mut cluster_start = 0;
    let composer = ComposingNormalizerBorrowed::new_nfkc();
    for (at, letter) in run.char_indices() {
        if !cluster.is_empty() && !extends(letter) {
            starts.push((form.len(), cluster_start));
            form.push_str(&composer.normalize(&cluster));
            cluster.clear();
        }
        if cluster.is_empty() {
            cluster_start = at;
        }
        if !is_ignorable(letter) {
            cluster.push(letter);
        }
    }
    starts.push((form.len(), cluster_start));
    form.push_str(&composer.normalize(&cluster));
    let ends = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let mut start = 0;
    let mut place = 0;
    for end in ends.segment_str(&form) {
        while place < starts.len() && starts[place].0 < end {
            place += 1;
        }
        let end = match starts.get(place) {
            Some(&(at, original)) if at == end => original,
            // Inside a letter with its marks.
            Some(_) => continue,
            None => run.len(),
        };
        if end > start {
            words.push((start, end));
            start = end;
        }
    }
    if start < run.len() {
        words.push((start, run.len()));
    }
}

/// Returns true for what belongs to the letter before it.
pub(crate) fn extends(letter: char) -> bool {
    if is_ignorable(letter) {
        return true;
    }
    match letter {
        // Vowels and tones of Thai and Lao.
        '\u{E31}' | '\u{E33}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}' => true,
        '\u{EB1}' | '\u{EB3}'..='\u{EBC}' | '\u{EC8}'..='\u{ECE}' => true,
        // Of Burmese and Khmer.
        '\u{102B}'..='\u{103E}' | '\u{1056}'..='\u{1059}' | '\u{105E}'..='\u{1060}' => true,
        '\u{17B4}'..='\u{17D3}' | '\u{17DD}' => true,
        // Voiced sounds of Japanese, as marks of their own.
        '\u{3099}' | '\u{309A}' | '\u{FF9E}' | '\u{FF9F}' => true,
        '\u{300}'..='\u{36F}' => true,
        _ => false,
    }
}

/// Returns true for letters of scripts in which no dictionary finds all inner words.
pub(crate) fn has_pairs(letter: char) -> bool {
    is_east_asian(letter) || is_hangul(letter)
}

/// Visits each two neighbouring letters of words in a script where a dictionary is not enough to find inner words:
/// Chinese, Japanese, and Korean.
pub(crate) fn each_pair(word: &str, mut visit: impl FnMut(&str)) {
    let mut before: Option<(usize, char)> = None;
    for (at, letter) in word.char_indices() {
        let pairs = has_pairs(letter);
        if let Some((start, first)) = before
            && pairs
            && is_hangul(first) == is_hangul(letter)
        {
            visit(&word[start..at + letter.len_utf8()]);
        }
        before = pairs.then_some((at, letter));
    }
}

/// Particles that are written at the end of Korean words, each with what it comes after: a vowel, a consonant, or any.
const PARTICLES: [(&str, After); 19] = [
    ("에서는", After::Any),
    ("에서", After::Any),
    ("에게", After::Any),
    ("으로", After::Consonant),
    ("까지", After::Any),
    ("부터", After::Any),
    ("처럼", After::Any),
    ("보다", After::Any),
    ("이랑", After::Consonant),
    ("하고", After::Any),
    ("들을", After::Any),
    ("들의", After::Any),
    ("들이", After::Any),
    ("들", After::Any),
    ("을", After::Consonant),
    ("를", After::Vowel),
    ("은", After::Consonant),
    ("는", After::Vowel),
    ("에", After::Any),
];

/// Particles that many words also end with.
const POSSIBLE_PARTICLES: [(&str, After); 9] = [
    ("의", After::Any),
    ("이", After::Consonant),
    ("가", After::Vowel),
    ("와", After::Vowel),
    ("과", After::Consonant),
    ("로", After::Vowel),
    ("도", After::Any),
    ("만", After::Any),
    ("용", After::Any),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Vowel,
    Consonant,
    Any,
}

/// Returns a Korean word without its particle, if it surely ends with one.
pub(crate) fn without_particle(word: &str) -> &str {
    without(word, &PARTICLES).unwrap_or(word)
}

/// Returns a Korean word without what may be a particle.
pub(crate) fn without_possible_particle(word: &str) -> Option<&str> {
    without(word, &POSSIBLE_PARTICLES)
}

fn without<'a>(word: &'a str, particles: &[(&str, After)]) -> Option<&'a str> {
    particles.iter().find_map(|&(particle, after)| {
        let rest = word.strip_suffix(particle)?;
        let last = rest.chars().next_back().filter(|&last| is_hangul(last))?;
        // Every 28th syllable ends with a vowel.
        let ends_with_vowel = (u32::from(last) - 0xAC00).is_multiple_of(28);
        let agrees = match after {
            After::Any => true,
            After::Vowel => ends_with_vowel,
            After::Consonant => !ends_with_vowel,
        };
        (agrees && rest.chars().count() > 1).then_some(rest)
    })
}
