//! Further stems of words.
//!
//! Some endings are those of a plural in one word and part of another. A word then has further stems beside the first: those
//! that it has if its ending belongs to it.

use souk_domain::Language;

use super::rules::{MIN_LETTERS, before, is_vowel, serbian_latin, without_last_vowel};

/// Returns true if words of a language may have a second stem.
pub(super) fn exist(language: Language) -> bool {
    matches!(
        language,
        Language::Armenian
            | Language::Basque
            | Language::Catalan
            | Language::Czech
            | Language::Dutch
            | Language::Estonian
            | Language::Finnish
            | Language::French
            | Language::German
            | Language::Hungarian
            | Language::Indonesian
            | Language::Italian
            | Language::Polish
            | Language::Portuguese
            | Language::Romanian
            | Language::Russian
            | Language::Serbian
            | Language::Spanish
            | Language::Swedish
            | Language::Tamil
            | Language::Turkish
    )
}

/// Returns the stems of a word in lower case that it has if its ending belongs to it, or if it is the plural of a loanword.
/// They are not folded.
pub(super) fn of(language: Language, word: &str) -> [Option<String>; 2] {
    let letters = word.chars().count();
    if letters < 3 || word.chars().any(char::is_numeric) {
        return [None, None];
    }
    let itself = || Some(word.to_owned());
    let singular = || word.strip_suffix('s').map(str::to_owned);
    match language {
        Language::Finnish => {
            let rest = word
                .strip_suffix('t')
                .filter(|rest| rest.ends_with(is_vowel));
            [
                Some(without_last_vowel(rest.unwrap_or(word)).to_owned()),
                None,
            ]
        }
        Language::Estonian => {
            let rest = without_last_vowel(word.strip_suffix('d').unwrap_or(word));
            let syncopated = rest
                .strip_suffix("el")
                .filter(|_| !word.ends_with(is_vowel));
            let syncopated = syncopated.map(|begin| format!("{begin}l"));
            [Some(syncopated.unwrap_or_else(|| rest.to_owned())), None]
        }
        Language::Hungarian
        | Language::Romanian
        | Language::Turkish
        | Language::Tamil
        | Language::Basque
        | Language::Armenian => {
            let ruled = before(language, word);
            let word = ruled.as_deref().unwrap_or(word);
            [Some(without_last_vowel(word).to_owned()), None]
        }
        Language::Italian => [Some(without_last_vowel(word).to_owned()), None],
        Language::Catalan => {
            let rest = word.strip_suffix('s').unwrap_or(word);
            [Some(without_last_vowel(rest).to_owned()), None]
        }
        Language::Czech | Language::Polish | Language::Serbian => [slavic(language, word), None],
        Language::Russian => [russian(word), None],
        Language::Indonesian => [indonesian(word), None],
        Language::Spanish => {
            let singular = singular();
            let singular = singular.as_deref().map(without_last_vowel);
            let belongs = word.ends_with(['r', 'd', 'l', 'n', 's']);
            [singular.map(str::to_owned), itself().filter(|_| belongs)]
        }
        Language::Portuguese => {
            let il = word.strip_suffix("is").filter(|_| letters >= MIN_LETTERS);
            let il = il.map(|rest| format!("{rest}il"));
            let belongs = word.ends_with(['u', 'i', 's']);
            [
                il.or_else(singular),
                singular()
                    .filter(|_| word.ends_with("is"))
                    .or_else(|| itself().filter(|_| belongs)),
            ]
        }
        Language::French => {
            let belongs = word.ends_with("it") || word.ends_with("er");
            [singular().or_else(|| itself().filter(|_| belongs)), None]
        }
        // Loanwords.
        Language::German => [
            singular().filter(|rest| rest.ends_with(['p', 'w', 'c'])),
            None,
        ],
        Language::Swedish => [swedish(word), None],
        Language::Dutch => [singular().or_else(|| dutch(word)), itself()],
        _ => [None, None],
    }
}

/// Takes off an article, and keeps what only looks like an ending.
fn swedish(word: &str) -> Option<String> {
    if word.ends_with("or") {
        return Some(word.to_owned());
    }
    let rest = word
        .strip_suffix("et")
        .or_else(|| word.strip_suffix("an"))?;
    (rest.chars().count() > 2).then(|| rest.to_owned())
}

/// The singular of a plural, or an adjective without its ending: `paarden`, `gele`, `grijze`.
fn dutch(word: &str) -> Option<String> {
    let rest = word.strip_suffix("en").or_else(|| word.strip_suffix('e'))?;
    let mut letters: Vec<char> = rest.chars().collect();
    let (&last, before) = letters.split_last()?;
    let &previous = before.last()?;
    if letters.len() < 3 || is_vowel(last) {
        return None;
    }
    if last == previous {
        letters.pop();
    } else if is_vowel(previous)
        && previous != 'i'
        && !before.iter().rev().nth(1).is_some_and(|it| is_vowel(*it))
    {
        letters.insert(letters.len() - 1, previous);
    }
    let end = letters.len() - 1;
    match letters[end] {
        'z' => letters[end] = 's',
        'v' => letters[end] = 'f',
        _ => {}
    }
    Some(letters.into_iter().collect())
}

/// Takes off the last vowel, or the one before the last consonant that comes and goes.
fn slavic(language: Language, word: &str) -> Option<String> {
    let rest = without_last_vowel(word);
    if language == Language::Serbian {
        let latin: String = word.chars().map(serbian_latin).collect();
        let softened = [("ci", "k"), ("zi", "g"), ("si", "h")];
        let hard = softened.iter().find_map(|(end, by)| {
            let rest = latin.strip_suffix(end)?;
            (rest.chars().count() > 2).then(|| format!("{rest}{by}"))
        });
        return Some(hard.unwrap_or_else(|| without_last_vowel(&latin).to_owned()));
    }
    for end in ["ek", "ec", "el", "eń", "en", "er"] {
        if let Some(begin) = word.strip_suffix(end)
            && begin.chars().count() > 1
            && !begin.ends_with(is_vowel)
        {
            return Some(format!("{begin}{}", &end[1..]));
        }
    }
    Some(rest.to_owned())
}

/// The consonant that a prefix has replaced: `pengering` is from `kering`.
fn indonesian(word: &str) -> Option<String> {
    let prefixes = [
        ("peng", "k"),
        ("meng", "k"),
        ("pen", "t"),
        ("men", "t"),
        ("pem", "p"),
        ("mem", "p"),
    ];
    let root = prefixes.iter().find_map(|(prefix, first)| {
        let rest = word.strip_prefix(prefix)?;
        (rest.len() > 2 && rest.starts_with(is_vowel)).then(|| format!("{first}{rest}"))
    });
    root.or_else(|| word.ends_with('i').then(|| word.to_owned()))
}

/// Takes off the vowel before the last consonant that comes and goes.
fn russian(word: &str) -> Option<String> {
    if let Some(rest) = word.strip_suffix("ть") {
        return Some(format!("{rest}т"));
    }
    let ends = ["ок", "ек", "ёк", "ол", "ёл", "ец", "ер", "ёр", "ень", "он"];
    let end = ends.iter().find(|end| word.ends_with(**end))?;
    let begin = word.strip_suffix(end)?;
    let consonant = end.chars().nth(1)?;
    (begin.chars().count() > 2).then(|| format!("{begin}{consonant}"))
}
