//! Compounds of a language: its linking elements, and words that are no part of any.

use souk_domain::Language;

/// Rules by which a language makes one word of two.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compounding {
    /// Letters between the parts of a compound, folded; none is always possible.
    pub(super) links: &'static [&'static str],
    /// Ends that the first part loses.
    pub(super) lost: &'static [&'static str],
    /// Short words that are no part of a compound: prefixes and words of grammar, folded.
    pub(super) no_parts: &'static [&'static str],
}

impl Compounding {
    /// Returns the rules of a language; none if it writes such words apart.
    pub(super) fn of(language: Language) -> Option<Self> {
        let (links, lost, no_parts): (&[&str], &[&str], &[&str]) = match language {
            Language::German => (
                &["s", "es", "n", "en", "ens", "er", "e"],
                &["e", "en"],
                &[
                    "ab", "als", "am", "an", "auf", "aus", "bei", "bis", "das", "dem", "den",
                    "der", "die", "ein", "eine", "einer", "ent", "fur", "fuer", "gegen", "her",
                    "hin", "ich", "ihr", "ist", "los", "mit", "nach", "oder", "ohne", "sie",
                    "uber", "ueber", "und", "unter", "ver", "vom", "von", "vor", "weg", "wie",
                    "zum", "zur", "zer", "keit", "heit", "ung", "chen", "lein", "bar", "lich",
                    "isch", "sam",
                ],
            ),
            Language::Dutch => (
                &["s", "e", "en", "n", "er"],
                &["e", "en"],
                &[
                    "aan", "bij", "dat", "de", "den", "der", "dit", "een", "ent", "ge", "het",
                    "met", "naar", "niet", "om", "onder", "ont", "ook", "op", "over", "te", "tot",
                    "uit", "van", "ver", "voor", "heid", "ing", "lijk", "baar", "tje",
                ],
            ),
            Language::Swedish => (
                &["s", "e", "o", "u", "a"],
                &["a", "e"],
                &[
                    "att", "den", "det", "efter", "ett", "for", "fran", "in", "med", "och", "om",
                    "over", "pa", "till", "ut", "vid", "het", "ing", "ning", "lig", "bar",
                ],
            ),
            Language::Danish | Language::Norwegian => (
                &["s", "e", "er"],
                &["e", "a"],
                &[
                    "af", "av", "den", "det", "efter", "etter", "for", "fra", "i", "ind", "inn",
                    "med", "og", "om", "over", "paa", "pa", "til", "ud", "ut", "ved", "hed", "het",
                    "ing", "ning", "lig",
                ],
            ),
            Language::Finnish => (
                &["n", "en", "s", "in"],
                &["nen"],
                &[
                    "ei", "ja", "jos", "kuin", "niin", "on", "se", "tai", "lla", "ssa", "sta",
                    "lta", "lle", "ksi",
                ],
            ),
            Language::Hungarian => (
                &["s", "es", "os", "as", "i"],
                &[],
                &[
                    "az", "be", "el", "es", "fel", "ki", "le", "meg", "nem", "van", "hoz", "nak",
                    "nek", "val", "vel", "ban", "ben", "bol", "rol", "tol", "ra", "re",
                ],
            ),
            _ => return None,
        };
        Some(Self {
            links,
            lost,
            no_parts,
        })
    }

    /// Returns true if a word may be a part of a compound.
    pub(super) fn may_be_part(&self, word: &str) -> bool {
        !self.no_parts.contains(&word)
    }
}
