//! The form by which names and values of attributes, and brands, are compared.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use icu_normalizer::ComposingNormalizerBorrowed;

/// Returns the form in which spellings that people take for one are equal: compatible letters (NFKC), without case, with
/// single spaces between words and without characters that nobody sees. Accents stay. Texts of nothing else are their
/// own form.
pub fn value_key(text: &str) -> Cow<'_, str> {
    if is_key(text) {
        return Cow::Borrowed(text);
    }
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    let visible = text.chars().filter(|letter| !is_ignorable(*letter));
    let lower: String = normalizer
        .normalize_iter(visible)
        .flat_map(char::to_lowercase)
        .flat_map(folded)
        .collect();
    // Lower case may take a letter from its mark.
    let composed: Cow<'_, str> = match lower.is_ascii() {
        true => lower.into(),
        false => normalizer.normalize(&lower).into_owned().into(),
    };
    let words: Vec<&str> = composed.split_whitespace().collect();
    match words.is_empty() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(words.join(" ")),
    }
}

/// Returns true if two spellings are one name or value.
pub fn same_value(one: &str, other: &str) -> bool {
    one == other || value_key(one) == value_key(other)
}

/// Returns true if two sets have a value in common, whatever its spelling.
pub fn share_values(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    if one.is_empty() || other.is_empty() {
        return false;
    }
    let keys: BTreeSet<_> = one.iter().map(|value| value_key(value)).collect();
    other.iter().any(|value| keys.contains(&value_key(value)))
}

/// Gives each name one spelling, and each value of a name one: in a product's attributes and in the options of its
/// variants. A name is spelled as `defined` says, else as in the attributes; a value as most variants have it.
pub fn unify_spellings(
    attributes: &mut BTreeMap<String, Vec<String>>,
    options: &mut [BTreeMap<String, String>],
    defined: impl Fn(&str) -> Option<String>,
) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let own = attributes.keys();
    for name in own.chain(options.iter().flat_map(BTreeMap::keys)) {
        let key = value_key(name);
        if !names.contains_key(&*key) {
            let spelling = defined(name).unwrap_or_else(|| name.clone());
            names.insert(key.into_owned(), spelling);
        }
    }
    let name_of = |name: &str| names.get(&*value_key(name)).cloned();
    for (name, values) in std::mem::take(attributes) {
        let name = name_of(&name).unwrap_or(name);
        attributes.entry(name).or_default().extend(values);
    }
    for own in options.iter_mut() {
        for (name, value) in std::mem::take(own) {
            let name = name_of(&name).unwrap_or(name);
            own.entry(name).or_insert(value);
        }
    }
    for name in names.values() {
        unify_values(name, attributes, options);
    }
}

fn unify_values(
    name: &str,
    attributes: &mut BTreeMap<String, Vec<String>>,
    options: &mut [BTreeMap<String, String>],
) {
    let mut spellings: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let own = attributes.get(name).into_iter().flatten();
    for value in own.chain(options.iter().filter_map(|own| own.get(name))) {
        let of_key = spellings.entry(value_key(value).into_owned()).or_default();
        *of_key.entry(value.clone()).or_default() += 1;
    }
    if spellings.values().all(|spellings| spellings.len() == 1) {
        return;
    }
    let spelled = |value: &mut String| {
        let known = spellings.get(&*value_key(value));
        let most = known.and_then(|known| most_frequent(known.iter().map(|(s, n)| (s, *n))));
        if let Some(most) = most {
            value.clone_from(most);
        }
    };
    if let Some(values) = attributes.get_mut(name) {
        values.iter_mut().for_each(spelled);
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
    }
    for value in options.iter_mut().filter_map(|own| own.get_mut(name)) {
        spelled(value);
    }
}

/// Returns the spelling that occurs most often; of several, the first by their letters.
pub fn most_frequent<S: Ord, N: Ord + Copy>(spellings: impl Iterator<Item = (S, N)>) -> Option<S> {
    let best = spellings.reduce(|best, other| {
        match other.1 > best.1 || (other.1 == best.1 && other.0 < best.0) {
            true => other,
            false => best,
        }
    });
    best.map(|(spelling, _)| spelling)
}

fn is_key(text: &str) -> bool {
    let mut before = b' ';
    for &letter in text.as_bytes() {
        let is_plain = letter == b' ' || letter.is_ascii_graphic() && !letter.is_ascii_uppercase();
        if !is_plain || (letter == b' ' && before == b' ') {
            return false;
        }
        before = letter;
    }
    before != b' '
}

/// Letters whose capitals are those of others.
fn folded(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ß' => ('s', Some('s')),
        'ς' => ('σ', None),
        _ => (letter, None),
    };
    [first].into_iter().chain(second)
}

/// Soft hyphens, joiners, marks of direction, and selectors of a letter's picture.
fn is_ignorable(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}'
            | '\u{34F}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn key_of_a_key_is_itself(text in "([aAsSßẞΣσςİı éE\u{301}\u{AD}\u{200B}ＡǅÅ½]|.){0,10}") {
            let key = value_key(&text).into_owned();
            prop_assert_eq!(value_key(&key), key.as_str());
        }
    }

    #[test]
    fn spellings_that_people_take_for_one_are_equal() {
        for (one, other) in [
            ("Apple", "APPLE"),
            ("Apple", "apple "),
            ("Hewlett  Packard", "hewlett\u{a0}packard"),
            ("Ｃａｎｏｎ", "canon"),
            ("Weiß", "WEISS"),
            ("ΚΑΦΕΣ", "καφές".replace('έ', "ε").as_str()),
            ("Co\u{ad}tton", "cotton"),
            ("Citroe\u{308}n", "CITROËN"),
        ] {
            assert!(same_value(one, other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn accents_and_signs_tell_values_apart() {
        for (one, other) in [("Rosé", "Rose"), ("C", "C++"), ("C", "C#"), ("A B", "AB")] {
            assert!(!same_value(one, other), "{one:?} {other:?}");
        }
        assert_eq!(value_key("\u{200B}"), "\u{200B}");
        assert_eq!(value_key(""), "");
    }

    #[test]
    fn product_has_one_spelling_of_each_name_and_value() {
        let values = |values: &[&str]| values.iter().map(|own| (*own).to_owned()).collect();
        let mut attributes: BTreeMap<String, Vec<String>> = BTreeMap::from([
            ("COLOR".to_owned(), values(&["RED"])),
            ("Size".to_owned(), values(&["m", "L"])),
        ]);
        let option =
            |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
        let mut options = [
            option("color", "Red"),
            option("Color", "Red"),
            option("size", "M"),
        ];
        let defined = |name: &str| same_value(name, "Size").then(|| "SIZE".to_owned());
        unify_spellings(&mut attributes, &mut options, defined);
        assert_eq!(attributes["COLOR"], ["Red"]);
        assert_eq!(attributes["SIZE"], ["M", "L"]);
        assert_eq!(options[0], option("COLOR", "Red"));
        assert_eq!(options[1], option("COLOR", "Red"));
        assert_eq!(options[2], option("SIZE", "M"));
    }
}
