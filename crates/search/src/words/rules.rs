//! Rules of spelling by which the forms of many words differ, and which the stemmers lack.

use std::borrow::Cow;

use souk_domain::Language;

use super::scripts::is_east_asian;

/// Words of fewer letters keep their endings.
pub(super) const MIN_LETTERS: usize = 5;

/// Returns what is stemmed in place of a word in lower case, if that is another.
pub(super) fn before(language: Language, word: &str) -> Option<String> {
    match language {
        Language::Arabic => arabic(word),
        Language::Catalan => with_end(word, &[("ons", "ó"), ("ins", "í"), ("ans", "à")]),
        Language::Finnish => with_end(word, &[("nen", "s"), ("imet", "in"), ("imen", "in")]),
        Language::French => french(word),
        Language::German => after_vowel_without_s(word, &['a', 'i', 'o', 'y']),
        Language::Greek => with_end(word, &[("ια", "ι"), ("ιά", "ί"), ("ιές", "ιά")]),
        Language::Dutch => after_vowel_without_s(word, &['a', 'o', 'u', 'y']),
        Language::Indonesian => with_end(word, &[("nya", "")]),
        Language::Italian => with_end(word, &[("aio", "ai")]),
        Language::Japanese => japanese(word),
        Language::Portuguese => portuguese(word),
        Language::Romanian => with_end(word, &[("uri", ""), ("urile", ""), ("ului", "")]),
        Language::Serbian => serbian(word),
        Language::Spanish => with_end(word, &[("ús", "ú"), ("és", "é"), ("ás", "á")]),
        Language::Tamil => with_end(word, &[("ங்கள்", "ம்"), ("ங்களை", "ம்")]),
        Language::Turkish => with_end(
            word,
            &[("ları", ""), ("leri", ""), ("lar", ""), ("ler", "")],
        ),
        _ => None,
    }
}

/// Corrects the folded stem of a word in lower case, which starts at a place of the text.
pub(super) fn after(language: Language, word: &str, stem: &mut String, start: usize) {
    match language {
        // luz, luces
        Language::Spanish if word.ends_with('z') => replace_end(stem, start, "z", "c"),
        Language::Greek => replace_end(stem, start, "ι", ""),
        Language::Danish | Language::Norwegian | Language::Swedish => {
            without_fleeting_e(stem, start);
            replace_end(stem, start, "mm", "m");
            replace_end(stem, start, "nn", "n");
        }
        // sega, seghe
        Language::Italian => replace_end(stem, start, "h", ""),
        // sportif, sportive
        Language::French if word.ends_with("if") => replace_end(stem, start, "if", "iv"),
        Language::Finnish | Language::Estonian => without_gradation(stem, start),
        // covor, covoare
        Language::Romanian => {
            let corrected = stem[start..].replace("oa", "o");
            stem.truncate(start);
            stem.push_str(&corrected);
        }
        _ => {}
    }
}

pub(super) fn is_vowel(letter: char) -> bool {
    matches!(
        letter,
        'a' | 'e'
            | 'i'
            | 'o'
            | 'u'
            | 'y'
            | 'á'
            | 'à'
            | 'â'
            | 'ă'
            | 'ä'
            | 'ą'
            | 'é'
            | 'è'
            | 'ê'
            | 'ę'
            | 'ě'
            | 'í'
            | 'î'
            | 'ı'
            | 'ó'
            | 'ö'
            | 'ő'
            | 'õ'
            | 'ú'
            | 'ù'
            | 'ü'
            | 'ű'
            | 'ů'
            | 'ý'
            | 'å'
            | 'а'
            | 'е'
            | 'и'
            | 'о'
            | 'у'
            | 'ы'
            | 'э'
            | 'ю'
            | 'я'
            | 'ё'
    )
}

pub(super) fn without_last_vowel(word: &str) -> &str {
    match word.strip_suffix(is_vowel) {
        Some(rest) if rest.chars().count() > 1 => rest,
        _ => word,
    }
}

/// Replaces the end of a stem that stays a stem.
fn replace_end(text: &mut String, start: usize, end: &str, by: &str) {
    let own = &text[start..];
    if own.ends_with(end) && own.len() > end.len() + 1 {
        text.truncate(text.len() - end.len());
        text.push_str(by);
    }
}

fn with_end(word: &str, ends: &[(&str, &str)]) -> Option<String> {
    let letters = word.chars().count();
    ends.iter().find_map(|&(end, by)| {
        let rest = word.strip_suffix(end)?;
        let is_long = letters >= MIN_LETTERS && rest.chars().count() > 1;
        (is_long || !end.is_ascii()).then(|| format!("{rest}{by}"))
    })
}

/// Takes off the `s` of a plural after a vowel.
fn after_vowel_without_s(word: &str, vowels: &[char]) -> Option<String> {
    let rest = word.strip_suffix('s')?;
    let letters = word.chars().count();
    (letters >= MIN_LETTERS && rest.ends_with(vowels)).then(|| rest.to_owned())
}

/// Plurals in -at are singulars, with or without the ending of feminines.
fn arabic(word: &str) -> Option<String> {
    let rest = word.strip_suffix("ات")?;
    match rest.chars().count() {
        0 | 1 => None,
        2 => Some(format!("{rest}ة")),
        _ => Some(rest.to_owned()),
    }
}

/// Plurals of words in -eu, -u, -o; feminines in -anche.
fn french(word: &str) -> Option<String> {
    after_vowel_without_s(word, &['o', 'u']).or_else(|| {
        with_end(
            word,
            &[
                ("anche", "anc"),
                ("anches", "anc"),
                ("ongue", "ong"),
                ("ongues", "ong"),
            ],
        )
    })
}

/// Takes off the sign of a long vowel at the end of a longer loanword, which is written or not.
fn japanese(word: &str) -> Option<String> {
    let rest = word.strip_suffix('ー')?;
    let letters = rest.chars().count();
    (letters > 2 && rest.chars().all(is_east_asian)).then(|| rest.to_owned())
}

/// Plurals become singulars: aviões, pães, papéis, imagens.
fn portuguese(word: &str) -> Option<String> {
    const ENDS: [(&str, &str); 20] = [
        ("ões", "ão"),
        ("ães", "ão"),
        ("ãos", "ão"),
        ("coes", "cao"),
        ("soes", "sao"),
        ("ioes", "iao"),
        ("loes", "lao"),
        ("toes", "tao"),
        ("noes", "nao"),
        ("éis", "el"),
        ("óis", "ol"),
        ("éus", "éu"),
        ("és", "é"),
        ("ês", "ê"),
        ("ais", "al"),
        ("eis", "el"),
        ("ois", "ol"),
        ("uis", "ul"),
        ("ens", "em"),
        ("ns", "m"),
    ];
    if let Some(rest) = word
        .strip_suffix("ns")
        .filter(|rest| rest.chars().count() == 2)
    {
        return Some(format!("{rest}m"));
    }
    with_end(word, &ENDS)
}

/// Latin letters, as the stemmer takes them, without the syllable before the plural of short words.
fn serbian(word: &str) -> Option<String> {
    let latin: String = word.chars().map(serbian_latin).collect();
    let short = ["ovi", "evi"]
        .iter()
        .find_map(|end| latin.strip_suffix(end))
        .filter(|rest| rest.chars().count() > 2);
    match short {
        Some(rest) => Some(rest.to_owned()),
        None => (latin != word).then_some(latin),
    }
}

pub(super) fn serbian_latin(letter: char) -> Cow<'static, str> {
    const LETTERS: [(char, &str); 30] = [
        ('а', "a"),
        ('б', "b"),
        ('в', "v"),
        ('г', "g"),
        ('д', "d"),
        ('ђ', "đ"),
        ('е', "e"),
        ('ж', "ž"),
        ('з', "z"),
        ('и', "i"),
        ('ј', "j"),
        ('к', "k"),
        ('л', "l"),
        ('љ', "lj"),
        ('м', "m"),
        ('н', "n"),
        ('њ', "nj"),
        ('о', "o"),
        ('п', "p"),
        ('р', "r"),
        ('с', "s"),
        ('т', "t"),
        ('ћ', "ć"),
        ('у', "u"),
        ('ф', "f"),
        ('х', "h"),
        ('ц', "c"),
        ('ч', "č"),
        ('џ', "dž"),
        ('ш', "š"),
    ];
    let known = LETTERS.iter().find(|(cyrillic, _)| *cyrillic == letter);
    match known {
        Some((_, latin)) => (*latin).into(),
        None => String::from(letter).into(),
    }
}

/// `cykel`, `cykler`: the vowel before an l comes and goes, and so does the second of two consonants before it.
fn without_fleeting_e(stem: &mut String, start: usize) {
    let own = &stem[start..];
    if own.chars().count() < 4 || !own.ends_with('l') {
        return;
    }
    let mut letters: Vec<char> = own.chars().collect();
    let end = letters.len();
    if letters[end - 2] == 'e' && !is_vowel(letters[end - 3]) {
        letters.remove(end - 2);
    }
    let end = letters.len();
    if end > 3 && letters[end - 2] == letters[end - 3] && !is_vowel(letters[end - 2]) {
        letters.remove(end - 2);
    }
    stem.truncate(start);
    stem.extend(letters);
}

/// Gives consonants that change before endings one form, such as those of `takki`, `takit` and `kenkä`, `kengät`, and
/// takes off the vowel behind them.
fn without_gradation(stem: &mut String, start: usize) {
    const GRADES: [(&str, &str); 17] = [
        ("ks", "s"),
        ("kk", "k"),
        ("pp", "p"),
        ("tt", "t"),
        ("ss", "s"),
        ("ng", "nk"),
        ("nn", "nt"),
        ("nd", "nt"),
        ("mm", "mp"),
        ("mb", "mp"),
        ("ll", "lt"),
        ("rr", "rt"),
        ("rg", "rk"),
        ("d", "t"),
        ("g", "k"),
        ("b", "p"),
        ("v", "p"),
    ];
    let rest = without_last_vowel(&stem[start..]).len();
    stem.truncate(start + rest);
    if stem[start..].chars().count() < 3 {
        return;
    }
    let grade = GRADES.iter().find(|(end, _)| stem[start..].ends_with(end));
    if let Some((end, by)) = grade {
        stem.truncate(stem.len() - end.len());
        stem.push_str(by);
    }
}
