//! Words whose forms a stemmer does not bring together: a list per language.
//!
//! A line of a list holds the forms of one word, the first of which decides the stem of all. One after a hyphen is also the
//! last word of compounds: `-skor` stands for `barnskor` as well.

use std::sync::OnceLock;

use frostem::Stemmer;
use rustc_hash::FxHashMap;
use souk_domain::Language;

use super::fold::{Folder, lower_into};
use super::snowball::{algorithm, stem_into};

/// Bytes of what stands before the last word of a compound, and of that word.
const MIN_FIRST: usize = 3;
const MIN_LAST: usize = 3;
/// Articles that are written with their word.
const ARTICLES: [&str; 5] = ["وال", "بال", "ال", "لل", "و"];

/// Stems by folded forms.
#[derive(Debug, Default)]
pub(crate) struct Exceptions {
    stems: FxHashMap<Box<str>, Box<str>>,
    /// Stems of those that are also the last word of compounds.
    ends: FxHashMap<Box<str>, Box<str>>,
    /// Bytes of the longest of these.
    longest_end: usize,
    /// True if the words may have an article before them.
    has_articles: bool,
}

impl Exceptions {
    fn new(language: Language) -> Self {
        let stemmer = algorithm(language).map(Stemmer::new);
        let mut folder = Folder::new();
        let mut exceptions = Self {
            has_articles: language == Language::Arabic,
            ..Self::default()
        };
        for forms in groups(language) {
            let Some(first) = forms.first() else {
                continue;
            };
            let mut lowered = String::new();
            lower_into(&mut lowered, first.form, language == Language::Turkish);
            let mut stem = String::new();
            stem_into(&mut stem, stemmer, language, &lowered);
            for Form { form, ends } in forms {
                let folded = folder.fold(form);
                if ends {
                    exceptions.longest_end = exceptions.longest_end.max(folded.len());
                    exceptions.ends.insert(folded.into(), stem.as_str().into());
                }
                let stems = &mut exceptions.stems;
                stems
                    .entry(folded.into())
                    .or_insert_with(|| stem.as_str().into());
            }
        }
        exceptions
    }

    /// Returns true for a word of the list.
    pub(crate) fn has(&self, folded: &str) -> bool {
        self.stems.contains_key(folded)
    }

    /// Appends the stem of a word of the list, or of one that is made of another and such a word.
    pub(crate) fn stem_into(&self, folded: &str, stem: &mut String) -> bool {
        if self.stems.is_empty() {
            return false;
        }
        if let Some(own) = self.stems.get(folded) {
            stem.push_str(own);
            return true;
        }
        if self.has_articles {
            let listed = ARTICLES.iter().find_map(|article| {
                let rest = folded.strip_prefix(article)?;
                self.stems.get(rest)
            });
            stem.push_str(listed.map_or("", |own| own));
            return listed.is_some();
        }
        self.compound_into(folded, stem)
    }

    fn compound_into(&self, folded: &str, stem: &mut String) -> bool {
        let most = folded.len().saturating_sub(MIN_FIRST).min(self.longest_end);
        for length in (MIN_LAST..=most).rev() {
            let Some((first, last)) = folded.split_at_checked(folded.len() - length) else {
                continue;
            };
            if let Some(own) = self.ends.get(last) {
                stem.push_str(first);
                stem.push_str(own);
                return true;
            }
        }
        false
    }
}

/// Returns the exceptions of a language.
pub(crate) fn of(language: Language) -> &'static Exceptions {
    static ALL: OnceLock<Vec<OnceLock<Exceptions>>> = OnceLock::new();
    static NONE: Exceptions = Exceptions {
        stems: FxHashMap::with_hasher(rustc_hash::FxBuildHasher),
        ends: FxHashMap::with_hasher(rustc_hash::FxBuildHasher),
        longest_end: 0,
        has_articles: false,
    };
    let all = ALL.get_or_init(|| Language::ALL.iter().map(|_| OnceLock::new()).collect());
    let place = Language::ALL.iter().position(|&one| one == language);
    let own = place.and_then(|place| all.get(place));
    own.map_or(&NONE, |own| own.get_or_init(|| Exceptions::new(language)))
}

/// Returns the list of a language: lines of forms, of which those after `#` are remarks.
pub(super) fn list(language: Language) -> &'static str {
    match language {
        Language::Arabic => include_str!("exceptions/ar.txt"),
        Language::Catalan => include_str!("exceptions/ca.txt"),
        Language::Czech => include_str!("exceptions/cs.txt"),
        Language::Danish => include_str!("exceptions/da.txt"),
        Language::Dutch => include_str!("exceptions/nl.txt"),
        Language::English => include_str!("exceptions/en.txt"),
        Language::Estonian => include_str!("exceptions/et.txt"),
        Language::Finnish => include_str!("exceptions/fi.txt"),
        Language::French => include_str!("exceptions/fr.txt"),
        Language::German => include_str!("exceptions/de.txt"),
        Language::Greek => include_str!("exceptions/el.txt"),
        Language::Hungarian => include_str!("exceptions/hu.txt"),
        Language::Italian => include_str!("exceptions/it.txt"),
        Language::Lithuanian => include_str!("exceptions/lt.txt"),
        Language::Norwegian => include_str!("exceptions/no.txt"),
        Language::Polish => include_str!("exceptions/pl.txt"),
        Language::Portuguese => include_str!("exceptions/pt.txt"),
        Language::Romanian => include_str!("exceptions/ro.txt"),
        Language::Russian => include_str!("exceptions/ru.txt"),
        Language::Serbian => include_str!("exceptions/sr.txt"),
        Language::Spanish => include_str!("exceptions/es.txt"),
        Language::Swedish => include_str!("exceptions/sv.txt"),
        Language::Turkish => include_str!("exceptions/tr.txt"),
        _ => "",
    }
}

/// Form of a word.
struct Form {
    form: &'static str,
    /// True if it is also the last word of compounds.
    ends: bool,
}

fn groups(language: Language) -> impl Iterator<Item = Vec<Form>> {
    let lines = list(language).lines();
    let lines = lines.map(|line| line.split_once('#').map_or(line, |(forms, _)| forms));
    lines.map(|line| {
        let forms = line.split_whitespace().map(|form| Form {
            form: form.trim_start_matches('-'),
            ends: form.starts_with('-'),
        });
        forms.collect()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn each_form_stands_in_one_line_of_its_list_only() {
        for &language in Language::ALL {
            let mut folder = Folder::new();
            let mut seen: HashMap<String, usize> = HashMap::new();
            for (line, forms) in groups(language).enumerate() {
                assert!(
                    forms.len() != 1,
                    "{language}: a form is alone in line {line}"
                );
                for Form { form, .. } in forms {
                    let before = seen.insert(folder.fold(form).to_owned(), line);
                    assert!(
                        before.is_none_or(|before| before == line),
                        "{language}: {form}"
                    );
                }
            }
        }
    }
}
