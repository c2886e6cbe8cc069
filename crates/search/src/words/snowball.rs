//! Snowball's stems, with rules before and after.

use frostem::{Algorithm, Stemmer};
use souk_domain::Language;

use super::fold::fold_lowered_into;
use super::{rules, scripts};

/// Appends the folded stem of a word in lower case.
pub(crate) fn stem_into(
    stem: &mut String,
    stemmer: Option<Stemmer>,
    language: Language,
    word: &str,
) {
    if language == Language::Korean {
        stem.push_str(scripts::without_particle(word));
        return;
    }
    let ruled = rules::before(language, word);
    let word = ruled.as_deref().unwrap_or(word);
    let start = stem.len();
    match stemmer {
        Some(stemmer) => fold_lowered_into(stem, &stemmer.stem(word)),
        None => fold_lowered_into(stem, word),
    }
    rules::after(language, word, stem, start);
    if stem.len() == start {
        // Words are more than their endings.
        fold_lowered_into(stem, word);
    }
}

/// Returns the stemmer of a language; none for those whose words have no endings, or none that is known.
pub(crate) fn algorithm(language: Language) -> Option<Algorithm> {
    Some(match language {
        Language::Simple
        | Language::Burmese
        | Language::Chinese
        | Language::Japanese
        | Language::Khmer
        | Language::Korean
        | Language::Lao
        | Language::Thai
        | Language::Vietnamese => return None,
        Language::Arabic => Algorithm::Arabic,
        Language::Armenian => Algorithm::Armenian,
        Language::Basque => Algorithm::Basque,
        Language::Catalan => Algorithm::Catalan,
        Language::Czech => Algorithm::Czech,
        Language::Danish => Algorithm::Danish,
        Language::Dutch => Algorithm::Dutch,
        Language::English => Algorithm::English,
        Language::Esperanto => Algorithm::Esperanto,
        Language::Estonian => Algorithm::Estonian,
        Language::Finnish => Algorithm::Finnish,
        Language::French => Algorithm::French,
        Language::German => Algorithm::German,
        Language::Greek => Algorithm::Greek,
        Language::Hindi => Algorithm::Hindi,
        Language::Hungarian => Algorithm::Hungarian,
        Language::Indonesian => Algorithm::Indonesian,
        Language::Irish => Algorithm::Irish,
        Language::Italian => Algorithm::Italian,
        Language::Lithuanian => Algorithm::Lithuanian,
        Language::Nepali => Algorithm::Nepali,
        Language::Norwegian => Algorithm::Norwegian,
        Language::Persian => Algorithm::Persian,
        Language::Polish => Algorithm::Polish,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Romanian => Algorithm::Romanian,
        Language::Russian => Algorithm::Russian,
        Language::Serbian => Algorithm::Serbian,
        Language::Spanish => Algorithm::Spanish,
        Language::Swedish => Algorithm::Swedish,
        Language::Tamil => Algorithm::Tamil,
        Language::Turkish => Algorithm::Turkish,
        Language::Yiddish => Algorithm::Yiddish,
    })
}
