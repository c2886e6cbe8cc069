//! Further forms of a text's words, by the words of the catalogue: compounds, and words written together and apart.

use super::CatalogueModel;
use crate::query::analysis::Analyzer;
use crate::query::{TextPlan, Word, WordForm};

/// Minimum letters of a word that has further forms.
const MIN_LETTERS: usize = 3;

impl CatalogueModel {
    /// Adds to the words of a text the forms under which the catalogue has them as well.
    pub(super) fn add_further_forms(&self, text: &mut TextPlan) {
        let mut analyzer = Analyzer::new(self.language);
        for word in &mut text.words {
            let forms = self.further_forms(&form(word), &mut analyzer);
            add(word, forms);
        }
        let Some(compounds) = &self.compounds else {
            return;
        };
        for place in 1..text.words.len() {
            let (first, second) = (form(&text.words[place - 1]), form(&text.words[place]));
            if !has_letters(&first) || !has_letters(&second) {
                continue;
            }
            let linked = compounds.linked(&first, &second, &self.vocabulary, &mut analyzer);
            for word in &mut text.words[place - 1..=place] {
                add(word, linked.iter().map(|form| vec![form.clone()]));
            }
        }
    }

    /// Returns the further forms of a word, each of one word or several.
    pub(super) fn further_forms(
        &self,
        word: &WordForm,
        analyzer: &mut Analyzer,
    ) -> Vec<Vec<WordForm>> {
        if !has_letters(word) {
            return Vec::new();
        }
        let mut forms = Vec::from_iter(self.pairs.split(word, analyzer));
        let Some(compounds) = &self.compounds else {
            return forms;
        };
        let compounded = compounds.with_part(word, &self.vocabulary, analyzer);
        forms.extend(compounded.into_iter().map(|form| vec![form]));
        // A compound that the catalogue has is found by itself.
        if self.vocabulary.products_with_stem(&word.stem) == 0 {
            forms.extend(compounds.split(word, &self.vocabulary, analyzer));
        }
        forms
    }
}

fn form(word: &Word) -> WordForm {
    WordForm {
        surface: word.surface.clone(),
        stem: word.stem.clone(),
    }
}

fn has_letters(word: &WordForm) -> bool {
    word.surface.chars().count() >= MIN_LETTERS && word.surface.chars().all(char::is_alphabetic)
}

/// Adds forms that the word does not have yet.
fn add(word: &mut Word, forms: impl IntoIterator<Item = Vec<WordForm>>) {
    for form in forms {
        let is_itself = matches!(form.as_slice(), [only] if word.has_stem(&only.stem));
        if !is_itself && !word.related.contains(&form) {
            word.related.push(form);
        }
    }
}

#[cfg(test)]
mod tests {
    use souk_domain::{Language, PageRequest, SearchQuery, TenantId};
    use souk_testkit::document;

    use crate::SearchPlan;
    use crate::query_understanding::{CatalogueModel, Trainer};

    fn model(language: Language, titles: &[&str]) -> CatalogueModel {
        let mut trainer = Trainer::new(language);
        for (title, number) in titles.iter().zip(1..) {
            trainer.read(&document(number, title).build());
        }
        trainer.finish()
    }

    /// Returns the further forms of a text's first word, by surface.
    fn forms(model: &CatalogueModel, text: &str) -> Vec<String> {
        let query = SearchQuery {
            text: Some(text.to_owned()),
            page: PageRequest::numbered(1, 10).unwrap(),
            ..SearchQuery::default()
        };
        let plan = SearchPlan::new(TenantId(1), model.language, &query, 0);
        let (plan, _) = model.steer(plan);
        let word = plan.text.unwrap().words.remove(0);
        let forms = word.related.into_iter();
        let surfaces = forms.map(|form| {
            form.into_iter()
                .map(|word| word.surface)
                .collect::<Vec<_>>()
        });
        surfaces.map(|words| words.join(" ")).collect()
    }

    #[test]
    fn words_side_by_side_are_found_when_typed_as_one() {
        let model = model(
            Language::English,
            &[
                "Red Bull Energy",
                "Sony Play-Station 5",
                "Hair Dryer 2000",
                "Car for a pet",
                "4 in 1",
            ],
        );
        assert_eq!(forms(&model, "redbull "), ["red bull"]);
        assert_eq!(forms(&model, "playstation"), ["play station"]);
        assert_eq!(forms(&model, "hairdryers "), ["hair dryer"]);
        assert_eq!(forms(&model, "carpet "), [""; 0], "not side by side");
        assert_eq!(forms(&model, "bull "), [""; 0]);
    }

    #[test]
    fn part_of_a_compound_finds_it() {
        let mut missed = Vec::new();
        for (language, title, part, compound) in [
            (Language::German, "Kaffeetasse blau", "tasse", "kaffeetasse"),
            (Language::German, "Bücherregal", "regal", "bucherregal"),
            (Language::German, "Regenjacken", "jacke", "regenjacken"),
            (Language::German, "Wanduhr", "uhr", "wanduhr"),
            (Language::German, "Handyhülle", "Hüllen", "handyhulle"),
            (Language::German, "Fußballschuhe", "schuh", "fussballschuhe"),
            (Language::German, "Lederjacke, Jacke", "Leder", "lederjacke"),
            (
                Language::German,
                "Küchentisch, Tisch",
                "küche",
                "kuchentisch",
            ),
            (Language::Dutch, "Koffiekopje", "kopje", "koffiekopje"),
            (Language::Dutch, "Boekenkast", "kast", "boekenkast"),
            (Language::Swedish, "Kaffekopp", "kopp", "kaffekopp"),
            (Language::Swedish, "Regnjacka", "jacka", "regnjacka"),
            (Language::Danish, "Regnjakke", "jakke", "regnjakke"),
            (
                Language::Norwegian,
                "Skrivebordslampe",
                "lampe",
                "skrivebordslampe",
            ),
            (Language::Finnish, "Kahvikuppi", "kuppi", "kahvikuppi"),
            (Language::Finnish, "Kirjahylly", "hylly", "kirjahylly"),
            (Language::Hungarian, "Kávéscsésze", "csésze", "kavescsesze"),
            (
                Language::Hungarian,
                "Könyvespolc, könyv",
                "polc",
                "konyvespolc",
            ),
        ] {
            let others =
                "Kaffee Handy Boek boeken Koffie Kaffe Regn Skrivebord Kahvi Kirja Kávé Könyv";
            let model = model(language, &[title, others]);
            let found = forms(&model, &format!("{part} "));
            if found != [compound] {
                missed.push((language, part, found));
            }
        }
        assert!(missed.is_empty(), "{missed:?}");
    }

    #[test]
    fn compound_finds_the_words_that_it_is_made_of() {
        let german = model(
            Language::German,
            &["Tasse für Kaffee", "Tisch, Küche", "Schule", "Buch"],
        );
        assert_eq!(forms(&german, "kaffeetasse "), ["kaffee tasse"]);
        assert_eq!(forms(&german, "Küchentische "), ["kuchen tische"]);
        assert_eq!(forms(&german, "schulbuch "), ["schul buch"]);
        let dutch = model(Language::Dutch, &["Kast voor boeken"]);
        assert_eq!(forms(&dutch, "boekenkast "), ["boeken kast"]);
        let linked = model(Language::German, &["Küchentisch"]);
        assert_eq!(forms(&linked, "küche tisch "), ["kuchentisch"]);
    }

    #[test]
    fn short_words_are_not_found_inside_others() {
        let titles = [
            "Rente",
            "Patente",
            "Dokumente",
            "Instrumente",
            "Elemente",
            "Stockente",
            "Stock",
            "Schokolade",
            "Aufbewahrung",
            "Puffer",
            "Auspuff",
            "Krawatte",
        ];
        let model = model(Language::German, &titles);
        assert_eq!(forms(&model, "ente "), ["stockente"]);
        assert_eq!(forms(&model, "lade "), [""; 0]);
        assert_eq!(forms(&model, "watte "), [""; 0]);
        assert_eq!(forms(&model, "aus "), [""; 0]);
    }

    #[test]
    fn languages_that_write_words_apart_have_no_compounds() {
        let model = model(
            Language::English,
            &["Raincoat", "Coat", "Rain", "Carpet", "Pet"],
        );
        assert_eq!(forms(&model, "coat "), [""; 0]);
        assert_eq!(forms(&model, "raincoats "), [""; 0]);
    }
}
