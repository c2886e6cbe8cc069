//! Fingerprint of what the analyzer makes of texts: an index made by another analyzer is another index.

use std::sync::OnceLock;

use souk_domain::Language;
use xxhash_rust::xxh3::xxh3_64;

use super::analyzer::{Analyzer, Role};
use super::exceptions;

/// Texts of all kinds and languages.
const PROBES: &str = include_str!("probes.txt");

/// Returns a hash of the terms that the analyzer of a language makes of a list of texts, and of its exceptions. It is the
/// same on every machine, and another one as soon as a stemmer, a dictionary or a rule makes other terms.
pub(crate) fn fingerprint(language: Language) -> u64 {
    static ALL: OnceLock<Vec<OnceLock<u64>>> = OnceLock::new();
    let all = ALL.get_or_init(|| Language::ALL.iter().map(|_| OnceLock::new()).collect());
    let place = Language::ALL.iter().position(|&one| one == language);
    let Some(own) = place.and_then(|place| all.get(place)) else {
        return computed(language, PROBES);
    };
    *own.get_or_init(|| computed(language, PROBES))
}

/// Returns a name for what a role's terms weigh.
fn weighed_as(role: Role) -> &'static str {
    match role {
        Role::Word | Role::Other | Role::Written => "whole",
        Role::Part | Role::Pair => "part",
    }
}

fn computed(language: Language, probes: &str) -> u64 {
    let mut analyzer = Analyzer::new(language);
    let mut terms = String::new();
    let list = exceptions::list(language);
    for text in probes.lines().chain(list.lines()) {
        analyzer.each_term(text, true, |term| {
            terms.push_str(term.surface);
            terms.push(' ');
            terms.push_str(term.stem);
            terms.push(' ');
            terms.push_str(weighed_as(term.role));
            terms.push('\n');
        });
    }
    xxh3_64(terms.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_terms_have_another_fingerprint() {
        let of = |language, text| computed(language, text);
        assert_eq!(of(Language::English, PROBES), of(Language::English, PROBES));
        assert_ne!(
            of(Language::English, "organization"),
            of(Language::Simple, "organization")
        );
        assert_ne!(
            of(Language::Simple, "子供用自転車"),
            of(Language::Simple, "子供用 自転車")
        );
    }

    #[test]
    fn each_language_with_a_stemmer_has_a_fingerprint_of_its_own() {
        let with_stemmer = Language::ALL
            .iter()
            .filter(|&&language| super::super::snowball::algorithm(language).is_some());
        let mut seen = std::collections::HashMap::new();
        for &language in with_stemmer {
            let before = seen.insert(fingerprint(language), language);
            assert_eq!(before, None, "{language}");
        }
    }
}
